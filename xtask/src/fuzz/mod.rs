//! `cargo xtask fuzz`: libFuzzer over every decoder of what strangers can send.
//!
//! Only the crates of the workspace are instrumented, by a wrapper of the compiler, so that everything below them is
//! built once for this and for the tests.

mod corpus;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, bail};

use crate::project::Project;
use crate::run::{self, Ended, Runner};
use crate::tally::Tally;

/// Where the targets and what was found for them are.
const FOLDER: &str = "tests/fuzz";
/// How many targets run at once.
const AT_ONCE: usize = 2;
/// The most memory that reading one input may take, MiB.
const MEMORY_MIB: u32 = 512;
/// The longest that reading one input may take, seconds.
const PATIENCE_SECONDS: u32 = 10;
/// The longest input, bytes: more than a message can have, and than one record of any format needs.
const LONGEST: usize = 16 * 1024;

/// What a target did.
struct Fuzzed {
    target: String,
    executions: u64,
    passed: bool,
    said: Vec<String>,
}

/// How long each target runs when nothing else is said, seconds.
pub const SECONDS: u32 = 30;

/// Builds the targets and runs each, or the one that is named, for so many `seconds`.
///
/// # Errors
/// When a target is unknown or cannot be built or started.
pub fn run(project: &Project, seconds: u32, only: Option<&str>) -> anyhow::Result<Ended> {
    let targets = targets(project, only)?;
    let seeds = project.cargo("run --quiet --package fuzz --bin fuzz_seeds --");
    build(project, &targets, seeds)?;
    play(project, seconds, &targets)
}

/// All targets beside steps that wait more than they work; what else runs on the machine goes first.
pub struct Aside(thread::JoinHandle<anyhow::Result<Ended>>);

impl Aside {
    /// Builds the targets, and begins to run each for [`SECONDS`]; nothing when they cannot be built.
    pub fn begin(runner: &mut Runner, project: &Project) -> Option<Self> {
        let mut built = None;
        runner.step("fuzz targets", "builds what libFuzzer runs", || {
            let targets = targets(project, None)?;
            build(project, &targets, project.built("fuzz_seeds"))?;
            built = Some(targets);
            Ok(Ended::Well(Tally::default()))
        });
        let (project, targets) = (project.clone(), built?);
        Some(Self(thread::spawn(move || play(&project, SECONDS, &targets))))
    }

    /// Waits for what it came to.
    pub fn end(self, runner: &mut Runner) {
        let what = "lets libFuzzer at every decoder of what strangers can send";
        runner.step("fuzz", what, || {
            self.0.join().ok().context("the thread of the fuzzers panicked")?
        });
    }
}

fn play(project: &Project, seconds: u32, targets: &[String]) -> anyhow::Result<Ended> {
    let mut tally = Tally::default();
    for some in targets.chunks(AT_ONCE) {
        let running = some.iter().map(|target| start(project, target, seconds));
        let running: Vec<_> = running.collect::<anyhow::Result<_>>()?;
        for run in running {
            let fuzzed = run.join().ok().context("a target's thread panicked")??;
            tally.passed += u64::from(fuzzed.passed);
            tally.failed += u64::from(!fuzzed.passed);
            report(&fuzzed);
        }
    }
    Ok(match tally.failed {
        0 => Ended::Well(tally),
        _ => Ended::Badly(tally),
    })
}

/// Takes what the last runs found into the project's own corpora, without what adds nothing.
///
/// # Errors
/// When a corpus cannot be merged.
pub fn keep(project: &Project, only: Option<&str>) -> anyhow::Result<()> {
    targets(project, only)?
        .iter()
        .try_for_each(|target| take_in(project, target))
}

/// The names of the targets, in order.
fn targets(project: &Project, only: Option<&str>) -> anyhow::Result<Vec<String>> {
    let mut targets = Vec::new();
    for file in fs::read_dir(project.root.join(FOLDER).join("targets"))? {
        let path = file?.path();
        targets.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    targets.sort();
    if let Some(only) = only {
        targets.retain(|target| target == only);
    }
    if targets.is_empty() {
        bail!("{}: is no target", only.unwrap_or(FOLDER));
    }
    Ok(targets)
}

/// Builds the targets, and lets `seeds` write what they begin with.
fn build(project: &Project, targets: &[String], mut seeds: Command) -> anyhow::Result<()> {
    let wrapper = project.root.join(FOLDER).join("instrument.sh");
    let mut cargo = project.cargo("build --quiet --workspace --features fuzz/fuzzing");
    for target in targets {
        cargo.args(["--bin", &format!("fuzz_{target}")]);
    }
    run::plain(cargo.env("RUSTC_WORKSPACE_WRAPPER", wrapper))?;
    run::plain(seeds.arg(project.target.join("fuzz/seeds")))
}

fn start(
    project: &Project,
    target: &str,
    seconds: u32,
) -> anyhow::Result<thread::JoinHandle<anyhow::Result<Fuzzed>>> {
    let found = found(project, target);
    let failures = project.target.join("fuzz/failures");
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&failures)?;
    let mut fuzzer = fuzzer(project, target);
    fuzzer
        .arg(&found)
        .arg(corpus::unpack(project, target)?)
        .arg(project.target.join("fuzz/seeds").join(target))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/{target}-", failures.display()))
        .arg("-print_final_stats=1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let target = target.to_owned();
    Ok(thread::spawn(move || watch(target, &mut fuzzer)))
}

fn take_in(project: &Project, target: &str) -> anyhow::Result<()> {
    let folder = corpus::unpack(project, target)?;
    let mut fuzzer = fuzzer(project, target);
    fuzzer.arg("-merge=1").arg(&folder).arg(found(project, target));
    run::plain(fuzzer.stderr(Stdio::null()))?;
    corpus::pack(project, target, &folder)
}

fn fuzzer(project: &Project, target: &str) -> Command {
    let mut fuzzer = Command::new("nice");
    fuzzer
        .args(["-n", "19"])
        .arg(project.program(&format!("fuzz_{target}")))
        .arg(format!("-max_len={LONGEST}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .arg(format!("-timeout={PATIENCE_SECONDS}"));
    fuzzer
}

fn found(project: &Project, target: &str) -> PathBuf {
    project.target.join("fuzz/found").join(target)
}

fn watch(target: String, fuzzer: &mut Command) -> anyhow::Result<Fuzzed> {
    let mut child = fuzzer
        .spawn()
        .with_context(|| format!("{target}: does not start"))?;
    let stderr = child.stderr.take().context("the fuzzer has no standard error")?;
    let (mut executions, mut said) = (0, Vec::new());
    for line in BufReader::new(stderr).lines() {
        let line = line?;
        if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
            executions = number.trim().parse()?;
        }
        if !line.starts_with(['#', ' ']) {
            said.push(line);
        }
    }
    Ok(Fuzzed {
        passed: child.wait()?.success(),
        target,
        executions,
        said,
    })
}

fn report(fuzzed: &Fuzzed) {
    let Fuzzed {
        target,
        executions,
        passed,
        said,
    } = fuzzed;
    if *passed {
        println!("{target}: {executions} tried, 0 failed");
    } else {
        println!("{target}: failed\n{}", said.join("\n"));
    }
}
