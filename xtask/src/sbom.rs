//! What the programs are made of: a software bill of materials in the form of CycloneDX 1.5 for each.

use std::collections::BTreeSet;
use std::fs;

use anyhow::Context;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use serde_json::{Value, json};

use crate::project::Project;

/// The packages whose programs run at a user's.
const PROGRAMS: [&str; 4] = ["device-agent", "functions", "mobile-api", "sweepline"];
/// Where the bills go, in the target folder.
const FOLDER: &str = "sbom";

/// Writes a bill for each program.
///
/// # Errors
/// Cargo's, when the lock file does not fit the manifests, or the disk's.
pub fn write(project: &Project) -> anyhow::Result<()> {
    let mut command = MetadataCommand::new();
    command.current_dir(&project.root);
    let metadata = command.other_options(vec!["--locked".to_owned()]).exec()?;
    let folder = project.target.join(FOLDER);
    fs::create_dir_all(&folder)?;
    for program in PROGRAMS {
        let (bill, components) = bill(&metadata, program)?;
        let path = folder.join(format!("{program}.cdx.json"));
        fs::write(&path, serde_json::to_vec_pretty(&bill)?)?;
        println!("{}: {components} components", path.display());
    }
    Ok(())
}

/// The bill of a program, and the number of components in it.
fn bill(metadata: &Metadata, program: &str) -> anyhow::Result<(Value, usize)> {
    let root = metadata
        .workspace_packages()
        .into_iter()
        .find(|package| package.name == program)
        .with_context(|| format!("{program}: is no package of the workspace"))?;
    let linked = linked(metadata, &root.id)?;
    let parts = metadata
        .packages
        .iter()
        .filter(|package| package.id != root.id && linked.contains(&package.id));
    let components: Vec<Value> = parts.map(|package| component(package, "library")).collect();
    let number = components.len();
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(root, "application")},
        "components": components,
        "dependencies": dependencies(metadata, &linked)?,
    });
    Ok((bill, number))
}

/// A package and everything that is linked into it, its own tests and build scripts left out.
fn linked(metadata: &Metadata, root: &PackageId) -> anyhow::Result<BTreeSet<PackageId>> {
    let (mut linked, mut open) = (BTreeSet::new(), vec![root.clone()]);
    while let Some(package) = open.pop() {
        if linked.insert(package.clone()) {
            open.extend(uses(metadata, &package)?.cloned());
        }
    }
    Ok(linked)
}

fn uses<'a>(
    metadata: &'a Metadata,
    package: &PackageId,
) -> anyhow::Result<impl Iterator<Item = &'a PackageId>> {
    let resolved = metadata.resolve.as_ref().context("cargo resolved nothing")?;
    let node = resolved.nodes.iter().find(|node| node.id == *package);
    let node = node.with_context(|| format!("{package}: cargo did not resolve it"))?;
    let is_linked = |kind: &cargo_metadata::DepKindInfo| kind.kind == DependencyKind::Normal;
    let linked = node
        .deps
        .iter()
        .filter(move |used| used.dep_kinds.iter().any(is_linked));
    Ok(linked.map(|used| &used.pkg))
}

fn component(package: &Package, kind: &str) -> Value {
    let (name, version) = (package.name.as_str(), package.version.to_string());
    let mut component = json!({
        "type": kind,
        "bom-ref": reference(package),
        "name": name,
        "version": version,
    });
    if package.source.is_some() {
        component["purl"] = reference(package).into();
    }
    if let Some(license) = &package.license {
        // Older manifests write a slash where SPDX has a word.
        component["licenses"] = json!([{"expression": license.replace('/', " OR ")}]);
    }
    component
}

/// The package URL of a crate.
fn reference(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version)
}

fn dependencies(metadata: &Metadata, linked: &BTreeSet<PackageId>) -> anyhow::Result<Vec<Value>> {
    let of = |id: &PackageId| reference(&metadata[id]);
    linked
        .iter()
        .map(|package| {
            let used: BTreeSet<String> = uses(metadata, package)?.map(of).collect();
            Ok(json!({"ref": of(package), "dependsOn": used}))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agents_bill_names_what_it_is_made_of_and_nothing_of_the_clouds() {
        let metadata = MetadataCommand::new().exec().unwrap();
        let (bill, _) = bill(&metadata, "device-agent").unwrap();
        let components = bill["components"].as_array().unwrap();
        let find = |name: &str| components.iter().find(|component| component["name"] == name);
        let client = find("rumqttc-next").unwrap();
        assert_eq!(client["licenses"][0]["expression"], "Apache-2.0");
        let url = client["purl"].as_str().unwrap();
        assert!(url.starts_with("pkg:cargo/rumqttc-next@"), "{url}");
        assert!(find("proptest").is_none() && find("aws-sdk-dynamodb").is_none());
        let all = bill["dependencies"].as_array().unwrap();
        assert!(all.iter().any(|one| one["ref"] == url));
        assert!(
            components
                .iter()
                .all(|component| !component["licenses"].is_null())
        );
    }
}
