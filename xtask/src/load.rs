//! `cargo xtask load`: many light robots against the local stack, and the table of the long form.

use std::process::{Command, ExitCode};

use crate::project::Project;
use crate::row::{self, Row};
use crate::run::{self, Ended};
use crate::table::{self, Table, Tried};

/// What is known of others, by row.
const OTHERS: [(&str, &str); 3] = [
    (
        "R7",
        "rumqttc as documented: 60 attempts a second for each robot; Ruuvi: 67 s, always",
    ),
    (
        "R13 robots",
        "AWS IoT Core discards what exceeds 100 messages a second of a connection",
    ),
    ("R13 phones", ""),
];

/// How the harness is run for what shall hold in every build.
const PLAIN: &str = "run --quiet --package load --";
/// How it is run for figures, which an owner's machine shall reach too: with the programs optimized.
const OPTIMIZED: &str = "run --quiet --package load --profile trial --";

/// What is tried.
pub struct Wanted {
    /// Whether only as much is tried as fits into every change's checks.
    pub short: bool,
    /// So many robots lose their broker, on a machine that has no room for all.
    pub robots: Option<usize>,
    /// Only this row.
    pub row: Option<String>,
    /// Whether each row is shown to catch something that is wrong on purpose.
    pub bugs: bool,
}

impl Wanted {
    fn is_long(&self) -> bool {
        !self.short && !self.bugs
    }
}

/// Runs the harness, and writes the table of the long form.
///
/// # Errors
/// When the harness cannot be built or run, or a page not be written.
pub fn run(project: &Project, wanted: &Wanted) -> anyhow::Result<ExitCode> {
    let harness = project.cargo(if wanted.is_long() { OPTIMIZED } else { PLAIN });
    let busy = load_average();
    let (lines, is_well) = row::relay(&mut asked(harness, wanted))?;
    if wanted.is_long() && wanted.row.is_none() && is_well {
        write(project, &lines, &busy)?;
    }
    Ok(run::verdict(is_well))
}

/// The restart of the broker, in the short form, as a step of the suite. The other rows ask how much a machine can do,
/// which takes minutes of one that has nothing else to do.
///
/// # Errors
/// When the harness cannot be run.
pub fn step(project: &Project) -> anyhow::Result<Ended> {
    let wanted = Wanted {
        short: true,
        robots: None,
        row: Some("R7".to_owned()),
        bugs: false,
    };
    row::step(&mut asked(project.built("load"), &wanted))
}

fn asked(mut harness: Command, wanted: &Wanted) -> Command {
    if wanted.short {
        harness.arg("--short");
    }
    if wanted.bugs {
        harness.arg("--bugs");
    }
    if let Some(robots) = wanted.robots {
        harness.args(["--robots", &robots.to_string()]);
    }
    if let Some(row) = &wanted.row {
        harness.args(["--row", row]);
    }
    harness
}

fn write(project: &Project, lines: &[String], busy: &str) -> anyhow::Result<()> {
    let mut table = Table::new(&["", "looked for", "tried", "failed", "with", "others"]);
    for row in lines.iter().filter_map(|line| Row::read(line)) {
        let Tried { name, tried, failed } = row.tried;
        let others = OTHERS
            .iter()
            .find(|other| other.0 == name)
            .map_or("", |other| other.1);
        table.add([name, row.what, tried, failed, row.details, others].map(str::to_owned));
    }
    let foot = format!(
        "Last long run, all rows in one: {}, {}, load average {busy} before it, optimized build; ids and waits are random, no seed plays them again.",
        project.today()?,
        machine(),
    );
    table::keep(project, "load", &table, &foot)
}

/// How busy the machine was in the last minute, where the system tells.
fn load_average() -> String {
    let told = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// How many processors there are, and of which kind.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!(
        "{cores} {} cores, harness and stack together",
        std::env::consts::ARCH
    )
}
