//! How long a path takes.

use crate::pose::wrap_angle;

use super::drive::length;
use super::request::{Body, PlanRequest};

/// Past runs change the minutes of a plan by at most this factor, up or down.
pub const MAX_CALIBRATION: f64 = 3.0;

/// Minutes that runs took for each minute planned, from `(planned, driven)` minutes of past runs; 1 without any.
///
/// The whole of what was driven over the whole of what was planned, so that a short run counts for little; within
/// 1/[`MAX_CALIBRATION`] and [`MAX_CALIBRATION`]. Runs whose numbers are not positive are left out.
pub fn calibration(past: impl IntoIterator<Item = (f64, f64)>) -> f64 {
    let is_usable = |minutes: f64| minutes > 0.0 && minutes.is_finite();
    let usable = past
        .into_iter()
        .filter(|(planned, driven)| is_usable(*planned) && is_usable(*driven));
    let (planned, driven) = usable.fold((0.0, 0.0), |sum, run| (sum.0 + run.0, sum.1 + run.1));
    if planned > 0.0 {
        (driven / planned).clamp(1.0 / MAX_CALIBRATION, MAX_CALIBRATION)
    } else {
        1.0
    }
}

/// Minutes that a robot takes for a path of positions in metres: for its length and for its turns.
pub fn driving_minutes(body: &Body, path: &[(f64, f64)]) -> f64 {
    let steps = path.iter().zip(path.iter().skip(1)).filter(|(a, b)| a != b);
    let headings: Vec<f64> = steps.map(|(a, b)| (b.1 - a.1).atan2(b.0 - a.0)).collect();
    let turns = headings
        .iter()
        .zip(headings.iter().skip(1))
        .map(|(a, b)| wrap_angle(b - a).abs());
    let half_turns = turns.sum::<f64>() / std::f64::consts::PI;
    (length(path) / body.speed + half_turns * body.half_turn_seconds) / 60.0
}

/// Minutes for a path at the pace that past runs showed.
pub(super) fn minutes(request: &PlanRequest<'_>, path: &[(f64, f64)]) -> f64 {
    driving_minutes(&request.body, path) * request.calibration
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_runs_count_by_their_length() {
        assert_eq!(calibration([]), 1.0);
        assert_eq!(calibration([(10.0, 12.0), (30.0, 36.0)]), 1.2);
        assert_eq!(calibration([(10.0, 10.0), (30.0, 50.0)]), 1.5);
    }

    #[test]
    fn strange_runs_do_not_spoil_a_plan() {
        assert_eq!(calibration([(10.0, 9_000.0)]), MAX_CALIBRATION);
        assert_eq!(
            calibration([(0.0, 9.0), (f64::NAN, 1.0), (10.0, 11.0), (5.0, -1.0)]),
            1.1
        );
    }
}
