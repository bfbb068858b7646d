//! What came of a row.

/// How much was tried, and what failed.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// How much was tried.
    pub tried: u64,
    /// How much of it failed.
    pub failed: u64,
    /// What was tried, in words and figures.
    pub details: String,
    /// What failed, with what shows it again, such as a seed.
    pub problems: Vec<String>,
    /// Why nothing could be tried on this machine.
    pub left_out: Option<String>,
}

impl Outcome {
    /// `tried` of something, of which each of the `problems` is one that failed.
    pub fn of(tried: u64, details: String, problems: Vec<String>) -> Self {
        Self {
            tried,
            failed: problems.len() as u64,
            details,
            problems,
            left_out: None,
        }
    }

    /// Nothing could be tried, and why.
    pub fn left_out(why: String) -> Self {
        Self {
            left_out: Some(why),
            ..Self::default()
        }
    }

    /// Counts a problem, if it is one.
    pub fn note(&mut self, problem: Option<String>) {
        self.failed += u64::from(problem.is_some());
        self.problems.extend(problem);
    }
}
