//! One id from the phone's request to the map.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use dynoxide::actions::scan::ScanRequest;
use dynoxide::{AttributeValue, Database, Item};
use end_to_end::household::Household;
use end_to_end::stack::Stack;
use serde_json::{Value, json};

const NAMED: &str = "phone-7f3a";

/// The messages of the functions' lines that carry `id`.
fn said_of(logs: &Path, id: &str) -> anyhow::Result<BTreeSet<String>> {
    let text = fs::read_to_string(logs)?;
    let lines = text.lines().map(serde_json::from_str::<Value>);
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    let named = lines.iter().filter(|line| line["correlation_id"] == id);
    Ok(named
        .filter_map(|line| line["message"].as_str().map(str::to_owned))
        .collect())
}

/// The row of the table that says how `run` voted.
fn row_of(data: &Path, run: &str) -> anyhow::Result<Item> {
    let path = data.join("store.db");
    let database = Database::new(path.to_str().context("the path is no text")?);
    let rows = database
        .and_then(|database| {
            database.scan(ScanRequest {
                table_name: "sweepline".to_owned(),
                ..ScanRequest::default()
            })
        })
        .map_err(|error| anyhow!("{error}"))?;
    let is_run = |row: &Item| text(row, "kind") == Some("run") && text(row, "id") == Some(run);
    rows.items
        .into_iter()
        .flatten()
        .find(is_run)
        .context("no row of the run")
}

fn text<'a>(row: &'a Item, name: &str) -> Option<&'a str> {
    match row.get(name) {
        Some(AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}

#[test]
fn a_request_is_followed_up_to_the_row_that_says_how_its_run_changed_the_map() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (data, logs) = (folder.path().join("data"), folder.path().join("functions.log"));
    let stack = Stack::start_logging(&data, &logs)?;
    let household = Household::enter(&stack)?;
    let path = format!("/v1/robots/{}/commands", household.robot);
    let start = json!({"type": "start", "scope": {"kind": "whole_home"}});
    let headers = [("idempotency-key", "morning"), ("x-correlation-id", NAMED)];
    let answer = household.api.post(&path, &start, &headers)?;
    assert_eq!(
        answer.headers.get("x-correlation-id").map(|id| id.as_bytes()),
        Some(NAMED.as_bytes())
    );
    let run = household.run_of(answer)?;
    let voted = household.voted(&run)?;
    assert!(stack.stop()?.success());

    let said = said_of(&logs, NAMED)?;
    for message in ["command sent", "answered", "run reported", "run voted"] {
        assert!(said.contains(message), "{message} is not among {said:?}");
    }
    let row = row_of(&data, &run)?;
    assert_eq!(text(&row, "correlation"), Some(NAMED));
    let Some(AttributeValue::M(vote)) = row.get("vote") else {
        panic!("no vote in {row:?}")
    };
    assert_eq!(text(vote, "floor"), voted["floor"].as_str());
    Ok(())
}
