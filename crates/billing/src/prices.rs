//! What each unit costs, with where and when that was read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Unit;

const PUBLISHED: &str = include_str!("../prices.json");
/// The letters of a date such as `2026-11-22`.
const DATE_LENGTH: usize = 10;

/// How a price is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Read in copies of the page that agree; the page itself shows its figures only to a browser.
    Copies,
    /// Remembered; to be checked before somebody rests on it.
    Remembered,
}

/// The price of one unit, at the first tier and without any free tier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Of what.
    pub unit: Unit,
    /// US dollars for `per` units.
    pub usd: f64,
    /// For how many units.
    pub per: f64,
    /// The page that the price is from.
    pub source: String,
    /// When it was read, as `YYYY-MM-DD`.
    pub date: String,
    /// How it is known.
    pub evidence: Evidence,
}

/// Why a price list cannot be used.
#[derive(Debug, Error)]
pub enum PriceError {
    /// It is not a price list.
    #[error("the price list cannot be read")]
    Json(#[from] serde_json::Error),
    /// A unit has no price.
    #[error("prices: {0:?} is missing")]
    Missing(Unit),
    /// A unit has two prices.
    #[error("prices: {0:?} is there twice")]
    Twice(Unit),
    /// A price makes no sense.
    #[error("prices: {unit:?}: {field} {reason}")]
    Unusable {
        /// Of what.
        unit: Unit,
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// One price for every unit, in one region.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    region: String,
    by_unit: BTreeMap<Unit, Price>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceList {
    region: String,
    prices: Vec<Price>,
}

impl Prices {
    /// The list that comes with this crate.
    ///
    /// # Errors
    /// [`PriceError`] if the list were not whole.
    pub fn published() -> Result<Self, PriceError> {
        Self::from_json(PUBLISHED)
    }

    /// Reads a list and checks that every unit has one price with a source and a date.
    ///
    /// # Errors
    /// [`PriceError`] names the unit and what is wrong with it.
    pub fn from_json(json: &str) -> Result<Self, PriceError> {
        let list: PriceList = serde_json::from_str(json)?;
        let mut by_unit = BTreeMap::new();
        for price in list.prices {
            check(&price)?;
            let unit = price.unit;
            if by_unit.insert(unit, price).is_some() {
                return Err(PriceError::Twice(unit));
            }
        }
        match Unit::ALL.into_iter().find(|unit| !by_unit.contains_key(unit)) {
            Some(unit) => Err(PriceError::Missing(unit)),
            None => Ok(Self {
                region: list.region,
                by_unit,
            }),
        }
    }

    /// Where these prices hold.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// US dollars for one unit.
    pub fn usd(&self, unit: Unit) -> f64 {
        // A list without the unit is refused when it is read.
        self.by_unit.get(&unit).map_or(0.0, |price| price.usd / price.per)
    }

    /// All prices, by unit.
    pub fn iter(&self) -> impl Iterator<Item = &Price> {
        self.by_unit.values()
    }
}

fn check(price: &Price) -> Result<(), PriceError> {
    let unusable = |field, reason| PriceError::Unusable {
        unit: price.unit,
        field,
        reason,
    };
    if !(price.usd.is_finite() && price.usd > 0.0) {
        return Err(unusable("usd", "must be a positive number"));
    }
    if !(price.per.is_finite() && price.per >= 1.0) {
        return Err(unusable("per", "must be 1 or more"));
    }
    if !price.source.starts_with("https://") {
        return Err(unusable("source", "must be an https address"));
    }
    let is_date = price.date.len() == DATE_LENGTH
        && price
            .date
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !is_date {
        return Err(unusable("date", "must be written YYYY-MM-DD"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_has_a_price_with_source_and_date() {
        let prices = Prices::published().unwrap();
        assert_eq!(prices.iter().count(), Unit::ALL.len());
        assert_eq!(prices.region(), "us-east-1");
        assert!((prices.usd(Unit::ConnectionMinute) * 60.0 * 24.0 * 365.0 - 0.042).abs() < 1e-4);
    }

    #[test]
    fn a_list_that_is_not_whole_names_the_unit() {
        let mut list: serde_json::Value = serde_json::from_str(PUBLISHED).unwrap();
        let prices = list["prices"].as_array_mut().unwrap();
        let taken = prices.pop().unwrap();
        let error = Prices::from_json(&list.to_string()).unwrap_err();
        assert!(matches!(error, PriceError::Missing(_)), "{error}");

        let prices = list["prices"].as_array_mut().unwrap();
        prices.extend([taken.clone(), taken.clone()]);
        let error = Prices::from_json(&list.to_string()).unwrap_err();
        assert!(matches!(error, PriceError::Twice(_)), "{error}");

        list["prices"].as_array_mut().unwrap().pop();
        list["prices"][0]["source"] = "somebody said so".into();
        let error = Prices::from_json(&list.to_string()).unwrap_err().to_string();
        assert!(error.contains("source must be an https address"), "{error}");
    }
}
