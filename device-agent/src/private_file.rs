//! Files that only the robot's own user may read, written so that a power cut leaves the old or the new content.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The mode of every file that the agent writes.
pub const FILE_MODE: u32 = 0o600;
/// The mode of the agent's directory.
pub const DIR_MODE: u32 = 0o700;

/// Replaces the content of `path` by `bytes`, or leaves it as it was.
///
/// # Errors
/// What the file system says; the old content is then still there.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    replace(&temporary, path)
}

/// Puts `from` in the place of `to`, durably.
///
/// # Errors
/// What the file system says.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    match to.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => File::open(dir)?.sync_all(),
        Some(_) | None => Ok(()),
    }
}

/// Makes an empty file of mode [`FILE_MODE`] to write to.
///
/// # Errors
/// What the file system says.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .mode(FILE_MODE);
    let file = options.open(path)?;
    file.set_permissions(fs::Permissions::from_mode(FILE_MODE))?;
    Ok(file)
}

/// Makes the directory and sets its mode to [`DIR_MODE`].
///
/// # Errors
/// What the file system says.
pub fn create_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(DIR_MODE).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(DIR_MODE))
}

/// The content of `path`, or `None` when there is no such file.
///
/// # Errors
/// What the file system says otherwise.
pub fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces the content of `path` by `value` as JSON, or leaves it as it was.
///
/// # Errors
/// What the file system says; the old content is then still there.
pub fn write_json(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let bytes = serde_json::to_vec(value).map_err(io::Error::other)?;
    write_atomically(path, &bytes)
}

/// What [`write_json`] wrote to `path`; a file that is not there or cannot be understood is `None`.
///
/// # Errors
/// What the file system says.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    let bytes = read_if_there(path)?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Removes `files` of `dir`, with what an interrupted or damaged write left of them.
///
/// # Errors
/// What the file system says; a file that is not there is no error.
pub fn remove(dir: &Path, files: &[&str]) -> io::Result<()> {
    let left_over = |file: &&str| ["new", "bad"].map(|extension| dir.join(file).with_extension(extension));
    let paths = files
        .iter()
        .flat_map(|file| [vec![dir.join(file)], left_over(file).to_vec()].concat());
    paths.map(fs::remove_file).try_for_each(|removed| match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_directory_are_the_robots_own() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("agent");
        create_dir(&dir).unwrap();
        let path = dir.join("key.pem");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&dir), mode(&path)), (DIR_MODE, FILE_MODE));
        assert_eq!(read_if_there(&path).unwrap().as_deref(), Some(b"two".as_slice()));
        assert_eq!(read_if_there(&dir.join("none")).unwrap(), None);
    }
}
