//! A map that was learnt makes runs shorter, and lets the owner choose rooms and zones.

use anyhow::{Context, ensure};
use end_to_end::household::{Household, id};
use end_to_end::plan::{FLAT, write_plan};
use end_to_end::stack::Stack;
use serde_json::{Value, json};

/// A polygon of the home, millimetres.
type Outline = Vec<(f64, f64)>;

#[test]
fn the_second_run_is_shorter_and_a_chosen_room_is_cleaned_alone() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = write_plan(folder.path(), FLAT)?;
    let stack = Stack::start_on(&folder.path().join("data"), &plan)?;
    let household = Household::enter(&stack)?;
    let first = household.voted(&household.start_run("first")?)?;
    let second = household.voted(&household.start_run("second")?)?;
    ensure!(
        number(&second, "minutes")? < 0.95 * number(&first, "minutes")?,
        "{first} {second}"
    );
    ensure!(
        number(&second, "area_m2")? > 0.93 * number(&first, "area_m2")?,
        "{first} {second}"
    );

    let rooms = household.rooms()?;
    let rooms = rooms["items"].as_array().context("no list")?;
    ensure!(rooms.len() >= 3, "{rooms:?}");
    let room = rooms.last().context("no room")?;
    let unknown = json!({"kind": "rooms", "rooms": ["room_01ARZ3NDEKTSV4RRFFQ69G5FAV"]});
    let refused = start(&household, unknown, "unknown")?.expect(409)?;
    assert_eq!(refused["code"], "rooms_changed");

    let scope = json!({"kind": "rooms", "rooms": [id(room)?]});
    let run = household.run_of(start(&household, scope, "room")?)?;
    let run = household.sealed(&run)?;
    assert_eq!(run["outcome"], "completed");
    let outlines = outlines(room)?;
    let (inside, outside) = lengths(&run, &outlines)?;
    println!("{inside:.0} mm inside, {outside:.0} mm outside, {run}");
    ensure!(inside > outside, "{inside} mm inside, {outside} mm outside");
    ensure!(
        number(&run, "area_m2")? < 0.5 * number(&first, "area_m2")?,
        "{run}"
    );
    ensure!(
        number(&run, "area_m2")? > 0.7 * number(room, "area_m2")?,
        "{run} {room}"
    );
    Ok(())
}

fn start(household: &Household, scope: Value, key: &str) -> anyhow::Result<end_to_end::api::Answer> {
    household.command_with(json!({"type": "start", "scope": scope}), key)
}

fn number(thing: &Value, field: &str) -> anyhow::Result<f64> {
    thing[field]
        .as_f64()
        .with_context(|| format!("no {field} in {thing}"))
}

fn outlines(room: &Value) -> anyhow::Result<Vec<Outline>> {
    let point = |point: &Value| Ok((number(point, "x")?, number(point, "y")?));
    let ring = |ring: &Value| ring.as_array().context("no ring")?.iter().map(point).collect();
    room["outlines"]
        .as_array()
        .context("no outlines")?
        .iter()
        .map(ring)
        .collect()
}

/// How far a run drove inside and outside some polygons, millimetres.
fn lengths(run: &Value, outlines: &[Outline]) -> anyhow::Result<(f64, f64)> {
    let point = |point: &Value| Some((point[0].as_f64()?, point[1].as_f64()?));
    let track: Vec<(f64, f64)> = run["track"]
        .as_array()
        .context("no track")?
        .iter()
        .filter_map(point)
        .collect();
    let (mut inside, mut outside) = (0.0, 0.0);
    for (a, b) in track.iter().zip(track.iter().skip(1)) {
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        let middle = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
        if outlines.iter().any(|outline| contains(outline, middle)) {
            inside += length;
        } else {
            outside += length;
        }
    }
    Ok((inside, outside))
}

/// Whether a point is inside a polygon, by the number of borders to its right.
fn contains(outline: &Outline, (x, y): (f64, f64)) -> bool {
    let edges = outline.iter().zip(outline.iter().cycle().skip(1));
    let crossed = edges
        .filter(|((ax, ay), (bx, by))| (*ay > y) != (*by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax));
    crossed.count() % 2 == 1
}
