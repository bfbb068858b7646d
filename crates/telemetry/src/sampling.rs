//! Which runs are logged: all lines of a run, or only what went wrong in it.

/// Logs one run of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    one_in: u32,
}

impl Sampling {
    /// Every run is logged.
    pub const ALL: Self = Self { one_in: 1 };

    /// The fewest runs that can be logged: one in so many.
    pub const MAX_ONE_IN: u32 = 10_000;

    /// One run in `one_in`, from 1 to [`Self::MAX_ONE_IN`].
    pub fn one_in(one_in: u32) -> Option<Self> {
        (1..=Self::MAX_ONE_IN)
            .contains(&one_in)
            .then_some(Self { one_in })
    }

    /// The share of runs that are logged, 0 to 1.
    pub fn rate(self) -> f64 {
        f64::from(self.one_in).recip()
    }

    /// Whether `run` is logged: the same in every function.
    pub fn takes(self, run: &str) -> bool {
        fnv1a(run.as_bytes()).is_multiple_of(u64::from(self.one_in))
    }
}

/// FNV-1a (Fowler, Noll and Vo, 1991), which does not change from one build to the next.
fn fnv1a(bytes: &[u8]) -> u64 {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_one_run_in_so_many_is_taken() {
        let sampling = Sampling::one_in(10).unwrap();
        let taken = (0..10_000)
            .filter(|run| sampling.takes(&format!("run_{run:026}")))
            .count();
        assert!((900..1_100).contains(&taken), "{taken}");
        assert!(Sampling::ALL.takes("any"));
    }

    #[test]
    fn no_run_or_too_few_are_no_sampling() {
        assert_eq!((Sampling::one_in(0), Sampling::one_in(10_001)), (None, None));
    }
}
