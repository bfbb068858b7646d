//! Licences, sources and owners of provider crates, by cargo-deny and `deny.toml`.

use crate::project::Project;
use crate::run::{self, Ended};

/// Runs cargo-deny where it is installed; the advisory database, which it would fetch, is left out.
pub fn check(project: &Project) -> anyhow::Result<Ended> {
    if !run::is_there(&mut project.cargo("deny --version")) {
        let missing = "cargo-deny is not installed: `cargo install cargo-deny` gets it";
        println!("{missing}");
        return Ok(Ended::Skipped(missing.to_owned()));
    }
    run::check(&mut project.cargo("deny check bans licenses sources"))
}
