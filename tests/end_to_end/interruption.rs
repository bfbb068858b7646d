//! `kill -9` in the middle of a run, and a full disk: nothing sealed is lost, and what the robot saw still counts.

use std::fs;
use std::path::Path;

use anyhow::Context;
use end_to_end::household::{Household, ROBOT_LIMIT};
use end_to_end::map::CellMap;
use end_to_end::stack::Stack;
use end_to_end::until::until;
use serde_json::json;

/// Known cells of the second run when the program is killed: about five square metres.
const CELLS_BEFORE_KILL: usize = 2000;
/// What the store may still grow by before the disk is full.
const ROOM_KIBIBYTES: u64 = 256;

fn floor_cells(household: &Household) -> anyhow::Result<CellMap> {
    CellMap::read(&household.floor_map("application/json")?.json())
}

#[test]
fn a_killed_program_loses_nothing_sealed_and_closes_the_interrupted_run() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let stack = Stack::start(&data)?;
    let household = Household::enter(&stack)?;
    let first = household.start_run("first")?;
    let sealed = household.voted(&first)?;
    let first_map = household.run_map(&first)?.context("the sealed run has no map")?;
    let floor = floor_cells(&household)?;
    let second = household.start_run("second")?;
    household.located(&second)?;
    stack.kill()?;

    let stack = Stack::start(&data)?;
    let household = Household::enter(&stack)?;
    assert_eq!(household.run(&first)?, sealed);
    assert_eq!(household.run_map(&first)?.as_ref(), Some(&first_map));
    let closed = household.voted(&second)?;
    assert_eq!(closed["outcome"], json!("interrupted"));
    let kept = household
        .run_map(&second)?
        .context("the interrupted run has no map")?;
    assert!(
        kept.known() >= CELLS_BEFORE_KILL,
        "{} cells are kept",
        kept.known()
    );
    assert!(floor_cells(&household)?.covers(&floor));
    assert_eq!(household.runs()?.len(), 2);
    assert!(stack.stop()?.success());
    Ok(())
}

#[test]
fn a_full_disk_loses_nothing_sealed_and_the_run_arrives_later() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let stack = Stack::start(&data)?;
    let household = Household::enter(&stack)?;
    let first = household.start_run("first")?;
    let sealed = household.voted(&first)?;
    let floor = floor_cells(&household)?;
    assert!(stack.stop()?.success());

    let full = fs::metadata(data.join("store.db"))?.len() / 1024 + ROOM_KIBIBYTES;
    let stack = Stack::start_on_full_disk(&data, full)?;
    let household = Household::enter(&stack)?;
    // Whether the command could still be written is not the point; the robot cleans now, or later.
    let is_started = household.command("start", "second")?.status == 202;
    until("an event could not be stored", ROBOT_LIMIT, || {
        Ok(kept_events(&data).filter(|kept| *kept > 0))
    })?;
    assert_eq!(household.run(&first)?, sealed);
    assert!(stack.stop()?.success());

    let stack = Stack::start(&data)?;
    let household = Household::enter(&stack)?;
    assert_eq!(household.run(&first)?, sealed);
    if !is_started {
        household.command("start", "later")?.expect(202)?;
    }
    let second = household.newest_run(1)?;
    household.sealed(&second)?;
    assert!(floor_cells(&household)?.covers(&floor));
    Ok(())
}

/// Events that could not be handled and are kept for later.
fn kept_events(data: &Path) -> Option<usize> {
    Some(fs::read_dir(data.join("failures")).ok()?.count())
}
