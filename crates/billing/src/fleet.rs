//! What is paid each month however many robots there are, and its share in the bill of one.

use crate::standard_day::MONTHS_PER_YEAR;
use crate::{Bill, Feature, Prices, Unit, Usage};

/// The fleets that a bill is spread over, robots.
pub const FLEET_SIZES: [u32; 3] = [1, 1_000, 1_000_000];

/// In how many hours of the standard day one robot gives a metric a value. A metric is charged by the hour that it has
/// one in, so that the metrics of a small fleet cost less.
pub const METRIC_HOURS_PER_DAY: f64 = 3.0;

/// What a deployment has of things that are paid by the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FixedCosts {
    /// Alarms.
    pub alarms: u32,
    /// Metrics of its own.
    pub metrics: u32,
    /// Encryption keys of its own.
    pub keys: u32,
}

impl FixedCosts {
    /// A year of it, for a fleet of `robots`.
    fn usage_per_year(&self, robots: u32) -> Usage {
        let metered = (f64::from(robots) * METRIC_HOURS_PER_DAY / 24.0).min(1.0);
        let mut usage = Usage::default();
        for (unit, count, share) in [
            (Unit::AlarmMonth, self.alarms, 1.0),
            (Unit::MetricMonth, self.metrics, metered),
            (Unit::KeyMonth, self.keys, 1.0),
        ] {
            usage.add(
                Feature::Operations,
                unit,
                f64::from(count) * share * MONTHS_PER_YEAR,
            );
        }
        usage
    }

    /// US dollars per month, of a fleet that gives each metric a value in every hour.
    pub fn usd_per_month(&self, prices: &Prices) -> f64 {
        Bill::new(&self.usage_per_year(u32::MAX), prices).total() / MONTHS_PER_YEAR
    }

    /// One robot's part in a year, US dollars, when `robots` share it.
    pub fn usd_per_robot_year(&self, prices: &Prices, robots: u32) -> f64 {
        Bill::new(&self.usage_per_year(robots), prices).total() / f64::from(robots.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fixed_is_spread() {
        let prices = Prices::published().unwrap();
        let fixed = FixedCosts {
            alarms: 10,
            metrics: 2,
            keys: 0,
        };
        assert!((fixed.usd_per_month(&prices) - 1.6).abs() < 1e-12);
        // Twelve months of ten alarms for 0.10 and of two metrics for 0.30, these an eighth of the time.
        assert!((fixed.usd_per_robot_year(&prices, 1) - 12.9).abs() < 1e-9);
        assert!((fixed.usd_per_robot_year(&prices, 8) - 2.4).abs() < 1e-9);
        assert!((fixed.usd_per_robot_year(&prices, 1_000_000) - 19.2e-6).abs() < 1e-12);
    }
}
