//! Robots send twice what the stack can store, and the stack is killed at the height of it.
//!
//! Goodput is how many runs a second are confirmed, from the first to the last, when twice the capacity is offered for some
//! time and all of it is waited for, as a part of the capacity: how many are confirmed a second when as many are kept on
//! their way as bring the most, the mean of before and after. Of `ROUNDS` measurements the median counts.

use std::time::{Duration, Instant};

use anyhow::bail;
use domain::id::RunId;
use rows::Outcome;
use sweepline::clock::now;
use tokio::time::{MissedTickBehavior, interval, timeout_at};

use crate::apportioned::percentile;
use crate::bug::Bug;
use crate::fleet::{Fleet, What};
use crate::oracle::Confirmed;
use crate::question::Lost;
use crate::roster;
use crate::rows::Size;
use crate::server::Server;
use crate::trip::MESSAGES;

/// The part of the capacity that has to come through when more is offered.
pub const GOODPUT: f64 = 0.9;
/// How much more than the capacity is offered.
pub const OVERLOAD: f64 = 2.0;
/// How many runs are on their way at a time at first, while the capacity is looked for.
const FIRST_UNDER_WAY: usize = 16;
/// More runs on their way have to bring so much more to count.
const GAIN: f64 = 1.1;
/// How often goodput is measured, whatever comes of it.
const ROUNDS: usize = 3;
/// How long the robots may take to connect.
const CONNECTED_WITHIN: Duration = Duration::from_secs(300);
/// The most runs that are on their way at a time while the capacity is looked for.
const MAX_UNDER_WAY: usize = 1_024;
/// How long it may take until all that was sent is confirmed: a few repetitions.
const SETTLED_WITHIN: Duration = Duration::from_secs(180);
/// How often the pace is kept.
const PACE: Duration = Duration::from_millis(20);

/// What came of a load.
#[derive(Debug, Default)]
pub struct Load {
    /// The runs that robots were told are stored.
    pub confirmed: Vec<Confirmed>,
    /// How long each took from when its robot had it.
    pub times: Vec<Duration>,
    /// How often something was refused.
    pub refused: u64,
    /// How often a link was lost.
    pub lost_links: u64,
    /// When the first was confirmed, and the last.
    span: Option<(Instant, Instant)>,
}

impl Load {
    /// Runs confirmed in a second, from the first to the last.
    pub fn rate(&self) -> f64 {
        let Some((first, last)) = self.span else {
            return 0.0;
        };
        let later = self.confirmed.len().saturating_sub(1);
        later as f64 / (last - first).as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// Robots on a stack, and how many runs they were told to send.
pub struct Trial {
    /// The stack.
    pub server: Server,
    /// The robots.
    pub fleet: Fleet,
    sent: usize,
    under_way: usize,
}

impl Trial {
    /// As many robots, all connected.
    ///
    /// # Errors
    /// When the stack does not start, or the robots do not connect.
    pub async fn start(robots: usize, bug: Option<Bug>) -> anyhow::Result<Self> {
        let server = Server::start(robots, bug)?;
        let mut fleet = Fleet::start(roster::read(&server.folder())?, &server.ready, bug)?;
        fleet.connected(CONNECTED_WITHIN).await?;
        Ok(Self {
            server,
            fleet,
            sent: 0,
            under_way: 0,
        })
    }

    /// How many runs robots were told to send.
    pub fn sent(&self) -> usize {
        self.sent
    }

    /// Has the next robot send a run.
    fn send(&mut self) {
        self.fleet.send(self.sent, RunId::new(now(), rand::random()));
        self.sent += 1;
        self.under_way += 1;
    }

    /// Keeps `under_way` runs on their way for some time.
    ///
    /// # Errors
    /// When what is on its way then is not confirmed in time.
    pub async fn keep_busy(&mut self, under_way: usize, time: Duration) -> anyhow::Result<Load> {
        (0..under_way).for_each(|_| self.send());
        let load = self.listen(time).await;
        // What is still on its way belongs to nobody's figures.
        self.settle(&mut Load::default()).await?;
        Ok(load)
    }

    /// Has robots send `rate` runs a second for some time, whatever becomes of them.
    pub async fn offer(&mut self, rate: f64, time: Duration) -> Load {
        let (start, mut ticks, mut load) = (Instant::now(), interval(PACE), Load::default());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut offered = 0;
        while start.elapsed() < time {
            ticks.tick().await;
            let due = (start.elapsed().as_secs_f64() * rate) as usize;
            (offered..due).for_each(|_| self.send());
            offered = offered.max(due);
            while let Ok(event) = self.fleet.events.try_recv() {
                self.note(&mut load, event.robot, event.what);
            }
        }
        load
    }

    /// Waits until all that was sent is confirmed.
    ///
    /// # Errors
    /// When that takes longer than `SETTLED_WITHIN`.
    pub async fn settle(&mut self, load: &mut Load) -> anyhow::Result<()> {
        let end = tokio::time::Instant::now() + SETTLED_WITHIN;
        while self.under_way > 0 {
            let Ok(Some(event)) = timeout_at(end, self.fleet.events.recv()).await else {
                bail!(
                    "{} of {} runs were not confirmed within {SETTLED_WITHIN:?}; {} runs refused, {} links lost",
                    self.under_way,
                    self.sent,
                    load.refused,
                    load.lost_links,
                );
            };
            self.note(load, event.robot, event.what);
        }
        Ok(())
    }

    /// Hears of what is under way for some time, and has a run follow on each that is confirmed.
    async fn listen(&mut self, time: Duration) -> Load {
        let mut load = Load::default();
        let end = tokio::time::Instant::now() + time;
        while let Ok(Some(event)) = timeout_at(end, self.fleet.events.recv()).await {
            self.note(&mut load, event.robot, event.what);
            if matches!(event.what, What::Confirmed(..)) {
                self.send();
            }
        }
        load
    }

    fn note(&mut self, load: &mut Load, robot: usize, what: What) {
        match what {
            What::Confirmed(run, took) => {
                let now = Instant::now();
                load.span = Some((load.span.map_or(now, |(first, _)| first), now));
                load.times.push(took);
                self.under_way = self.under_way.saturating_sub(1);
                load.confirmed
                    .extend(self.fleet.members.get(robot).map(|member| member.confirmed(run)));
            }
            What::Refused(_) => load.refused += 1,
            What::Down => load.lost_links += 1,
            What::Up => {}
        }
    }

    /// How many runs have to be on their way for the stack to confirm the most in a second, and how many that is: twice
    /// as many each time, until that brings no more.
    ///
    /// # Errors
    /// As of [`Self::keep_busy`].
    pub async fn capacity(&mut self, time: Duration) -> anyhow::Result<Capacity> {
        let mut best = Capacity {
            under_way: FIRST_UNDER_WAY,
            rate: 0.0,
        };
        let mut under_way = FIRST_UNDER_WAY;
        while under_way <= MAX_UNDER_WAY {
            let rate = self.keep_busy(under_way, time).await?.rate();
            if rate < best.rate * GAIN {
                let rate = rate.max(best.rate);
                return Ok(Capacity { rate, ..best });
            }
            best = Capacity { under_way, rate };
            under_way *= 2;
        }
        Ok(best)
    }

    /// Offers more than `capacity` until all of it is confirmed; the capacity is measured again afterwards, since the
    /// machine may have other work.
    async fn round(&mut self, capacity: &mut Capacity, time: Duration) -> anyhow::Result<Round> {
        let mut load = self.offer(capacity.rate * OVERLOAD, time).await;
        self.settle(&mut load).await?;
        let before = capacity.rate;
        capacity.rate = self.keep_busy(capacity.under_way, time).await?.rate();
        let goodput = load.rate() / ((before + capacity.rate) / 2.0);
        Ok(Round { goodput, load })
    }
}

/// What a stack can do.
#[derive(Debug, Clone, Copy)]
pub struct Capacity {
    /// How many runs are on their way at a time.
    pub under_way: usize,
    /// How many are confirmed in a second.
    pub rate: f64,
}

/// One measurement.
struct Round {
    /// The part of the capacity that came through when more was offered.
    goodput: f64,
    load: Load,
}

/// Tries it.
///
/// # Errors
/// When the stack does not start or does not answer, or the robots do not connect.
pub async fn try_it(size: Size, bug: Option<Bug>) -> anyhow::Result<Outcome> {
    let (mut trial, time) = (Trial::start(size.overload_robots(), bug).await?, size.load());
    let mut capacity = trial.capacity(time).await?;
    let mut rounds = Vec::new();
    for _round in 0..ROUNDS {
        rounds.push(trial.round(&mut capacity, time).await?);
    }
    let offered = capacity.rate * OVERLOAD;
    let height = trial.offer(offered, time).await;
    let failures = trial.server.figures()?.failures;
    trial.server.kill()?;
    trial.server.start_again()?;

    let goodput = median(&rounds).unwrap_or_default();
    let loads: Vec<Load> = rounds
        .into_iter()
        .map(|round| round.load)
        .chain([height])
        .collect();
    let confirmed: Vec<Confirmed> = loads.iter().flat_map(|load| load.confirmed.clone()).collect();
    let lost = trial.server.lost(&confirmed)?;
    let mut times: Vec<Duration> = loads.iter().flat_map(|load| load.times.clone()).collect();
    let tried = lost.tried;
    let problems = problems(goodput, failures, &loads, lost);
    let details = format!(
        "{} robots, capacity {:.0} messages/s, goodput {:.0} % when {:.0} messages/s were offered, confirmed after {:.1} s (median)",
        trial.fleet.len(),
        capacity.rate * MESSAGES as f64,
        goodput * 100.0,
        offered * MESSAGES as f64,
        percentile(&mut times, 0.5).as_secs_f64(),
    );
    Ok(Outcome::of(tried, details, problems))
}

fn median(rounds: &[Round]) -> Option<f64> {
    let mut goodputs: Vec<f64> = rounds.iter().map(|round| round.goodput).collect();
    goodputs.sort_by(f64::total_cmp);
    goodputs.get(goodputs.len() / 2).copied()
}

fn problems(goodput: f64, failures: usize, loads: &[Load], lost: Lost) -> Vec<String> {
    let mut problems = lost.runs;
    if goodput < GOODPUT {
        problems.push(format!("goodput is {:.0} % of capacity", goodput * 100.0));
    }
    if failures > 0 {
        problems.push(format!("{failures} events were given up"));
    }
    let refused: u64 = loads.iter().map(|load| load.refused).sum();
    let lost_links: u64 = loads.iter().map(|load| load.lost_links).sum();
    if refused + lost_links > 0 {
        problems.push(format!("{refused} runs refused, {lost_links} links lost"));
    }
    problems
}
