//! What a learnt map saves: the same home, cleaned by the same robot without a map and with those of earlier runs.

use mapping::coverage::{Body, driving_minutes};
use mapping::{HomeMap, Pose};
use serde_json::{Value, json};

use crate::error::EvalError;
use crate::learning::learn;
use crate::random::Random;
use crate::score::{FineFloor, ratio};
use crate::sim::{Home, Mask, Noise, clean, drive};

/// Runs that the map of the last run is made of.
const RUNS_BEFORE: u32 = 9;
/// How wrong the robot is about where it is while it learns.
const NOISE: Noise = Noise {
    metres: 0.02,
    radians: 0.5 * std::f64::consts::PI / 180.0,
};

/// Minutes and coverage of one way to clean a home.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cleaned {
    pub(super) minutes: f64,
    pub(super) coverage: f64,
}

impl Cleaned {
    fn new(occupied: &Mask, known: Option<&HomeMap>, dock: (f64, f64)) -> Result<Self, EvalError> {
        let path = clean(occupied, known.map(HomeMap::classes).as_ref(), dock);
        Ok(Self {
            minutes: driving_minutes(&Body::default(), &path),
            coverage: FineFloor::new(occupied, dock)?.score(&path).coverage,
        })
    }

    /// Means over some homes.
    pub(super) fn mean(homes: impl ExactSizeIterator<Item = Self>) -> Self {
        let count = homes.len() as f64;
        let (minutes, coverage) = homes.fold((0.0, 0.0), |sum, home| {
            (sum.0 + home.minutes, sum.1 + home.coverage)
        });
        Self {
            minutes: ratio(minutes, count),
            coverage: ratio(coverage, count),
        }
    }

    pub(super) fn figures(self) -> Value {
        json!({"minutes": self.minutes, "coverage": self.coverage})
    }
}

/// One home, as it stands in its tenth run, cleaned without a map, with the map of one run and with that of nine.
///
/// The furniture and the robot, its speeds among them, are the same in all three; only what it knows differs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Saving {
    pub(super) run1: Cleaned,
    pub(super) run2: Cleaned,
    pub(super) run10: Cleaned,
}

impl Saving {
    /// Lets the home be learnt in runs that each find the furniture elsewhere, and cleans it as it is in `occupied`.
    pub(super) fn of(
        home: &Home,
        occupied: &Mask,
        dock: (f64, f64),
        random: &mut Random,
    ) -> Result<Self, EvalError> {
        let (mut map, mut after_one) = (HomeMap::new(), HomeMap::new());
        for n in 1..=RUNS_BEFORE {
            let occupied = home.arrange(random).occupied;
            learn(
                &mut map,
                &drive(&occupied, NOISE, Pose::IDENTITY, random)?.map(),
                n,
            )?;
            if n == 1 {
                after_one = map.clone();
            }
        }
        Ok(Self {
            run1: Cleaned::new(occupied, None, dock)?,
            run2: Cleaned::new(occupied, Some(&after_one), dock)?,
            run10: Cleaned::new(occupied, Some(&map), dock)?,
        })
    }
}
