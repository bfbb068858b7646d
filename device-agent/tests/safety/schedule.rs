//! Seeded schedules: a robot on a table, and the disturbances of a home around what a test does to it.

use std::time::Duration;

use device_agent::core::Input;
use device_agent::driver::{DriverOrder, Observation};
use domain::command::{CommandKind, CommandNumber};
use domain::id::CommandId;
use domain::run::Outcome;
use domain::status::RobotState;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;
use wire::command::CommandMessage;

use crate::common::{SERVER_TIME, Table, command, condition, endpoint};

/// How many schedules each rule is tried on.
const SCHEDULES: u64 = 100;

/// What is wrong on purpose, so that a rule can show that it finds it: what the robot would do that has no such rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// It does not look when a command ends.
    ObeysLate,
    /// It takes each message for a command of its own.
    CountsNothing,
    /// It does not look whether a message was retained.
    ObeysRetained,
    /// It goes on with its run when it boots.
    ResumesAtBoot,
    /// It takes a stop for one of many commands, none of which may come late.
    StopsInTimeOnly,
    /// It does as an earlier owner says.
    ObeysAnybody,
    /// It takes the time from its own clock.
    TrustsItsClock,
    /// It begins anew whenever it is asked to.
    StartsOverAndOver,
    /// It drives home for an order that waited for hours.
    DocksLate,
}

/// One schedule: everything random in it comes from its seed.
pub struct Schedule {
    pub table: Table,
    pub random: StdRng,
    dir: TempDir,
    bug: Option<Bug>,
    delivered: u64,
}

impl Schedule {
    fn new(seed: u64, bug: Option<Bug>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self {
            table: Table::ready(dir.path()),
            random: StdRng::seed_from_u64(seed),
            dir,
            bug,
            delivered: 0,
        }
    }

    /// A command arrives.
    pub fn deliver(&mut self, message: &CommandMessage) {
        self.deliver_as(message, false);
    }

    /// A command arrives, retained or not, at a robot that may have a bug.
    pub fn deliver_as(&mut self, message: &CommandMessage, retained: bool) {
        self.delivered += 1;
        let mut message = message.clone();
        let now = SERVER_TIME.plus(self.table.uptime);
        let is_late = message.expires_at < now;
        let is_stop = matches!(message.kind, CommandKind::Stop | CommandKind::Dock);
        match self.bug {
            Some(Bug::StopsInTimeOnly) if is_stop && (is_late || retained || self.delivered > 1) => return,
            Some(Bug::ObeysLate) => message.expires_at = now.plus(Duration::from_secs(60)),
            Some(Bug::DocksLate) if message.kind == CommandKind::Dock => {
                message = renumbered(&message, 1_000 + self.delivered, 1_000 + self.delivered);
                message.expires_at = now.plus(Duration::from_secs(60));
            }
            Some(Bug::CountsNothing) => {
                message = renumbered(&message, 1_000 + self.delivered, 1_000 + self.delivered)
            }
            Some(Bug::ObeysAnybody) => message.pairing = endpoint().pairing,
            Some(Bug::StartsOverAndOver) => self.end_run(),
            Some(_) | None => {}
        }
        let retained = retained && self.bug != Some(Bug::ObeysRetained);
        self.table.request(&message, retained);
    }

    /// The robot loses power and boots again; its clock is not set yet.
    pub fn lose_power(&mut self) {
        self.table = Table::new(self.dir.path());
        self.table
            .observe(Observation::State(condition(RobotState::Docked)));
        self.table.put(Input::Connected);
        match self.bug {
            Some(Bug::ResumesAtBoot) => self.table.orders.push(DriverOrder::Resume),
            Some(Bug::TrustsItsClock) => self.table.answer_time(),
            Some(_) | None => {}
        }
    }

    /// Time passes, the connection goes and comes, the robot says how it is.
    pub fn disturb(&mut self) {
        for _ in 0..self.random.random_range(0..4) {
            match self.random.random_range(0..3) {
                0 => self
                    .table
                    .wait(Duration::from_millis(self.random.random_range(0..500))),
                1 => {
                    self.table.put(Input::Disconnected);
                    self.table.put(Input::Connected);
                }
                _ => self.table.put(Input::Tick),
            }
        }
    }

    /// The robot is back on its dock and its run over.
    pub fn end_run(&mut self) {
        self.table.observe(Observation::Ended(Outcome::Completed));
        self.table
            .observe(Observation::State(condition(RobotState::Docked)));
    }

    /// A start that was asked for just now.
    pub fn start(&self, number: u64) -> CommandMessage {
        self.issued(number, CommandKind::Start)
    }

    /// A command that was asked for just now, as this boot's clock has it.
    pub fn issued(&self, number: u64, kind: CommandKind) -> CommandMessage {
        let now = SERVER_TIME.plus(self.table.uptime);
        CommandMessage {
            issued_at: now,
            expires_at: now.plus(Duration::from_secs(60)),
            ..command(number, kind)
        }
    }

    /// Orders after which the robot moves to clean.
    pub fn movements(&self) -> usize {
        let moves = |order: &&DriverOrder| {
            matches!(
                order,
                DriverOrder::Start(_) | DriverOrder::Resume | DriverOrder::Follow(_)
            )
        };
        self.table.orders.iter().filter(moves).count()
    }

    /// Whether a start that nothing speaks against is obeyed: without it, a robot that never moves would pass.
    pub fn would_move(&mut self, number: u64) -> bool {
        let before = self.movements();
        let start = self.start(number);
        self.deliver(&start);
        self.movements() == before + 1
    }
}

/// The same message with a number and an id of its own.
pub fn renumbered(message: &CommandMessage, id: u64, number: u64) -> CommandMessage {
    CommandMessage {
        id: CommandId::from_u128(id.into()),
        number: CommandNumber(number),
        ..message.clone()
    }
}

/// Plays `play` on every seed; it says whether the robot did what it should.
pub fn hold(rule: &str, play: fn(&mut Schedule) -> bool) {
    let failed: Vec<u64> = (0..SCHEDULES)
        .filter(|seed| !play(&mut Schedule::new(*seed, None)))
        .collect();
    println!("{rule}: {SCHEDULES} tried, {} failed", failed.len());
    assert!(failed.is_empty(), "{rule}: failed with the seeds {failed:?}");
}

/// Plays `play` with a robot that has a bug, until a seed shows it.
pub fn catch(rule: &str, bug: Bug, play: fn(&mut Schedule) -> bool) {
    let seed = (0..SCHEDULES).find(|seed| !play(&mut Schedule::new(*seed, Some(bug))));
    assert!(seed.is_some(), "{rule}: missed {bug:?}");
    println!("{rule}: caught: {bug:?}");
}
