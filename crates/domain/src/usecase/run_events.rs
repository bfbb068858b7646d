//! What robots say of their runs: started, paused, resumed, finished.

use super::sealing::SealOutcome;
use super::{Authorizing, MAX_ATTEMPTS, Sealing, UseCaseError, unless_conflict};
use crate::CorrelationId;
use crate::access::HomeScope;
use crate::id::{PairingId, RobotId, RunId};
use crate::receipt::{Receipt, ReceiptKind};
use crate::run::{Run, RunEvent, RunState};

/// Keeps runs up to date and asks for what is missing when they end.
#[derive(Clone)]
pub struct RunEvents {
    /// Tells whose run it is.
    pub authorizing: Authorizing,
    /// Knows when a run is complete.
    pub sealing: Sealing,
}

impl RunEvents {
    /// Applies an event of `robot`; old news changes nothing, but a finish that comes again is answered again.
    ///
    /// A foreign pairing is [`UseCaseError::Refused`].
    pub async fn take(&self, robot: RobotId, event: &RunEvent) -> Result<(), UseCaseError> {
        CorrelationId::note(event.correlation.as_ref());
        let access = self.authorizing.paired_robot(robot, event.pairing).await?;
        let run = self.apply(&access.scope, robot, event).await?;
        match run.state {
            RunState::Running | RunState::Paused => return Ok(()),
            RunState::Sealed => return self.sealing.confirm(&run).await,
            RunState::Finished => {}
        }
        match self.sealing.try_seal(&access.scope, robot, event.run).await? {
            SealOutcome::Sealed | SealOutcome::NotFinished => Ok(()),
            SealOutcome::Lacks(tiles) => {
                let kind = ReceiptKind::Wanted {
                    run: event.run,
                    tiles,
                };
                let receipt = Receipt {
                    pairing: Some(event.pairing),
                    kind,
                };
                Ok(self.sealing.mailbox.post_receipt(robot, &receipt).await?)
            }
        }
    }

    /// Tells the robot that something of a run will never be accepted.
    pub async fn refuse(
        &self,
        robot: RobotId,
        pairing: PairingId,
        run: RunId,
        field: &str,
        reason: &str,
    ) -> Result<(), UseCaseError> {
        let kind = ReceiptKind::Refused {
            run,
            field: field.to_owned(),
            reason: reason.to_owned(),
        };
        Ok(self
            .sealing
            .mailbox
            .post_receipt(
                robot,
                &Receipt {
                    pairing: Some(pairing),
                    kind,
                },
            )
            .await?)
    }

    async fn apply(&self, scope: &HomeScope, robot: RobotId, event: &RunEvent) -> Result<Run, UseCaseError> {
        let runs = &self.sealing.runs;
        for _ in 0..MAX_ATTEMPTS {
            let stored = runs.run(scope, robot, event.run).await?;
            let next = match &stored {
                None => Run::first_seen(robot, event),
                Some(run) => match run.after(event) {
                    Some(next) => next,
                    None => return Ok(run.clone()),
                },
            };
            let next = self.sealing.sealed_if_complete(scope, next).await?;
            if unless_conflict(runs.put_run(scope, &next, stored.as_ref()).await)?.is_some() {
                let sealed = (next.state == RunState::Sealed).then_some(1u64);
                tracing::info!(
                    robot.id = %robot,
                    run.id = %event.run,
                    run.state = ?next.state,
                    monotonic_counter.runs_sealed = sealed,
                    "run reported"
                );
                return Ok(next);
            }
        }
        Err(UseCaseError::contended("run"))
    }
}
