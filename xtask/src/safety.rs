//! `cargo xtask safety`: tries that nobody gets in and that no robot moves when it should not, and keeps the table.

use std::process::ExitCode;

use crate::openapi;
use crate::project::Project;
use crate::run::{self, unittest};
use crate::setup;
use crate::table::{self, Table, Tried};

/// What the names of tests have in them that build a bug in.
const BUG_TESTS: &str = "built_in";

/// The tests that print rows: package, test target, and what their names begin with.
const SUITES: [(&str, &str, &str); 11] = [
    ("device-agent", "safety", ""),
    ("mobile-api", "api", "commanding::"),
    ("mobile-api", "api", "haste::"),
    ("mobile-api", "api", "isolation::"),
    ("mobile-api", "api", "refreshing::"),
    ("access", "tokens", ""),
    ("functions", "handlers", "keys::"),
    ("functions", "handlers", "malformed::"),
    ("sweepline", "broker", "malformed::"),
    ("sweepline", "broker", "matrix::"),
    ("sweepline", "stolen", ""),
];

/// What each row looks for, and what is known of others.
const ROWS: &[(&str, &str, &str)] = &[
    (
        "C1",
        "a start that comes after its end is obeyed",
        "AWS IoT Commands leave it to the device",
    ),
    ("C2", "a start that comes twice runs twice", ""),
    ("C3", "a recorded start is obeyed after a restart", ""),
    ("C4", "a retained start is obeyed", "hobby bridges fail it"),
    (
        "C5",
        "starts that waited through an outage are obeyed",
        "hobby bridges fail it; AWS leaves it to the device",
    ),
    ("C6", "a robot that lost power drives on", "hobby bridges fail it"),
    ("C7", "two starts run twice, or a start beats a stop", ""),
    (
        "C8",
        "a member who is removed in a run still sees or stops it",
        "",
    ),
    (
        "C9",
        "a command is delivered of a member who was removed meanwhile",
        "",
    ),
    ("C10", "a stop is not obeyed, however late and often it comes", ""),
    ("C10 dock", "a dock does not end a run, however late it comes", ""),
    ("C10 old dock", "an old dock moves a robot that stands still", ""),
    ("C11 child lock", "a locked robot starts", ""),
    ("C11 stop under lock", "a locked robot does not stop", ""),
    ("C11 quiet hours", "a robot starts in quiet hours", ""),
    ("C11 lifted robot", "a robot that was lifted starts", ""),
    (
        "C12",
        "a start of an earlier owner is obeyed",
        "Ecovacs: the next owner could be watched",
    ),
    ("C13", "a start is sent for rooms that are numbered anew", ""),
    ("C14", "a start is obeyed before this boot knows the time", ""),
    ("C15", "of 100 starts in a second more than one is obeyed", ""),
    (
        "C15 cloud",
        "of 100 starts in a second more than one is sent to the robot",
        "",
    ),
    (
        "S1 policies",
        "topic × identity, by the evaluator",
        "DJI 2026: about 7,000 robots open",
    ),
    (
        "S1 robots",
        "topic × identity at the broker, robots",
        "mosquitto grants 6 of 6 illegal subscriptions",
    ),
    ("S1 phones", "topic × identity at the broker, phones", ""),
    (
        "S1 claims",
        "topic × identity at the broker, robots that have a claim alone",
        "",
    ),
    (
        "S1 others",
        "topic × identity at the broker, everybody else",
        "mosquitto: 1 of 1 takes another's client id",
    ),
    ("S2", "route × identity × object, let through", ""),
    (
        "S2 alike",
        "a foreign id answers otherwise than an unknown one",
        "",
    ),
    ("S2 fields", "a body sets a field that is not its own", ""),
    ("S2 methods", "a path knows a method that is not its own", ""),
    (
        "S3 attacks",
        "a forged token is accepted, attacks of our list",
        "",
    ),
    (
        "S3 clauses",
        "a token that RFC 8725 forbids is accepted, clause by clause",
        "",
    ),
    (
        "S3 signatures",
        "a bad signature is accepted, Wycheproof",
        "jsonwebtoken alone: 4",
    ),
    ("S3 keys", "a faulty key set opens something, Wycheproof", ""),
    ("S3 kinds", "a token of one kind opens the door of another", ""),
    (
        "S3 refresh",
        "a refresh token that was used before is accepted, or its session goes on",
        "",
    ),
    (
        "S5 contract, owner",
        "a request of an owner gets an answer that the OpenAPI document forbids",
        "",
    ),
    (
        "S5 contract, operator",
        "a request of an operator gets an answer that the OpenAPI document forbids",
        "",
    ),
    (
        "S5 API",
        "a malformed body ends a route, fills the memory or gets an answer of 500 or more",
        "",
    ),
    (
        "S5 broker",
        "a malformed packet ends the broker, fills its memory or reaches a rule",
        "",
    ),
    (
        "S5 handlers",
        "a malformed event ends a handler, fills its memory or comes again for ever",
        "",
    ),
    ("S6", "a request asks for a key of another home", ""),
    ("S6 handlers", "a handler asks for a key of another home", ""),
    (
        "S7",
        "the live view of a removed member goes on",
        "Ecovacs: for ever; AWS: 300 s",
    ),
    (
        "S12 robot key",
        "a robot at full rate is not cut off within a minute, or comes back",
        "no peer states it",
    ),
    (
        "S12 starts",
        "of 100 starts in a second with a stolen token more than one is obeyed",
        "no peer states it",
    ),
];

/// Runs every suite; prints its rows, and `write`s them into the page.
///
/// # Errors
/// When a suite cannot be run, or the page not be written.
pub fn run(project: &Project, bugs: bool, write: bool) -> anyhow::Result<ExitCode> {
    let mut lines = Vec::new();
    let mut is_well = true;
    for suite in suites(bugs) {
        is_well &= relay(project, suite, bugs, &mut lines)?;
    }
    is_well &= relay_contract(project, bugs, &mut lines)?;
    lines.iter().for_each(|line| println!("{line}"));
    if write && is_well && !bugs {
        self::write(project, &lines)?;
    }
    Ok(run::verdict(is_well))
}

/// The suites to run; the bugs of a test target are all tried at once.
fn suites(bugs: bool) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut suites = SUITES.to_vec();
    if bugs {
        suites.dedup_by_key(|(package, target, _)| (*package, *target));
    }
    suites
}

/// Runs one suite and gathers what it says of rows; gives whether it passed.
fn relay(
    project: &Project,
    (package, target, filter): (&str, &str, &str),
    bugs: bool,
    lines: &mut Vec<String>,
) -> anyhow::Result<bool> {
    println!("==> {package}, {target} {filter}");
    let mut cargo = project.cargo("test --quiet");
    cargo.args(["--package", package, "--test", target, "--", "--nocapture"]);
    match (bugs, filter) {
        (true, _) => cargo.arg(BUG_TESTS),
        (false, "") => cargo.args(["--skip", BUG_TESTS]),
        (false, filter) => cargo.args([filter, "--skip", BUG_TESTS]),
    };
    run::lines(&mut cargo, |line| sort(line, lines))
}

/// Tries the API by its document, which is no test of cargo's.
fn relay_contract(project: &Project, bugs: bool, lines: &mut Vec<String>) -> anyhow::Result<bool> {
    println!("==> the API by its document");
    run::plain(&mut project.cargo("build --quiet --package sweepline"))?;
    let mut python = openapi::interpreter(project)?;
    let wanted = if bugs { BUG_TESTS } else { "nothing" };
    run::lines(
        unittest(&mut python, setup::openapi::FOLDER).args(["-k", wanted]),
        |line| sort(line, lines),
    )
}

/// Keeps what tells of a row, and passes on everything else.
fn sort(line: String, lines: &mut Vec<String>) {
    match row(&line).is_some() || line.contains(": caught: ") {
        true => lines.push(line),
        false => println!("{line}"),
    }
}

fn write(project: &Project, lines: &[String]) -> anyhow::Result<()> {
    let mut table = Table::new(&["", "looked for", "tried", "failed", "others"]);
    let found: Vec<Tried<'_>> = lines.iter().filter_map(|line| row(line)).collect();
    for (name, what, others) in ROWS {
        let row = found.iter().find(|row| row.name == *name);
        let (tried, failed) = row.map_or(("not tried", ""), |row| (row.tried, row.failed));
        table.add([name, what, tried, failed, others].map(|cell| (*cell).to_owned()));
    }
    let foot = format!(
        "Last run: {}; schedules have the seeds 0 to 99.",
        project.today()?
    );
    table::keep(project, "safety", &table, &foot)
}

/// The row that a line tells of; the test runner may have begun the line with the test's name or with dots.
fn row(line: &str) -> Option<Tried<'_>> {
    let (row, _) = Tried::read(line)?;
    let name = row.name.rsplit("... ").next().unwrap_or(row.name);
    let name = name.trim_start_matches('.');
    Some(Tried { name, ..row })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_from_its_line() {
        let hundred = |name| {
            Some(Tried {
                name,
                tried: "100",
                failed: "0",
            })
        };
        assert_eq!(row("C1: 100 tried, 0 failed"), hundred("C1"));
        assert_eq!(
            row("test c10 ... S1 robots: 100 tried, 0 failed (0 let through)"),
            hundred("S1 robots")
        );
        assert_eq!(row("..C1: 100 tried, 0 failed"), hundred("C1"));
        assert_eq!(row("C1: caught: ObeysLate"), None);
    }

    #[test]
    fn no_row_is_named_twice() {
        let mut names: Vec<_> = ROWS.iter().map(|row| row.0).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ROWS.len());
    }
}
