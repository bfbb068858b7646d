//! The bill of the standard day, as the program prints it: CI fails when a robot becomes dearer than it may be.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use std::process::Command;

use serde_json::Value;

/// What somebody with a stolen secret may cost, USD per hour.
const STOLEN: [(&str, f64); 2] = [("stolen_robot_key", 3.0), ("stolen_phone_token", 0.12)];

/// What each design may cost, USD per robot and year.
const LIMITS: [(&str, f64); 2] = [("without_live_view", 0.067), ("with_live_view", 0.09)];

fn bill() -> Value {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sweepline"));
    let output = program.args(["bill", "--json"]).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn usd(bill: &Value, pointer: &str) -> f64 {
    let found = bill.pointer(pointer).and_then(Value::as_f64);
    found.unwrap_or_else(|| panic!("the bill has no {pointer}"))
}

#[test]
fn a_robot_costs_what_it_may() {
    let bill = bill();
    let played = &bill["without_live_view"]["played"];
    for (what, least, most) in [("run_minutes", 55.0, 70.0), ("run_square_metres", 90.0, 112.0)] {
        let found = played[what].as_f64().unwrap();
        assert!((least..most).contains(&found), "{what}: {found}");
    }
    for (design, limit) in LIMITS {
        let total = usd(&bill, &format!("/{design}/usd_per_robot_year"));
        assert_eq!(usd(&bill, &format!("/{design}/limit")), limit);
        assert!(
            total <= limit,
            "{design}: {total} USD, the limit is {limit}: {:#}",
            bill[design]
        );
        // A year has 525,600 minutes, and every one of them was connected.
        let connected = usd(&bill, &format!("/{design}/by_feature/connection"));
        assert!((connected - 0.042).abs() < 5e-4, "{design}: {connected}");
        let parts = bill[design]["by_feature"].as_object().unwrap().values();
        let sum: f64 = parts.map(|part| part.as_f64().unwrap()).sum();
        assert!((sum - total).abs() < 1e-9, "{design}");
        let alone = usd(&bill, &format!("/{design}/by_fleet/1"));
        assert!(alone > usd(&bill, &format!("/{design}/by_fleet/1000000")));
    }
    assert!(
        usd(&bill, "/naive/usd_per_robot_year") > 40.0 * usd(&bill, "/without_live_view/usd_per_robot_year")
    );
    for (secret, most) in STOLEN {
        let worst = usd(&bill, &format!("/{secret}/usd_per_hour"));
        assert!((0.01..most).contains(&worst), "{secret}: {worst}");
    }
}
