//! A home's data goes with its owner, and its map comes to another installation as it was.

use std::io::{Cursor, Read, Write};

use http::Method;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::flat::{drive, two_rooms};
use crate::members::let_in;
use crate::world::{Answer, Person, World};

async fn lived_in() -> World {
    let world = World::new().await;
    world.fold(drive(1), &two_rooms(&[(10, 10)])).await;
    world.fold(drive(2), &two_rooms(&[(30, 20)])).await;
    let room = world.rooms().await[0]["id"].as_str().unwrap().to_owned();
    let path = world.at_floor(&format!("/rooms/{room}")).await;
    let named = world
        .request(Method::PATCH, &path)
        .bearer(&world.token(Person::Anna))
        .json(&json!({"name": "Küche"}));
    assert_eq!(world.send(named).await.status, 200);
    world
}

async fn export(world: &World) -> Vec<u8> {
    let answer = world.get(Person::Anna, &world.at_home("/export")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, Some("application/zip"))
    );
    answer.body
}

async fn import(world: &World, archive: &[u8]) -> Answer {
    let request = world
        .request(Method::POST, &world.at_home("/import"))
        .bearer(&world.token(Person::Anna))
        .bytes("application/zip", archive);
    world.send(request).await
}

fn file(archive: &[u8], end: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    let name = archive
        .file_names()
        .find(|name| name.as_ref().unwrap().ends_with(end))
        .unwrap()
        .unwrap()
        .to_string();
    let mut bytes = Vec::new();
    archive.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn json_file(archive: &[u8], end: &str) -> Value {
    serde_json::from_slice(&file(archive, end)).unwrap()
}

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The map as phones read it, without the id of the floor.
async fn map(world: &World) -> Value {
    let mut map = world
        .get(Person::Anna, &world.at_floor("/map").await)
        .await
        .json();
    map.as_object_mut().unwrap().remove("floor");
    map
}

#[tokio::test]
async fn a_map_that_moves_to_another_installation_is_the_same_there_and_goes_on_learning() {
    let (here, there) = (lived_in().await, World::new().await);
    let archive = export(&here).await;
    let brought = import(&there, &archive).await;
    assert_eq!(brought.status, 201, "{brought}");
    let floor = json_file(&archive, "floor.json");
    assert_eq!(brought.json()["floors"][0]["map_sha256"], floor["map_sha256"]);
    assert_eq!(map(&there).await, map(&here).await);
    assert_eq!(there.rooms().await, here.rooms().await);
    assert_eq!(
        json_file(&export(&there).await, "floor.json")["map_sha256"],
        floor["map_sha256"]
    );
    there.fold(drive(3), &two_rooms(&[])).await;
    here.fold(drive(3), &two_rooms(&[])).await;
    let (ours, theirs) = (export(&here).await, export(&there).await);
    assert_eq!(json_file(&theirs, "floor.json")["votes"], 3);
    assert_eq!(
        json_file(&theirs, "floor.json")["map_sha256"],
        json_file(&ours, "floor.json")["map_sha256"]
    );
    let again = import(&there, &archive).await;
    assert_eq!(
        (again.status.as_u16(), again.code()),
        (409, "conflict".to_owned())
    );
}

#[tokio::test]
async fn an_archive_has_everything_and_nobody_elses_name() {
    let world = lived_in().await;
    let_in(
        &world,
        Person::Carl,
        &json!({"name": "Oma Erna", "role": "member"}),
    )
    .await;
    let archive = export(&world).await;
    let home = json_file(&archive, "home.json");
    assert_eq!(
        (&home["form"], &home["home"]["name"]),
        (&json!(1), &json!("Lindenstraße 9"))
    );
    assert_eq!(
        home["members"],
        json!([{"role": "owner", "ends_at": null}, {"role": "member", "ends_at": null}])
    );
    assert_eq!(home["robots"][0]["preferences"]["upload_map"], true);
    let runs = home["runs"].as_array().unwrap();
    assert_eq!((runs.len(), home["tracks"].as_bool()), (2, Some(true)));
    assert!(
        runs.iter()
            .all(|run| run["report"]["manifest"]["tiles"].is_array()),
        "{runs:?}"
    );
    assert!(file(&archive, "map.png").starts_with(b"\x89PNG"));
    let shapes = json_file(&archive, "map.geojson");
    assert!(shapes["features"].as_array().unwrap().len() > 2);
    assert!(
        !home.to_string().contains("Oma Erna") && !home.to_string().contains(&Person::Carl.id().to_string())
    );
    for person in [Person::Carl, Person::Olga] {
        assert_eq!(world.get(person, &world.at_home("/export")).await.status, 404);
    }
}

#[tokio::test]
async fn what_somebody_made_up_is_refused_with_a_name_and_leaves_nothing() {
    let (here, there) = (lived_in().await, World::new().await);
    let floor = file(&export(&here).await, "floor.json");
    let changed = |field: &str, value: Value| {
        let mut floor: Value = serde_json::from_slice(&floor).unwrap();
        *floor.pointer_mut(field).unwrap() = value;
        packed(&[("floors/x/floor.json", floor.to_string().as_bytes())])
    };
    let zeros = vec![b' '; 64 * 1024 * 1024];
    let many: Vec<String> = (0..65).map(|n| format!("floors/{n}/map.png")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    let floors: Vec<String> = (0..9).map(|n| format!("floors/{n}/floor.json")).collect();
    let floors: Vec<(&str, &[u8])> = floors
        .iter()
        .map(|name| (name.as_str(), floor.as_slice()))
        .collect();
    let hostile = [
        (400, "no archive", b"hello".to_vec()),
        (
            400,
            "no floor",
            packed(&[("home.json", b"{}"), ("../../etc/passwd", b"x")]),
        ),
        (400, "a bomb", packed(&[("floors/x/floor.json", &zeros)])),
        (400, "many files", packed(&many)),
        (400, "many floors", packed(&floors)),
        (400, "no document", packed(&[("floors/x/floor.json", b"[1]")])),
        (400, "another form", changed("/form", json!(2))),
        (400, "a name", changed("/name", json!("a\u{0}b"))),
        (400, "another hash", changed("/map_sha256", json!("00"))),
        (
            400,
            "a tile twice",
            changed(
                "/tiles/1",
                serde_json::from_slice::<Value>(&floor).unwrap()["tiles"][0].clone(),
            ),
        ),
        (400, "a far tile", changed("/tiles/0/x", json!(30_000))),
        (400, "a broken tile", changed("/tiles/0/evidence", json!("AAAA"))),
        (400, "votes of the future", changed("/votes", json!(1))),
        (400, "votes beyond all", changed("/votes", json!(u32::MAX))),
        (400, "revisions beyond all", changed("/revision", json!(u64::MAX))),
        (400, "no layer", changed("/layer_sha256", json!("é".repeat(32)))),
        (400, "no view", changed("/view", json!("AAAA"))),
        (400, "room 0", changed("/rooms/rooms/0/number", json!(0))),
        (413, "too much", vec![0; 4 * 1024 * 1024 + 1]),
    ];
    for (status, what, archive) in hostile {
        let answer = import(&there, &archive).await;
        assert_eq!(answer.status, status, "{what}: {answer}");
        let floors = there.get(Person::Anna, &there.at_home("/floors")).await.json();
        assert_eq!(floors["items"], json!([]), "{what}");
    }
    let whole = packed(&[("floors/x/floor.json", floor.as_slice())]);
    assert_eq!(
        import(&there, &whole).await.status,
        201,
        "and the same whole is taken"
    );
}
