//! Records of the table's change stream.

use domain::FieldError;
use serde::Deserialize;
use serde_json::Value;
use store::RunKey;

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
    let StreamEvent { records } = shaped(event)?;
    Ok(records.iter().map(run_key).collect())
}

fn run_key(record: &Value) -> Result<RunKey, FieldError> {
    let Record {
        dynamodb: Change { keys },
    } = shaped(record)?;
    RunKey::parse(&keys.pk.s, &keys.sk.s)
        .ok_or_else(|| FieldError::new("dynamodb.Keys", "are not those of a run"))
}
