use async_trait::async_trait;

use super::StoreError;
use crate::incident::Incident;

/// Keeps the messages that handlers refused.
#[async_trait]
pub trait IncidentStore: Send + Sync {
    /// Stores an incident; the store MAY forget it after 30 days.
    async fn record(&self, incident: &Incident) -> Result<(), StoreError>;
}
