//! The cloud's half of the rules of commands: who was removed moves nothing, and nobody sends a robot to another room
//! than the one they saw. Each is tried on a hundred seeded schedules.

use std::time::Duration;

use domain::command_log::RATE_WINDOW;
use domain::id::{LeaseId, PersonId};
use domain::member::Stay;
use domain::ports::{Connection, LeaseStore};
use domain::status::RobotState;
use domain::usecase::MemberKeeping;
use hostile::Row;
use http::Method;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::commands::start;
use crate::flat::{drive, two_rooms};
use crate::world::{AT, Answer, Person, World};

const SCHEDULES: u64 = 100;

/// What is wrong on purpose, so that a rule can show that it finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bug {
    /// Removing a member does nothing.
    NobodyIsRemoved,
    /// Who sees an old list of rooms is told the version of the new one.
    RoomsAreNotCompared,
}

fn somebody(seed: u64) -> PersonId {
    PersonId::new(AT, 1_000 + u128::from(seed))
}

async fn ask(world: &World, person: PersonId, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let request = world
        .request(method, path)
        .bearer(&world.token_of(person, false))
        .header("idempotency-key", &rand::random::<u64>().to_string());
    world
        .send(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
}

async fn command(world: &World, person: PersonId, body: Value) -> Answer {
    ask(
        world,
        person,
        Method::POST,
        &world.at_robot("/commands"),
        Some(&body),
    )
    .await
}

/// How many requests robots got.
fn sent(world: &World) -> usize {
    world.devices.requests.lock().unwrap().len()
}

/// The owner removes a person, or they leave.
async fn remove(world: &World, person: PersonId, random: &mut StdRng, bug: Option<Bug>) {
    if bug == Some(Bug::NobodyIsRemoved) {
        return;
    }
    let who = if random.random_bool(0.5) {
        Person::Anna.id()
    } else {
        person
    };
    let path = world.at_home(&format!("/members/{person}"));
    assert_eq!(ask(world, who, Method::DELETE, &path, None).await.status, 204);
}

/// Who is removed in a run neither sees nor stops it; it goes on, and the owner can stop it.
async fn removed_in_a_run(world: &World, seed: u64, bug: Option<Bug>) -> bool {
    let (person, mut random) = (somebody(seed), StdRng::seed_from_u64(seed));
    world.report(RobotState::Docked).await;
    world.let_in(person, Stay::Member).await;
    assert_eq!(command(world, person, start()).await.status, 202);
    world.report(RobotState::Running).await;
    world.pass(Duration::from_millis(random.random_range(0..600_000)));
    remove(world, person, &mut random, bug).await;
    let before = sent(world);
    let mut refused = true;
    for _ in 0..random.random_range(1..6) {
        let kinds = ["stop", "pause", "dock", "resume", "locate"];
        let kind = kinds.choose(&mut random).unwrap();
        refused &= command(world, person, json!({"type": kind})).await.status == 404;
        let places = ["", "/runs", "/settings"];
        let path = world.at_robot(places.choose(&mut random).unwrap());
        refused &= ask(world, person, Method::GET, &path, None).await.status == 404;
    }
    let goes_on = sent(world) == before;
    let stopped = command(world, Person::Anna.id(), json!({"type": "stop"})).await;
    refused && goes_on && stopped.status == 202
}

/// Who is removed while their command is on its way to the robot moves nothing.
async fn removed_on_the_way(world: &World, seed: u64, bug: Option<Bug>) -> bool {
    let (person, mut random) = (somebody(seed), StdRng::seed_from_u64(seed));
    world.let_in(person, Stay::Member).await;
    // Asked whether the robot is there, the broker takes its time.
    world.connect(false).await;
    *world.devices.connection.lock().unwrap() = Some(Connection::Open);
    let (store, scope) = (world.store.clone(), world.scope());
    let removal = async move {
        let members = MemberKeeping::new(&store);
        members.remove(&scope, person).await.unwrap();
    };
    if bug != Some(Bug::NobodyIsRemoved) {
        *world.devices.meanwhile.lock().unwrap() = Some(Box::pin(removal));
    }
    let before = sent(world);
    let kinds = [start(), json!({"type": "locate"}), json!({"type": "dock"})];
    let answer = command(world, person, kinds.choose(&mut random).unwrap().clone()).await;
    answer.status == 404 && sent(world) == before
}

/// Who saw the rooms before they were numbered anew starts nothing, and with the new list does.
async fn rooms_changed(world: &World, seed: u64, bug: Option<Bug>) -> bool {
    let mut random = StdRng::seed_from_u64(seed);
    let (mut seen, rooms) = room_list(world).await;
    let room = rooms.choose(&mut random).unwrap().clone();
    change_rooms(world, &rooms).await;
    if bug == Some(Bug::RoomsAreNotCompared) {
        (seen, _) = room_list(world).await;
    }
    let before = sent(world);
    let in_room = |room: &Value, version: &Value| {
        let scope = json!({"kind": "rooms", "rooms": [room]});
        json!({"type": "start", "scope": scope, "rooms_version": version})
    };
    let old = command(world, Person::Anna.id(), in_room(&room, &seen)).await;
    let refused = (old.status.as_u16(), old.code().as_str()) == (409, "rooms_changed");
    let unmoved = sent(world) == before;
    let (now, rooms) = room_list(world).await;
    let new = command(world, Person::Anna.id(), in_room(&rooms[0], &now)).await;
    refused && unmoved && new.status == 202
}

/// The version of the list, and the rooms' ids.
async fn room_list(world: &World) -> (Value, Vec<Value>) {
    let path = world.at_floor("/rooms").await;
    let list = world.get(Person::Anna, &path).await.json();
    let rooms = list["items"].as_array().unwrap();
    let ids = rooms.iter().map(|room| room["id"].clone()).collect();
    (list["version"].clone(), ids)
}

/// Two rooms become one, and one becomes two.
async fn change_rooms(world: &World, rooms: &[Value]) {
    let tag = world.get(Person::Anna, &world.at_floor("/rooms").await).await;
    let tag = tag.header("etag").unwrap().to_owned();
    let (rest, body) = match rooms {
        [only] => {
            let line = json!([{"x": 3_000, "y": -1_700}, {"x": 3_000, "y": 3_700}]);
            (
                format!("/rooms/{}/split", only.as_str().unwrap()),
                json!({"line": line}),
            )
        }
        _ => ("/rooms/merge".to_owned(), json!({"rooms": rooms})),
    };
    let request = world
        .request(Method::POST, &world.at_floor(&rest).await)
        .bearer(&world.token(Person::Anna));
    let answer = world.send(request.header("if-match", &tag).json(&body)).await;
    assert_eq!(answer.status, 200, "{answer}");
}

/// A member who is removed sees nothing live any more.
async fn live_view_ends(world: &World, seed: u64, bug: Option<Bug>) -> bool {
    let (person, mut random) = (somebody(seed), StdRng::seed_from_u64(seed));
    world.let_in(person, Stay::Member).await;
    let mut leases = Vec::<LeaseId>::new();
    for _ in 0..random.random_range(1..4) {
        let lease = ask(world, person, Method::POST, &world.at_robot("/live"), None)
            .await
            .json();
        leases.push(lease["id"].as_str().unwrap().parse().unwrap());
    }
    let of_owner = world
        .ask(Person::Anna, Method::POST, &world.at_robot("/live"))
        .await
        .json();
    remove(world, person, &mut random, bug).await;
    let cut = world.devices.disconnected.lock().unwrap().clone();
    let mut ended = !cut.contains(&of_owner["client_id"].as_str().unwrap().to_owned());
    for lease in leases {
        ended &= cut.contains(&format!("app_{lease}"));
        ended &= world.store.lease(lease).await.unwrap().is_none();
    }
    ended
}

/// Plays a rule on every seed in a world of its own, until one fails.
macro_rules! play {
    ($name:literal, $rule:ident, $bug:expr, $seeds:expr) => {{
        let world = World::new().await;
        world.fold(drive(1), &two_rooms(&[])).await;
        let mut row = Row::new($name);
        for seed in 0..$seeds {
            world.pass(RATE_WINDOW);
            let held = $rule(&world, seed, $bug).await;
            row.add(held, || format!("seed {seed}"));
        }
        row
    }};
}

#[tokio::test]
async fn c08_who_is_removed_in_a_run_neither_sees_nor_stops_it() {
    play!("C8", removed_in_a_run, None, SCHEDULES).hold(100);
}

#[tokio::test]
async fn c09_who_is_removed_moves_nothing_with_what_is_on_its_way() {
    play!("C9", removed_on_the_way, None, SCHEDULES).hold(100);
}

#[tokio::test]
async fn c13_rooms_that_are_numbered_anew_are_not_confused() {
    play!("C13", rooms_changed, None, SCHEDULES).hold(100);
}

#[tokio::test]
async fn s07_who_is_removed_sees_nothing_live() {
    play!("S7", live_view_ends, None, SCHEDULES).hold(100);
}

#[tokio::test]
async fn each_rule_finds_the_bug_that_is_built_in() {
    let nobody = Some(Bug::NobodyIsRemoved);
    play!("C8", removed_in_a_run, nobody, 1).catches("a removed member who stays one");
    play!("C9", removed_on_the_way, nobody, 1).catches("a removed member whose command is sent");
    let rooms = Some(Bug::RoomsAreNotCompared);
    play!("C13", rooms_changed, rooms, 10).catches("a list of rooms that is not compared");
    play!("S7", live_view_ends, nobody, 1).catches("a live view that goes on");
}
