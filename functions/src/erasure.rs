//! Homes that their owners erased, as the table's change stream tells of them, are swept away.

use std::sync::Arc;
use std::time::Duration;

use domain::ports::IncidentStore;
use domain::usecase::{Erasing, UseCaseError};
use domain::{FieldError, Timestamp};
use serde_json::Value;
use store::ErasureKey;

use crate::error::{Failure, HandlerError};
use crate::event::begun_erasures;
use crate::incidents::Incidents;

/// The longest that a request which was under way when a home ended may still write: the timeout of the slowest function.
pub const LONGEST_REQUEST: Duration = Duration::from_secs(60);

/// Takes records of erasures that have begun.
#[derive(Clone)]
pub struct Erasures {
    erasing: Erasing,
    incidents: Incidents,
    under_way: Duration,
}

impl Erasures {
    /// A handler over the use case; a request that began before the home ended writes for at most `under_way`.
    pub fn new(erasing: Erasing, incidents: Arc<dyn IncidentStore>, under_way: Duration) -> Self {
        Self {
            erasing,
            incidents: Incidents::new("erasure", incidents),
            under_way,
        }
    }

    /// Sweeps the homes of the event at once, and again when nothing can be under way any more; then each is closed.
    ///
    /// # Errors
    /// The last [`HandlerError`], when the event shall come again; it goes on where this ended.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<(), HandlerError> {
        let homes = match begun_erasures(event) {
            Ok(homes) => homes,
            Err(refusal) => return self.incidents.refuse_event(event, &refusal, now).await,
        };
        self.each(event, now, &homes, |home| self.sweep(home)).await?;
        tokio::time::sleep(self.under_way).await;
        let end = now.plus(self.under_way);
        self.each(event, now, &homes, |home| self.finish(home, end)).await
    }

    async fn sweep(&self, ErasureKey { scope, person }: ErasureKey) -> Result<(), UseCaseError> {
        self.erasing.sweep(&scope, person).await
    }

    async fn finish(
        &self,
        ErasureKey { scope, person }: ErasureKey,
        end: Timestamp,
    ) -> Result<(), UseCaseError> {
        self.erasing.sweep(&scope, person).await?;
        self.erasing.close(&scope, person, end).await
    }

    /// Does `step` for every home; one that fails now does not hold up the others.
    async fn each<F>(
        &self,
        event: &Value,
        now: Timestamp,
        homes: &[Result<ErasureKey, FieldError>],
        step: impl Fn(ErasureKey) -> F,
    ) -> Result<(), HandlerError>
    where
        F: Future<Output = Result<(), UseCaseError>>,
    {
        let mut outcome = Ok(());
        for home in homes {
            let done = match home {
                Ok(home) => step(*home).await.map_err(Failure::from),
                Err(refusal) => Err(Failure::Refused(refusal.clone())),
            };
            match done {
                Ok(()) | Err(Failure::Quarantined { .. }) => {}
                Err(Failure::Refused(refusal)) => self.incidents.refuse_event(event, &refusal, now).await?,
                Err(Failure::Later(error)) => outcome = Err(error),
            }
        }
        outcome
    }
}
