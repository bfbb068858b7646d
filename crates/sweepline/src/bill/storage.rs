//! What the table holds: all of it is paid every month, for as long as it is kept.

use std::collections::HashMap;

use anyhow::anyhow;
use billing::standard_day::{DAYS_PER_YEAR, MONTHS_PER_YEAR};
use billing::{Feature, Unit, Usage, steps};
use dynoxide::actions::scan::ScanRequest;
use dynoxide::types::item_size;
use dynoxide::{AttributeValue, Database, Item};
use store::TABLE_SPEC;

use crate::clock::now;

const SECONDS_PER_DAY: f64 = 86_400.0;
/// How long an item that is written anew each day goes on growing, days: the evidence of a floor keeps the last eight
/// runs of each cell, 8 to 11 KB for 100 m² in the evaluation; its things and rooms are as many as they are.
const GROWING_DAYS: f64 = 30.0;
/// What DynamoDB adds to every item, bytes.
const ITEM_OVERHEAD_BYTES: usize = 100;

/// An item, as far as its price goes.
#[derive(Debug, Clone, Copy)]
struct Kept {
    bytes: usize,
    /// How long it will still be kept, days; none for as long as the home is there.
    days: Option<f64>,
}

/// What is in the table at one moment.
pub struct Inventory {
    items: HashMap<(String, String), Kept>,
}

impl Inventory {
    /// Counts everything that is in the table.
    pub fn take(database: &Database, table: &str) -> anyhow::Result<Self> {
        let mut items = HashMap::new();
        let mut start = None;
        loop {
            let request = ScanRequest {
                table_name: table.to_owned(),
                exclusive_start_key: start,
                ..ScanRequest::default()
            };
            let page = database.scan(request).map_err(|error| anyhow!("{error}"))?;
            items.extend(
                page.items
                    .into_iter()
                    .flatten()
                    .map(|item| (key(&item), kept(&item))),
            );
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(Self { items });
            }
        }
    }

    /// What a year of such days takes, on average over the first: what is here now, what each day adds for good, and
    /// what each day adds for a time. What is written anew each day grows for [`GROWING_DAYS`].
    pub fn year_after(&self, before: &Self) -> Usage {
        let mut mean_bytes = before.items.values().map(|kept| kept.bytes as f64).sum::<f64>();
        for (key, kept) in &self.items {
            let (known, lasts) = match before.items.get(key) {
                Some(known) => (known.bytes, GROWING_DAYS),
                None => (0, DAYS_PER_YEAR / 2.0),
            };
            let grown = kept.bytes.saturating_sub(known) as f64;
            mean_bytes += grown * kept.days.unwrap_or(lasts).min(DAYS_PER_YEAR);
        }
        let gb_months = steps::gigabytes(mean_bytes as usize) * MONTHS_PER_YEAR;
        Usage::default()
            .with(Feature::Storage, Unit::TableGbMonth, gb_months)
            .with(Feature::Storage, Unit::BackupGbMonth, gb_months)
    }

    /// All of it, bytes.
    pub fn bytes(&self) -> usize {
        self.items.values().map(|kept| kept.bytes).sum()
    }
}

fn key(item: &Item) -> (String, String) {
    let part = |name: &str| match item.get(name) {
        Some(AttributeValue::S(text)) => text.clone(),
        _ => String::new(),
    };
    (part(TABLE_SPEC.partition_key), part(TABLE_SPEC.sort_key))
}

fn kept(item: &Item) -> Kept {
    let ends = match item.get(TABLE_SPEC.ttl) {
        Some(AttributeValue::N(seconds)) => seconds.parse::<f64>().ok(),
        _ => None,
    };
    Kept {
        bytes: item_size(item) + ITEM_OVERHEAD_BYTES,
        days: ends.map(|ends| ((ends - now().seconds() as f64) / SECONDS_PER_DAY).max(0.0)),
    }
}
