//! What the function programs cost to start, to hold and to call, over a Runtime API of our own and the store of a
//! local stack, beside handlers that do the same in other languages.

mod function;
mod host;
mod program;
mod robot;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use function::Function;
use program::{INGEST, Program};
use robot::Events;

use crate::project::Project;
use crate::run;

/// How often each program is started.
const STARTS: usize = 15;
/// The events of each start.
const EVENTS: usize = 40;
/// The events of a start before which its invocations are not counted.
const WARM_UP: usize = 10;

/// Medians over all starts.
struct Row {
    name: String,
    init: Duration,
    /// Of the first event of a start, which opens connections.
    first: Option<Duration>,
    invocation: Option<Duration>,
    peak_kb: u64,
}

/// Measures every function and the handlers in other languages, and prints tables.
pub fn run(project: &Project) -> anyhow::Result<ExitCode> {
    let functions = program::functions(project, folder(project)?)?;
    let others = program::others(project);
    let ingesting: Vec<_> = functions
        .iter()
        .filter(|program| program.name.starts_with(INGEST))
        .chain(&others)
        .map(|program| program.name.as_str())
        .collect();
    let events = Events::of_a_robot(project, STARTS, EVENTS, &ingesting)?;
    let bytes = events.of(INGEST).first().map_or(0, String::len);
    println!("Medians of {STARTS} starts; a tile pack's event has {bytes} bytes.\n");
    println!("| program | init, ms CPU | first event, ms CPU | event, ms CPU | peak resident, MB |");
    println!("|---|---|---|---|---|");
    let mut rows = Vec::new();
    for program in functions.iter().chain(&others) {
        let row = measure(program, &events).with_context(|| program.name.clone())?;
        println!("{}", row.line());
        rows.push(row);
    }
    print_ratios(&rows, &others);
    Ok(ExitCode::SUCCESS)
}

/// Where the programs are: what `SWEEPLINE_BOOTSTRAPS` names, or a release build.
fn folder(project: &Project) -> anyhow::Result<PathBuf> {
    if let Some(built) = env::var_os("SWEEPLINE_BOOTSTRAPS") {
        return Ok(built.into());
    }
    run::plain(&mut project.cargo("build --release --package functions --bins"))?;
    run::plain(&mut project.cargo("build --workspace --bins"))?;
    Ok(project.target.join("release"))
}

fn measure(program: &Program, events: &Events) -> anyhow::Result<Row> {
    let (mut inits, mut firsts, mut invocations) = (Vec::new(), Vec::new(), Vec::new());
    let mut peaks = Vec::new();
    let mut own = events.of(&program.name).iter();
    for _ in 0..STARTS {
        let mut function = Function::start(program, &events.store)?;
        inits.push(function.cpu()?);
        for (place, event) in own.by_ref().take(EVENTS).enumerate() {
            let before = function.cpu()?;
            function.invoke(event)?;
            let used = function.cpu()?.saturating_sub(before);
            match place {
                0 => firsts.push(used),
                1..WARM_UP => {}
                _ => invocations.push(used),
            }
        }
        peaks.push(function.peak_kb()?);
    }
    Ok(Row {
        name: program.name.clone(),
        init: median(inits).context("it was never started")?,
        first: median(firsts),
        invocation: median(invocations),
        peak_kb: median(peaks).context("it was never started")?,
    })
}

/// How much more than the function the handlers in other languages use for the same work.
fn print_ratios(rows: &[Row], others: &[Program]) {
    let find = |name: &str| rows.iter().find(|row| row.name == name);
    let Some(ours) = find(INGEST) else { return };
    println!("\n| times `{INGEST}` | init | first event | event | peak resident |\n|---|---|---|---|---|");
    for other in others.iter().filter_map(|program| find(&program.name)) {
        println!("{}", other.over(ours));
    }
}

impl Row {
    fn line(&self) -> String {
        let ms = |time: Duration| format!("{:.2}", time.as_secs_f64() * 1000.0);
        let [first, invocation] = [self.first, self.invocation].map(|time| time.map(ms).unwrap_or_default());
        let (name, init, peak) = (&self.name, ms(self.init), self.peak_kb as f64 / 1000.0);
        format!("| `{name}` | {init} | {first} | {invocation} | {peak:.1} |")
    }

    fn over(&self, ours: &Self) -> String {
        let times = |theirs: Duration, ours: Duration| theirs.as_secs_f64() / ours.as_secs_f64();
        let each = |theirs: Option<Duration>, ours: Option<Duration>| {
            theirs
                .zip(ours)
                .map_or(f64::NAN, |(theirs, ours)| times(theirs, ours))
        };
        format!(
            "| {} | {:.1} | {:.1} | {:.1} | {:.1} |",
            self.name,
            times(self.init, ours.init),
            each(self.first, ours.first),
            each(self.invocation, ours.invocation),
            self.peak_kb as f64 / ours.peak_kb as f64
        )
    }
}

fn median<T: Ord>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    let middle = values.len() / 2;
    values.into_iter().nth(middle)
}
