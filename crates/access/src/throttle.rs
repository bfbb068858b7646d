//! Slows down who guesses passwords or claim codes, and who asks for more than a person does.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;
use thiserror::Error;

/// The most keys that are remembered; the oldest is forgotten first.
const MAX_KEYS: usize = 10_000;

/// Too many failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too many attempts, wait {} seconds", retry_after.as_secs())]
pub struct Throttled {
    /// When the next attempt is looked at, at least one second.
    pub retry_after: Duration,
}

/// Counts failures of each key within a window, in the memory of this process.
#[derive(Debug)]
pub struct Throttle {
    limit: u32,
    window: Duration,
    failures: Mutex<HashMap<String, Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    since: Timestamp,
}

impl Throttle {
    /// Lets `limit` failures of a key pass within `window`, which begins with the first.
    pub fn new(limit: u32, window: Duration) -> Self {
        Self {
            limit,
            window,
            failures: Mutex::default(),
        }
    }

    /// Whether `key` may try at `now`.
    pub fn check(&self, key: &str, now: Timestamp) -> Result<(), Throttled> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        match failures.get(key) {
            Some(known) if known.count >= self.limit && !self.is_over(known, now) => {
                let left = known.since.plus(self.window).since(now);
                Err(Throttled {
                    retry_after: left.max(Duration::from_secs(1)),
                })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Lets `key` have `share` of its limit at `now`, or says how long it has to wait for the window to end.
    pub fn take(&self, key: &str, share: u32, now: Timestamp) -> Result<(), Throttled> {
        self.check(key, now)?;
        self.note(key, share, now);
        Ok(())
    }

    /// Notes that `key` failed at `now`.
    pub fn fail(&self, key: &str, now: Timestamp) {
        self.note(key, 1, now);
    }

    fn note(&self, key: &str, share: u32, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= MAX_KEYS && !failures.contains_key(key) {
            self.make_room(&mut failures, now);
        }
        let fresh = Failures { count: 0, since: now };
        let known = failures.entry(key.to_owned()).or_insert(fresh);
        if self.is_over(known, now) {
            *known = fresh;
        }
        known.count = known.count.saturating_add(share);
    }

    fn make_room(&self, failures: &mut HashMap<String, Failures>, now: Timestamp) {
        failures.retain(|_, known| !self.is_over(known, now));
        let oldest = failures.iter().min_by_key(|(_, known)| known.since);
        let oldest = oldest.map(|(key, _)| key.clone());
        if let Some(key) = oldest.filter(|_| failures.len() >= MAX_KEYS) {
            failures.remove(&key);
        }
    }

    fn is_over(&self, known: &Failures, now: Timestamp) -> bool {
        now.since(known.since) >= self.window
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(300);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn ten_failures_pass_and_the_next_waits_for_the_rest_of_the_window() {
        let throttle = Throttle::new(10, WINDOW);
        for second in 0..10 {
            assert_eq!(throttle.check("here", at(second)), Ok(()));
            throttle.fail("here", at(second));
        }
        let wait = Throttled {
            retry_after: Duration::from_secs(290),
        };
        assert_eq!(throttle.check("here", at(10)), Err(wait));
        assert_eq!(throttle.check("elsewhere", at(10)), Ok(()));
        assert_eq!(throttle.check("here", at(300)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::new(1, WINDOW);
        for key in 0..MAX_KEYS + 100 {
            throttle.fail(&key.to_string(), at(key as i64 / 100));
        }
        assert_eq!(throttle.failures.lock().unwrap().len(), MAX_KEYS);
        let newest = (MAX_KEYS + 99).to_string();
        assert!(throttle.check(&newest, at(101)).is_err());
        assert!(throttle.check("0", at(101)).is_ok());
    }
}
