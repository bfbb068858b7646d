//! The rows of the table: what is tried under load, and what came of it.

use std::time::{Duration, Instant};

use anyhow::Context;
use rows::{Outcome, Tried};
use tokio::time::timeout;

use crate::apportioned::FLEET;
use crate::bug::Bug;
use crate::{growth, overload, phones, storm};

/// How long a row may take at most.
pub const TRIED_WITHIN: Duration = Duration::from_secs(3_600);

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As much as fits into every change's checks.
    Short,
    /// As much as a release is judged by.
    Long,
    /// As much, with so many robots that lose their broker, for a machine that has no room for all.
    Robots(usize),
}

impl Size {
    /// How many robots lose their broker.
    pub fn storm_robots(self) -> usize {
        match self {
            Self::Short => 300,
            Self::Long => FLEET,
            Self::Robots(robots) => robots,
        }
    }

    /// How many robots send more than is handled.
    pub fn overload_robots(self) -> usize {
        match self {
            Self::Short => 100,
            Self::Long | Self::Robots(_) => 1_000,
        }
    }

    /// How long each load lasts.
    pub fn load(self) -> Duration {
        match self {
            Self::Short => Duration::from_secs(5),
            Self::Long | Self::Robots(_) => Duration::from_secs(10),
        }
    }

    /// The sizes of fleets that are compared.
    pub fn fleets(self) -> &'static [usize] {
        match self {
            Self::Short => &[],
            Self::Long => &[100, 500, 1_000, FLEET],
            Self::Robots(_) => &[100, 500, 1_000],
        }
    }
}

/// A row.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name, such as `R7`.
    pub name: &'static str,
    /// What is looked for.
    pub what: &'static str,
    /// Whether the short form tries it too.
    pub is_short: bool,
    /// What is wrong on purpose to show that the row catches it.
    pub bug: Option<Bug>,
    try_it: Trial,
}

/// What tries a row.
#[derive(Debug, Clone, Copy)]
enum Trial {
    Storm,
    Overload,
    Phones,
    Growth,
}

/// All rows.
pub const ROWS: [Row; 4] = [
    Row {
        name: "R7",
        what: "robots that come back too soon, too fast or too late after their broker was killed",
        is_short: true,
        bug: Some(Bug::Hasty),
        try_it: Trial::Storm,
    },
    Row {
        name: "R13 robots",
        what: "runs that were confirmed and are lost, or goodput below 90 % of capacity, at twice the capacity and a kill at its height",
        is_short: true,
        bug: Some(Bug::TrustsBroker),
        try_it: Trial::Overload,
    },
    Row {
        name: "R13 phones",
        what: "requests at twice the capacity that fail otherwise than with 429 and a time to wait, or goodput below 90 %",
        is_short: true,
        bug: Some(Bug::Unbounded),
        try_it: Trial::Phones,
    },
    Row {
        name: "R13 growth",
        what: "runs that are not confirmed while fleets of different sizes send the same",
        is_short: false,
        bug: None,
        try_it: Trial::Growth,
    },
];

impl Row {
    /// Tries the row, with `bug` built in.
    ///
    /// # Errors
    /// When it cannot be tried at all, or not within [`TRIED_WITHIN`].
    pub async fn run(self, size: Size, bug: Option<Bug>) -> anyhow::Result<Tried> {
        let start = Instant::now();
        let outcome = timeout(TRIED_WITHIN, self.outcome(size, bug)).await;
        let outcome =
            outcome.with_context(|| format!("{} did not end within {TRIED_WITHIN:?}", self.name))?;
        Ok(Tried {
            name: self.name,
            what: self.what,
            outcome: outcome.with_context(|| format!("{} cannot be tried", self.name))?,
            took: start.elapsed(),
        })
    }

    async fn outcome(self, size: Size, bug: Option<Bug>) -> anyhow::Result<Outcome> {
        match self.try_it {
            Trial::Storm => storm::try_it(size, bug).await,
            Trial::Overload => overload::try_it(size, bug).await,
            Trial::Phones => phones::try_it(size, bug).await,
            Trial::Growth => growth::try_it(size).await,
        }
    }
}
