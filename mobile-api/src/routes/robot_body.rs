//! Robots as the API shows them.

use domain::fleet::RobotHealth;
use domain::home::Name;
use domain::id::{FloorId, HomeId, RobotId, RunId};
use domain::quarantine::Quarantine;
use domain::robot::{Pairing, Robot};
use domain::status::RobotError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// The state of a robot that has not said one yet.
const UNKNOWN: &str = "unknown";

/// The health of a robot.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthBody {
    #[schema(value_type = String)]
    id: RobotId,
    /// Whether it is connected now.
    connected: bool,
    /// When it was last heard of.
    last_seen: Option<Rfc3339>,
    /// Matter's operational state, or `unknown` before the first report.
    state: &'static str,
    /// Percent.
    #[schema(minimum = 0, maximum = 100)]
    battery: Option<u8>,
    /// Matter's operational error; null before the first report.
    #[schema(value_type = Option<String>)]
    error: Option<RobotError>,
    /// The vendor's own code.
    vendor_error: Option<String>,
    firmware: Option<String>,
    model: Option<String>,
    /// Reports that wait on the robot.
    waiting: u32,
    /// Reports that the robot had to drop since it was paired.
    dropped: u32,
    /// Why it was cut off, absent unless it was: its certificate opens nothing until an operator lifts that or it is
    /// paired anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    quarantine: Option<QuarantineBody>,
}

/// Why a robot was cut off.
#[derive(Serialize, ToSchema)]
struct QuarantineBody {
    since: Rfc3339,
    /// `too_many_messages`.
    reason: &'static str,
}

impl From<Quarantine> for QuarantineBody {
    fn from(quarantine: Quarantine) -> Self {
        Self {
            since: quarantine.since.into(),
            reason: quarantine.reason.as_str(),
        }
    }
}

/// A version that is wanted and the one that the robot has.
#[derive(Serialize, ToSchema)]
struct Versions {
    wanted: u64,
    applied: u64,
}

/// A robot of a home.
#[derive(Serialize, ToSchema)]
pub(crate) struct RobotBody {
    #[serde(flatten)]
    health: HealthBody,
    name: String,
    #[schema(value_type = String)]
    home: HomeId,
    /// What it can do beyond starting and stopping.
    capabilities: Vec<String>,
    settings_version: Versions,
    /// The run under way.
    #[schema(value_type = Option<String>)]
    run: Option<RunId>,
    /// The floor of its last run in the map.
    #[schema(value_type = Option<String>)]
    floor: Option<FloorId>,
}

impl From<RobotHealth> for HealthBody {
    fn from(health: RobotHealth) -> Self {
        let connected = health.is_connected();
        let last_seen = health.last_seen().map(Rfc3339::from);
        let id = health.robot;
        let quarantine = health.quarantine.map(QuarantineBody::from);
        let Some(status) = health.status else {
            return Self {
                quarantine,
                ..Self::silent(id, connected, last_seen)
            };
        };
        Self {
            id,
            connected,
            last_seen,
            state: status.state.as_str(),
            battery: Some(status.battery.into()),
            error: Some(status.error),
            vendor_error: status.vendor_error,
            firmware: Some(status.firmware),
            model: Some(status.model),
            waiting: status.waiting,
            dropped: status.dropped,
            quarantine,
        }
    }
}

impl HealthBody {
    /// The health of a robot that has not reported yet.
    fn silent(id: RobotId, connected: bool, last_seen: Option<Rfc3339>) -> Self {
        Self {
            id,
            connected,
            last_seen,
            state: UNKNOWN,
            battery: None,
            error: None,
            vendor_error: None,
            firmware: None,
            model: None,
            waiting: 0,
            dropped: 0,
            quarantine: None,
        }
    }
}

/// The robot with its health; `None` when it is not paired any more.
pub(crate) async fn robot_body(state: &ApiState, robot: &Robot) -> Result<Option<RobotBody>, Problem> {
    let health = state.services.health.health(robot.id).await?;
    body_of(state, robot, health).await
}

/// The same, with the broker's own word where presence says that the robot is not connected.
pub(crate) async fn confirmed_body(state: &ApiState, robot: &Robot) -> Result<Option<RobotBody>, Problem> {
    let health = state.services.health.health(robot.id).await?;
    let connected = state.services.connectivity.is_connected(&health).await;
    let body = body_of(state, robot, health).await?;
    Ok(body.map(|mut body| {
        body.health.connected = connected;
        body
    }))
}

async fn body_of(state: &ApiState, robot: &Robot, health: RobotHealth) -> Result<Option<RobotBody>, Problem> {
    let Some(pairing) = &robot.pairing else {
        return Ok(None);
    };
    let settings = state.services.settings.settings(robot.id).await?;
    let wanted = settings.map_or(0, |settings| settings.version);
    Ok(Some(RobotBody::new(pairing, health, wanted)))
}

impl RobotBody {
    /// A robot under `pairing` that shall have the settings of the version `wanted`.
    pub(crate) fn new(pairing: &Pairing, health: RobotHealth, wanted: u64) -> Self {
        let status = health.status.as_ref();
        Self {
            name: Name::as_str(&pairing.name).to_owned(),
            home: pairing.home,
            capabilities: status.map_or_else(Vec::new, |status| status.capabilities.names().to_vec()),
            settings_version: Versions {
                wanted,
                applied: status.map_or(0, |status| status.settings_version),
            },
            run: status.and_then(|status| status.run),
            floor: pairing.floor,
            health: health.into(),
        }
    }
}
