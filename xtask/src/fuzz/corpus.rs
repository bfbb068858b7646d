//! What fuzzing found before: an archive for each target in the project, a folder for each where a fuzzer reads it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::FOLDER;
use crate::project::Project;

/// The folder that a fuzzer of `target` reads, with what the project keeps for it, or empty.
///
/// # Errors
/// When the archive is damaged, or the folder cannot be written.
pub fn unpack(project: &Project, target: &str) -> anyhow::Result<PathBuf> {
    let folder = project.target.join("fuzz/kept").join(target);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let archive = archive(project, target);
    if archive.exists() {
        let mut kept = ZipArchive::new(File::open(&archive)?)?;
        kept.extract(&folder)
            .with_context(|| format!("{}: is damaged", archive.display()))?;
    }
    Ok(folder)
}

/// Makes the files of `folder` the archive of `target`; the same files make the same archive.
///
/// # Errors
/// When the archive cannot be written.
pub fn pack(project: &Project, target: &str, folder: &Path) -> anyhow::Result<()> {
    let archive = archive(project, target);
    fs::create_dir_all(archive.parent().context("the project has no folder")?)?;
    let mut zip = ZipWriter::new(File::create(&archive)?);
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Deflated);
    for file in files {
        zip.start_file(file.file_name().to_string_lossy(), options)?;
        zip.write_all(&fs::read(file.path())?)?;
    }
    zip.finish()?;
    Ok(())
}

fn archive(project: &Project, target: &str) -> PathBuf {
    project
        .root
        .join(FOLDER)
        .join("corpus")
        .join(target)
        .with_extension("zip")
}
