//! Counts tests from the closing lines of their runners.

use std::fmt;
use std::ops::AddAssign;

/// How many tests ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Reads a runner's output line by line: nextest, cargo test, node's test runner and Python's unittest.
#[derive(Debug, Default)]
pub struct Counter {
    tally: Tally,
    /// What unittest ran; whether it passed stands on a later line.
    ran: Option<u64>,
}

impl Counter {
    /// Takes the next line of output.
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some((_, counts)) = line
            .split_once(" run: ")
            .filter(|_| line.starts_with("Summary ["))
        {
            self.tally += counted(counts);
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            self.tally += counted(counts.split_once(". ").map_or(counts, |(_, counts)| counts));
        } else if let Some(count) = node(line, "pass ") {
            self.tally.passed += count;
        } else if let Some(count) = node(line, "fail ") {
            self.tally.failed += count;
        } else {
            self.read_unittest(line);
        }
    }

    /// What was counted so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    fn read_unittest(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("Ran ").filter(|rest| rest.contains(" test")) {
            self.ran = leading_number(rest);
        } else if let Some(ran) = self
            .ran
            .filter(|_| line.starts_with("OK") || line.starts_with("FAILED"))
        {
            self.ran = None;
            let failed = labelled(line, "failures=") + labelled(line, "errors=");
            let passed = ran.saturating_sub(failed + labelled(line, "skipped="));
            self.tally += Tally { passed, failed };
        }
    }
}

/// `122 passed (1 slow), 1 failed, 1 timed out, 0 skipped`, or the same with semicolons.
fn counted(counts: &str) -> Tally {
    let mut tally = Tally::default();
    for part in counts.split([',', ';']).map(str::trim) {
        let count = leading_number(part).unwrap_or(0);
        let word = part.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        if word.starts_with("passed") {
            tally.passed += count;
        } else if ["failed", "timed out", "exec failed"]
            .iter()
            .any(|bad| word.starts_with(bad))
        {
            tally.failed += count;
        }
    }
    tally
}

/// `# pass 5` of the TAP reporter, `ℹ pass 5` of the spec reporter.
fn node(line: &str, word: &str) -> Option<u64> {
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
    rest.strip_prefix(word)?.parse().ok()
}

fn labelled(line: &str, label: &str) -> u64 {
    line.split_once(label)
        .and_then(|(_, rest)| leading_number(rest))
        .unwrap_or(0)
}

fn leading_number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(lines: &[&str]) -> (u64, u64) {
        let mut counter = Counter::default();
        lines.iter().for_each(|line| counter.read(line));
        (counter.tally().passed, counter.tally().failed)
    }

    #[test]
    fn nextest_counts_timeouts_as_failures() {
        let line = "     Summary [  12.345s] 9 tests run: 6 passed (1 slow, 1 flaky), 1 failed, 2 timed out, 4 skipped";
        assert_eq!(count(&[line]), (6, 3));
        assert_eq!(
            count(&["     Summary [   0.005s] 1 test run: 1 passed, 0 skipped"]),
            (1, 0)
        );
    }

    #[test]
    fn every_result_of_cargo_test_is_added() {
        let ok =
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        let failed = "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(count(&[ok, failed]), (7, 3));
    }

    #[test]
    fn both_reporters_of_node_are_read() {
        assert_eq!(count(&["# tests 5", "# pass 4", "# fail 1"]), (4, 1));
        assert_eq!(count(&["ℹ pass 4", "ℹ fail 1"]), (4, 1));
    }

    #[test]
    fn unittest_says_first_how_many_and_then_which() {
        assert_eq!(count(&["Ran 9 tests in 1.2s", "", "OK (skipped=2)"]), (7, 0));
        assert_eq!(
            count(&["Ran 9 tests in 1.2s", "", "FAILED (failures=1, errors=2)"]),
            (6, 3)
        );
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(
            count(&["OK", "all 7 passed, 3 failed", "pass 5", "Ran into trouble"]),
            (0, 0)
        );
    }
}
