//! Tables in Markdown, and the places in the project's pages where they stand.

use std::fs;
use std::path::Path;

use anyhow::Context;

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

/// Puts `text` between the lines `<!-- name -->` and `<!-- /name -->` of a page, in place of what is there.
///
/// # Errors
/// When the page cannot be read or written, or has no such place.
pub fn replace(page: &Path, name: &str, text: &str) -> anyhow::Result<()> {
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
