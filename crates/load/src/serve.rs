//! The process of the stack.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use sweepline::data_dir::DataDir;
use sweepline::demo::Demo;
use sweepline::stack::limits::ApiLimits;
use sweepline::stack::{Addresses, Stack};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::Semaphore;

use crate::bug::Bug;
use crate::question::{Figures, Question, Ready};
use crate::{limits, oracle, roster};

/// How the stack is started.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where the data and the roster are kept.
    #[arg(long)]
    pub folder: PathBuf,
    /// Where robots connect.
    #[arg(long)]
    pub mqtt: SocketAddr,
    /// How many robots it knows.
    #[arg(long)]
    pub robots: usize,
    /// What is wrong on purpose.
    #[arg(long)]
    pub bug: Option<Bug>,
}

/// Serves until its input ends.
///
/// # Errors
/// What the stack cannot start with.
pub async fn run(args: &ServeArgs) -> anyhow::Result<()> {
    limits::allow_connections(args.robots)?;
    let data = DataDir::open(&args.folder.join("data"), false)?;
    let addresses = Addresses {
        mqtt: args.mqtt,
        ..Addresses::free()
    };
    let usual = ApiLimits::default();
    let requests = match args.bug {
        Some(Bug::Unbounded) => Semaphore::MAX_PERMITS,
        Some(Bug::Hasty | Bug::TrustsBroker) | None => usual.requests,
    };
    let limits = ApiLimits { requests, ..usual };
    let stack = Stack::start_with(&data, addresses, limits).await?;
    let demo = Demo::open(&data.demo(), &stack.parts.store).await?;
    roster::ensure(&stack, &args.folder, args.robots).await?;
    say(&Ready {
        http: format!("http://{}", stack.http_addr()),
        mqtt: stack.mqtt_addr().to_string(),
        ca_pem: stack.ca_pem().to_owned(),
        email: demo.owner.email.clone(),
        password: demo.owner.password.clone(),
    })?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Question::Figures => say(&figures(&stack, &data.failures())?)?,
            Question::Lost(file) => say(&oracle::lost(&stack.parts.store, &file).await?)?,
        }
    }
    stack.stop().await;
    Ok(())
}

fn say(answer: &impl Serialize) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, answer)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

fn figures(stack: &Stack, failures: &Path) -> anyhow::Result<Figures> {
    Ok(Figures {
        cpu_seconds: cpu_seconds()?,
        resident_bytes: resident_bytes()?,
        messages: stack.rules.published().messages,
        peak_connects: stack.connects().peak,
        failures: fs::read_dir(failures).map_or(0, Iterator::count),
    })
}

/// Time in the processor of all threads, of this program and for it.
fn cpu_seconds() -> anyhow::Result<f64> {
    const USER_TICKS: usize = 11;
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may have blanks in it.
    let (_, fields) = stat.rsplit_once(')').context("/proc/self/stat")?;
    let ticks: u64 = fields
        .split_whitespace()
        .skip(USER_TICKS)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

fn resident_bytes() -> anyhow::Result<u64> {
    let statm = fs::read_to_string("/proc/self/statm")?;
    let pages = statm
        .split_whitespace()
        .nth(1)
        .and_then(|field| field.parse::<u64>().ok());
    Ok(pages.context("/proc/self/statm")? * rustix::param::page_size() as u64)
}
