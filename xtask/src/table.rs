//! Tables in Markdown, and the places in the project's pages where they stand.

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::project::Project;

/// A table; each row has as many cells as there are heads.
pub struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(heads: &[&'static str]) -> Self {
        Self {
            heads: heads.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn add(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as Markdown.
    pub fn markdown(&self) -> String {
        let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
        let rule = vec!["---"; self.heads.len()];
        let rows = self
            .rows
            .iter()
            .map(|row| line(row.iter().map(String::as_str).collect()));
        [line(self.heads.clone()), line(rule)]
            .into_iter()
            .chain(rows)
            .collect()
    }
}

/// The page that shows the tables.
const PAGE: &str = "README.md";

/// Puts `table` with `foot` beneath it in its place in the README.
///
/// # Errors
/// When the page cannot be read or written, or has no such place.
pub fn keep(project: &Project, name: &str, table: &Table, foot: &str) -> anyhow::Result<()> {
    let text = format!("{}\n{foot}\n", table.markdown());
    replace(&project.root.join(PAGE), name, &text)
}

/// Puts `text` between the lines `<!-- name -->` and `<!-- /name -->` of a page, in place of what is there.
fn replace(page: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    let old = fs::read_to_string(page).with_context(|| format!("{} cannot be read", page.display()))?;
    let new = replaced(&old, name, text)
        .with_context(|| format!("{} has no place for the table {name}", page.display()))?;
    fs::write(page, new).with_context(|| format!("{} cannot be written", page.display()))
}

fn replaced(page: &str, name: &str, text: &str) -> Option<String> {
    let (head, rest) = page.split_once(&format!("<!-- {name} -->\n"))?;
    let end = format!("<!-- /{name} -->");
    let (_, tail) = rest.split_once(&end)?;
    Some(format!("{head}<!-- {name} -->\n{text}{end}{tail}"))
}

/// The beginning of a line that tells of a row, such as `R1: 5 tried, 0 failed`.
#[derive(Debug, PartialEq, Eq)]
pub struct Tried<'a> {
    /// The row.
    pub name: &'a str,
    /// How often it was tried.
    pub tried: &'a str,
    /// How often it failed.
    pub failed: &'a str,
}

impl<'a> Tried<'a> {
    /// The row, and what follows in the line.
    pub fn read(line: &'a str) -> Option<(Self, &'a str)> {
        let (name, rest) = line.split_once(": ")?;
        let (tried, rest) = rest.split_once(" tried, ")?;
        let (failed, rest) = rest.split_once(" failed")?;
        Some((Self { name, tried, failed }, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_the_place_of_the_last_one() {
        let mut table = Table::new(&["row", "failed"]);
        table.add(["R1".to_owned(), "0".to_owned()]);
        let page = "before\n<!-- faults -->\nold\n<!-- /faults -->\nafter\n";
        let expected =
            "before\n<!-- faults -->\n| row | failed |\n| --- | --- |\n| R1 | 0 |\n<!-- /faults -->\nafter\n";
        assert_eq!(
            replaced(page, "faults", &table.markdown()).as_deref(),
            Some(expected)
        );
        assert_eq!(replaced(page, "safety", ""), None);
    }
}
