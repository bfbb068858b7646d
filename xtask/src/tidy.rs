//! What neither the compiler nor clippy looks for: ignored tests, notes to self, long files, paths of one machine,
//! and documents that name files which are not there.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use crate::project::Project;

/// The longest source file, lines.
pub const MAX_LINES: usize = 500;

/// The folders of a developer's machine that a file of the project must not name.
const MACHINE_FOLDERS: [&str; 4] = ["farm", "root", "tmp", "work"];
const SOURCES: [&str; 6] = ["rs", "py", "js", "mjs", "ts", "css"];
/// In halves, so that this file does not find itself.
const NOTES: [(&str, &str); 5] = [
    ("TO", "DO"),
    ("FIX", "ME"),
    ("todo", "!("),
    ("unimplemented", "!("),
    ("#[ign", "ore"),
];

/// Looks at every file that git knows or would add.
///
/// # Errors
/// One that lists what was found, or git's.
pub fn check(project: &Project) -> anyhow::Result<()> {
    let mut found = Vec::new();
    for file in files(project)? {
        let Ok(text) = fs::read_to_string(project.root.join(&file)) else {
            continue;
        };
        found.extend(problems(&file, &text));
        if file.ends_with(".md") {
            let missing = named_files(&text).filter(|named| !project.root.join(named).exists());
            found.extend(missing.map(|named| format!("{file}: names {named}, which is not there")));
        }
    }
    if !found.is_empty() {
        bail!("{}", found.join("\n"));
    }
    Ok(())
}

fn files(project: &Project) -> anyhow::Result<Vec<String>> {
    let mut git = project.command("git");
    let listed = git
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output();
    let listed = listed.context("cannot run git, which lists the files to look at")?;
    Ok(String::from_utf8_lossy(&listed.stdout)
        .lines()
        .map(str::to_owned)
        .collect())
}

fn problems(file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if is_source(file) && lines > MAX_LINES {
        found.push(format!("{file}: has {lines} lines, the limit is {MAX_LINES}"));
    }
    for (number, line) in text.lines().enumerate() {
        let place = || format!("{file}:{}", number + 1);
        if let Some(note) = note(line).filter(|_| is_source(file)) {
            found.push(format!("{}: `{note}` does not belong in the tree", place()));
        }
        if let Some(folder) = machine_folder(line).filter(|_| !file.ends_with(".lock")) {
            found.push(format!("{}: names /{folder}/ of one machine", place()));
        }
    }
    found
}

/// What a document names as a file of the project: code with a slash and the ending of a source or template.
fn named_files(text: &str) -> impl Iterator<Item = &str> {
    let path = |code: &&str| {
        let is_plain = code
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
        is_plain && code.contains('/') && (is_source(code) || code.ends_with(".yaml"))
    };
    text.split('`').skip(1).step_by(2).filter(path)
}

fn is_source(file: &str) -> bool {
    let extension = Path::new(file)
        .extension()
        .and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| SOURCES.contains(&extension))
}

fn note(line: &str) -> Option<String> {
    NOTES
        .iter()
        .map(|(head, tail)| format!("{head}{tail}"))
        .find(|note| line.contains(note.as_str()))
}

/// A path starts where no letter or digit stands before its slash.
fn machine_folder(line: &str) -> Option<&'static str> {
    MACHINE_FOLDERS.into_iter().find(|folder| {
        let path = format!("/{folder}/");
        line.match_indices(&path).any(|(at, _)| {
            let before = line.get(..at).and_then(|head| head.chars().next_back());
            before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '.' | '_' | '-' | '}'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_machine_is_found_and_a_part_of_a_longer_one_is_not() {
        let path = |folder: &str| format!("see \"/{folder}/file\"");
        assert_eq!(machine_folder(&path("tmp")), Some("tmp"));
        assert_eq!(machine_folder("cleans https://example.org/homework/tmp"), None);
        assert_eq!(machine_folder("src/work/file.rs"), None);
    }

    #[test]
    fn files_that_a_document_names_are_found() {
        let text =
            "see `a/b.rs`, `src/{x}.rs`, `lib.rs`, `cargo run`, `w/x.yaml`\n```\na/c.rs\n```\nand `d/e.py`";
        assert_eq!(
            named_files(text).collect::<Vec<_>>(),
            ["a/b.rs", "w/x.yaml", "d/e.py"]
        );
    }

    #[test]
    fn notes_and_length_are_looked_for_in_sources_only() {
        let note = format!("// {}{}: later\n", "TO", "DO");
        assert_eq!(problems("src/a.rs", &note).len(), 1);
        assert!(problems("notes.md", &note).is_empty());
        let long = "x\n".repeat(MAX_LINES + 1);
        assert_eq!(
            problems("a.py", &long),
            vec!["a.py: has 501 lines, the limit is 500"]
        );
        assert!(problems("a.json", &long).is_empty());
    }
}
