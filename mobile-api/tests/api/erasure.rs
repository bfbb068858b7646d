//! An erased home is gone at once, its data soon, whatever is killed meanwhile, and its owner has a receipt.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::Poll;

use domain::erasure::ERASURE_KEPT;
use domain::home::Role;
use domain::ports::{HealthStore, HomeStore, RobotStore, SettingsStore};
use domain::settings::Settings;
use domain::usecase::{Authorizing, Erasing, UseCaseError};
use dynoxide::actions::scan::ScanRequest;
use serde_json::{Value, json};
use store::{CapacityListener, ConnectConfig, connect};

use crate::commands::{issue, start};
use crate::flat::{drive, two_rooms};
use crate::members::{accept, invite};
use crate::world::{AT, Answer, Person, World};

/// All items of the table by their keys.
type Table = BTreeMap<String, Value>;

const HOME_NAME: &str = "Lindenstraße 9";

fn table(world: &World) -> Table {
    let request = ScanRequest {
        table_name: world.table.table.clone(),
        ..ScanRequest::default()
    };
    let found = serde_json::to_value(world.database.scan(request).unwrap()).unwrap();
    assert_eq!(found.get("LastEvaluatedKey"), None);
    let items = found["Items"].as_array().unwrap().iter();
    items
        .map(|item| (format!("{} {}", item["pk"]["S"], item["sk"]["S"]), item.clone()))
        .collect()
}

/// A home that has some of everything.
async fn lived_in() -> World {
    let world = World::new().await;
    world.fold(drive(1), &two_rooms(&[(10, 10)])).await;
    world.fold(drive(2), &two_rooms(&[])).await;
    for (name, ends_at) in [
        ("Oma Erna", "2026-09-23T14:13:20.000Z"),
        ("Onkel Karl", "2026-09-23T14:13:20.000Z"),
    ] {
        let body = json!({"name": name, "role": "guest", "ends_at": ends_at});
        let invited = invite(&world, &body).await.json();
        if name == "Oma Erna" {
            assert_eq!(accept(&world, Person::Carl, &invited["code"]).await.status, 200);
        }
    }
    assert_eq!(issue(&world, "once", &start()).await.status, 202);
    world
}

async fn erase(world: &World, person: Person, name: &str) -> Answer {
    world
        .post(person, &world.at_home("/erasure"), json!({"name": name}))
        .await
}

async fn receipt(world: &World, person: Person) -> Answer {
    world.get(person, &format!("/v1/erasures/{}", world.home)).await
}

fn erasing(world: &World) -> Erasing {
    Erasing::new(&world.store, world.devices.clone(), world.devices.clone())
}

/// What may be left: the tombstone, the receipt, and that there is such a robot.
fn is_left(world: &World, key: &str) -> bool {
    let owner = Person::Anna.id();
    [
        format!("\"H#{}\" \"META\"", world.home),
        format!("\"P#{owner}\" \"ERASED#{}\"", world.home),
        format!("\"R#{}\" \"META\"", world.robot),
        format!("\"R#{}\" \"HEALTH\"", world.robot),
        format!("\"R#{}\" \"NUMBER\"", world.robot),
    ]
    .contains(&key.to_owned())
}

fn assert_swept(world: &World) {
    let foreign = format!("\"H#{}\"", world.foreign_home);
    let membership = format!("\"P#{}\" \"HOME#{}\"", Person::Carl.id(), world.foreign_home);
    let left = table(world);
    for (key, item) in &left {
        if key.starts_with(&foreign) || *key == membership {
            continue;
        }
        assert!(is_left(world, key), "{key} is left");
        let item = item.to_string();
        for canary in [
            HOME_NAME,
            "Kitchen robot",
            "Oma Erna",
            "Onkel Karl",
            "1.2.3",
            "pairing_",
        ] {
            assert!(!item.contains(canary), "{canary} is left in {key}");
        }
    }
    assert!(left.keys().any(|key| key.starts_with(&foreign)));
}

#[tokio::test]
async fn nobody_sees_anything_of_an_erased_home_from_the_answer_on() {
    let world = lived_in().await;
    let (floor, robot) = (world.at_floor("/map").await, world.at_robot(""));
    let erased = erase(&world, Person::Anna, HOME_NAME).await;
    assert_eq!(erased.status, 202, "{erased}");
    let location = format!("/v1/erasures/{}", world.home);
    assert_eq!(erased.header("location"), Some(location.as_str()));
    assert_eq!(erased.json()["state"], "erasing");
    for person in [Person::Anna, Person::Carl] {
        for path in [
            &world.at_home(""),
            &world.at_home("/members"),
            &robot,
            &floor,
            &world.at_robot("/runs"),
        ] {
            let answer = world.get(person, path).await;
            assert_eq!(answer.status, 404, "{person:?} {path} {answer}");
        }
        let homes = world.get(person, "/v1/homes").await.json();
        let homes = homes["items"].as_array().unwrap();
        assert!(
            homes.iter().all(|home| home["id"] != json!(world.home)),
            "{homes:?}"
        );
    }
    let again = erase(&world, Person::Anna, HOME_NAME).await;
    assert_eq!(
        (again.status, again.json()["asked_at"].clone()),
        (erased.status, erased.json()["asked_at"].clone())
    );
}

#[tokio::test]
async fn only_its_owner_erases_a_home_and_only_by_its_name() {
    let world = lived_in().await;
    for person in [Person::Carl, Person::Olga] {
        let foreign = erase(&world, person, HOME_NAME).await;
        let unknown = world
            .post(person, "/v1/homes/home_x/erasure", json!({"name": HOME_NAME}))
            .await;
        assert_eq!((foreign.status.as_u16(), foreign.text()), (404, unknown.text()));
    }
    let wrong = erase(&world, Person::Anna, "Lindenstraße 8").await;
    assert_eq!(
        (wrong.status.as_u16(), &wrong.json()["field"]),
        (400, &json!("name"))
    );
    assert_eq!(world.get(Person::Anna, &world.at_home("")).await.status, 200);
    assert_eq!(receipt(&world, Person::Anna).await.status, 404);
}

#[tokio::test]
async fn nothing_is_left_but_the_receipt_which_counts_everything() {
    let world = lived_in().await;
    let before = table(&world);
    erase(&world, Person::Anna, HOME_NAME).await;
    let (scope, person) = (world.scope(), Person::Anna.id());
    erasing(&world).sweep(&scope, person).await.unwrap();
    erasing(&world).close(&scope, person, AT).await.unwrap();
    assert_swept(&world);
    assert_eq!(*world.devices.revoked.lock().unwrap(), [world.robot]);
    let receipt = receipt(&world, Person::Anna).await.json();
    assert_eq!(receipt["state"], "erased");
    let prefix = format!("\"H#{}", world.home);
    let of_home = before.keys().filter(|key| key.starts_with(&prefix)).count() as u64;
    let counted: u64 = receipt["counts"]
        .as_object()
        .unwrap()
        .values()
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert_eq!(counted, of_home - 1, "all but the home itself: {receipt:#}");
    assert_eq!(
        [
            &receipt["counts"]["runs"],
            &receipt["counts"]["members"],
            &receipt["counts"]["robots"]
        ],
        [&json!(2), &json!(2), &json!(1)]
    );
    let foreign = world
        .get(Person::Carl, &format!("/v1/erasures/{}", world.home))
        .await;
    assert_eq!(foreign.status, 404);
    world.pass(ERASURE_KEPT + std::time::Duration::from_secs(1));
    assert_eq!(self::receipt(&world, Person::Anna).await.status, 404);
}

#[tokio::test]
async fn what_comes_late_does_not_bring_it_back() {
    let world = lived_in().await;
    let robot = world.store.robot(world.robot).await.unwrap().unwrap();
    erase(&world, Person::Anna, HOME_NAME).await;
    let (scope, person) = (world.scope(), Person::Anna.id());
    erasing(&world).sweep(&scope, person).await.unwrap();
    let authorizing = Authorizing {
        homes: world.store.clone(),
        robots: world.store.clone(),
    };
    let late = authorizing.paired_robot(world.robot, world.pairing()).await;
    assert!(matches!(late, Err(UseCaseError::Refused(error)) if error.field == "pairing"));
    // Who had read the home before it ended writes what was under way; the second sweep takes that as well.
    world.fold(drive(3), &two_rooms(&[])).await;
    let unpaired = world.store.robot(world.robot).await.unwrap().unwrap();
    world.store.put_robot(&robot, Some(&unpaired)).await.unwrap();
    world
        .store
        .put_settings(world.robot, &Settings::initial(world.pairing()), None)
        .await
        .unwrap();
    erasing(&world).sweep(&scope, person).await.unwrap();
    assert_swept(&world);
    let owner = domain::home::Membership {
        home: world.home,
        person,
        role: Role::Owner,
    };
    let home = domain::home::Home {
        id: world.home,
        name: domain::home::Name::new("name", HOME_NAME).unwrap(),
        created_at: AT,
    };
    assert!(world.store.create_home(&home, &owner).await.is_err());
    assert_eq!(world.store.health(world.robot).await.unwrap().status, None);
}

/// Lets a number of writes pass; who wrote the last of them is to be killed.
#[derive(Debug)]
struct Kill(AtomicI64);

impl CapacityListener for Kill {
    fn used(&self, _read_units: f64, write_units: f64) {
        if write_units > 0.0 {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Sweeps and closes until `writes` are done; says whether it was killed there.
async fn killed_after(world: &World, writes: i64) -> bool {
    let kill = Arc::new(Kill(AtomicI64::new(writes)));
    let config = ConnectConfig {
        meter: Some(kill.clone()),
        ..world.table.clone()
    };
    let store = Arc::new(connect(config, Arc::new(|| AT)));
    let erasing = Erasing::new(&store, world.devices.clone(), world.devices.clone());
    let (scope, person) = (world.scope(), Person::Anna.id());
    let mut work = pin!(async {
        erasing.sweep(&scope, person).await.unwrap();
        erasing.close(&scope, person, AT).await.unwrap();
    });
    poll_fn(|context| {
        if kill.0.load(Ordering::SeqCst) <= 0 {
            return Poll::Ready(true);
        }
        work.as_mut().poll(context).map(|()| false)
    })
    .await
}

#[tokio::test]
async fn a_kill_between_any_two_writes_is_made_good_by_the_next_attempt() {
    let mut counts = Vec::new();
    for writes in 0.. {
        let world = lived_in().await;
        erase(&world, Person::Anna, HOME_NAME).await;
        let was_killed = killed_after(&world, writes).await;
        assert!(!killed_after(&world, i64::MAX).await);
        assert_swept(&world);
        let receipt = receipt(&world, Person::Anna).await.json();
        assert_eq!(receipt["state"], "erased");
        counts.push(receipt["counts"].clone());
        if !was_killed {
            assert!(writes > 3, "{writes}");
            break;
        }
    }
    counts.dedup();
    assert_eq!(counts.len(), 1, "{counts:#?}");
}
