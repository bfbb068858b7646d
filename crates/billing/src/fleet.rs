//! What is paid each month however many robots there are, and its share in the bill of one.

use crate::standard_day::MONTHS_PER_YEAR;
use crate::{Bill, Feature, Prices, Unit, Usage};

/// The fleets that a bill is spread over, robots.
pub const FLEET_SIZES: [u32; 3] = [1, 1_000, 1_000_000];

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
    /// A year of it.
    pub fn usage_per_year(&self) -> Usage {
        let of = |unit, count: u32| (unit, f64::from(count) * MONTHS_PER_YEAR);
        let mut usage = Usage::default();
        for (unit, months) in [
            of(Unit::AlarmMonth, self.alarms),
            of(Unit::MetricMonth, self.metrics),
            of(Unit::KeyMonth, self.keys),
        ] {
            usage.add(Feature::Operations, unit, months);
        }
        usage
    }

    /// US dollars per month.
    pub fn usd_per_month(&self, prices: &Prices) -> f64 {
        Bill::new(&self.usage_per_year(), prices).total() / MONTHS_PER_YEAR
    }

    /// One robot's part in a year, US dollars, when `robots` share it.
    pub fn usd_per_robot_year(&self, prices: &Prices, robots: u32) -> f64 {
        Bill::new(&self.usage_per_year(), prices).total() / f64::from(robots.max(1))
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
        assert!((fixed.usd_per_robot_year(&prices, 1) - 19.2).abs() < 1e-9);
        assert!((fixed.usd_per_robot_year(&prices, 1_000_000) - 19.2e-6).abs() < 1e-12);
    }
}
