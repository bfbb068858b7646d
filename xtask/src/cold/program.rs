//! What is measured: the functions, and handlers that do the work of one of them in other languages.

use std::env;
use std::path::PathBuf;

use crate::package;
use crate::project::Project;
use crate::setup;
use crate::setup::cold::{NODE, PYTHON};

/// The function that stores packs of tiles.
pub const INGEST: &str = "map_ingest";
/// The events of packs whose tiles lie on three sheets instead of one.
const WIDE: &str = "map_ingest-wide";

/// How a program is started.
pub struct Program {
    /// Names it in the table, and the events that it takes.
    pub name: String,
    /// What is started.
    pub command: PathBuf,
    /// With these arguments.
    pub arguments: Vec<PathBuf>,
    /// With these variables beside those of every function.
    pub variables: Vec<(&'static str, PathBuf)>,
}

/// The functions in `folder`, the one that stores packs also with packs of three sheets.
pub fn functions(project: &Project, folder: PathBuf) -> anyhow::Result<Vec<Program>> {
    let named = |name: &str, program: &str| Program {
        name: name.to_owned(),
        command: folder.join(program),
        arguments: Vec::new(),
        variables: Vec::new(),
    };
    let names = package::functions(project)?;
    let mut programs: Vec<_> = names.iter().map(|name| named(name, name)).collect();
    programs.push(named(WIDE, INGEST));
    Ok(programs)
}

/// The handlers in other languages, but for those whose packages cannot be had here, which it says.
pub fn others(project: &Project) -> Vec<Program> {
    let found = [("Node.js", node(project)), ("Python", python(project))];
    let had = |(language, program): (&str, anyhow::Result<Program>)| {
        let skipped = |error: anyhow::Error| println!("Skipped the handler in {language}: {error:#}.");
        program.map_err(skipped).ok()
    };
    found.into_iter().filter_map(had).collect()
}

fn node(project: &Project) -> anyhow::Result<Program> {
    let packages = setup::cold::node_modules(project)?;
    let path = env::var_os("PATH").unwrap_or_default().into();
    Ok(Program {
        name: "node".to_owned(),
        command: "node".into(),
        arguments: vec![project.root.join(NODE).join("map_ingest.cjs")],
        variables: vec![("NODE_PATH", packages), ("PATH", path)],
    })
}

fn python(project: &Project) -> anyhow::Result<Program> {
    Ok(Program {
        name: "python".to_owned(),
        command: setup::cold::python(project)?,
        arguments: vec![project.root.join(PYTHON).join("map_ingest.py")],
        variables: Vec::new(),
    })
}
