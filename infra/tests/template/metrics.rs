//! Alarms watch metrics that functions write, and functions write the metrics that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use telemetry::{METRICS, Metric};

use crate::template;

/// Where functions' code is.
const SOURCES: [&str; 4] = [
    "crates/domain/src",
    "crates/telemetry/src",
    "functions/src",
    "mobile-api/src",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The fields of events that count or measure, as they are written: `monotonic_counter.NAME =`.
fn fields(text: &str) -> impl Iterator<Item = &str> {
    let fields = ["monotonic_counter.", "histogram."].map(|kind| text.match_indices(kind));
    fields.into_iter().flatten().filter_map(|(start, _)| {
        let rest = text.get(start..)?;
        let end = rest.find(|letter: char| !letter.is_ascii_lowercase() && letter != '_' && letter != '.')?;
        rest.get(end..)?.starts_with(" =").then(|| rest.get(..end))?
    })
}

#[test]
fn each_metric_is_written_and_each_that_is_written_is_one() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut written = BTreeSet::new();
    for file in SOURCES.iter().flat_map(|folder| files(&workspace.join(folder))) {
        let text = fs::read_to_string(&file).unwrap();
        for field in fields(&text) {
            let metric = Metric::of(field);
            written.insert(
                metric
                    .unwrap_or_else(|| panic!("{field} in {} is no metric", file.display()))
                    .name,
            );
        }
    }
    assert_eq!(written, METRICS.iter().map(|metric| metric.name).collect());
}

#[test]
fn an_alarm_of_our_namespace_watches_a_metric_as_it_is_written() {
    let template = template();
    let alarms = template.resources().values();
    let alarms = alarms.filter(|resource| resource.kind == "AWS::CloudWatch::Alarm");
    let ours: Vec<_> = alarms
        .map(|alarm| &alarm.properties)
        .filter(|alarm| alarm["Namespace"] == "Sweepline/dev")
        .collect();
    for alarm in &ours {
        let metric = METRICS.iter().find(|metric| alarm["MetricName"] == metric.name);
        assert_eq!(metric.map(|metric| metric.by), Some(None), "{alarm}");
        assert_eq!(
            alarm["Dimensions"],
            serde_json::json!([{"Name": "service", "Value": "sweepline"}])
        );
    }
    assert!(ours.len() >= 2);
}
