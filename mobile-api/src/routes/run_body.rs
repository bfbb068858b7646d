//! Runs as the API shows them.

use domain::id::{CommandId, FloorId, RobotId, RunId};
use domain::run::{Initiator, Outcome, Run, RunState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::rfc3339::Rfc3339;
use crate::rounding::hundredths;

const CM2_PER_M2: f64 = 10_000.0;
const MS_PER_MINUTE: f64 = 60_000.0;

/// How far a run has come.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RunStateBody {
    /// The robot cleans.
    Running,
    /// The robot was told to wait.
    Paused,
    /// The robot is done; parts of the map may still be on their way.
    Finished,
    /// Everything arrived.
    Sealed,
}

/// What started a run.
#[derive(Serialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
enum InitiatorBody {
    /// A command.
    Command {
        #[schema(value_type = String)]
        command: CommandId,
    },
    /// The schedule on the robot.
    Schedule,
    /// The button on the robot.
    Button,
    /// A recorded log that was played again.
    Replay,
}

/// How a run ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OutcomeBody {
    /// Everything reachable of its scope was cleaned.
    Completed,
    /// Somebody ended it.
    Stopped,
    /// The robot gave up with an error.
    Failed,
    /// The robot lost power.
    Interrupted,
}

/// A run.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunBody {
    #[schema(value_type = String)]
    id: RunId,
    #[schema(value_type = String)]
    robot: RobotId,
    state: RunStateBody,
    outcome: Option<OutcomeBody>,
    started_at: Rfc3339,
    updated_at: Rfc3339,
    finished_at: Option<Rfc3339>,
    /// Cleaned area; null before the end.
    area_m2: Option<f64>,
    /// Time cleaning, without pauses; null before the end.
    minutes: Option<f64>,
    initiator: InitiatorBody,
    /// The floor that it is in the map of; before that, the one where the robot says it is.
    #[schema(value_type = Option<String>)]
    floor: Option<FloorId>,
    /// Whether it is in the map.
    in_map: bool,
}

/// A run with the path that the robot drove.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunDetail {
    #[serde(flatten)]
    run: RunBody,
    /// Simplified, in the run's frame, millimetres: `[x, y]` each.
    #[schema(value_type = Vec<[i32; 2]>)]
    track: Vec<(i32, i32)>,
}

impl From<Run> for RunBody {
    fn from(run: Run) -> Self {
        let report = run.report.as_ref();
        Self {
            id: run.id,
            robot: run.robot,
            state: match run.state {
                RunState::Running => RunStateBody::Running,
                RunState::Paused => RunStateBody::Paused,
                RunState::Finished => RunStateBody::Finished,
                RunState::Sealed => RunStateBody::Sealed,
            },
            outcome: report.map(|report| match report.outcome {
                Outcome::Completed => OutcomeBody::Completed,
                Outcome::Stopped => OutcomeBody::Stopped,
                Outcome::Failed => OutcomeBody::Failed,
                Outcome::Interrupted => OutcomeBody::Interrupted,
            }),
            started_at: run.started_at.into(),
            updated_at: run.updated_at.into(),
            finished_at: report.map(|_| run.updated_at.into()),
            area_m2: report.map(|report| hundredths(report.area_cm2 as f64 / CM2_PER_M2)),
            minutes: report.map(|report| hundredths(report.duration_ms as f64 / MS_PER_MINUTE)),
            initiator: match run.initiator {
                Initiator::Command { command } => InitiatorBody::Command { command },
                Initiator::Schedule => InitiatorBody::Schedule,
                Initiator::Button => InitiatorBody::Button,
                Initiator::Replay => InitiatorBody::Replay,
            },
            floor: run
                .vote
                .map(|vote| vote.floor)
                .or(run.located.map(|located| located.floor)),
            in_map: run.vote.is_some(),
        }
    }
}

impl From<Run> for RunDetail {
    fn from(mut run: Run) -> Self {
        let track = run
            .report
            .as_mut()
            .map(|report| std::mem::take(&mut report.track));
        Self {
            track: track.unwrap_or_default(),
            run: run.into(),
        }
    }
}
