//! The floor plans that the simulator draws, as files for `--plans`.

use std::path::{Path, PathBuf};

/// A floor plan: its name and its PNG.
pub type Drawing = (&'static str, &'static [u8]);

/// One room with a bathroom, 36 m².
pub const STUDIO: Drawing = (
    "studio.png",
    include_bytes!("../../crates/simulator/plans/studio.png"),
);
/// Six rooms, 62 m².
pub const FLAT: Drawing = (
    "flat.png",
    include_bytes!("../../crates/simulator/plans/flat.png"),
);

/// Writes a plan into `folder`; gives its path.
///
/// # Errors
/// What the file system says.
pub fn write_plan(folder: &Path, (name, png): Drawing) -> std::io::Result<PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, png)?;
    Ok(path)
}
