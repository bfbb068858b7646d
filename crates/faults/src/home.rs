//! The home in which everything happens: who its robots are, and the handlers over a store of it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use device_agent::identity::Endpoint;
use domain::home::Name;
use domain::id::{HomeId, PairingId, RobotId, RunId};
use domain::ports::{
    CommandStore, FloorStore, FlowStore, HealthStore, HomeStore, IncidentStore, MapStore, PlacementStore,
    RobotMailbox, RobotStore, RunStore, RunTileStore, SettingsStore,
};
use domain::robot::{Pairing, Robot};
use domain::settings::Settings;
use domain::usecase::{Authorizing, Folding, Ingesting, RunEvents, Sealing, StatusTracking};
use domain::{FieldError, Timestamp};
use functions::{Fold, HandlerError, MapIngest, RunReports, StatusReports};
use memory_store::Memory;
use serde_json::{Value, json};
use wire::topic::Uplink;

/// When simulations begin.
pub const EPOCH: Timestamp = Timestamp::from_millis(1_800_000_000_000);
/// The stage of the rules.
const STAGE: &str = "sim";

/// The home.
pub fn home() -> HomeId {
    HomeId::new(EPOCH, 1)
}

/// One of its robots.
pub fn robot(number: u8) -> RobotId {
    RobotId::new(EPOCH, 100 + u128::from(number))
}

/// The pairing of one of its robots.
pub fn pairing(number: u8) -> PairingId {
    PairingId::new(EPOCH, 200 + u128::from(number))
}

/// Where one of its robots connects.
pub fn endpoint(number: u8) -> Endpoint {
    Endpoint {
        robot: robot(number),
        pairing: pairing(number),
        stage: STAGE.to_owned(),
        host: "localhost".to_owned(),
        port: 1,
    }
}

/// A store in which the home has `robots` robots and nothing else.
///
/// # Errors
/// [`FieldError`] when the robot's name is not one.
pub fn furnished(robots: u8) -> Result<Memory, FieldError> {
    let memory = Memory::default();
    for number in 0..robots {
        let paired = Pairing {
            id: pairing(number),
            home: home(),
            name: Name::new("name", "Robot")?,
            floor: None,
            paired_at: EPOCH,
        };
        let known = Robot {
            id: robot(number),
            pairing: Some(paired),
            certificate: None,
        };
        let settings = Settings::initial(pairing(number));
        memory.look().robots.insert(known.id, known);
        memory.look().settings.insert(robot(number), settings);
    }
    Ok(memory)
}

/// The functions that take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Takes packs of tiles.
    MapIngest,
    /// Takes run events.
    RunEvents,
    /// Takes status reports.
    Status,
    /// Lets sealed runs vote.
    Fold,
}

impl Function {
    /// The function that the rule of `topic` calls, if it takes part.
    pub fn behind(topic: &str) -> Option<Self> {
        let is = |uplink: Uplink| topic.ends_with(uplink.as_str());
        match () {
            () if is(Uplink::Tiles) => Some(Self::MapIngest),
            () if is(Uplink::Run) => Some(Self::RunEvents),
            () if is(Uplink::Status) => Some(Self::Status),
            () => None,
        }
    }
}

/// The handlers over one store.
pub struct Handlers {
    map_ingest: MapIngest,
    run_reports: RunReports,
    status_reports: StatusReports,
    fold: Fold,
}

impl Handlers {
    /// Handlers over `store`, which is also the way to robots.
    pub fn over<S>(store: &Arc<S>) -> Self
    where
        S: RunStore + RunTileStore + MapStore + FloorStore + PlacementStore + CommandStore,
        S: HomeStore
            + RobotStore
            + SettingsStore
            + HealthStore
            + FlowStore
            + IncidentStore
            + RobotMailbox
            + 'static,
    {
        let authorizing = Authorizing {
            homes: store.clone(),
            robots: store.clone(),
        };
        let sealing = Sealing {
            runs: store.clone(),
            tiles: store.clone(),
            mailbox: store.clone(),
        };
        let tracking = StatusTracking {
            robots: store.clone(),
            health: store.clone(),
            settings: store.clone(),
            mailbox: store.clone(),
        };
        let ingesting = Ingesting {
            authorizing: authorizing.clone(),
            sealing: sealing.clone(),
        };
        let run_events = RunEvents { authorizing, sealing };
        Self {
            map_ingest: MapIngest::new(ingesting, store.clone()),
            run_reports: RunReports::new(run_events, store.clone()),
            status_reports: StatusReports::new(tracking, store.clone()),
            fold: Fold::new(Folding::new(store, store.clone()), store.clone()),
        }
    }

    /// Hands an event to its function.
    ///
    /// # Errors
    /// [`HandlerError`] when the event shall come again.
    pub async fn handle(
        &self,
        function: Function,
        event: &Value,
        now: Timestamp,
    ) -> Result<(), HandlerError> {
        match function {
            Function::MapIngest => self.map_ingest.handle(event, now).await,
            Function::RunEvents => self.run_reports.handle(event, now).await,
            Function::Status => self.status_reports.handle(event, now).await,
            Function::Fold => self.fold.handle(event, now).await,
        }
    }
}

/// The event that the rule makes of a message of `robot`.
pub fn message_event(robot: RobotId, payload: &[u8], now: Timestamp) -> Value {
    let robot = robot.to_string();
    json!({
        "data": STANDARD.encode(payload),
        "clientId": robot,
        "robot": robot,
        "principal": "1f",
        "trace": "t",
        "ts": now.millis(),
    })
}

/// The event that the change stream makes of a run that was sealed.
pub fn sealed_event(robot: RobotId, run: RunId) -> Value {
    let keys = json!({
        "pk": {"S": format!("H#{}", home())},
        "sk": {"S": format!("RUN#{robot}#{run}")},
    });
    json!({"Records": [{"eventName": "MODIFY", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}]})
}
