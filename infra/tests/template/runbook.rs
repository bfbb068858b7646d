//! The runbook says what to do about each alarm, and knows none that is not there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::template;

/// The names in backquotes in the first column of the table of alarms.
fn explained() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("RUNBOOK.md");
    let runbook = fs::read_to_string(path).unwrap();
    let (_, alarms) = runbook.split_once("\n## Alarms\n").unwrap();
    let (alarms, _) = alarms.split_once("\n## ").unwrap();
    let rows = alarms.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows.filter_map(|row| row.split_once(" |"));
    names
        .flat_map(|(names, _)| names.split(", ").map(|name| name.trim_matches('`').to_owned()))
        .collect()
}

#[test]
fn each_alarm_is_explained() {
    let template = template();
    let alarms = template
        .resources()
        .values()
        .filter(|resource| resource.kind == "AWS::CloudWatch::Alarm");
    let names: BTreeSet<String> = alarms
        .map(|alarm| alarm.properties["AlarmName"].as_str().unwrap())
        .map(|name| name.strip_prefix("dev-").unwrap().to_owned())
        .collect();
    assert_eq!(names, explained());
    assert!(names.len() > 10);
}
