//! Sealed runs, as the table's change stream tells of them, vote in the map of their home.

use std::sync::Arc;

use domain::FieldError;
use domain::Timestamp;
use domain::placement::RunRef;
use domain::ports::IncidentStore;
use domain::usecase::Folding;
use serde_json::Value;
use store::RunKey;

use crate::error::{Failure, HandlerError};
use crate::event::{changed_runs, oldest_change};
use crate::incidents::Incidents;

/// Takes records of runs that wait for their vote.
#[derive(Clone)]
pub struct Fold {
    folding: Folding,
    incidents: Incidents,
}

impl Fold {
    /// A handler over the use case.
    pub fn new(folding: Folding, incidents: Arc<dyn IncidentStore>) -> Self {
        Self {
            folding,
            incidents: Incidents::new("fold", incidents),
        }
    }

    /// Folds all runs of the event; one that cannot be folded now does not hold up the others.
    ///
    /// # Errors
    /// The last [`HandlerError`], when the event shall come again; runs that have voted are then left alone.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<(), HandlerError> {
        let runs = match changed_runs(event) {
            Ok(runs) => runs,
            Err(refusal) => return self.incidents.refuse_event(event, &refusal, now).await,
        };
        if let Some(changed) = oldest_change(event) {
            let lag_ms = now.since(changed).as_millis() as u64;
            tracing::info!(
                runs = runs.len(),
                histogram.fold_lag_ms = lag_ms,
                "runs wait for their vote"
            );
        }
        let mut outcome = Ok(());
        for run in runs {
            match self.fold(run).await {
                Ok(()) | Err(Failure::Quarantined { .. }) => {}
                Err(Failure::Refused(refusal)) => self.incidents.refuse_event(event, &refusal, now).await?,
                Err(Failure::Later(error)) => outcome = Err(error),
            }
        }
        outcome
    }

    async fn fold(&self, run: Result<RunKey, FieldError>) -> Result<(), Failure> {
        let RunKey { scope, robot, run } = run?;
        Ok(self.folding.fold(&scope, RunRef { robot, run }).await?)
    }
}
