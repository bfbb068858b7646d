//! What the function programs cost to start, to hold and to call, over a Runtime API of our own and the store of a
//! local stack.

mod function;
mod host;
mod robot;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use function::Function;
use robot::Messages;

use crate::package;
use crate::project::Project;
use crate::run;

/// How often each program is started.
const STARTS: usize = 15;
/// The events of each start.
const EVENTS: usize = 40;
/// The events of a start before which its invocations are not counted.
const WARM_UP: usize = 10;
const WITH_EVENTS: &str = "map_ingest";

struct Row {
    init: Duration,
    invocation: Option<Duration>,
    peak_kb: u64,
}

/// Measures every function and prints a table.
pub fn run(project: &Project) -> anyhow::Result<ExitCode> {
    let programs = programs(project)?;
    let messages = Messages::of_a_robot(project, STARTS, EVENTS)?;
    println!(
        "Medians of {STARTS} starts; a tile pack's event has {} bytes.\n",
        messages.bytes()
    );
    println!("| function | init, ms CPU | invocation, ms CPU | peak resident, MB |\n|---|---|---|---|");
    for name in package::functions(project)? {
        let events: &[String] = if name == WITH_EVENTS {
            &messages.events
        } else {
            &[]
        };
        let row = measure(&programs.join(&name), &messages.store, events).with_context(|| name.clone())?;
        println!("{}", row.line(&name));
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the programs are: what `SWEEPLINE_BOOTSTRAPS` names, or a release build.
fn programs(project: &Project) -> anyhow::Result<PathBuf> {
    if let Some(built) = env::var_os("SWEEPLINE_BOOTSTRAPS") {
        return Ok(built.into());
    }
    run::plain(&mut project.cargo("build --release --package functions --bins"))?;
    run::plain(&mut project.cargo("build --workspace --bins"))?;
    Ok(project.target.join("release"))
}

fn measure(program: &Path, store: &str, events: &[String]) -> anyhow::Result<Row> {
    let (mut inits, mut peaks, mut invocations) = (Vec::new(), Vec::new(), Vec::new());
    let mut events = events.iter();
    for _ in 0..STARTS {
        let mut function = Function::start(program, store)?;
        inits.push(function.cpu()?);
        for (place, event) in events.by_ref().take(EVENTS).enumerate() {
            let before = function.cpu()?;
            function.invoke(event)?;
            if place >= WARM_UP {
                invocations.push(function.cpu()?.saturating_sub(before));
            }
        }
        peaks.push(function.peak_kb()?);
    }
    Ok(Row {
        init: median(inits).context("it was never started")?,
        invocation: median(invocations),
        peak_kb: median(peaks).context("it was never started")?,
    })
}

impl Row {
    fn line(&self, name: &str) -> String {
        let ms = |time: Duration| format!("{:.2}", time.as_secs_f64() * 1000.0);
        let invocation = self.invocation.map(ms).unwrap_or_default();
        let peak = self.peak_kb.div_ceil(100);
        format!(
            "| `{name}` | {} | {invocation} | {}.{} |",
            ms(self.init),
            peak / 10,
            peak % 10
        )
    }
}

fn median<T: Ord>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    let middle = values.len() / 2;
    values.into_iter().nth(middle)
}
