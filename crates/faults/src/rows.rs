//! The rows of the table: what is tried for each figure of reliability, and what came of it.

use std::time::Instant;

use rows::{Outcome, Tried};

use crate::bug::Bug;
use crate::climate::Climate;
use crate::simulation::Figures;
use crate::{corpus, outbox_file, real_disk, seeds, store_calls};

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As much as fits into every change's checks.
    Short,
    /// As much as a release is judged by.
    Long,
    /// So many seeds, to play again what failed.
    Seeds(u64),
}

impl Size {
    /// How many seeds that is, of so many in the `short` and in the `long` form.
    pub fn seeds(self, short: u64, long: u64) -> u64 {
        match self {
            Self::Short => short,
            Self::Long => long,
            Self::Seeds(count) => count,
        }
    }
}

/// A row.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name, such as `R1`.
    pub name: &'static str,
    /// What is tried.
    pub what: &'static str,
    /// Tries it from a seed on.
    pub run: fn(Size, u64) -> anyhow::Result<Outcome>,
    /// Something wrong on purpose that it catches, and how to show that.
    pub bug: (Bug, Catch),
}

impl Row {
    /// Tries the row from a seed on.
    ///
    /// # Errors
    /// When it cannot be tried at all.
    pub fn try_it(self, size: Size, seed: u64) -> anyhow::Result<Tried> {
        let start = Instant::now();
        let outcome = (self.run)(size, seed)?;
        Ok(Tried {
            name: self.name,
            what: self.what,
            outcome,
            took: start.elapsed(),
        })
    }
}

/// Tries a row with something wrong on purpose.
pub type Catch = fn(Bug) -> anyhow::Result<Outcome>;

/// How many seeds something wrong on purpose is looked for in.
const SEEDS: u64 = 32;

/// All rows.
pub const ROWS: [Row; 11] = [
    Row {
        name: "R1",
        what: "tile reports lost while agent, broker, handlers and store are killed or fail at any step",
        run: |size, seed| simulated(Climate::kills(), size, seed, 1_100, 4_000),
        bug: (Bug::TrustsBroker, |bug| caught(Climate::kills(), bug)),
    },
    Row {
        name: "R2",
        what: "tile reports that count twice, with one message in five doubled and all out of order",
        run: |size, seed| simulated(Climate::doubles(), size, seed, 100, 300),
        bug: (Bug::ForgetsVotes, |bug| caught(Climate::doubles(), bug)),
    },
    Row {
        name: "R3",
        what: "torn or changed files of the outbox that lose a promise, pass as whole or stop the agent",
        run: outbox_file::cut_and_turned,
        bug: (Bug::UnsyncedDisk, |bug| caught(Climate::kills(), bug)),
    },
    Row {
        name: "R3 ext4",
        what: "promises of the outbox that are gone after the power was cut or the process killed",
        run: |size, seed| real_disk::cut(size, seed, None),
        bug: (Bug::UnsyncedDisk, |bug| {
            real_disk::cut(Size::Seeds(SEEDS), 0, Some(bug))
        }),
    },
    Row {
        name: "R4",
        what: "tile reports lost though the disk had taken them, with the disk full again and again",
        run: |size, seed| simulated(Climate::full_disks(), size, seed, 200, 400),
        bug: (Bug::SilentFullDisk, |bug| caught(Climate::full_disks(), bug)),
    },
    Row {
        name: "R4 tmpfs",
        what: "promises of the outbox that are gone, or puts that it does not take, after the disk was full",
        run: |size, seed| real_disk::filled(size, seed, None),
        bug: (Bug::SilentFullDisk, |bug| {
            real_disk::filled(Size::Seeds(SEEDS), 0, Some(bug))
        }),
    },
    Row {
        name: "R5",
        what: "tile reports lost or out of order while clocks jump by up to ten years",
        run: |size, seed| simulated(Climate::clocks(), size, seed, 250, 500),
        bug: (Bug::IgnoresRevisions, |bug| caught(Climate::clocks(), bug)),
    },
    Row {
        name: "R6",
        what: "tile reports lost in outages of up to eight hours in which the session expires",
        run: |size, seed| simulated(Climate::long_outages(), size, seed, 200, 400),
        bug: (Bug::DeafAfterSession, |bug| caught(Climate::long_outages(), bug)),
    },
    Row {
        name: "R8",
        what: "calls of the store after whose failure the home is not what it should be",
        run: |_, _| store_calls::each_in_each_way(None),
        bug: (Bug::SwallowsErrors, |bug| {
            store_calls::each_in_each_way(Some(bug))
        }),
    },
    Row {
        name: "R9",
        what: "unreadable messages that get lost, change or hold up good ones",
        run: poisoned,
        bug: (Bug::DropsPoison, |bug| caught(Climate::poison(), bug)),
    },
    Row {
        name: "R12",
        what: "recorded messages and files of released versions that this one does not take",
        run: corpus::replayed,
        bug: (Bug::RenamesField, corpus::replayed_with),
    },
];

/// Plays simulations and counts their tile reports.
fn simulated(climate: Climate, size: Size, seed: u64, short: u64, long: u64) -> anyhow::Result<Outcome> {
    let count = size.seeds(short, long);
    let (figures, problems) = seeds::play(&climate, seed, count)?;
    Ok(Outcome::of(figures.reports, details(&figures, count), problems))
}

fn poisoned(size: Size, seed: u64) -> anyhow::Result<Outcome> {
    let count = size.seeds(150, 300);
    let (figures, problems) = seeds::play(&Climate::poison(), seed, count)?;
    Ok(Outcome::of(figures.poison, details(&figures, count), problems))
}

/// Plays simulations with something wrong on purpose until one shows it.
fn caught(climate: Climate, bug: Bug) -> anyhow::Result<Outcome> {
    let climate = climate.with_bug(bug);
    let mut outcome = Outcome::default();
    while outcome.problems.is_empty() && outcome.tried < SEEDS {
        let (_, problems) = seeds::play(&climate, outcome.tried, 1)?;
        outcome.tried += 1;
        outcome.failed = problems.len() as u64;
        outcome.problems = problems;
    }
    Ok(outcome)
}

fn details(figures: &Figures, seeds: u64) -> String {
    let hours = figures.robot_time.as_secs() / 3600;
    format!(
        "{seeds} seeds, {hours} robot-hours, {} tile reports, {} kills, {} store calls, all there at most {} min after the last trouble",
        figures.reports,
        figures.kills,
        figures.calls,
        figures.settled_after.as_secs() / 60,
    )
}
