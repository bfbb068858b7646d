//! Usage times prices.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Feature, Prices, Service, Unit, Usage};

/// One count and what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Line {
    /// For what.
    pub feature: Feature,
    /// Of which unit.
    pub unit: Unit,
    /// How many.
    pub amount: f64,
    /// US dollars.
    pub usd: f64,
}

/// What a usage costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Bill {
    lines: Vec<Line>,
}

impl Bill {
    /// What `usage` costs at `prices`.
    pub fn new(usage: &Usage, prices: &Prices) -> Self {
        let line = |(feature, unit, amount)| Line {
            feature,
            unit,
            amount,
            usd: amount * prices.usd(unit),
        };
        Self {
            lines: usage.iter().map(line).collect(),
        }
    }

    /// Every count, by feature and unit.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// All of it, US dollars.
    pub fn total(&self) -> f64 {
        self.lines.iter().map(|line| line.usd).sum()
    }

    /// US dollars by who charges.
    pub fn by_service(&self) -> BTreeMap<Service, f64> {
        self.sums(|line| line.unit.service())
    }

    /// US dollars by what they are for.
    pub fn by_feature(&self) -> BTreeMap<Feature, f64> {
        self.sums(|line| line.feature)
    }

    fn sums<K: Ord>(&self, key: impl Fn(&Line) -> K) -> BTreeMap<K, f64> {
        let mut sums = BTreeMap::new();
        for line in &self.lines {
            *sums.entry(key(line)).or_default() += line.usd;
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A day worked out by hand from the price pages: 1,440 minutes, 10 messages of Basic Ingest with a function and
    /// a write each, 6 requests to the API.
    #[test]
    fn a_day_worked_out_by_hand() {
        let usage = Usage::default()
            .with(Feature::Connection, Unit::ConnectionMinute, 1_440.0)
            .with(Feature::Map, Unit::RuleTrigger, 10.0)
            .with(Feature::Map, Unit::RuleAction, 10.0)
            .with(Feature::Map, Unit::FunctionRequest, 10.0)
            .with(Feature::Map, Unit::WriteUnit, 10.0)
            .with(Feature::App, Unit::ApiRequest, 6.0);
        let bill = Bill::new(&usage, &Prices::published().unwrap());
        let by_service = bill.by_service();
        // 1,440 × 0.08 + 10 × (0.15 + 0.15) = 118.2 millionths
        assert!((by_service[&Service::Iot] * 1e6 - 118.2).abs() < 1e-9);
        assert!((by_service[&Service::Lambda] * 1e6 - 2.0).abs() < 1e-9);
        assert!((by_service[&Service::DynamoDb] * 1e6 - 6.25).abs() < 1e-9);
        assert!((by_service[&Service::ApiGateway] * 1e6 - 6.0).abs() < 1e-9);
        assert!((bill.total() * 1e6 - 132.45).abs() < 1e-9);
        assert!((bill.by_feature()[&Feature::Map] * 1e6 - 11.25).abs() < 1e-9);
        assert!((bill.by_feature().values().sum::<f64>() - bill.total()).abs() < 1e-15);
    }
}
