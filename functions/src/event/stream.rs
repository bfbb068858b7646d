//! Records of the table's change stream.

use domain::id::RobotId;
use domain::{FieldError, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use store::{ErasureKey, RunKey, robot_of_record};

use super::shaped;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StreamEvent {
    records: Vec<Value>,
}

#[derive(Deserialize)]
struct Record {
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    pk: Text,
    sk: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Text {
    s: String,
}

/// The runs whose records changed, each on its own, so that one bad record does not hide the others.
///
/// # Errors
/// The outer error says that the event has no list of records.
pub fn changed_runs(event: &Value) -> Result<Vec<Result<RunKey, FieldError>>, FieldError> {
    each(event, |pk, sk| {
        RunKey::parse(pk, sk).ok_or_else(|| FieldError::new("dynamodb.Keys", "are not those of a run"))
    })
}

/// When the oldest change of an event was made, to the second; `None` where the event does not say.
pub fn oldest_change(event: &Value) -> Option<Timestamp> {
    let records = event.get("Records")?.as_array()?.iter();
    let made = records.filter_map(|record| record.pointer("/dynamodb/ApproximateCreationDateTime")?.as_f64());
    made.map(|seconds| Timestamp::from_millis((seconds * 1000.0) as i64))
        .min()
}

/// The erasures that have begun, each on its own.
///
/// # Errors
/// The outer error says that the event has no list of records.
pub fn begun_erasures(event: &Value) -> Result<Vec<Result<ErasureKey, FieldError>>, FieldError> {
    each(event, |pk, sk| {
        ErasureKey::parse(pk, sk)
            .ok_or_else(|| FieldError::new("dynamodb.Keys", "are not those of an erasure"))
    })
}

/// The robots whose own records changed; the copies that lie with their homes are passed over.
///
/// # Errors
/// The event has no list of records, or one of them no keys.
pub fn changed_robots(event: &Value) -> Result<Vec<RobotId>, FieldError> {
    let robots = each(event, |pk, sk| Ok(robot_of_record(pk, sk)))?;
    let robots = robots.into_iter().filter_map(Result::transpose);
    robots.collect()
}

/// What `parse` reads from the keys of each record.
fn each<K>(
    event: &Value,
    parse: impl Fn(&str, &str) -> Result<K, FieldError>,
) -> Result<Vec<Result<K, FieldError>>, FieldError> {
    let StreamEvent { records } = shaped(event)?;
    let key = |record| {
        let Record {
            dynamodb: Change { keys },
        } = shaped(record)?;
        parse(&keys.pk.s, &keys.sk.s)
    };
    Ok(records.iter().map(key).collect())
}
