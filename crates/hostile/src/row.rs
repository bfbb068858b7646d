//! A row of the table of what must never happen: how much was tried, and what failed.

/// The most characters that are shown of what failed; an answer may be a whole map.
const LONGEST: usize = 300;

/// One row.
#[derive(Debug)]
pub struct Row {
    name: &'static str,
    tried: usize,
    failed: Vec<String>,
}

impl Row {
    /// A row of which nothing was tried yet.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            tried: 0,
            failed: Vec::new(),
        }
    }

    /// Counts a try; `why` says what was wrong with it unless it `held`.
    pub fn add(&mut self, held: bool, why: impl FnOnce() -> String) {
        self.tried += 1;
        if !held {
            self.failed.push(why().chars().take(LONGEST).collect());
        }
    }

    /// Prints how much was tried, at least `least`, and fails with what failed.
    pub fn hold(&self, least: usize) {
        println!(
            "{}: {} tried, {} failed",
            self.name,
            self.tried,
            self.failed.len()
        );
        let some: Vec<_> = self.failed.iter().take(20).collect();
        assert!(some.is_empty(), "{}: {some:#?}", self.name);
        assert!(self.tried >= least, "{}: only {} tried", self.name, self.tried);
    }

    /// Prints that the bug that was built in was found, or fails.
    pub fn catches(&self, bug: &str) {
        let first = self.failed.first();
        assert!(first.is_some(), "{}: missed {bug}", self.name);
        println!("{}: caught: {bug}", self.name);
    }
}
