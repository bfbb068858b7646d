//! Items of the table: typed in, typed out, and never too large.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::Timestamp;
use domain::ports::StoreError;
use mapping::deflate::{deflate, inflate};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_attribute_value, to_item};

use crate::error::misuse;
use crate::keys::Key;
use crate::table::TABLE_SPEC;

/// The most bytes of one item, a margin below DynamoDB's 400 KB for what its count adds.
pub const MAX_ITEM_BYTES: usize = 390 * 1024;

/// The most bytes that a packed document may expand to.
const MAX_PACKED_PLAIN: usize = 4 * 1024 * 1024;

/// The attributes of an item by name.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// An item that is to be written, and what it is called in errors.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) what: &'static str,
    pub(crate) item: Item,
}

impl Record {
    /// An item with nothing but its key.
    pub(crate) fn new(what: &'static str, key: Key) -> Self {
        Self {
            what,
            item: key.into_item(),
        }
    }

    /// An item with the fields of `value` as its attributes.
    pub(crate) fn of<T: Serialize>(what: &'static str, key: Key, value: &T) -> Result<Self, StoreError> {
        let mut item: Item = to_item(value).map_err(misuse)?;
        item.extend(key.into_item());
        Ok(Self { what, item })
    }

    pub(crate) fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.item.insert(name.to_owned(), value);
        self
    }

    /// Lets the item expire at `at`, at most a second later.
    pub(crate) fn expiring(self, at: Timestamp) -> Self {
        self.with(TABLE_SPEC.ttl, number(expiry(at)))
    }

    /// Refuses what the table could not hold, before anything is sent.
    pub(crate) fn checked(self) -> Result<Self, StoreError> {
        let bytes = item_bytes(&self.item);
        if bytes > MAX_ITEM_BYTES {
            return Err(StoreError::TooLarge {
                what: self.what,
                bytes,
                limit: MAX_ITEM_BYTES,
            });
        }
        Ok(self)
    }
}

pub(crate) fn number(number: impl Display) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn text(text: impl Display) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

pub(crate) fn binary(bytes: Vec<u8>) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

/// A value as one attribute: a map for a struct, null for none.
pub(crate) fn value<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    to_attribute_value(value).map_err(misuse)
}

/// A large document as one binary attribute.
pub(crate) fn packed<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    let plain = serde_json::to_vec(value).map_err(misuse)?;
    Ok(binary(deflate(&plain)))
}

/// Reads the fields of a `T` from an item's attributes.
pub(crate) fn read<T: DeserializeOwned>(what: &'static str, item: Item) -> Result<T, StoreError> {
    from_item(item).map_err(|error| StoreError::Corrupt {
        what,
        reason: error.to_string(),
    })
}

pub(crate) fn read_text<'a>(what: &'static str, item: &'a Item, name: &str) -> Result<&'a str, StoreError> {
    match item.get(name) {
        Some(AttributeValue::S(text)) => Ok(text),
        _ => Err(corrupt(what, name, "is not a text")),
    }
}

/// Reads an attribute whose text form is a `T`, such as an id.
pub(crate) fn read_parsed<T: FromStr>(what: &'static str, item: &Item, name: &str) -> Result<T, StoreError> {
    let text = read_text(what, item, name)?;
    text.parse().map_err(|_| corrupt(what, name, "has another form"))
}

pub(crate) fn read_number<T: FromStr>(what: &'static str, item: &Item, name: &str) -> Result<T, StoreError> {
    let number = match item.get(name) {
        Some(AttributeValue::N(number)) => number.parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| corrupt(what, name, "is not a number of its range"))
}

pub(crate) fn read_binary<'a>(
    what: &'static str,
    item: &'a Item,
    name: &str,
) -> Result<&'a [u8], StoreError> {
    match item.get(name) {
        Some(AttributeValue::B(bytes)) => Ok(bytes.as_ref()),
        _ => Err(corrupt(what, name, "is not binary")),
    }
}

/// Reads what [`packed`] wrote.
pub(crate) fn read_packed<T: DeserializeOwned>(
    what: &'static str,
    item: &Item,
    name: &str,
) -> Result<T, StoreError> {
    let bytes = read_binary(what, item, name)?;
    let plain = inflate(bytes, MAX_PACKED_PLAIN).map_err(|error| corrupt(what, name, error))?;
    serde_json::from_slice(&plain).map_err(|error| corrupt(what, name, error))
}

/// Says what is wrong with one attribute of a stored item.
pub(crate) fn corrupt(what: &'static str, name: &str, reason: impl Display) -> StoreError {
    StoreError::Corrupt {
        what,
        reason: format!("{name}: {reason}"),
    }
}

/// The second in which an item expires that shall be there until `at`.
pub(crate) fn expiry(at: Timestamp) -> i64 {
    at.plus(Duration::from_millis(999)).seconds()
}

/// Whether the item's time has come, although the table may keep it for days.
pub(crate) fn is_expired(item: &Item, now: Timestamp) -> bool {
    let ends = match item.get(TABLE_SPEC.ttl) {
        Some(AttributeValue::N(seconds)) => seconds.parse().unwrap_or(i64::MAX),
        _ => i64::MAX,
    };
    ends <= now.seconds()
}

/// The size that DynamoDB counts, to within a few bytes for each number.
fn item_bytes(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + value_bytes(value))
        .sum()
}

fn value_bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len() / 2 + 2,
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + value_bytes(value)).sum::<usize>(),
        AttributeValue::M(item) => 3 + item.len() + item_bytes(item),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_never_early() {
        let at = Timestamp::from_millis(10_001);
        let record = Record {
            what: "lease",
            item: Item::new(),
        }
        .expiring(at);
        assert!(!is_expired(&record.item, at));
        assert!(is_expired(&record.item, at.plus(Duration::from_secs(1))));
    }

    #[test]
    fn what_the_table_cannot_hold_is_refused_with_its_size() {
        let large = Record {
            what: "run",
            item: Item::new(),
        }
        .with("report", binary(vec![0; MAX_ITEM_BYTES]));
        let error = large.checked().unwrap_err();
        assert!(
            matches!(error, StoreError::TooLarge { what: "run", bytes, .. } if bytes == MAX_ITEM_BYTES + 6)
        );
    }

    #[test]
    fn a_damaged_attribute_is_named() {
        let item = Item::from([("rev".to_owned(), text("seven"))]);
        let error = read_number::<u32>("run tile", &item, "rev").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the stored run tile cannot be read: rev: is not a number of its range"
        );
    }

    #[test]
    fn a_packed_document_comes_back() {
        let track = vec![(1, -2), (3, 4)];
        let item = Item::from([("track".to_owned(), packed(&track).unwrap())]);
        assert_eq!(
            read_packed::<Vec<(i32, i32)>>("run", &item, "track").unwrap(),
            track
        );
    }
}
