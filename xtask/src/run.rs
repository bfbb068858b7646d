//! Runs one step after another, says what each does and how long it took, and counts its tests.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::tally::{Counter, Tally};

/// How a step ended.
pub enum Ended {
    /// It did what it should, with this many tests.
    Well(Tally),
    /// It could not be done here, and why.
    Skipped(String),
    /// It failed, after this many tests.
    Badly(Tally),
}

impl Ended {
    /// What a command that does this alone ends with.
    pub fn exit_code(&self) -> ExitCode {
        verdict(!matches!(self, Self::Badly(_)))
    }
}

struct Step {
    name: &'static str,
    took: Duration,
    ended: Ended,
}

/// The steps done so far.
#[derive(Default)]
pub struct Runner {
    steps: Vec<Step>,
}

impl Runner {
    /// Does one step: prints `name` and `what`, works, prints how it ended. A failure does not stop the later steps.
    pub fn step(&mut self, name: &'static str, what: &str, work: impl FnOnce() -> anyhow::Result<Ended>) {
        println!("==> {name}: {what}");
        let start = Instant::now();
        let ended = work().unwrap_or_else(|error| {
            println!("{error:#}");
            Ended::Badly(Tally::default())
        });
        let step = Step {
            name,
            took: start.elapsed(),
            ended,
        };
        println!("<== {}\n", step.line());
        self.steps.push(step);
    }

    /// Prints every step and, last, how many tests passed and failed. A step that failed without counting a failed
    /// test counts as one.
    pub fn finish(self) -> ExitCode {
        println!("Steps:");
        let mut total = Tally::default();
        for step in &self.steps {
            println!("  {}", step.line());
            total += step.tally();
        }
        println!("\n{total}");
        verdict(total.failed == 0)
    }
}

impl Step {
    fn line(&self) -> String {
        let took = format!("{:.1} s", self.took.as_secs_f64());
        match &self.ended {
            Ended::Well(tally) if *tally == Tally::default() => format!("{}: ok, {took}", self.name),
            Ended::Well(tally) => format!("{}: {tally}, {took}", self.name),
            Ended::Skipped(why) => format!("{}: SKIPPED, {why}", self.name),
            Ended::Badly(tally) if tally.failed > 0 => format!("{}: FAILED, {tally}, {took}", self.name),
            Ended::Badly(_) => format!("{}: FAILED, {took}", self.name),
        }
    }

    fn tally(&self) -> Tally {
        match self.ended {
            Ended::Well(tally) => tally,
            Ended::Skipped(_) => Tally::default(),
            Ended::Badly(tally) => Tally {
                failed: tally.failed.max(1),
                ..tally
            },
        }
    }
}

/// Runs `command`; an error unless it succeeds.
pub fn plain(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot run {}", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a check that has no tests.
pub fn check(command: &mut Command) -> anyhow::Result<Ended> {
    plain(command).map(|()| Ended::Well(Tally::default()))
}

/// Runs a test runner, passing its output on and counting its tests.
pub fn tests(command: &mut Command) -> anyhow::Result<Ended> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run {}", shown(command)))?;
    let errors = child
        .stderr
        .take()
        .map(|stream| thread::spawn(move || relay(stream)));
    let mut tally = child.stdout.take().map(relay).unwrap_or_default();
    if let Some(errors) = errors {
        tally += errors.join().unwrap_or_default();
    }
    let status = child.wait()?;
    counted(status, tally).with_context(|| shown(command))
}

/// A test runner that runs no test has done nothing well.
fn counted(status: ExitStatus, tally: Tally) -> anyhow::Result<Ended> {
    Ok(match status.success() {
        true if tally.passed == 0 => bail!("no test ran"),
        true => Ended::Well(tally),
        false => Ended::Badly(tally),
    })
}

/// A test runner that works while other steps do.
pub struct Aside {
    child: Child,
    said: PathBuf,
}

impl Aside {
    /// Starts `command`, which says what it does to the file `said`.
    pub fn start(command: &mut Command, said: &Path) -> anyhow::Result<Self> {
        let file = File::create(said)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot run {}", shown(command)))?;
        Ok(Self {
            child,
            said: said.to_owned(),
        })
    }

    /// Waits for its end, passes on what it said, and counts its tests.
    pub fn end(mut self) -> anyhow::Result<Ended> {
        let status = self.child.wait()?;
        let tally = relay(File::open(&self.said)?);
        counted(status, tally)
    }
}

/// Runs `command`, hands each line of its standard output to `take`, and gives whether it succeeded.
pub fn lines(command: &mut Command, mut take: impl FnMut(String)) -> anyhow::Result<bool> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", shown(command)))?;
    let stdout = child.stdout.take().context("the command has no output")?;
    for line in BufReader::new(stdout).lines() {
        take(line?);
    }
    Ok(child.wait()?.success())
}

/// What a command ends with that looked for something and did or did not find all well.
pub fn verdict(is_well: bool) -> ExitCode {
    if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The tests in a folder, run by Python's unittest; `python` is the command of an interpreter.
pub fn unittests(python: &mut Command, folder: &str) -> anyhow::Result<Ended> {
    tests(unittest(python, folder))
}

/// Gives an interpreter the arguments that run the tests in a folder.
pub fn unittest<'a>(python: &'a mut Command, folder: &str) -> &'a mut Command {
    let words = [
        "-m",
        "unittest",
        "discover",
        "--verbose",
        "--start-directory",
        folder,
    ];
    python.args(words)
}

/// Whether `command`, which asks a tool for its version, finds the tool.
pub fn is_there(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn relay(stream: impl Read) -> Tally {
    let mut counter = Counter::default();
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        counter.read(&line);
    }
    counter.tally()
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
