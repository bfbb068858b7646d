//! File systems that are there for as long as they are looked at.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// The size of an image, bytes: small, since it is copied for each cut, and with room for a journal.
const IMAGE_BYTES: u64 = 8 << 20;

/// A mounted file system; dropping it unmounts it.
pub struct Mounted {
    /// Where its files are.
    pub dir: PathBuf,
}

impl Mounted {
    /// The ext4 in the file `image`, below `dir`.
    ///
    /// # Errors
    /// When it cannot be mounted, or its journal cannot be played.
    pub fn image(image: &Path, dir: PathBuf) -> anyhow::Result<Self> {
        let image = image.to_string_lossy();
        Self::mount(&["-o", "loop", &image], dir)
    }

    /// A new tmpfs of so many `bytes` at `dir`.
    ///
    /// # Errors
    /// When it cannot be mounted.
    pub fn tmpfs(bytes: u64, dir: PathBuf) -> anyhow::Result<Self> {
        Self::mount(&["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"], dir)
    }

    fn mount(what: &[&str], dir: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&dir)?;
        tool(Command::new("mount").args(what).arg(&dir))?;
        Ok(Self { dir })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // What cannot be unmounted stays until the machine ends; there is nobody left to tell.
        let _ = tool(Command::new("umount").arg(&self.dir));
    }
}

/// Writes an empty ext4 to the file `image`.
///
/// # Errors
/// When there is no room or no `mkfs.ext4`.
pub fn format(image: &Path) -> anyhow::Result<()> {
    File::create(image)?.set_len(IMAGE_BYTES)?;
    tool(Command::new("mkfs.ext4").arg("-q").arg(image))
}

/// Runs a tool of the system; its complaint is the error.
pub fn tool(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{name} cannot be run"))?;
    if !done.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(())
}
