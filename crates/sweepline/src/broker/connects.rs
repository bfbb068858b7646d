//! How fast clients connect: AWS IoT Core lets 500 a second into an account, and a fleet that comes back faster is
//! turned away in part.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// CONNECT packets since the broker was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Connects {
    /// All of them.
    pub total: u64,
    /// The most in any second.
    pub peak: u64,
}

/// Counts CONNECT packets as they come.
#[derive(Default)]
pub(super) struct ConnectCounter(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    connects: Connects,
    last_second: VecDeque<Instant>,
}

impl ConnectCounter {
    pub(super) fn count(&self, now: Instant) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = &mut counted.last_second;
        while recent.front().is_some_and(|at| now.duration_since(*at) >= SECOND) {
            recent.pop_front();
        }
        recent.push_back(now);
        let in_last_second = recent.len() as u64;
        let connects = &mut counted.connects;
        connects.total += 1;
        connects.peak = connects.peak.max(in_last_second);
    }

    pub(super) fn read(&self) -> Connects {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).connects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_that_of_any_second() {
        let (counter, start) = (ConnectCounter::default(), Instant::now());
        for millis in [0, 600, 900, 1_500, 3_000, 4_000] {
            counter.count(start + Duration::from_millis(millis));
        }
        assert_eq!(counter.read(), Connects { total: 6, peak: 3 });
    }
}
