//! The broker is killed and started again while robots report runs; everybody comes back, and no run is lost.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use device_agent::link::{MIN_DELAY, STABLE_AFTER};
use domain::id::RunId;
use rows::Outcome;
use sweepline::clock::now;
use tokio::time::{Instant as Deadline, timeout_at};

use crate::apportioned::{connects_of, percentile};
use crate::bug::Bug;
use crate::fleet::{Fleet, Happened, What};
use crate::oracle::Confirmed;
use crate::roster;
use crate::rows::Size;
use crate::server::Server;

/// How long robots may take to come back, of 99 in 100.
pub const BACK_WITHIN: Duration = Duration::from_secs(60);
/// How long the last one may take.
const LAST_BACK: Duration = Duration::from_secs(150);
/// How many robots report a run when their broker is killed.
const REPORTS: usize = 200;
/// How long before it is killed they begin.
const REPORTED_BEFORE: Duration = Duration::from_secs(1);
/// How long it may take after everybody is back until all runs are confirmed.
const REPORTED_WITHIN: Duration = Duration::from_secs(120);
/// How long the first connection of all may take.
const FIRST: Duration = Duration::from_secs(600);

/// The way back of each robot.
struct Ways {
    killed: Instant,
    back: HashMap<usize, Instant>,
    confirmed: Vec<(usize, RunId)>,
}

impl Ways {
    /// Of robots whose broker was killed then.
    fn since(killed: Instant) -> Self {
        Self {
            killed,
            back: HashMap::new(),
            confirmed: Vec::new(),
        }
    }

    fn take(&mut self, event: &Happened) {
        match event.what {
            What::Down => {
                self.back.remove(&event.robot);
            }
            // What was told before belongs to the broker that was killed.
            What::Up if event.at > self.killed => {
                self.back.insert(event.robot, event.at);
            }
            What::Confirmed(run, _) => self.confirmed.push((event.robot, run)),
            What::Up | What::Refused(_) => {}
        }
    }

    /// How long each took from when the broker was killed.
    fn took(&self) -> Vec<(usize, Duration)> {
        let took = |(robot, back): (&usize, &Instant)| (*robot, back.duration_since(self.killed));
        self.back.iter().map(took).collect()
    }
}

/// Tries it with robots as many as `size` says.
///
/// # Errors
/// When the stack does not start, or the robots do not connect at first.
pub async fn try_it(size: Size, bug: Option<Bug>) -> anyhow::Result<Outcome> {
    let robots = size.storm_robots();
    let mut server = Server::start(robots, bug)?;
    let mut fleet = Fleet::start(roster::read(&server.folder())?, &server.ready, bug)?;
    fleet.connected(FIRST).await?;
    tokio::time::sleep(STABLE_AFTER).await;
    let reports = robots.min(REPORTS);
    (0..reports).for_each(|robot| fleet.send(robot, RunId::new(now(), rand::random())));
    tokio::time::sleep(REPORTED_BEFORE).await;
    let killed = Instant::now();
    server.kill()?;
    server.start_again()?;
    let down = killed.elapsed();
    let mut ways = Ways::since(killed);
    hear(&mut fleet, &mut ways, LAST_BACK, |ways| {
        ways.took().len() < robots
    })
    .await;
    let peak = server.figures()?.peak_connects;
    hear(&mut fleet, &mut ways, REPORTED_WITHIN, |ways| {
        ways.confirmed.len() < reports
    })
    .await;
    let mut outcome = judge(robots, &ways, peak, down);
    let lost = server.lost(&confirmed(&fleet, &ways))?;
    outcome.tried += reports as u64;
    outcome.details += &format!(", {} of {reports} reports confirmed", lost.tried);
    let missing = reports as u64 - lost.tried;
    outcome.note(
        (missing > 0).then(|| format!("{missing} reports were not confirmed within {REPORTED_WITHIN:?}")),
    );
    lost.runs.into_iter().for_each(|run| outcome.note(Some(run)));
    Ok(outcome)
}

/// Hears what happens for at most `limit`, as long as somebody `is_awaited`.
async fn hear(fleet: &mut Fleet, ways: &mut Ways, limit: Duration, is_awaited: impl Fn(&Ways) -> bool) {
    let end = Deadline::now() + limit;
    while is_awaited(ways) {
        match timeout_at(end, fleet.events.recv()).await {
            Ok(Some(event)) => ways.take(&event),
            Ok(None) | Err(_) => break,
        }
    }
}

fn confirmed(fleet: &Fleet, ways: &Ways) -> Vec<Confirmed> {
    let told = ways.confirmed.iter().filter_map(|(robot, run)| {
        let member = fleet.members.get(*robot)?;
        Some(member.confirmed(*run))
    });
    told.collect()
}

fn judge(robots: usize, ways: &Ways, peak: u64, down: Duration) -> Outcome {
    let took = ways.took();
    let mut problems = Vec::new();
    for (robot, time) in took.iter().filter(|(_, time)| *time < MIN_DELAY) {
        problems.push(format!("robot {robot} was back after {time:?}"));
    }
    if took.len() < robots {
        problems.push(format!("{} robots did not come back", robots - took.len()));
    }
    let limit = connects_of(robots);
    if peak > limit {
        problems.push(format!("{peak} CONNECTs in a second, the limit is {limit}"));
    }
    let mut times: Vec<Duration> = took.into_iter().map(|(_, time)| time).collect();
    let [median, p99] = [0.5, 0.99].map(|part| percentile(&mut times, part));
    if p99 > BACK_WITHIN {
        problems.push(format!("p99 of the way back is {p99:?}"));
    }
    let details = format!(
        "broker away for {:.1} s, peak {peak} CONNECT/s of {limit} allowed, first back after {:.1} s, median {:.1} s, p99 {:.1} s",
        down.as_secs_f64(),
        percentile(&mut times, 0.0).as_secs_f64(),
        median.as_secs_f64(),
        p99.as_secs_f64(),
    );
    Outcome::of(robots as u64, details, problems)
}
