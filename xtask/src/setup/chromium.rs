//! The browser of the page tests.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::project::Project;
use crate::run;

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// The browser: the one that `CHROMIUM` names, one on the path, or Debian's, which is installed when this runs as
/// root. `None` when there is none and none may be installed; then it says how to get one.
pub fn find(project: &Project) -> anyhow::Result<Option<PathBuf>> {
    if let Some(browser) = env::var_os("CHROMIUM").map(PathBuf::from).or_else(on_path) {
        println!("The browser is {}.", browser.display());
        return Ok(Some(browser));
    }
    if !is_root() {
        println!(
            "No Chromium found. Install it (Debian: sudo apt-get install chromium) or set CHROMIUM to its path."
        );
        return Ok(None);
    }
    println!("No Chromium found: installing Debian's with apt-get.");
    run::plain(project.command("apt-get").args(["update", "--quiet"]))?;
    let mut install = project.command("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    run::plain(install.args([
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        "chromium",
        "fonts-liberation",
    ]))?;
    Ok(on_path())
}

fn on_path() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    NAMES.iter().find_map(|name| {
        folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    })
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|user| user.stdout.trim_ascii() == b"0")
}
