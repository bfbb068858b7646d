//! The main job: the owner's phone starts a run, and a map is there and stays.

use anyhow::Context;
use end_to_end::household::{Household, id};
use end_to_end::map::{CellMap, FREE};
use end_to_end::stack::Stack;
use serde_json::json;

const MEDIA_TYPES: [&str; 4] = [
    "application/json",
    "image/png",
    "application/geo+json",
    "application/vnd.valetudo.map+json",
];

/// The floor's map in every form, each with its `ETag`.
fn maps(household: &Household) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let map = |accept: &&str| {
        household
            .floor_map(accept)
            .map(|answer| (answer.etag(), answer.body))
    };
    MEDIA_TYPES.iter().map(map).collect()
}

#[test]
fn a_run_becomes_a_map_that_survives_a_restart() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let stack = Stack::start(&data)?;
    let household = Household::enter(&stack)?;
    let run = household.start_run("morning")?;
    let sealed = household.voted(&run)?;
    assert_eq!(
        (&sealed["outcome"], &sealed["initiator"]["by"]),
        (&json!("completed"), &json!("command"))
    );
    assert!(
        sealed["area_m2"].as_f64().is_some_and(|area| area > 5.0),
        "{sealed}"
    );

    let (before, floor, runs) = (maps(&household)?, household.floor()?, household.runs()?);
    let json = &before.first().context("no map")?.1;
    let map = CellMap::read(&serde_json::from_slice(json)?)?;
    assert!(
        map.count(FREE) > 2000,
        "{} free cells are more than 5 square metres",
        map.count(FREE)
    );
    assert!(stack.stop()?.success());

    let stack = Stack::start(&data)?;
    let again = Household::enter(&stack)?;
    assert_eq!((&again.home, &again.robot), (&household.home, &household.robot));
    assert_eq!(
        (maps(&again)?, again.floor()?, again.runs()?),
        (before, floor, runs)
    );
    Ok(())
}

#[test]
fn a_repeated_start_is_one_run_and_a_second_one_is_refused() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let stack = Stack::start(&folder.path().join("data"))?;
    let household = Household::enter(&stack)?;
    let first = household.command("start", "one")?.expect(202)?;
    let repeated = household.command("start", "one")?.expect(202)?;
    assert_eq!(id(&first)?, id(&repeated)?);
    let run = household.newest_run(0)?;
    let busy = household.command("start", "two")?.expect(409)?;
    assert_eq!((&busy["code"], &busy["run"]), (&json!("robot_busy"), &json!(run)));
    household.command("stop", "three")?.expect(202)?;
    assert_eq!(household.sealed(&run)?["outcome"], json!("stopped"));
    assert_eq!(household.runs()?.len(), 1);
    Ok(())
}

#[test]
fn every_command_may_say_the_whole_home() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let stack = Stack::start(&folder.path().join("data"))?;
    let household = Household::enter(&stack)?;
    for kind in ["start", "pause", "resume", "stop", "dock", "locate"] {
        let body = json!({"type": kind, "scope": {"kind": "whole_home"}});
        household
            .command_with(body, kind)?
            .expect(202)
            .with_context(|| kind.to_owned())?;
    }
    Ok(())
}
