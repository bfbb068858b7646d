//! The whole program killed again and again at seeded times: broker, handlers, store and the robots' agents at once.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, ensure};
use end_to_end::household::{Household, ROBOT_LIMIT, id};
use end_to_end::stack::Stack;
use end_to_end::until::until;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How often it is killed, unless `SWEEPLINE_KILLS` says something else.
const KILLS: u32 = 6;
/// The longest that it lives, in milliseconds.
const MAX_LIFE: u64 = 6_000;

/// What `name` says in the environment.
fn asked<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    let said = env::var(name).ok().and_then(|said| said.parse().ok());
    said.unwrap_or(otherwise)
}

/// The known cells of each run as far as they are stored.
fn look(household: &Household, known: &mut BTreeMap<String, usize>) -> anyhow::Result<()> {
    for run in household.runs()? {
        let run = id(&run)?;
        let cells = household.run_map(&run)?.map_or(0, |map| map.known());
        let most = known.entry(run).or_default();
        *most = cells.max(*most);
    }
    Ok(())
}

#[test]
fn a_program_killed_again_and_again_ends_with_every_run_sealed_and_counted_once() -> anyhow::Result<()> {
    let (kills, seed) = (asked("SWEEPLINE_KILLS", KILLS), asked("SWEEPLINE_SEED", 0));
    let mut random = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut known = BTreeMap::new();
    for kill in 0..kills {
        let stack = Stack::start(&data)?;
        if random.random_bool(0.7) {
            let household = Household::enter(&stack)?;
            // Refused while the robot still drives: then this kill hits the run before.
            household.command("start", &format!("kill {kill}"))?;
            sleep(Duration::from_millis(random.random_range(0..MAX_LIFE)));
            look(&household, &mut known)?;
        } else {
            sleep(Duration::from_millis(random.random_range(0..MAX_LIFE / 6)));
        }
        stack.kill()?;
    }
    let stack = Stack::start(&data)?;
    let household = Household::enter(&stack)?;
    let last = household.start_run("last")?;
    household.voted(&last).context("the last run")?;
    let runs = household.runs()?;
    let there: BTreeSet<String> = runs.iter().map(id).collect::<anyhow::Result<_>>()?;
    for (run, cells) in &known {
        ensure!(there.contains(run), "seed {seed}: {run} is gone");
        household.sealed(run).with_context(|| format!("seed {seed}"))?;
        let kept = household.run_map(run)?.map_or(0, |map| map.known());
        ensure!(
            kept >= *cells,
            "seed {seed}: {run} had {cells} cells and has {kept}"
        );
    }
    until("as many votes as runs in the map", ROBOT_LIMIT, || {
        let in_map = household
            .runs()?
            .iter()
            .filter(|run| run["in_map"] == true)
            .count();
        let votes: u64 = household
            .floors()?
            .iter()
            .filter_map(|floor| floor["votes"].as_u64())
            .sum();
        Ok((votes == in_map as u64).then_some(()))
    })
}
