//! Counted units.

use std::collections::BTreeMap;

use crate::{Feature, Unit};

/// How much of each unit each feature used.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Usage {
    amounts: BTreeMap<(Feature, Unit), f64>,
}

impl Usage {
    /// Counts `amount` more; what is not a positive finite number counts for nothing.
    pub fn add(&mut self, feature: Feature, unit: Unit, amount: f64) {
        if amount.is_finite() && amount > 0.0 {
            *self.amounts.entry((feature, unit)).or_default() += amount;
        }
    }

    /// The same with `amount` more.
    #[must_use]
    pub fn with(mut self, feature: Feature, unit: Unit, amount: f64) -> Self {
        self.add(feature, unit, amount);
        self
    }

    /// Counts all of `other` too.
    pub fn extend(&mut self, other: &Self) {
        for (&(feature, unit), &amount) in &other.amounts {
            self.add(feature, unit, amount);
        }
    }

    /// All of it `times` over.
    #[must_use]
    pub fn times(&self, times: f64) -> Self {
        let mut scaled = Self::default();
        for (&(feature, unit), &amount) in &self.amounts {
            scaled.add(feature, unit, amount * times);
        }
        scaled
    }

    /// What came since `before` was counted.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut grown = Self::default();
        for (&(feature, unit), &amount) in &self.amounts {
            let known = before.amounts.get(&(feature, unit)).copied().unwrap_or_default();
            grown.add(feature, unit, amount - known);
        }
        grown
    }

    /// What all features used of a unit.
    pub fn of_unit(&self, unit: Unit) -> f64 {
        let of_unit = self.amounts.iter().filter(|((_, used), _)| *used == unit);
        of_unit.map(|(_, amount)| amount).sum()
    }

    /// What one feature used of a unit.
    pub fn of(&self, feature: Feature, unit: Unit) -> f64 {
        self.amounts.get(&(feature, unit)).copied().unwrap_or_default()
    }

    /// Every count that is not zero, by feature and unit.
    pub fn iter(&self) -> impl Iterator<Item = (Feature, Unit, f64)> + '_ {
        self.amounts
            .iter()
            .map(|(&(feature, unit), &amount)| (feature, unit, amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_what_is_no_count_does_not() {
        let mut usage = Usage::default().with(Feature::Map, Unit::WriteUnit, 2.0);
        usage.add(Feature::Runs, Unit::WriteUnit, 3.0);
        usage.add(Feature::Map, Unit::WriteUnit, f64::NAN);
        usage.add(Feature::Map, Unit::WriteUnit, -1.0);
        assert_eq!(usage.of_unit(Unit::WriteUnit), 5.0);
        assert_eq!(usage.of(Feature::Map, Unit::WriteUnit), 2.0);
    }

    #[test]
    fn what_came_since_is_the_difference() {
        let before = Usage::default().with(Feature::Map, Unit::Message, 2.0);
        let mut after = before.clone().with(Feature::Map, Unit::Message, 5.0);
        after.add(Feature::App, Unit::ApiRequest, 1.0);
        let since = after.since(&before);
        assert_eq!(
            since.iter().collect::<Vec<_>>(),
            [
                (Feature::Map, Unit::Message, 5.0),
                (Feature::App, Unit::ApiRequest, 1.0)
            ]
        );
    }
}
