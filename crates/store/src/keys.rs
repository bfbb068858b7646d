//! All keys of the table, made in this file alone.
//!
//! | partition | sort key | item |
//! |---|---|---|
//! | `H#home` | `META` | the home |
//! | | `FLOOR#floor`, `ROBOT#robot`, `MEMBER#person` | its floors; a copy of each of its robots and memberships |
//! | | `RUN#robot#run`, `CMD#robot#command` | runs, commands |
//! | | `INVITE#code`, `LEASE#person#lease` | a copy of each open invitation; who opened which live view |
//! | | `LOG#ms#entropy` | what its owner reads about who did what |
//! | | `CANDIDATES`, `BROUGHT` | the runs that floors may be made from; that floors came from elsewhere |
//! | `H#home#RUN` | `run#S#x#y`, `run#PLACE` | the runs' tiles by sheets; where each votes |
//! | `H#home#FLOOR` | `floor#FOLD`, `floor#S#x#y` | the floors' votes by sheets |
//! | | `floor#VIEW`, `floor#OBJECTS`, `floor#PLAN` | what is derived from them; the view holds the rooms |
//! | `R#robot` | `META`, `HEALTH`, `SETTINGS`, `NUMBER` | the robot; `HEALTH` is in the fleet index |
//! | | `FLOW#minute` | what it sent in a minute in which that was much |
//! | `P#person` | `HOME#home`, `ERASED#home` | a membership; the erasure of a home that was theirs |
//! | | `SESSION#session`, `ACCOUNT` | a sign-in at the local issuer with the hash of its refresh token; which account |
//! | | `GONE` | that they have deleted their account |
//! | `E#email`, `L#lease`, `K#claim`, `C#code`, `V#code` | `META` | accounts, leases, claims, claim codes, invitations |
//! | `T#code` | `META` | the codes that are printed on robots |
//! | `I#day` | `ms#handler#client#digest` | incidents |
//!
//! All of a home lies in three partitions, so that who erases it needs to know of nothing in them.
//! The keys of a home take a [`HomeScope`], which only authorization gives; nothing else can name its partitions.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::Timestamp;
use domain::access::HomeScope;
use domain::claim::ClaimCode;
use domain::erasure::ErasedKind;
use domain::id::{ClaimId, CommandId, FloorId, HomeId, LeaseId, PersonId, RobotId, RunId, SessionId};
use domain::incident::Incident;
use domain::label::LabelCode;
use domain::member::InvitationCode;
use domain::ports::StoreError;
use domain::quarantine::Minute;
use mapping::SheetIndex;

use crate::item::{Item, read_text, text};
use crate::table::TABLE_SPEC;

/// The attribute that is the partition key.
pub(crate) const PARTITION: &str = TABLE_SPEC.partition_key;
/// The attribute that is the sort key.
pub(crate) const SORT: &str = TABLE_SPEC.sort_key;

const META: &str = "META";
const SHEET: &str = "S#";
/// Maps the signed index of a sheet to one that sorts as text.
const SHEET_OFFSET: i32 = 1 << 15;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Where one item lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

/// Where the items of one list lie: all whose sort key begins with the prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) pk: String,
    pub(crate) prefix: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    pub(crate) fn home(scope: &HomeScope) -> Self {
        Self::new(home(scope), META)
    }

    pub(crate) fn floor(scope: &HomeScope, floor: FloorId) -> Self {
        Self::new(home(scope), format!("FLOOR#{floor}"))
    }

    pub(crate) fn home_robot(scope: &HomeScope, robot: RobotId) -> Self {
        Self::new(home(scope), format!("ROBOT#{robot}"))
    }

    pub(crate) fn run(scope: &HomeScope, robot: RobotId, run: RunId) -> Self {
        Self::new(home(scope), format!("RUN#{robot}#{run}"))
    }

    pub(crate) fn command(scope: &HomeScope, robot: RobotId, command: CommandId) -> Self {
        Self::new(home(scope), format!("CMD#{robot}#{command}"))
    }

    pub(crate) fn run_sheet(scope: &HomeScope, run: RunId, index: SheetIndex) -> Self {
        Self::new(run_partition(scope), format!("{run}#{}", sheet(index)))
    }

    pub(crate) fn fold(scope: &HomeScope, floor: FloorId) -> Self {
        Self::new(floor_partition(scope), format!("{floor}#FOLD"))
    }

    pub(crate) fn home_sheet(scope: &HomeScope, floor: FloorId, index: SheetIndex) -> Self {
        Self::new(floor_partition(scope), format!("{floor}#{}", sheet(index)))
    }

    pub(crate) fn view(scope: &HomeScope, floor: FloorId) -> Self {
        Self::new(floor_partition(scope), format!("{floor}#VIEW"))
    }

    pub(crate) fn objects(scope: &HomeScope, floor: FloorId) -> Self {
        Self::new(floor_partition(scope), format!("{floor}#OBJECTS"))
    }

    pub(crate) fn plan(scope: &HomeScope, floor: FloorId) -> Self {
        Self::new(floor_partition(scope), format!("{floor}#PLAN"))
    }

    pub(crate) fn candidates(scope: &HomeScope) -> Self {
        Self::new(home(scope), "CANDIDATES")
    }

    pub(crate) fn place(scope: &HomeScope, run: RunId) -> Self {
        Self::new(run_partition(scope), format!("{run}#PLACE"))
    }

    pub(crate) fn robot(robot: RobotId) -> Self {
        Self::new(robot_partition(robot), META)
    }

    pub(crate) fn health(robot: RobotId) -> Self {
        Self::new(robot_partition(robot), "HEALTH")
    }

    pub(crate) fn settings(robot: RobotId) -> Self {
        Self::new(robot_partition(robot), "SETTINGS")
    }

    pub(crate) fn number(robot: RobotId) -> Self {
        Self::new(robot_partition(robot), "NUMBER")
    }

    pub(crate) fn flow(robot: RobotId, minute: Minute) -> Self {
        Self::new(robot_partition(robot), format!("FLOW#{}", minute.number()))
    }

    pub(crate) fn membership(person: PersonId, home: HomeId) -> Self {
        Self::new(person_partition(person), format!("HOME#{home}"))
    }

    pub(crate) fn member(scope: &HomeScope, person: PersonId) -> Self {
        Self::new(home(scope), format!("MEMBER#{person}"))
    }

    pub(crate) fn invitation(code: &InvitationCode) -> Self {
        Self::new(format!("V#{}", code.as_str()), META)
    }

    pub(crate) fn access_entry(scope: &HomeScope, at: Timestamp, entropy: u64) -> Self {
        Self::new(home(scope), format!("LOG#{:013}#{entropy:016x}", at.millis()))
    }

    pub(crate) fn keepsake(scope: &HomeScope) -> Self {
        Self::new(home(scope), "BROUGHT")
    }

    pub(crate) fn home_invitation(scope: &HomeScope, code: &InvitationCode) -> Self {
        Self::new(home(scope), format!("INVITE#{}", code.as_str()))
    }

    pub(crate) fn erasure(person: PersonId, home: HomeId) -> Self {
        Self::new(person_partition(person), format!("ERASED#{home}"))
    }

    /// The items that lie elsewhere but belong to one of a home's: a member's other half and an invitation's.
    pub(crate) fn other_half(&self, scope: &HomeScope) -> Option<Self> {
        if let Some(person) = self.sk.strip_prefix("MEMBER#") {
            return Some(Self::membership(person.parse().ok()?, scope.home()));
        }
        let code: InvitationCode = self.sk.strip_prefix("INVITE#")?.parse().ok()?;
        Some(Self::invitation(&code))
    }

    pub(crate) fn account(email: &str) -> Self {
        Self::new(format!("E#{email}"), META)
    }

    pub(crate) fn session(person: PersonId, session: SessionId) -> Self {
        Self::new(person_partition(person), format!("SESSION#{session}"))
    }

    pub(crate) fn own_account(person: PersonId) -> Self {
        Self::new(person_partition(person), "ACCOUNT")
    }

    pub(crate) fn gone(person: PersonId) -> Self {
        Self::new(person_partition(person), "GONE")
    }

    pub(crate) fn lease(lease: LeaseId) -> Self {
        Self::new(format!("L#{lease}"), META)
    }

    pub(crate) fn home_lease(scope: &HomeScope, person: PersonId, lease: LeaseId) -> Self {
        Self::new(home(scope), format!("LEASE#{person}#{lease}"))
    }

    pub(crate) fn claim(claim: ClaimId) -> Self {
        Self::new(format!("K#{claim}"), META)
    }

    pub(crate) fn claim_code(code: &ClaimCode) -> Self {
        Self::new(format!("C#{}", code.as_str()), META)
    }

    pub(crate) fn label(code: &LabelCode) -> Self {
        Self::new(format!("T#{}", code.as_str()), META)
    }

    /// The same incident always has the same key, so that a repeated record is one record; `digest` tells those of
    /// one millisecond apart.
    pub(crate) fn incident(incident: &Incident, digest: u64) -> Self {
        let Incident {
            handler, client, at, ..
        } = incident;
        let day = at.seconds().div_euclid(DAY_SECONDS);
        Self::new(
            format!("I#{day}"),
            format!("{:013}#{handler}#{client}#{digest:016x}", at.millis()),
        )
    }

    /// The key of an item that was read.
    pub(crate) fn of(what: &'static str, item: &Item) -> Result<Self, StoreError> {
        let part = |name| read_text(what, item, name).map(str::to_owned);
        Ok(Self {
            pk: part(PARTITION)?,
            sk: part(SORT)?,
        })
    }

    /// The key as the attributes that requests and items carry.
    pub(crate) fn into_item(self) -> Item {
        Item::from([
            (PARTITION.to_owned(), text(self.pk)),
            (SORT.to_owned(), text(self.sk)),
        ])
    }
}

impl Listing {
    pub(crate) fn floors(scope: &HomeScope) -> Self {
        Self {
            pk: home(scope),
            prefix: "FLOOR#".into(),
        }
    }

    pub(crate) fn robots(scope: &HomeScope) -> Self {
        Self {
            pk: home(scope),
            prefix: "ROBOT#".into(),
        }
    }

    pub(crate) fn sessions(person: PersonId) -> Self {
        Self {
            pk: person_partition(person),
            prefix: "SESSION#".into(),
        }
    }

    pub(crate) fn access_log(scope: &HomeScope) -> Self {
        Self {
            pk: home(scope),
            prefix: "LOG#".into(),
        }
    }

    pub(crate) fn members(scope: &HomeScope) -> Self {
        Self {
            pk: home(scope),
            prefix: "MEMBER#".into(),
        }
    }

    pub(crate) fn leases(scope: &HomeScope, person: PersonId) -> Self {
        Self {
            pk: home(scope),
            prefix: format!("LEASE#{person}#"),
        }
    }

    pub(crate) fn runs(scope: &HomeScope, robot: RobotId) -> Self {
        Self {
            pk: home(scope),
            prefix: format!("RUN#{robot}#"),
        }
    }

    pub(crate) fn memberships(person: PersonId) -> Self {
        Self {
            pk: person_partition(person),
            prefix: "HOME#".into(),
        }
    }

    pub(crate) fn run_sheets(scope: &HomeScope, run: RunId) -> Self {
        Self {
            pk: run_partition(scope),
            prefix: format!("{run}#{SHEET}"),
        }
    }

    pub(crate) fn home_sheets(scope: &HomeScope, floor: FloorId) -> Self {
        Self {
            pk: floor_partition(scope),
            prefix: format!("{floor}#{SHEET}"),
        }
    }

    /// Whether an item with this key is in the list.
    pub(crate) fn contains(&self, key: &Key) -> bool {
        key.pk == self.pk && key.sk.starts_with(&self.prefix)
    }
}

/// The partitions of a home, which hold all that is its own.
pub(crate) fn partitions(scope: &HomeScope) -> [String; 3] {
    [run_partition(scope), floor_partition(scope), home(scope)]
}

/// What kind of thing the item at a key of a home belongs to.
pub(crate) fn kind_of(scope: &HomeScope, key: &Key) -> ErasedKind {
    if key.pk == run_partition(scope) {
        return ErasedKind::RunMaps;
    }
    if key.pk == floor_partition(scope) {
        return ErasedKind::Maps;
    }
    match key.sk.split('#').next().unwrap_or_default() {
        "FLOOR" => ErasedKind::Floors,
        "ROBOT" => ErasedKind::Robots,
        "MEMBER" => ErasedKind::Members,
        "INVITE" => ErasedKind::Invitations,
        "RUN" => ErasedKind::Runs,
        "CMD" | "IDEM" => ErasedKind::Commands,
        "LOG" => ErasedKind::LogEntries,
        _ => ErasedKind::Other,
    }
}

/// The home and the person of an erasure, read from the keys that the change stream shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErasureKey {
    /// The home, which is no more.
    pub scope: HomeScope,
    /// Who erased it.
    pub person: PersonId,
}

impl ErasureKey {
    /// The erasure of a stored record with these keys; `None` for any other record.
    pub fn parse(partition_key: &str, sort_key: &str) -> Option<Self> {
        let person = partition_key.strip_prefix("P#")?.parse().ok()?;
        let home = sort_key.strip_prefix("ERASED#")?.parse().ok()?;
        let scope = HomeScope::of_stored_record(home);
        Some(Self { scope, person })
    }
}

/// The robot of a stored record with these keys; `None` for any other record, also for the copy in the robot's home.
pub fn robot_of_record(partition_key: &str, sort_key: &str) -> Option<RobotId> {
    let robot = partition_key.strip_prefix("R#")?;
    (sort_key == META).then(|| robot.parse().ok()).flatten()
}

/// The number of partitions that the fleet index is spread over.
pub(crate) const FLEET_SHARDS: u8 = 8;

/// Where a robot lies in the fleet index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FleetKey {
    pub(crate) shard: u8,
    pub(crate) robot: RobotId,
}

impl FleetKey {
    /// The low bits of an id are random, so the shards fill evenly.
    pub(crate) fn of(robot: RobotId) -> Self {
        let shard = (robot.as_u128() % u128::from(FLEET_SHARDS)) as u8;
        Self { shard, robot }
    }

    /// The index's partition key of a shard.
    pub(crate) fn partition(shard: u8) -> AttributeValue {
        text(format_args!("F#{shard}"))
    }

    /// What puts a health item into the index.
    pub(crate) fn attributes(&self) -> [(&'static str, AttributeValue); 2] {
        let index = TABLE_SPEC.fleet;
        [
            (index.partition_key, Self::partition(self.shard)),
            (index.sort_key, text(self.robot)),
        ]
    }

    /// The place in the index from which a query goes on after this robot.
    pub(crate) fn into_start(self) -> Item {
        let mut start = Key::health(self.robot).into_item();
        start.extend(self.attributes().map(|(name, value)| (name.to_owned(), value)));
        start
    }
}

/// Names the run whose record changed, read from the keys that the change stream shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunKey {
    /// The home whose partition holds the record.
    pub scope: HomeScope,
    /// The robot.
    pub robot: RobotId,
    /// The run.
    pub run: RunId,
}

impl RunKey {
    /// The run of a stored record with these keys; `None` for any other record.
    pub fn parse(partition_key: &str, sort_key: &str) -> Option<Self> {
        let home: HomeId = partition_key.strip_prefix("H#")?.parse().ok()?;
        let (robot, run) = sort_key.strip_prefix("RUN#")?.split_once('#')?;
        let scope = HomeScope::of_stored_record(home);
        Some(Self {
            scope,
            robot: robot.parse().ok()?,
            run: run.parse().ok()?,
        })
    }
}

/// The sheet that a sort key of the form `run#S#x#y` or `floor#S#x#y` names.
pub(crate) fn sheet_of(what: &'static str, item: &Item) -> Result<SheetIndex, StoreError> {
    let key = read_text(what, item, SORT)?;
    let (_, key) = key.split_once('#').unwrap_or_default();
    parse_sheet(key).ok_or_else(|| crate::item::corrupt(what, SORT, "is not the key of a sheet"))
}

fn parse_sheet(key: &str) -> Option<SheetIndex> {
    let (x, y) = key.strip_prefix(SHEET)?.split_once('#')?;
    let index = |digits| i16::try_from(i32::from_str_radix(digits, 16).ok()? - SHEET_OFFSET).ok();
    Some(SheetIndex::new(index(x)?, index(y)?))
}

fn sheet(SheetIndex { x, y }: SheetIndex) -> String {
    format!(
        "{SHEET}{:04x}#{:04x}",
        i32::from(x) + SHEET_OFFSET,
        i32::from(y) + SHEET_OFFSET
    )
}

fn home(scope: &HomeScope) -> String {
    format!("H#{}", scope.home())
}

fn run_partition(scope: &HomeScope) -> String {
    format!("{}#RUN", home(scope))
}

fn floor_partition(scope: &HomeScope) -> String {
    format!("{}#FLOOR", home(scope))
}

fn robot_partition(robot: RobotId) -> String {
    format!("R#{robot}")
}

fn person_partition(person: PersonId) -> String {
    format!("P#{person}")
}

#[cfg(test)]
mod tests;
