//! Incidents, in one partition for each day.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use async_trait::async_trait;
use domain::incident::Incident;
use domain::ports::{IncidentStore, StoreError};

use crate::TableStore;
use crate::item::{Record, binary};
use crate::keys::Key;

/// How long incidents are kept.
pub const INCIDENTS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

const INCIDENT: &str = "incident";

#[async_trait]
impl IncidentStore for TableStore {
    async fn record(&self, incident: &Incident) -> Result<(), StoreError> {
        let slim = Incident {
            payload: Vec::new(),
            ..incident.clone()
        };
        let record = Record::of(INCIDENT, Key::incident(incident, digest(incident)), &slim)?
            .with("payload", binary(incident.payload.clone()))
            .expiring(incident.at.plus(INCIDENTS_KEPT));
        self.put(record).await
    }
}

fn digest(incident: &Incident) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&incident.field, &incident.reason, &incident.payload).hash(&mut hasher);
    hasher.finish()
}
