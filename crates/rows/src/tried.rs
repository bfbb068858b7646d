//! The lines that tell of a row.
#![allow(clippy::print_stdout, reason = "what a harness prints is what it is for")]

use std::fmt;
use std::time::Duration;

use crate::Outcome;

/// The most problems of a row that are printed.
const MAX_TOLD: usize = 20;

/// A row that was tried.
#[derive(Debug, Clone)]
pub struct Tried {
    /// Its name, such as `R1`.
    pub name: &'static str,
    /// What was looked for.
    pub what: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

impl Tried {
    /// Prints the row with what failed; says whether nothing did.
    pub fn tell(&self) -> bool {
        println!("{self}");
        for problem in self.outcome.problems.iter().take(MAX_TOLD) {
            println!("  {problem}");
        }
        self.outcome.failed == 0
    }
}

impl fmt::Display for Tried {
    /// `R1: 5 tried, 0 failed; what it was; how much; seconds`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome {
            tried,
            failed,
            details,
            left_out,
            ..
        } = &self.outcome;
        let (name, what, took) = (self.name, self.what, self.took.as_secs());
        match left_out {
            Some(why) => write!(f, "{name}: SKIPPED, {why}"),
            None => write!(
                f,
                "{name}: {tried} tried, {failed} failed; {what}; {details}; {took} s"
            ),
        }
    }
}

/// Prints what came of the row `name` with something wrong on purpose; says whether that showed.
pub fn tell_bug(name: &str, bug: impl fmt::Debug, outcome: &Outcome) -> bool {
    let is_caught = outcome.failed > 0;
    let verdict = if is_caught { "caught" } else { "MISSED" };
    let shown = outcome.problems.first().map_or("", String::as_str);
    println!("{name}: {bug:?} {verdict}; {shown}");
    is_caught
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(outcome: Outcome) -> String {
        let (name, what, took) = ("R1", "reports lost", Duration::from_secs(4));
        let tried = Tried {
            name,
            what,
            outcome,
            took,
        };
        tried.to_string()
    }

    #[test]
    fn a_row_is_a_line() {
        let mut outcome = Outcome::of(5, "3 seeds, 2 kills".to_owned(), Vec::new());
        let line = "R1: 5 tried, 0 failed; reports lost; 3 seeds, 2 kills; 4 s";
        assert_eq!(tried(outcome.clone()), line);
        outcome.note(None);
        outcome.note(Some("seed 3: a run is lost".to_owned()));
        assert!(tried(outcome).starts_with("R1: 5 tried, 1 failed"));
        assert_eq!(
            tried(Outcome::left_out("no disk".to_owned())),
            "R1: SKIPPED, no disk"
        );
    }
}
