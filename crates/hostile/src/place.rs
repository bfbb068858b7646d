//! Places in JSON at which something else can be put.

use serde_json::Value;

/// Stands where something is put that is no JSON; nothing that is sent has it.
const HERE: &str = "@@HERE@@";
/// Milliseconds of times begin here, in 2001.
const FIRST_TIME: i64 = 1_000_000_000_000;

/// What becomes of `good` with each of `texts` at each of `places`.
pub(crate) fn put(good: &Value, places: &[String], texts: &[&str]) -> Vec<Vec<u8>> {
    let mut payloads = Vec::new();
    for place in places {
        let mut marked = good.clone();
        *marked.pointer_mut(place).unwrap() = Value::from(HERE);
        let marked = marked.to_string();
        let mark = format!("\"{HERE}\"");
        payloads.extend(
            texts
                .iter()
                .map(|text| marked.replacen(&mark, text, 1).into_bytes()),
        );
    }
    payloads
}

/// Where numbers are.
pub(crate) fn numbers(good: &Value) -> Vec<String> {
    places(good, &Value::is_number)
}

/// Where whole numbers are.
pub(crate) fn integers(good: &Value) -> Vec<String> {
    places(good, &|value| value.is_i64() || value.is_u64())
}

/// Where texts are.
pub(crate) fn strings(good: &Value) -> Vec<String> {
    places(good, &Value::is_string)
}

/// Where lists are.
pub(crate) fn arrays(good: &Value) -> Vec<String> {
    places(good, &Value::is_array)
}

/// Where ids are, such as `run_…`.
pub(crate) fn ids(good: &Value) -> Vec<String> {
    let is_id = |text: &str| text.split_once('_').is_some_and(|(_, ulid)| ulid.len() == 26);
    places(good, &|value| value.as_str().is_some_and(is_id))
}

/// Where times are: milliseconds, or texts with a colon.
pub(crate) fn times(good: &Value) -> Vec<String> {
    places(good, &|value| match value {
        Value::String(text) => text.contains(':'),
        other => other.as_i64().is_some_and(|number| number >= FIRST_TIME),
    })
}

/// The pointers of all values that are wanted; of a long list only the first entries are looked at.
fn places(good: &Value, wanted: &dyn Fn(&Value) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    look(good, String::new(), wanted, &mut found);
    found
}

fn look(value: &Value, place: String, wanted: &dyn Fn(&Value) -> bool, found: &mut Vec<String>) {
    const ENTRIES: usize = 3;
    if !place.is_empty() && wanted(value) {
        found.push(place.clone());
    }
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                look(field, format!("{place}/{name}"), wanted, found);
            }
        }
        Value::Array(entries) => {
            for (at, entry) in entries.iter().take(ENTRIES).enumerate() {
                look(entry, format!("{place}/{at}"), wanted, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
