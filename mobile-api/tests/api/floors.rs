//! Floors and the forms of their maps.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::command::Corner;
use domain::floor_map::FloorMap;
use domain::home::{Floor, Name};
use domain::id::{FloorId, ObjectId, RoomId};
use domain::object::{MovableObject, ObjectList};
use domain::pace::Pace;
use domain::ports::{FloorStore, HomeStore};
use domain::room::{Room, RoomList};
use http::Method;
use mapping::class_grid::{CellClass, ClassGrid, ClassedCell};
use mapping::formats::valetudo::ValetudoMap;
use mapping::grid::Grid;
use mapping::run_map::CellBounds;
use mapping::tile::CellIndex;
use mapping::view::FloorView;
use serde_json::json;

use crate::world::{AT, Answer, Person, World};

/// A wall, a free cell in a room, and a thing.
fn map() -> FloorMap {
    let bounds = CellBounds {
        min: CellIndex::new(-1, 0),
        max: CellIndex::new(1, 0),
    };
    let mut classes = ClassGrid::unknown(bounds).unwrap();
    let kinds = [CellClass::Permanent, CellClass::Free, CellClass::Movable];
    for (x, class) in (-1..).zip(kinds) {
        let presence = if class == CellClass::Movable { 102 } else { 0 };
        classes.set(
            CellIndex::new(x, 0),
            ClassedCell {
                class,
                presence,
                confidence: 255,
            },
        );
    }
    let labels = Grid::filled(CellIndex::new(0, 0), 1, 1, 7).unwrap();
    let room = Room {
        name: Some(Name::new("name", "Hall").unwrap()),
        ..Room::found(RoomId::new(AT, 7), 7)
    };
    FloorMap {
        n: 3,
        revision: 5,
        layer: [0; 32],
        dock: Corner { x: 0, y: 0 },
        pace: Pace::default(),
        view: FloorView::new(&classes, &labels).unwrap(),
        rooms: RoomList::new(1, vec![room]).unwrap(),
    }
}

fn thing() -> ObjectList {
    let corners = [(50, 0), (100, 0), (100, 50)].map(|(x, y)| Corner { x, y });
    let thing = MovableObject {
        id: ObjectId::new(AT, 3),
        outline: corners.to_vec(),
        presence: 40,
        first_seen: AT,
        last_seen: AT,
    };
    ObjectList {
        n: 3,
        runs_ended: vec![AT],
        objects: vec![thing],
    }
}

async fn store_floor(world: &World) -> String {
    let floor = Floor {
        id: FloorId::new(AT, 1),
        name: Name::new("name", "Ground floor").unwrap(),
        created_at: AT,
    };
    let scope = world.scope();
    world.store.add_floor(&scope, &floor).await.unwrap();
    world
        .store
        .put_floor_map(&scope, floor.id, &map(), None)
        .await
        .unwrap();
    world.store.put_objects(&scope, floor.id, &thing()).await.unwrap();
    world.at_home(&format!("/floors/{}/map", floor.id))
}

async fn get(world: &World, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = world
        .request(Method::GET, path)
        .bearer(&world.token(Person::Anna));
    world
        .send(
            headers
                .iter()
                .fold(request, |request, (name, value)| request.header(name, value)),
        )
        .await
}

#[tokio::test]
async fn floors_are_listed() {
    let world = World::new().await;
    store_floor(&world).await;
    let floors = world.get(Person::Anna, &world.at_home("/floors")).await.json();
    assert_eq!(
        (&floors["items"][0]["name"], &floors["items"][0]["votes"]),
        (&json!("Ground floor"), &json!(0))
    );
}

#[tokio::test]
async fn a_map_comes_as_cells_with_what_they_mean() {
    let world = World::new().await;
    let path = store_floor(&world).await;
    let map = get(&world, &path, &[]).await.json();
    assert_eq!(
        (&map["version"], &map["frame"], &map["cell_metres"]),
        (&json!(3), &json!("home"), &json!(0.05))
    );
    assert_eq!(map["classes"], json!(["unknown", "free", "movable", "permanent"]));
    assert_eq!(
        (&map["origin"], &map["width"]),
        (&json!({"x": -1, "y": 0}), &json!(3))
    );
    assert_eq!(
        STANDARD.decode(map["cells"].as_str().unwrap()).unwrap(),
        [3, 1, 2]
    );
    assert_eq!(
        STANDARD.decode(map["presence"].as_str().unwrap()).unwrap(),
        [0, 0, 40]
    );
    assert_eq!(STANDARD.decode(map["room"].as_str().unwrap()).unwrap(), [0, 7, 0]);
    let room = RoomId::new(AT, 7).to_string();
    assert_eq!(
        (
            &map["rooms"][0]["id"],
            &map["rooms"][0]["name"],
            &map["rooms_version"]
        ),
        (&json!(room), &json!("Hall"), &json!(1))
    );
    let at_floor = |rest: &str| path.replace("/map", rest);
    let rooms = get(&world, &at_floor("/rooms"), &[]).await.json();
    let objects = get(&world, &at_floor("/objects"), &[]).await.json();
    assert_eq!(
        (&map["rooms"], &map["objects"]),
        (&rooms["items"], &objects["items"])
    );
    assert_eq!(map["objects"][0]["presence"], 40);
}

#[tokio::test]
async fn a_map_that_is_known_is_not_sent_again() {
    let world = World::new().await;
    let path = store_floor(&world).await;
    assert_eq!(get(&world, &path, &[]).await.header("etag"), Some("\"5\""));
    for known in ["\"5\"", "W/\"5\"", "\"1\", \"5\"", "*"] {
        let answer = get(&world, &path, &[("if-none-match", known)]).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0), "{known}");
        assert_eq!(answer.header("etag"), Some("\"5\""));
    }
    let picture = [("if-none-match", "\"5\""), ("accept", "image/png")];
    assert_eq!(get(&world, &path, &picture).await.status, 200);
}

#[tokio::test]
async fn a_map_comes_in_the_form_that_is_asked_for() {
    let world = World::new().await;
    let path = store_floor(&world).await;
    let picture = get(&world, &path, &[("accept", "image/png")]).await;
    assert!(picture.body.starts_with(b"\x89PNG"));
    let shapes = get(&world, &path, &[("accept", "application/geo+json")])
        .await
        .json();
    let kinds: Vec<_> = shapes["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["properties"].clone())
        .collect();
    assert_eq!(
        kinds,
        [
            json!({"kind": "room", "name": "Hall"}),
            json!({"kind": "wall"}),
            json!({"kind": "object", "presence": 0.4})
        ]
    );
    let valetudo = get(&world, &path, &[("accept", "application/vnd.valetudo.map+json")]).await;
    assert_eq!(
        valetudo.header("content-type"),
        Some("application/vnd.valetudo.map+json")
    );
    assert!(ValetudoMap::read(&valetudo.body).is_ok());
    insta::assert_snapshot!(get(&world, &path, &[("accept", "text/html")]).await, @r#"
    406 Not Acceptable
    content-type: application/problem+json
    {
      "code": "not_acceptable",
      "detail": "ask for one of application/json, image/png, application/geo+json, application/vnd.valetudo.map+json",
      "status": 406,
      "title": "No acceptable form",
      "type": "urn:sweepline:problem:not_acceptable"
    }
    "#);
}

#[tokio::test]
async fn a_floor_without_a_run_has_an_empty_map() {
    let world = World::new().await;
    let floor = Floor {
        id: FloorId::new(AT, 9),
        name: Name::new("name", "Attic").unwrap(),
        created_at: AT,
    };
    world.store.add_floor(&world.scope(), &floor).await.unwrap();
    let path = world.at_home(&format!("/floors/{}/map", floor.id));
    let map = world.get(Person::Anna, &path).await.json();
    assert_eq!(
        (&map["version"], &map["width"], &map["cells"]),
        (&json!(0), &json!(0), &json!(""))
    );
    for form in [
        "image/png",
        "application/geo+json",
        "application/vnd.valetudo.map+json",
    ] {
        assert_eq!(
            get(&world, &path, &[("accept", form)]).await.status,
            200,
            "{form}"
        );
    }
}
