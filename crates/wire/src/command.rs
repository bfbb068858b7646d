//! What reaches a robot on its command topic: commands, and requests for a live view.

use domain::command::{Command, CommandKind, CommandNumber, Order, Scope};
use domain::id::{CommandId, LeaseId, PairingId, PersonId, RunId};
use domain::plan::CleaningPlan;
use domain::{CorrelationId, Timestamp, ports};
use serde::{Deserialize, Serialize};

use crate::{WireError, json, plan};

/// A message on the command topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RobotRequest {
    /// Do something; the robot decides and answers with an [`crate::ack::Ack`].
    Command(CommandMessage),
    /// Send the live position until then; nothing moves.
    Live(LiveRequest),
}

/// A command as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandMessage {
    /// Its id.
    pub id: CommandId,
    /// The pairing it was issued under.
    pub pairing: PairingId,
    /// Its place among the robot's commands.
    pub number: CommandNumber,
    /// What the robot shall do.
    pub kind: CommandKind,
    /// What a start shall clean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Who asked.
    pub issuer: PersonId,
    /// When.
    pub issued_at: Timestamp,
    /// After this the robot refuses it.
    pub expires_at: Timestamp,
    /// The room list that the scope was made from.
    pub rooms_version: u64,
    /// The way that a start shall take, as [`crate::plan`] writes it; robots that know no plans leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The request that it was issued by; a run that it starts carries it on.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "json::correlation"
    )]
    pub correlation: Option<CorrelationId>,
    /// The run that a start shall begin. Its events tell what becomes of the command, so that the robot need not; a
    /// robot that does not know this begins a run of its own, and acknowledges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
}

/// A request for a live view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveRequest {
    /// The pairing it was issued under.
    pub pairing: PairingId,
    /// The lease.
    pub lease: LeaseId,
    /// How long from its arrival the robot sends, milliseconds; a duration, because the robot may not know the time.
    pub for_ms: u32,
}

impl From<&ports::RobotRequest> for RobotRequest {
    fn from(request: &ports::RobotRequest) -> Self {
        match request {
            ports::RobotRequest::Command { command, plan } => {
                Self::Command(CommandMessage::new(command, plan.as_ref()))
            }
            ports::RobotRequest::Live {
                pairing,
                lease,
                duration,
            } => Self::Live(LiveRequest {
                pairing: *pairing,
                lease: *lease,
                for_ms: u32::try_from(duration.as_millis()).unwrap_or(u32::MAX),
            }),
        }
    }
}

impl CommandMessage {
    /// The command as it travels with its plan, which is left out if it does not fit.
    pub fn new(command: &Command, plan: Option<&CleaningPlan>) -> Self {
        Self {
            id: command.id,
            pairing: command.pairing,
            number: command.number,
            kind: command.order.kind(),
            scope: command.order.scope().cloned(),
            issuer: command.issuer,
            issued_at: command.issued_at,
            expires_at: command.expires_at,
            rooms_version: command.rooms_version,
            plan: plan.and_then(|plan| plan::encode(plan).ok()),
            correlation: command.correlation.clone(),
            run: (command.order.kind() == CommandKind::Start).then(|| RunId::begun_by(command.id)),
        }
    }

    /// What is asked, once kind and scope fit together.
    pub fn order(&self) -> Result<Order, WireError> {
        Ok(Order::new(self.kind, self.scope.clone())?)
    }

    /// The way that a start shall take, if the sender had one that fits a command.
    pub fn plan(&self) -> Result<Option<CleaningPlan>, WireError> {
        self.plan.as_deref().map(plan::decode).transpose()
    }
}

impl RobotRequest {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        json::encode(self)
    }

    /// The request in `bytes`.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        json::decode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_back() {
        let at = Timestamp::from_millis(1_000);
        let command = RobotRequest::Command(CommandMessage {
            id: CommandId::from_u128(1),
            pairing: PairingId::from_u128(2),
            number: CommandNumber(3),
            kind: CommandKind::Start,
            scope: Some(Scope::WholeHome),
            issuer: PersonId::from_u128(4),
            issued_at: at,
            expires_at: at,
            rooms_version: 0,
            plan: None,
            correlation: Some("c-1".parse().unwrap()),
            run: Some(RunId::from_u128(1)),
        });
        let pairing = PairingId::from_u128(2);
        let live = RobotRequest::Live(LiveRequest {
            pairing,
            lease: LeaseId::from_u128(5),
            for_ms: 1,
        });
        for request in [command, live] {
            assert_eq!(RobotRequest::decode(&request.encode()), Ok(request));
        }
    }

    #[test]
    fn a_start_without_a_scope_is_refused() {
        let text = r#"{"v":1,"type":"command","id":"cmd_00000000000000000000000001",
            "pairing":"pair_00000000000000000000000002","number":3,"kind":"start",
            "issuer":"person_00000000000000000000000004","issued_at":1,"expires_at":2,"rooms_version":0}"#;
        let RobotRequest::Command(command) = RobotRequest::decode(text.as_bytes()).unwrap() else {
            panic!()
        };
        assert_eq!(command.order().unwrap_err().field(), "scope");
        assert_eq!((command.plan(), command.run), (Ok(None), None));
    }

    #[test]
    fn a_stop_is_understood_whatever_its_request_is_called() {
        let text = r#"{"v":1,"type":"command","id":"cmd_00000000000000000000000001",
            "pairing":"pair_00000000000000000000000002","number":3,"kind":"stop","correlation":"not an id",
            "issuer":"person_00000000000000000000000004","issued_at":1,"expires_at":2,"rooms_version":0}"#;
        let RobotRequest::Command(command) = RobotRequest::decode(text.as_bytes()).unwrap() else {
            panic!()
        };
        assert_eq!((command.kind, command.correlation), (CommandKind::Stop, None));
    }

    /// What robots understood before there were plans.
    #[derive(Deserialize)]
    struct WithoutPlan {
        kind: CommandKind,
        scope: Option<Scope>,
        rooms_version: u64,
    }

    #[test]
    fn a_robot_that_knows_no_plans_understands_a_start_with_one() {
        let text = r#"{"v":1,"type":"command","id":"cmd_00000000000000000000000001",
            "pairing":"pair_00000000000000000000000002","number":3,"kind":"start","scope":{"kind":"whole_home"},
            "issuer":"person_00000000000000000000000004","issued_at":1,"expires_at":2,"rooms_version":7,
            "plan":"not a plan"}"#;
        let old: WithoutPlan = json::decode(text.as_bytes()).unwrap();
        assert_eq!(
            (old.kind, old.scope, old.rooms_version),
            (CommandKind::Start, Some(Scope::WholeHome), 7)
        );
        let Ok(RobotRequest::Command(new)) = RobotRequest::decode(text.as_bytes()) else {
            panic!()
        };
        assert!(new.order().is_ok());
        assert_eq!(new.plan().unwrap_err().field(), "plan");
    }
}
