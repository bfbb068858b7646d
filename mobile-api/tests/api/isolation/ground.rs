//! Two homes with everything in them that a route can name, and everybody who tries.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::home::Name;
use domain::id::{ClaimId, CommandId, FloorId, HomeId, LeaseId, PairingId, PersonId, RobotId, RoomId, RunId};
use domain::member::Stay;
use domain::ports::{HealthStore, RobotStore, SettingsStore};
use domain::presence::Presence;
use domain::robot::{Pairing, Robot};
use domain::settings::Settings;
use hostile::Recorder;
use http::Method;
use serde_json::{Value, json};

use super::Bug;
use super::identities::{EVERYBODY, SHORT_STAY, Who};
use crate::flat::{drive, two_rooms};
use crate::world::{AT, Person, World};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What stands for each parameter of a path.
pub type Objects = BTreeMap<&'static str, String>;

/// The homes, what is in them, and how everybody says who they are.
pub struct Ground {
    pub world: World,
    pub recorder: Recorder,
    /// What the home has of which the identities are members, or were.
    pub ours: Objects,
    /// What the other home has.
    pub foreign: Objects,
    /// What nobody has.
    pub unknown: Objects,
    authorizations: BTreeMap<Who, String>,
}

impl Ground {
    pub async fn prepare(bug: Option<Bug>) -> Self {
        let recorder = Recorder::default();
        let world = World::recorded(&recorder).await;
        let mut authorizations = BTreeMap::new();
        for who in EVERYBODY {
            if let Some(token) = who.early_token(&world) {
                authorizations.insert(who, format!("Bearer {token}"));
            }
        }
        let robot = foreign_robot(&world).await;
        settle_members(&world, bug).await;
        if bug != Some(Bug::NothingExpires) {
            world.pass(SHORT_STAY);
        }
        let ours = furnish(&world, &world.paired(), Person::Anna).await;
        let foreign = furnish(&world, &robot, Person::Carl).await;
        for who in EVERYBODY {
            let secret = match who {
                Who::LeaseToken => Some(format!("Bearer {}", ours["lease token"])),
                Who::ClaimSecret => Some(format!("Claim {}", ours["claim secret"])),
                _ => who.authorization(&world),
            };
            authorizations.extend(secret.map(|secret| (who, secret)));
        }
        Self {
            world,
            recorder,
            ours,
            foreign,
            unknown: unknown(),
            authorizations,
        }
    }

    /// The header `Authorization` of `who`.
    pub fn authorization(&self, who: Who) -> Option<&str> {
        self.authorizations.get(&who).map(String::as_str)
    }
}

/// The robot of the other home.
async fn foreign_robot(world: &World) -> Robot {
    let robot = Robot {
        id: RobotId::new(AT, 2),
        pairing: Some(Pairing {
            id: PairingId::new(AT, 2),
            home: world.foreign_home,
            name: Name::new("name", "Barn robot").unwrap(),
            floor: None,
            paired_at: AT,
        }),
        certificate: None,
    };
    world.store.put_robot(&robot, None).await.unwrap();
    let settings = Settings::initial(PairingId::new(AT, 2));
    world.store.put_settings(robot.id, &settings, None).await.unwrap();
    let presence = Presence {
        connected: true,
        session: "s".into(),
        version: 1,
        since: AT,
        reason: None,
    };
    world.store.put_presence(robot.id, &presence, None).await.unwrap();
    robot
}

async fn settle_members(world: &World, bug: Option<Bug>) {
    let guest = |stay| Stay::Guest(AT.plus(stay));
    let stays = [
        (Who::Member.person(), Stay::Member),
        (Who::Guest.person(), guest(300 * DAY)),
        (Who::EndedGuest.person(), guest(SHORT_STAY)),
        (Who::Removed.person(), Stay::Member),
        (spare(), Stay::Member),
    ];
    for (person, stay) in stays {
        world.let_in(person, stay).await;
    }
    if bug != Some(Bug::RemovedMemberStays) {
        let path = world.at_home(&format!("/members/{}", Who::Removed.person()));
        let removed = world.ask(Person::Anna, Method::DELETE, &path).await;
        assert_eq!(removed.status, 204);
    }
}

/// A member whom the owner may remove in the course of the matrix.
fn spare() -> PersonId {
    PersonId::new(AT, 99)
}

/// Gives the robot's home a floor with a map and rooms, a run, a command, a lease and an open claim.
async fn furnish(world: &World, robot: &Robot, owner: Person) -> Objects {
    // Another number makes another run, and so another floor.
    let number = if owner == Person::Anna { 1 } else { 2 };
    let map = two_rooms(&[(10, 10)]);
    let run = world.fold_of(robot, drive(number), &map).await;
    let home = robot.pairing.as_ref().unwrap().home;
    let floors = world.get(owner, &format!("/v1/homes/{home}/floors")).await.json();
    let floor = text(&floors["items"][0]["id"]);
    let rooms = format!("/v1/homes/{home}/floors/{floor}/rooms");
    let rooms = world.get(owner, &rooms).await.json();
    let lease = world
        .ask(owner, Method::POST, &format!("/v1/robots/{}/live", robot.id))
        .await
        .json();
    let csr = json!({"csr": "of a robot"});
    let claim = world.request(Method::POST, "/v1/provisioning/claims").json(&csr);
    let claim = world.send(claim).await.json();
    let member = if owner == Person::Anna {
        spare()
    } else {
        owner.id()
    };
    Objects::from([
        ("home", home.to_string()),
        ("robot", robot.id.to_string()),
        ("floor", floor),
        ("room", text(&rooms["items"][0]["id"])),
        ("run", run.id.to_string()),
        ("command", locate(world, robot, owner).await),
        ("lease", text(&lease["id"])),
        ("lease token", text(&lease["password"])),
        ("claim", text(&claim["id"])),
        ("claim secret", text(&claim["secret"])),
        ("person", member.to_string()),
    ])
}

/// A command of its owner to the robot.
async fn locate(world: &World, robot: &Robot, owner: Person) -> String {
    let request = world.request(Method::POST, &format!("/v1/robots/{}/commands", robot.id));
    let request = request
        .bearer(&world.token(owner))
        .header("idempotency-key", "first");
    let answer = world.send(request.json(&json!({"type": "locate"}))).await;
    let location = answer.header("location").unwrap_or_else(|| panic!("{answer}"));
    location.rsplit('/').next().unwrap().to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn unknown() -> Objects {
    const NUMBER: u128 = 0xFEED;
    Objects::from([
        ("home", HomeId::new(AT, NUMBER).to_string()),
        ("robot", RobotId::new(AT, NUMBER).to_string()),
        ("floor", FloorId::new(AT, NUMBER).to_string()),
        ("room", RoomId::new(AT, NUMBER).to_string()),
        ("run", RunId::new(AT, NUMBER).to_string()),
        ("command", CommandId::new(AT, NUMBER).to_string()),
        ("lease", LeaseId::new(AT, NUMBER).to_string()),
        ("claim", ClaimId::new(AT, NUMBER).to_string()),
        ("person", PersonId::new(AT, NUMBER).to_string()),
    ])
}
