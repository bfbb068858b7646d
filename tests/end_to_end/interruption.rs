//! `kill -9` in the middle of a run: nothing sealed is lost, and what the robot saw before still counts.

use anyhow::Context;
use end_to_end::household::Household;
use end_to_end::map::CellMap;
use end_to_end::stack::Stack;
use serde_json::json;

/// Known cells of the second run when the program is killed: about five square metres.
const CELLS_BEFORE_KILL: usize = 2000;

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
    let seen = household.mapped(&second, CELLS_BEFORE_KILL)?;
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
        kept.covers(&seen),
        "{} cells are kept of {}",
        kept.known(),
        seen.known()
    );
    assert!(floor_cells(&household)?.covers(&floor));
    assert_eq!(household.runs()?.len(), 2);
    assert!(stack.stop()?.success());
    Ok(())
}
