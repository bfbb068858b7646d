//! The functions' variables are those that the programs read: one that is missing stops a function when it starts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::template;

/// Set by Lambda itself, or by hand while somebody looks for a fault.
const NOT_OURS: [&str; 2] = ["AWS_REGION", "LOG_LEVEL"];
/// What all programs read when they start.
const START: &str = "crates/telemetry/src/start.rs";

/// The names in calls of `variable("…")` and `optional("…")`.
fn read_by(files: &[PathBuf]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for call in ["variable(\"", "optional(\""] {
            let calls = text.split(call).skip(1);
            names.extend(calls.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }
    names.retain(|name| !NOT_OURS.contains(&name.as_str()));
    names
}

fn set_for(wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let template = template();
    let functions = template
        .functions()
        .iter()
        .filter(|function| wanted(&function.binary));
    functions
        .flat_map(|function| function.environment.keys().cloned())
        .collect()
}

#[test]
fn each_variable_is_set_and_read() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let handlers = [
        workspace.join("functions/src/bootstrap.rs"),
        workspace.join(START),
    ];
    assert_eq!(set_for(|binary| binary != "mobile-api"), read_by(&handlers));
    let api = fs::read_dir(workspace.join("mobile-api/src/bin/bootstrap")).unwrap();
    let sources = api
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .chain([workspace.join(START)]);
    assert_eq!(
        set_for(|binary| binary == "mobile-api"),
        read_by(&sources.collect::<Vec<_>>())
    );
}

#[test]
fn no_variable_is_a_secret() {
    for function in template().functions() {
        for name in function.environment.keys() {
            let is_secret = ["KEY", "PASSWORD", "SECRET", "TOKEN"]
                .iter()
                .any(|word| name.contains(word));
            assert!(!is_secret, "{} of {}", name, function.logical_id);
        }
        assert!(function.memory_mb >= 128 && !function.timeout.is_zero());
    }
}
