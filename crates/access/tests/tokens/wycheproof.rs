//! The vectors of C2SP/wycheproof for signatures and key sets: what is invalid is never opened.

use std::path::PathBuf;

use access::KeySet;
use serde_json::{Value, json};

/// Vectors marked invalid that are byte for byte a valid one: their padding was lost when the file was written again.
const NOT_INVALID: [u64; 2] = [367, 370];

fn read(file: &str) -> Option<Value> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var_os("SWEEPLINE_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    let path = data.join("security/wycheproof").join(file);
    let text = std::fs::read_to_string(&path);
    if text.is_err() {
        println!("skipped: there is no {}", path.display());
    }
    serde_json::from_str(&text.ok()?).ok()
}

/// What came of all vectors of a file.
#[derive(Debug, Default)]
struct Tally {
    valid_opened: usize,
    invalid_refused: usize,
    invalid_opened: Vec<u64>,
}

impl Tally {
    fn print(&self, row: &str) {
        let opened = self.invalid_opened.len();
        println!("{row}: {} tried, {opened} failed", self.invalid_refused + opened);
    }
}

fn tally(document: &Value) -> Tally {
    let mut tally = Tally::default();
    for group in document["testGroups"].as_array().unwrap() {
        let keys = group.get("public").or_else(|| group.get("private")).unwrap();
        let set = if keys.get("keys").is_some() {
            keys.clone()
        } else {
            json!({"keys": [named(keys)]})
        };
        let set = KeySet::from_jwks(&set.to_string());
        for test in group["tests"].as_array().unwrap() {
            let (id, valid) = (test["tcId"].as_u64().unwrap(), test["result"] == "valid");
            let token = test["jws"].as_str().unwrap_or_default();
            let opened = set.as_ref().is_ok_and(|set| set.open(token).is_ok());
            match (opened, valid || NOT_INVALID.contains(&id)) {
                (true, true) => tally.valid_opened += 1,
                (true, false) => tally.invalid_opened.push(id),
                (false, false) => tally.invalid_refused += 1,
                (false, true) => {}
            }
        }
    }
    tally
}

/// A key without a name gets one, so that it is not refused for that alone.
fn named(key: &Value) -> Value {
    let mut key = key.clone();
    key.as_object_mut()
        .unwrap()
        .entry("kid")
        .or_insert_with(|| json!("unnamed"));
    key
}

#[test]
fn no_invalid_signature_is_opened() {
    let Some(document) = read("json_web_signature_test.json") else {
        return;
    };
    let tally = tally(&document);
    tally.print("S3 signatures");
    assert!(tally.invalid_opened.is_empty(), "{:?}", tally.invalid_opened);
    assert_eq!(tally.invalid_refused, 353);
    assert!(
        tally.valid_opened >= 4,
        "the ES256 and RS256 vectors with a key id"
    );
}

#[test]
fn no_faulty_key_set_opens_anything() {
    let Some(document) = read("json_web_key_test.json") else {
        return;
    };
    let tally = tally(&document);
    tally.print("S3 keys");
    assert!(tally.invalid_opened.is_empty(), "{:?}", tally.invalid_opened);
    assert!(tally.valid_opened >= 1, "the RS256 vector");
}
