//! The functions as they are deployed: a zip for each, with the one file that Lambda starts.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::project::Project;
use crate::run::plain;

/// The largest zip of a function, bytes. All of them talk to the table, so that each holds the SDK.
const MAX_ZIP_BYTES: u64 = 3_000_000;
/// The largest zip of the API, bytes: it holds the pages and the registry of devices as well.
const MAX_API_ZIP_BYTES: u64 = 4_500_000;
/// The name that the runtime `provided.al2023` starts.
const ENTRY: &str = "bootstrap";
/// The API's program; the others are those of the package `functions`.
const API: &str = "mobile-api";
/// What the workspace builds for Lambda.
const PROGRAMS: &str = "--release --package functions --package mobile-api --bins";

/// A function's program and its zip.
struct Packed {
    name: String,
    program_bytes: u64,
    zip_bytes: u64,
}

impl Packed {
    fn limit(&self) -> u64 {
        if self.name == API {
            MAX_API_ZIP_BYTES
        } else {
            MAX_ZIP_BYTES
        }
    }
}

/// Builds the release programs, for this machine or with cargo-zigbuild for `target`, writes a zip for each under the
/// target folder, and prints their sizes.
///
/// # Errors
/// When a program cannot be built or packed, or when a zip is larger than it may be.
pub fn run(project: &Project, target: Option<&str>) -> anyhow::Result<()> {
    let programs = build(project, target)?;
    let folder = project.target.join("lambda");
    fs::create_dir_all(&folder)?;
    let mut packed = Vec::new();
    let mut names = functions(project)?;
    names.push(API.to_owned());
    for name in names {
        packed.push(pack(&programs.join(&name), &folder, name)?);
    }
    print(&packed);
    match packed
        .iter()
        .find(|function| function.zip_bytes > function.limit())
    {
        None => Ok(()),
        Some(large) => bail!("{} is larger than {} bytes", large.name, large.limit()),
    }
}

/// Gives the folder with the programs.
fn build(project: &Project, target: Option<&str>) -> anyhow::Result<PathBuf> {
    let Some(target) = target else {
        plain(&mut project.cargo(&format!("build {PROGRAMS}")))?;
        return Ok(project.target.join("release"));
    };
    plain(&mut project.cargo(&format!("zigbuild {PROGRAMS} --target {target}")))
        .context("other processors need `pip install cargo-zigbuild` and `rustup target add` for them")?;
    // A version of glibc may stand behind the target, which the folder's name lacks.
    let folder = target.split_once('.').map_or(target, |(triple, _)| triple);
    Ok(project.target.join(folder).join("release"))
}

/// The programs of the package `functions`, in the order of their names.
pub fn functions(project: &Project) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(project.root.join("functions/src/bin"))? {
        let file = entry?.path();
        let name = file.file_stem().context("a program without a name")?;
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

/// The same program gives the same zip: the file in it has no time of its own.
fn pack(program: &Path, folder: &Path, name: String) -> anyhow::Result<Packed> {
    let path = folder.join(format!("{name}.zip"));
    let options = SimpleFileOptions::DEFAULT
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .unix_permissions(0o755);
    let mut zip = ZipWriter::new(File::create(&path)?);
    zip.start_file(ENTRY, options)?;
    let mut bytes = File::open(program).with_context(|| format!("{name} was not built"))?;
    let program_bytes = io::copy(&mut bytes, &mut zip)?;
    zip.finish()?;
    Ok(Packed {
        name,
        program_bytes,
        zip_bytes: fs::metadata(&path)?.len(),
    })
}

fn print(packed: &[Packed]) {
    println!("{:<18} {:>10} {:>8}", "function", "program", "zip");
    for function in packed {
        let [program, zip] = [function.program_bytes, function.zip_bytes].map(megabytes);
        println!("{:<18} {program:>7.2} MB {zip:>5.2} MB", function.name);
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
