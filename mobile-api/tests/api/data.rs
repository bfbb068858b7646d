//! DATA.md names every field that is stored and every one that the API takes or gives.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use domain::incident::Incident;
use domain::ports::{FlowStore, HealthStore, IncidentStore};
use domain::quarantine::Minute;
use dynoxide::actions::scan::ScanRequest;
use http::Method;
use serde_json::{Value, json};

use crate::account::depart;
use crate::auth::sign_in;
use crate::commands::{issue, start};
use crate::flat::{drive, two_rooms};
use crate::members::{accept, invite};
use crate::world::{AT, PASSWORD, Person, World};

const DATA: &str = include_str!("../../../DATA.md");

/// Field names by what they are fields of.
type Fields = BTreeMap<String, BTreeSet<String>>;

/// The table under a heading of DATA.md: the names in the first column, and the fields in the second.
fn documented(heading: &str) -> Fields {
    let section = DATA.split("\n## ").find(|section| section.starts_with(heading));
    let rows = section.unwrap().lines().filter(|line| line.starts_with("| `"));
    let names =
        |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    rows.map(|row| {
        let mut cells = row.split('|').skip(1);
        let (name, fields) = (names(cells.next().unwrap()), names(cells.next().unwrap()));
        (name[0].clone(), fields.into_iter().collect())
    })
    .collect()
}

/// Says what is missing and what is too much, as rows that can be copied.
fn assert_same(heading: &str, found: &Fields) {
    let documented = documented(heading);
    let mut differences = String::new();
    for (name, fields) in found {
        if documented.get(name) != Some(fields) {
            let fields: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
            writeln!(differences, "| `{name}` | {} |", fields.join(", ")).unwrap();
        }
    }
    for name in documented.keys().filter(|name| !found.contains_key(*name)) {
        writeln!(differences, "there is no {name}").unwrap();
    }
    assert_eq!(differences, "", "DATA.md, {heading}");
}

/// What an item is, by the parts of its key that are no ids.
fn kind(item: &Value) -> String {
    let key = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
    let is_word = |part: &&str| {
        part.len() > 1 && part.chars().all(|letter| letter.is_ascii_uppercase()) || *part == "S"
    };
    let (pk, sk) = (key("pk"), key("sk"));
    let partition = pk
        .split('#')
        .enumerate()
        .filter(|(place, part)| *place == 0 || is_word(part));
    let partition: Vec<_> = partition.map(|(_, part)| part).collect();
    let sort: Vec<_> = sk.split('#').filter(is_word).take(1).collect();
    format!("{} {}", partition.join("#"), sort.join("#"))
        .trim()
        .to_owned()
}

/// The name of a field; those of a tile end with its place on the sheet, and stand for all of them.
fn without_place(name: &str) -> String {
    match name.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
        tile @ ("r" | "t") => format!("{tile}0…"),
        _ => name.to_owned(),
    }
}

/// A table with an item of every kind.
async fn full() -> World {
    let world = World::new().await;
    world.sign_up(Person::Anna, "anna@example.org").await;
    sign_in(&world, "anna@example.org", PASSWORD).await;
    assert_eq!(depart(&world, Person::Olga, "").await.status, 200);
    world.fold(drive(1), &two_rooms(&[(10, 10)])).await;
    world.fold(drive(2), &two_rooms(&[])).await;
    for role in ["member", "guest"] {
        let ends_at = (role == "guest").then_some("2026-09-23T14:13:20.000Z");
        let body = json!({"name": "Carl", "role": role, "ends_at": ends_at});
        let invited = invite(&world, &body).await.json();
        if role == "guest" {
            accept(&world, Person::Carl, &invited["code"]).await;
        }
    }
    assert_eq!(issue(&world, "once", &start()).await.status, 202);
    assert_eq!(
        world
            .post(Person::Anna, &world.at_robot("/live"), json!({}))
            .await
            .status,
        201
    );
    let incident = Incident {
        handler: "status".into(),
        client: world.robot.to_string(),
        field: "state".into(),
        reason: "is unknown".into(),
        payload: vec![1],
        at: AT,
    };
    world.store.record(&incident).await.unwrap();
    world
        .store
        .add_flow(world.robot, Minute::of(AT), 1)
        .await
        .unwrap();
    world.store.put_quarantine(world.robot, None).await.unwrap();
    let foreign = format!("/v1/homes/{}/erasure", world.foreign_home);
    assert_eq!(
        world
            .post(Person::Carl, &foreign, json!({"name": "Hof"}))
            .await
            .status,
        202
    );
    world
}

#[tokio::test]
async fn every_stored_field_is_named() {
    let world = full().await;
    let request = ScanRequest {
        table_name: world.table.table.clone(),
        ..ScanRequest::default()
    };
    let items = serde_json::to_value(world.database.scan(request).unwrap()).unwrap();
    let mut found = Fields::new();
    for item in items["Items"].as_array().unwrap() {
        let fields = item
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| !["pk", "sk"].contains(&name.as_str()));
        found
            .entry(kind(item))
            .or_default()
            .extend(fields.map(|name| without_place(name.as_str())));
    }
    assert_same("Stored", &found);
}

#[tokio::test]
async fn every_field_of_the_api_is_named() {
    let world = World::new().await;
    let document = world
        .send(world.request(Method::GET, "/openapi.json"))
        .await
        .json();
    let mut found = Fields::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let mut fields = BTreeSet::new();
        properties(schema, &mut fields);
        if !fields.is_empty() {
            found.insert(name.clone(), fields);
        }
    }
    assert_same("The API", &found);
}

fn properties(schema: &Value, fields: &mut BTreeSet<String>) {
    if let Some(properties) = schema["properties"].as_object() {
        fields.extend(properties.keys().cloned());
    }
    for word in ["allOf", "oneOf", "anyOf"] {
        for part in schema[word].as_array().into_iter().flatten() {
            properties(part, fields);
        }
    }
}
