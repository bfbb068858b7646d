//! What others do: classifiers from the literature, on the same runs.

use mapping::{CellClass, Grid, GridError, RunCell, RunMap};

use crate::sim::{Mask, Tally};

/// Log-odds that one hit adds and one miss takes, and where they are clamped.
const HIT: f32 = 0.85;
const MISS: f32 = 0.4;
const CLAMP: (f32, f32) = (-4.0, 8.0);
/// Share of occupied runs above which a cell is permanent, and from which it is movable.
const PERMANENT_SHARE: f32 = 0.7;
const MOVABLE_SHARE: f32 = 0.04;
/// The hidden model: how likely a cell stays as it is from run to run, how likely a run sees it right, what is
/// believed before the first run.
const STAYS: f32 = 0.9;
const SEEN_RIGHT: f32 = 0.85;
const FIRST_BELIEF: f32 = 0.3;
/// Changes for each run below which a cell is permanent.
const FLIP_RATE: f32 = 0.15;
/// With fewer runs than this, one occupied run makes a cell movable.
const FEW_RUNS: u16 = 5;

#[derive(Clone, Copy)]
struct Evidence {
    log_odds: f32,
    occupied: u16,
    free: u16,
    flips: u16,
    belief: f32,
    last: Option<bool>,
}

impl Evidence {
    const NONE: Self = Self {
        log_odds: 0.0,
        occupied: 0,
        free: 0,
        flips: 0,
        belief: FIRST_BELIEF,
        last: None,
    };

    fn tally(&mut self, tally: Tally) {
        let change = tally.hits as f32 * HIT - tally.misses as f32 * MISS;
        self.log_odds = (self.log_odds + change).clamp(CLAMP.0, CLAMP.1);
    }

    fn vote(&mut self, occupied: bool) {
        let expected = self.belief * STAYS + (1.0 - self.belief) * (1.0 - STAYS);
        let likely = if occupied { SEEN_RIGHT } else { 1.0 - SEEN_RIGHT };
        self.belief = expected * likely / (expected * likely + (1.0 - expected) * (1.0 - likely));
        self.flips += u16::from(self.last.is_some_and(|last| last != occupied));
        self.last = Some(occupied);
        let count = if occupied {
            &mut self.occupied
        } else {
            &mut self.free
        };
        *count += 1;
    }

    fn runs(self) -> u16 {
        self.occupied + self.free
    }

    /// Occupancy mapping over all scans (Moravec and Elfes 1985): it knows nothing of movable things.
    fn by_log_odds(self) -> CellClass {
        if self.log_odds > 0.0 {
            CellClass::Permanent
        } else {
            CellClass::Free
        }
    }

    fn by_occupied_fraction(self) -> CellClass {
        let share = f32::from(self.occupied) / f32::from(self.runs());
        if share > PERMANENT_SHARE {
            CellClass::Permanent
        } else if share >= MOVABLE_SHARE {
            CellClass::Movable
        } else {
            CellClass::Free
        }
    }

    /// A cell as a hidden Markov model of two states (Meyer-Delius, Beinhofer and Burgard 2012).
    fn by_hidden_markov(self) -> CellClass {
        let flip_rate = f32::from(self.flips) / f32::from(self.runs().saturating_sub(1).max(1));
        if flip_rate < FLIP_RATE && self.belief > 0.5 {
            CellClass::Permanent
        } else if self.occupied >= 2 || (self.occupied == 1 && self.runs() < FEW_RUNS) {
            CellClass::Movable
        } else {
            CellClass::Free
        }
    }
}

/// A classifier of the literature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Baseline {
    LogOdds,
    OccupiedFraction,
    HiddenMarkov,
}

impl Baseline {
    pub(crate) const ALL: [Self; 3] = [Self::LogOdds, Self::OccupiedFraction, Self::HiddenMarkov];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::LogOdds => "log_odds",
            Self::OccupiedFraction => "occupied_fraction",
            Self::HiddenMarkov => "hmm",
        }
    }
}

/// The evidence that the baselines go by.
pub(crate) struct Baselines {
    cells: Grid<Evidence>,
}

impl Baselines {
    /// Evidence of no run, over the cells of a home.
    pub(crate) fn new(home: &Mask) -> Result<Self, GridError> {
        let cells = Grid::filled(home.origin(), home.width(), home.height(), Evidence::NONE)?;
        Ok(Self { cells })
    }

    /// Enters a run.
    pub(crate) fn enter(&mut self, tallies: &Grid<Tally>, run: &RunMap) {
        for (cell, tally) in tallies.iter() {
            let Some(mut evidence) = self.cells.get(cell) else {
                continue;
            };
            evidence.tally(tally);
            match run.get(cell) {
                RunCell::Unknown => {}
                RunCell::Free => evidence.vote(false),
                RunCell::Occupied | RunCell::Touched => evidence.vote(true),
            }
            self.cells.set(cell, evidence);
        }
    }

    /// The cells that any run voted on.
    pub(crate) fn seen(&self) -> Mask {
        self.cells.map(|evidence| evidence.runs() > 0)
    }

    pub(crate) fn classes(&self, by: Baseline) -> Grid<CellClass> {
        self.cells.map(|evidence| match by {
            _ if evidence.runs() == 0 => CellClass::Unknown,
            Baseline::LogOdds => evidence.by_log_odds(),
            Baseline::OccupiedFraction => evidence.by_occupied_fraction(),
            Baseline::HiddenMarkov => evidence.by_hidden_markov(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapping::CellIndex;

    fn classes(votes: &[bool]) -> [CellClass; 3] {
        let cell = CellIndex::new(0, 0);
        let home = Grid::filled(cell, 1, 1, false).unwrap();
        let mut baselines = Baselines::new(&home).unwrap();
        for occupied in votes {
            let (hits, misses) = if *occupied { (5, 0) } else { (0, 5) };
            let tallies = home.map(|_| Tally { hits, misses });
            let mut run = RunMap::new();
            run.set(
                cell,
                if *occupied {
                    RunCell::Occupied
                } else {
                    RunCell::Free
                },
            );
            baselines.enter(&tallies, &run);
        }
        Baseline::ALL.map(|by| baselines.classes(by).get(cell).unwrap())
    }

    #[test]
    fn what_every_run_saw_is_permanent_for_all() {
        assert_eq!(classes(&[true; 6]), [CellClass::Permanent; 3]);
        assert_eq!(classes(&[false; 6]), [CellClass::Free; 3]);
        assert_eq!(classes(&[]), [CellClass::Unknown; 3]);
    }

    #[test]
    fn what_comes_and_goes_is_movable_but_for_log_odds() {
        let [log_odds, fraction, hidden] = classes(&[true, false, true, false, false]);
        assert_ne!(log_odds, CellClass::Movable);
        assert_eq!((fraction, hidden), (CellClass::Movable, CellClass::Movable));
    }
}
