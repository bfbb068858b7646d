//! Rooms: found, named, merged, split, and the same after the next run.

use domain::id::RoomId;
use http::Method;
use serde_json::{Value, json};

use crate::flat::{drive, two_rooms};
use crate::world::{AT, Answer, Person, World};

async fn flat() -> World {
    let world = World::new().await;
    world.fold(drive(1), &two_rooms(&[(10, 10)])).await;
    world
}

async fn edit(world: &World, path: &str, tag: Option<&str>, body: &Value) -> Answer {
    let request = world
        .request(Method::POST, path)
        .bearer(&world.token(Person::Anna));
    let request = match tag {
        Some(tag) => request.header("if-match", tag),
        None => request,
    };
    world.send(request.json(body)).await
}

async fn change(world: &World, room: &Value, body: &Value) -> Answer {
    let path = world
        .at_floor(&format!("/rooms/{}", room["id"].as_str().unwrap()))
        .await;
    let request = world
        .request(Method::PATCH, &path)
        .bearer(&world.token(Person::Anna));
    world.send(request.json(body)).await
}

/// The ETag of the list.
async fn tag(world: &World) -> String {
    let list = world.get(Person::Anna, &world.at_floor("/rooms").await).await;
    list.header("etag").unwrap().to_owned()
}

async fn merge(world: &World, rooms: &Value) -> Answer {
    let path = world.at_floor("/rooms/merge").await;
    edit(world, &path, Some(&tag(world).await), &json!({"rooms": rooms})).await
}

async fn split(world: &World, room: &Value, line: &Value) -> Answer {
    let path = world
        .at_floor(&format!("/rooms/{}/split", room["id"].as_str().unwrap()))
        .await;
    edit(world, &path, Some(&tag(world).await), &json!({"line": line})).await
}

fn ids(rooms: &[Value]) -> Vec<&str> {
    rooms.iter().map(|room| room["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_rooms_of_a_flat_are_found() {
    let world = flat().await;
    let path = world.at_floor("/rooms").await;
    let list = world.get(Person::Anna, &path).await;
    assert_eq!((list.status.as_u16(), &list.json()["version"]), (200, &json!(1)));
    let rooms = world.rooms().await;
    assert_eq!(rooms.len(), 2);
    for (room, left) in rooms.iter().zip([-1_000, 3_000]) {
        assert!(room["id"].as_str().unwrap().parse::<RoomId>().is_ok());
        assert!((room["area_m2"].as_f64().unwrap() - 20.0).abs() < 1.0, "{room}");
        assert_eq!(
            (&room["name"], &room["type"], &room["edited"]),
            (&json!(null), &json!(null), &json!(false))
        );
        let corners = room["outlines"][0].as_array().unwrap();
        let nearest = corners
            .iter()
            .map(|corner| corner["x"].as_i64().unwrap())
            .min()
            .unwrap();
        assert!((nearest - left).abs() <= 100, "{room}");
    }
    let known = world
        .request(Method::GET, &path)
        .bearer(&world.token(Person::Anna));
    let known = world
        .send(known.header("if-none-match", list.header("etag").unwrap()))
        .await;
    assert_eq!(known.status, 304);
    let shapes = world
        .request(Method::GET, &path)
        .bearer(&world.token(Person::Anna));
    let shapes = world
        .send(shapes.header("accept", "application/geo+json"))
        .await
        .json();
    assert_eq!(shapes["features"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_name_and_a_type_stay_when_the_next_run_votes() {
    let world = flat().await;
    let rooms = world.rooms().await;
    let named = change(&world, &rooms[0], &json!({"name": "Bad", "type": "bathroom"})).await;
    assert_eq!(named.status, 200, "{named}");
    assert_eq!(
        (&named.json()["name"], &named.json()["type"]),
        (&json!("Bad"), &json!("bathroom"))
    );
    world.fold(drive(2), &two_rooms(&[(30, 40)])).await;
    let later = world.rooms().await;
    assert_eq!(ids(&later), ids(&rooms));
    assert_eq!(
        (&later[0]["name"], &later[0]["type"]),
        (&json!("Bad"), &json!("bathroom"))
    );
    let version = world
        .get(Person::Anna, &world.at_floor("/rooms").await)
        .await
        .json()["version"]
        .clone();
    assert_eq!(version, 1);
    let nameless = change(&world, &later[0], &json!({"name": null})).await.json();
    assert_eq!(
        (&nameless["name"], &nameless["type"]),
        (&json!(null), &json!("bathroom"))
    );
}

#[tokio::test]
async fn merged_rooms_stay_one_when_the_next_runs_vote() {
    let world = flat().await;
    let rooms = world.rooms().await;
    change(&world, &rooms[1], &json!({"name": "Studio"})).await;
    let merged = merge(&world, &json!([rooms[1]["id"], rooms[0]["id"]])).await;
    assert_eq!(
        (merged.status.as_u16(), &merged.json()["version"]),
        (200, &json!(2)),
        "{merged}"
    );
    assert_eq!(merged.header("etag"), Some(tag(&world).await.as_str()));
    for n in 2..4 {
        world.fold(drive(n), &two_rooms(&[(30, 40)])).await;
    }
    let later = world.rooms().await;
    assert_eq!(ids(&later), [rooms[1]["id"].as_str().unwrap()]);
    assert_eq!(
        (&later[0]["name"], &later[0]["edited"]),
        (&json!("Studio"), &json!(true))
    );
    assert!(later[0]["area_m2"].as_f64().unwrap() > 39.0);
}

#[tokio::test]
async fn split_rooms_stay_two_when_the_next_runs_vote() {
    let world = flat().await;
    let rooms = world.rooms().await;
    let line = json!([{"x": 1_600, "y": -1_500}, {"x": 1_600, "y": 3_500}]);
    let parts = split(&world, &rooms[0], &line).await;
    assert_eq!(
        (parts.status.as_u16(), &parts.json()["version"]),
        (200, &json!(2)),
        "{parts}"
    );
    let before = world.rooms().await;
    assert_eq!((before.len(), &before[0]["id"]), (3, &rooms[0]["id"]));
    for n in 2..4 {
        world.fold(drive(n), &two_rooms(&[(30, 40)])).await;
    }
    let later = world.rooms().await;
    assert_eq!(ids(&later), ids(&before));
    for (now, then) in later.iter().zip(&before) {
        let (now, then) = (
            now["area_m2"].as_f64().unwrap(),
            then["area_m2"].as_f64().unwrap(),
        );
        assert!((now - then).abs() < 1.0, "{now} m² were {then} m²");
    }
}

#[tokio::test]
async fn an_edit_needs_the_present_list() {
    let world = flat().await;
    let rooms = world.rooms().await;
    let (path, body) = (
        world.at_floor("/rooms/merge").await,
        json!({"rooms": ids(&rooms)}),
    );
    assert_eq!(edit(&world, &path, None, &body).await.status, 428);
    let old = tag(&world).await;
    change(&world, &rooms[0], &json!({"name": "Bad"})).await;
    assert_eq!(edit(&world, &path, Some(&old), &body).await.status, 412);
    assert_eq!(
        edit(&world, &path, Some(&tag(&world).await), &body).await.status,
        200
    );
}

#[tokio::test]
async fn what_cannot_be_merged_or_split_is_said_to_be() {
    let world = flat().await;
    let rooms = world.rooms().await;
    insta::assert_snapshot!(merge(&world, &json!([rooms[0]["id"], rooms[0]["id"]])).await, @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "code": "rooms_not_adjacent",
      "detail": "room 1 cannot be merged with itself",
      "field": "rooms",
      "status": 422,
      "title": "The rooms are not adjacent",
      "type": "urn:sweepline:problem:rooms_not_adjacent"
    }
    "#);
    let outside = json!([{"x": 9_000, "y": 0}, {"x": 9_000, "y": 1_000}]);
    insta::assert_snapshot!(split(&world, &rooms[0], &outside).await, @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "code": "line_divides_nothing",
      "detail": "the line does not divide room 1 into parts of at least 0.25 m²",
      "field": "line",
      "status": 422,
      "title": "The line divides nothing",
      "type": "urn:sweepline:problem:line_divides_nothing"
    }
    "#);
    let gone = RoomId::new(AT, 9).to_string();
    insta::assert_snapshot!(merge(&world, &json!([rooms[0]["id"], gone])).await, @r#"
    409 Conflict
    content-type: application/problem+json
    {
      "code": "rooms_changed",
      "detail": "the rooms have changed; read them again",
      "status": 409,
      "title": "The rooms have changed",
      "type": "urn:sweepline:problem:rooms_changed"
    }
    "#);
    for rooms in [json!([rooms[0]["id"]]), json!([])] {
        let answer = merge(&world, &rooms).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["field"]),
            (400, &json!("rooms"))
        );
    }
    let far = json!([{"x": 0, "y": 0}, {"x": 200_001, "y": 0}]);
    assert_eq!(split(&world, &rooms[0], &far).await.json()["field"], "line");
    for body in [
        json!({"name": ""}),
        json!({"name": 7}),
        json!({"type": "stable"}),
        json!({"colour": 1}),
    ] {
        assert_eq!(change(&world, &rooms[0], &body).await.status, 400, "{body}");
    }
    let unknown = json!({"id": RoomId::new(AT, 9)});
    assert_eq!(
        change(&world, &unknown, &json!({"name": "Bad"})).await.status,
        404
    );
}

#[tokio::test]
async fn rooms_are_those_of_the_home() {
    let world = flat().await;
    let rooms = world.rooms().await;
    let path = world.at_floor("/rooms").await;
    assert_eq!(world.get(Person::Carl, &path).await.status, 404);
    let body = json!({"rooms": ids(&rooms)});
    let request = world
        .request(Method::POST, &format!("{path}/merge"))
        .bearer(&world.token(Person::Carl));
    assert_eq!(
        world
            .send(request.header("if-match", "\"1\"").json(&body))
            .await
            .status,
        404
    );
    let foreign = path.replace(&world.home.to_string(), &world.foreign_home.to_string());
    assert_eq!(world.get(Person::Carl, &foreign).await.status, 404);
}

#[tokio::test]
async fn a_floor_gets_another_name() {
    let world = flat().await;
    let path = world.at_floor("").await;
    let request = |name: &str| {
        let request = world
            .request(Method::PATCH, &path)
            .bearer(&world.token(Person::Anna));
        world.send(request.json(&json!({"name": name})))
    };
    let renamed = request("Erdgeschoss").await;
    assert_eq!(
        (&renamed.json()["name"], &renamed.json()["votes"]),
        (&json!("Erdgeschoss"), &json!(1))
    );
    let floors = world.get(Person::Anna, &world.at_home("/floors")).await.json();
    assert_eq!(floors["items"][0]["name"], "Erdgeschoss");
    assert_eq!(request("").await.json()["field"], "name");
}

#[tokio::test]
async fn a_thing_that_was_there_once_is_listed() {
    let world = flat().await;
    let path = world.at_floor("/objects").await;
    world.fold(drive(2), &two_rooms(&[])).await;
    let list = world.get(Person::Anna, &path).await.json();
    let thing = &list["items"][0];
    assert_eq!(
        (&list["version"], &thing["presence"]),
        (&json!(2), &json!(50)),
        "{list}"
    );
    assert_eq!(thing["first_seen"], thing["last_seen"]);
    let corners = thing["outline"].as_array().unwrap();
    let inside = |corner: &Value| (400..=1_000).contains(&corner["x"].as_i64().unwrap());
    assert!(corners.len() >= 4 && corners.iter().all(inside), "{thing}");
}
