//! A robot that is carried between floors: each gets a map of its own, and is recognised again.

use anyhow::ensure;
use end_to_end::household::{Household, ROBOT_LIMIT, id};
use end_to_end::plan::{FLAT, STUDIO, write_plan};
use end_to_end::stack::Stack;
use end_to_end::until::until;
use serde_json::Value;

/// The floor that a run under way is said to be on.
fn recognised(household: &Household, run: &str) -> anyhow::Result<String> {
    until("the floor is recognised", ROBOT_LIMIT, || {
        let run = household.run(run)?;
        ensure!(run["state"] == "running", "the run ended before: {run}");
        Ok(run["floor"].as_str().map(str::to_owned))
    })
}

fn votes(household: &Household) -> anyhow::Result<Vec<(String, Value)>> {
    let floors = household.floors()?;
    floors
        .iter()
        .map(|floor| Ok((id(floor)?, floor["votes"].clone())))
        .collect()
}

#[test]
fn a_second_run_founds_another_floor_and_both_are_recognised_in_the_first_minutes() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let (studio, flat) = (
        write_plan(folder.path(), STUDIO)?,
        write_plan(folder.path(), FLAT)?,
    );

    let stack = Stack::start_on(&data, &studio)?;
    let household = Household::enter(&stack)?;
    household.voted(&household.start_run("studio")?)?;
    let [(below, _)] = &votes(&household)?[..] else {
        anyhow::bail!("{:?}", votes(&household)?);
    };
    ensure!(stack.stop()?.success());

    let stack = Stack::start_on(&data, &flat)?;
    let household = Household::enter(&stack)?;
    let parked = household.start_run("flat")?;
    let sealed = household.sealed(&parked)?;
    let second = household.start_run("flat again")?;
    household.voted(&second)?;
    ensure!(sealed["in_map"] == false && sealed["floor"].is_null(), "{sealed}");
    ensure!(household.voted(&parked)?["floor"] == household.run(&second)?["floor"]);
    let above = &until("both runs have voted", ROBOT_LIMIT, || {
        let floors = votes(&household)?;
        Ok(floors
            .into_iter()
            .find(|(floor, votes)| floor != below && *votes == 2))
    })?
    .0;
    let run = household.start_run("above")?;
    assert_eq!(&recognised(&household, &run)?, above);
    household.command("stop", "stop above")?.expect(202)?;
    household.sealed(&run)?;
    ensure!(stack.stop()?.success());

    let stack = Stack::start_on(&data, &studio)?;
    let household = Household::enter(&stack)?;
    let run = household.start_run("below")?;
    assert_eq!(&recognised(&household, &run)?, below);
    Ok(())
}
