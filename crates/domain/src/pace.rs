//! How long cleaning a floor takes against what is planned: learned from the runs that kept to a plan.

use mapping::coverage::{MAX_CALIBRATION, calibration};
use serde::{Deserialize, Serialize};

/// Seconds of planned cleaning after which what is older counts for half, so that a floor's pace follows its furniture.
pub const PACE_MEMORY_SECONDS: u32 = 10 * 3600;

/// Seconds that were planned without experience, and those that driving took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pace {
    planned: u32,
    driven: u32,
}

impl Pace {
    /// Seconds driven for each second planned, between 1 / [`MAX_CALIBRATION`] and [`MAX_CALIBRATION`]; 1 without
    /// experience.
    pub fn factor(&self) -> f64 {
        calibration([(f64::from(self.planned), f64::from(self.driven))])
    }

    /// The pace after a run that was planned at this pace to take `planned` seconds and took `driven`.
    ///
    /// A run far outside what can be believed counts as the limit.
    pub fn after(&self, planned: u32, driven: u32) -> Self {
        let bare = f64::from(planned) / self.factor();
        let driven = f64::from(driven).clamp(bare / MAX_CALIBRATION, bare * MAX_CALIBRATION);
        let planned = self.planned.saturating_add(bare as u32);
        let driven = self.driven.saturating_add(driven as u32);
        let halvings = u32::from(planned > PACE_MEMORY_SECONDS);
        Self {
            planned: planned >> halvings,
            driven: driven >> halvings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floor_that_takes_half_as_long_again_is_learned_and_then_met() {
        let first = Pace::default().after(1_000, 1_500);
        assert_eq!(first.factor(), 1.5);
        let second = first.after(1_500, 1_500);
        assert!((second.factor() - 1.5).abs() < 1e-3);
    }

    #[test]
    fn one_strange_run_is_held_and_forgotten() {
        let strange = Pace::default().after(1_000, u32::MAX);
        assert_eq!(strange.factor(), MAX_CALIBRATION);
        let after = (0..200).fold(strange, |pace, _| {
            pace.after((1_000.0 * pace.factor()) as u32, 1_000)
        });
        assert!((after.factor() - 1.0).abs() < 0.02, "{}", after.factor());
        assert_eq!(Pace::default().after(0, 0).factor(), 1.0);
    }
}
