//! What becomes of each call of a store.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// What becomes of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is done.
    Done,
    /// It is throttled: not done, and the caller is told.
    Throttled,
    /// It is done, and the answer gets lost.
    AnswerLost,
    /// It is done, the answer gets lost, and the client's own second attempt finds its own write in the way.
    OwnWriteInTheWay,
    /// The first part is done, and the rest fails.
    Partial,
}

impl Fate {
    /// The ways to fail.
    pub const FAULTS: [Self; 4] = [
        Self::Throttled,
        Self::AnswerLost,
        Self::OwnWriteInTheWay,
        Self::Partial,
    ];
}

/// Deals out fates.
#[derive(Debug)]
pub struct Weather {
    random: StdRng,
    rate: f64,
    once: Option<(u64, Fate)>,
    calls: u64,
}

impl Weather {
    /// Calls fail at random, `rate` of them, 0 to 1.
    pub fn random(seed: u64, rate: f64) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            rate,
            once: None,
            calls: 0,
        }
    }

    /// Only call number `at`, from 0, has this fate.
    pub fn once(at: u64, fate: Fate) -> Self {
        Self {
            once: Some((at, fate)),
            ..Self::random(at, 0.0)
        }
    }

    /// Every call is done from now on.
    pub fn clear(&mut self) {
        self.rate = 0.0;
        self.once = None;
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// How often the next call lets others go first.
    pub fn turns(&mut self) -> u32 {
        self.random.random_range(0..3)
    }

    /// The fate of the next call.
    pub fn next_fate(&mut self) -> Fate {
        let call = self.calls;
        self.calls += 1;
        match self.once {
            Some((at, fate)) if at == call => fate,
            Some(_) => Fate::Done,
            None if self.random.random_bool(self.rate) => {
                Fate::FAULTS[self.random.random_range(0..Fate::FAULTS.len())]
            }
            None => Fate::Done,
        }
    }
}
