//! Holds the dependency rule of ARCHITECTURE.md over `cargo metadata`: arrows point down, adapters do not see each
//! other, and each provider's crate has one owner.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::ensure;
use serde::Deserialize;

/// Each of our crates with its level: it may use only crates of a lower level, so that crates of one level, such as
/// the adapters, do not see each other.
const LEVELS: [(&str, u8); 26] = [
    ("aws-environment", 0),
    ("billing", 0),
    ("hostile", 0),
    ("mapping", 0),
    ("policy", 0),
    ("rows", 0),
    ("telemetry", 0),
    ("domain", 1),
    ("infra", 1),
    ("device-contract", 2),
    ("memory-store", 2),
    ("wire", 2),
    // Adapters; the agent's MQTT link is one.
    ("access", 3),
    ("device-agent", 3),
    ("iot", 3),
    ("store", 3),
    // Programs and what drives them.
    ("functions", 4),
    ("mobile-api", 4),
    ("simulator", 4),
    ("evaluation", 5),
    ("faults", 5),
    ("sweepline", 6),
    // Beside the product.
    ("end-to-end", 7),
    ("fuzz", 7),
    ("load", 7),
    ("xtask", 7),
];

/// Each provider's crate with its owner, and the crates whose tests may use it too.
const OWNERS: [(&str, &str, &[&str]); 10] = [
    ("argon2", "access", &[]),
    ("aws-sdk-dynamodb", "store", &[]),
    ("aws-sdk-iot", "iot", &[]),
    ("aws-sdk-iotdataplane", "iot", &[]),
    (
        "dynoxide-rs",
        "sweepline",
        &["end-to-end", "functions", "mobile-api", "store"],
    ),
    ("jsonwebtoken", "access", &[]),
    ("lambda_http", "mobile-api", &[]),
    ("lambda_runtime", "functions", &[]),
    ("rmqtt", "sweepline", &[]),
    ("rumqttc-next", "device-agent", &["sweepline"]),
];

/// What the pure crates must not use outside their tests: clocks, sockets, files and threads come from outside.
const IMPURE: [&str; 6] = ["axum", "hyper", "reqwest", "tokio", "tracing-subscriber", "ureq"];
const PURE: [&str; 5] = ["billing", "domain", "mapping", "policy", "wire"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build`, or nothing for what the crate itself uses.
    kind: Option<String>,
    path: Option<String>,
}

impl Package {
    fn uses(&self, name: &str, kind: Option<&str>) -> bool {
        self.dependencies
            .iter()
            .any(|used| used.name == name && used.kind.as_deref() == kind)
    }
}

/// The workspace's own crates with what their manifests ask for.
fn workspace() -> anyhow::Result<Vec<Package>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = cargo
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice::<Metadata>(&output.stdout)?.packages)
}

#[test]
fn arrows_point_down() -> anyhow::Result<()> {
    let levels = BTreeMap::from(LEVELS);
    for package in workspace()? {
        let level = levels.get(package.name.as_str());
        let level = level.unwrap_or_else(|| panic!("{} has no level in this test", package.name));
        for used in package.dependencies.iter().filter(|used| used.path.is_some()) {
            let below = levels.get(used.name.as_str()).is_some_and(|used| used < level);
            assert!(below, "{} must not use {}", package.name, used.name);
        }
    }
    Ok(())
}

#[test]
fn each_providers_crate_has_one_owner() -> anyhow::Result<()> {
    let packages = workspace()?;
    let users = |provider: &str, kind: Option<&str>| -> BTreeSet<String> {
        packages
            .iter()
            .filter(|package| package.uses(provider, kind))
            .map(|package| package.name.clone())
            .collect()
    };
    for (provider, owner, testers) in OWNERS {
        assert_eq!(
            users(provider, None),
            BTreeSet::from([owner.to_owned()]),
            "owners of {provider}"
        );
        let testing = users(provider, Some("dev"));
        let strangers: Vec<_> = testing
            .iter()
            .filter(|user| *user != owner && !testers.contains(&user.as_str()))
            .collect();
        assert!(strangers.is_empty(), "tests of {strangers:?} use {provider}");
    }
    Ok(())
}

#[test]
fn the_rules_do_no_input_and_output() -> anyhow::Result<()> {
    for package in workspace()?
        .iter()
        .filter(|package| PURE.contains(&package.name.as_str()))
    {
        for impure in IMPURE {
            assert!(
                !package.uses(impure, None),
                "{} must not use {impure}",
                package.name
            );
        }
    }
    Ok(())
}
