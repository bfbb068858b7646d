//! What a message costs in fleets of different sizes that send the same.
#![allow(
    clippy::print_stdout,
    reason = "each size takes minutes, and is told when it is known"
)]

use std::time::Duration;

use rows::Outcome;

use crate::apportioned::percentile;
use crate::overload::Trial;
use crate::question::Figures;
use crate::rows::Size;
use crate::trip::MESSAGES;

/// The part of the capacity that is sent.
const LOAD: f64 = 0.5;
/// How long the stack may take to come to rest.
const REST_WITHIN: Duration = Duration::from_secs(60);
/// The part of a core that is rest.
const REST: f64 = 0.1;
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Tries it.
///
/// # Errors
/// When the stack does not start or does not answer, or the robots do not connect.
pub async fn try_it(size: Size) -> anyhow::Result<Outcome> {
    let (mut outcome, mut rate, mut columns) = (Outcome::default(), None, Vec::new());
    for robots in size.fleets() {
        let mut trial = Trial::start(*robots, None).await?;
        let rate = match rate {
            Some(rate) => rate,
            None => *rate.insert(trial.capacity(size.load()).await?.rate * LOAD),
        };
        let column = column(&mut trial, rate, size.load(), &mut outcome).await?;
        println!("  {column}");
        columns.push(column);
    }
    let rate = rate.unwrap_or_default() * MESSAGES as f64;
    outcome.details = format!("{rate:.0} messages/s with fleets of {}", columns.join(", "));
    Ok(outcome)
}

/// One size of a fleet, in words.
async fn column(
    trial: &mut Trial,
    rate: f64,
    time: Duration,
    outcome: &mut Outcome,
) -> anyhow::Result<String> {
    let before = at_rest(trial).await?;
    let sent = trial.sent();
    let mut load = trial.offer(rate, time).await;
    trial.settle(&mut load).await?;
    let after = at_rest(trial).await?;
    let (sent, confirmed) = (trial.sent() - sent, load.times.len());
    outcome.tried += sent as u64;
    if confirmed < sent {
        let robots = trial.fleet.len();
        let missing = sent - confirmed;
        outcome.note(Some(format!(
            "{missing} of {sent} runs of {robots} robots were not confirmed"
        )));
    }
    let cost = after.cpu_seconds - before.cpu_seconds;
    Ok(format!(
        "{}: {:.0} messages per CPU-second with their fold, confirmed after {:.0} ms (median) and {:.0} ms (p99), {:.0} MB resident",
        trial.fleet.len(),
        (after.messages - before.messages) as f64 / cost,
        percentile(&mut load.times, 0.5).as_secs_f64() * 1e3,
        percentile(&mut load.times, 0.99).as_secs_f64() * 1e3,
        after.resident_bytes as f64 / 1e6,
    ))
}

/// What the stack took until it has nothing more to do.
async fn at_rest(trial: &mut Trial) -> anyhow::Result<Figures> {
    let end = tokio::time::Instant::now() + REST_WITHIN;
    let mut last = trial.server.figures()?;
    while tokio::time::Instant::now() < end {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = trial.server.figures()?;
        if now.cpu_seconds - last.cpu_seconds < REST * LOOK_EVERY.as_secs_f64() {
            return Ok(now);
        }
        last = now;
    }
    Ok(last)
}
