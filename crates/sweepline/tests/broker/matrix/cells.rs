//! The cells: who, does what, on which topic.

use domain::id::{LeaseId, RobotId};
use serde::Serialize;

use super::allowed::allowed;

pub const STAGE: &str = "dev";
pub const ROBOT_A: &str = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAA";
pub const ROBOT_B: &str = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAB";
const UNKNOWN_ROBOT: &str = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAC";
const LEASE: &str = "lease_01ARZ3NDEKTSV4RRFFQ69G5FAD";
pub const CLAIMANT: &str = "claim_01ARZ3NDEKTSV4RRFFQ69G5FAE";

pub fn robot(name: &str) -> RobotId {
    name.parse().unwrap()
}

pub fn lease() -> LeaseId {
    LEASE.parse().unwrap()
}

/// The client id that belongs to the lease.
pub fn watcher() -> String {
    format!("app_{LEASE}")
}

/// Who tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    RobotA,
    RobotB,
    /// Robot A with a certificate that was revoked.
    Revoked,
    /// Robot A with a certificate whose time is over.
    Expired,
    /// Robot A with a certificate that another authority signed.
    OtherAuthority,
    /// Robot A with a certificate that is nobody's thing.
    Unregistered,
    NoCertificate,
    /// A robot that is not provisioned yet, with the claim certificate of its make.
    Claim,
    /// A phone that holds a lease on robot A.
    Phone,
    /// A phone with a token that is no lease's.
    Stranger,
}

impl Who {
    pub const ALL: [Self; 10] = [
        Self::RobotA,
        Self::RobotB,
        Self::Revoked,
        Self::Expired,
        Self::OtherAuthority,
        Self::Unregistered,
        Self::NoCertificate,
        Self::Claim,
        Self::Phone,
        Self::Stranger,
    ];

    /// Those whom a policy lets connect at all; for the others, a refused connection is the whole answer.
    const CONNECTED: [Self; 4] = [Self::RobotA, Self::RobotB, Self::Claim, Self::Phone];
}

/// What is tried; `target` of the cell is a client id, a topic or a topic filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attempt {
    Connect,
    Publish,
    PublishRetained,
    /// Connect with a last will on the topic.
    Will,
    Subscribe,
    /// Be given a message on the topic, whoever sends it.
    Receive,
}

impl Attempt {
    const ON_TOPICS: [Self; 5] = [
        Self::Publish,
        Self::PublishRetained,
        Self::Will,
        Self::Subscribe,
        Self::Receive,
    ];
}

/// One cell. As JSON: `{"who": "robot_a", "attempt": "subscribe", "target": "cfg/robot_…", "allowed": true}`; robot A,
/// robot B and the stage are the constants of this file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    pub who: Who,
    pub attempt: Attempt,
    pub target: String,
    pub allowed: bool,
}

impl Cell {
    fn new(who: Who, attempt: Attempt, target: &str) -> Self {
        Self {
            who,
            attempt,
            target: target.to_owned(),
            allowed: allowed(who, attempt, target),
        }
    }

    /// Whether the target is a name that can be published to, and no filter.
    pub fn is_topic_name(&self) -> bool {
        !self.target.is_empty() && !self.target.contains(['+', '#'])
    }
}

/// All cells.
pub fn all() -> Vec<Cell> {
    let topics = topics();
    let on_topics = Who::CONNECTED.into_iter().flat_map(|who| {
        let topics = &topics;
        Attempt::ON_TOPICS
            .into_iter()
            .flat_map(move |attempt| topics.iter().map(move |topic| Cell::new(who, attempt, topic)))
    });
    let filters = more_filters(&topics);
    let on_filters = Who::CONNECTED.into_iter().flat_map(|who| {
        filters
            .iter()
            .map(move |filter| Cell::new(who, Attempt::Subscribe, filter))
    });
    connects().chain(on_topics).chain(on_filters).collect()
}

fn connects() -> impl Iterator<Item = Cell> {
    let names = names();
    let ids = names.into_iter().chain([watcher(), CLAIMANT.to_owned()]);
    ids.flat_map(|id| Who::ALL.map(|who| Cell::new(who, Attempt::Connect, &id)))
}

/// Names of robots, and what somebody could write in the place of one.
fn names() -> Vec<String> {
    let almost = &ROBOT_A[..ROBOT_A.len() - 1];
    [
        ROBOT_A,
        ROBOT_B,
        UNKNOWN_ROBOT,
        almost,
        "+",
        "#",
        "*",
        "${iot:Connection.Thing.ThingName}",
    ]
    .into_iter()
    .map(ToOwned::to_owned)
    .chain([format!("{ROBOT_A}x"), ROBOT_A.to_lowercase()])
    .collect()
}

fn topics() -> Vec<String> {
    let families = families();
    let named = names().into_iter().flat_map(|name| {
        families
            .iter()
            .map(move |family| family.replace("{}", &name))
            .collect::<Vec<_>>()
    });
    named.chain(PROVISIONING.map(ToOwned::to_owned)).collect()
}

/// What robots are provisioned on, and what looks alike.
const PROVISIONING: [&str; 9] = [
    "$aws/certificates/create-from-csr/json",
    "$aws/certificates/create-from-csr/json/accepted",
    "$aws/certificates/create-from-csr/json/rejected",
    "$aws/certificates/create-from-csr/cbor",
    "$aws/certificates/create/json",
    "$aws/provisioning-templates/dev_robots/provision/json",
    "$aws/provisioning-templates/dev_robots/provision/json/accepted",
    "$aws/provisioning-templates/dev_robots/provision/json/rejected",
    "$aws/provisioning-templates/prod_robots/provision/json",
];

/// Topics with `{}` in the place of the robot: those that exist, and those that look alike.
fn families() -> Vec<String> {
    let rules = ["map_ingest", "run_events", "status", "command_outcome", "renewal"];
    let ends = ["tiles", "run", "status", "ack", "renewal"];
    let ingest = rules
        .iter()
        .flat_map(|rule| ends.map(|end| format!("$aws/rules/{STAGE}_{rule}/r/{{}}/{end}")));
    let others = [
        "$aws/rules/prod_map_ingest/r/{}/tiles",
        "$aws/rules/dev_map_ingest/r/{}/tiles/more",
        "$aws/rules/dev_map_ingest/{}/tiles",
        "r/{}/tiles",
        "r/{}/status",
        "cmd/{}",
        "cfg/{}",
        "rcv/{}",
        "cmd/{}/x",
        "cfg",
        "live/{}",
        "live/{}/pose",
        "live/{}/tiles",
        "live/{}/camera",
        "$aws/things/{}/shadow/update",
        "$aws/things/{}/jobs/get",
        "$aws/events/presence/connected/{}",
        "$SYS/brokers/{}",
        "a/b/c/d/e/f/g/{}/i",
    ];
    ingest.chain(others.map(ToOwned::to_owned)).collect()
}

/// Filters that are no topics: shared subscriptions, and wildcards over everything.
fn more_filters(topics: &[String]) -> Vec<String> {
    let shared = topics
        .iter()
        .filter(|topic| topic.contains(ROBOT_A))
        .map(|topic| format!("$share/g/{topic}"));
    let wide = [
        "#",
        "+",
        "+/+",
        "+/+/+",
        "$SYS/#",
        "$aws/#",
        "$aws/certificates/create-from-csr/json/+",
        "$aws/provisioning-templates/+/provision/json/accepted",
        "$aws/rules/#",
        "$share/g/#",
        "live/+/+",
        "cmd/#",
    ];
    shared.chain(wide.map(ToOwned::to_owned)).collect()
}
