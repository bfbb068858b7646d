//! How long to wait before connecting again.

use std::time::Duration;

/// The shortest wait.
pub const MIN_DELAY: Duration = Duration::from_secs(1);
/// The longest wait.
pub const MAX_DELAY: Duration = Duration::from_secs(60);

/// The longest first wait after a connection that held. A broker that restarts loses all its robots at one moment: 5,000
/// of them come back over these seconds with 333 connections a second, of the 500 that AWS IoT Core lets into an account.
pub const SPREAD: Duration = Duration::from_secs(16);
/// How often the ceiling has doubled when it is [`SPREAD`].
const SPREAD_DOUBLINGS: u32 = 4;

const _: () = assert!(SPREAD.as_secs() == MIN_DELAY.as_secs() << SPREAD_DOUBLINGS);

/// Exponential backoff with full jitter above a floor (Brooker 2015), so that a fleet does not come back at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// The wait before the next attempt: between [`MIN_DELAY`] and a ceiling that doubles up to [`MAX_DELAY`], at
    /// `jitter` of the way, 0 to 1.
    pub fn next_delay(&mut self, jitter: f64) -> Duration {
        self.attempts = self.attempts.saturating_add(1);
        let ceiling = MIN_DELAY
            .saturating_mul(1 << self.attempts.min(16))
            .min(MAX_DELAY);
        let jitter = if jitter.is_finite() {
            jitter.clamp(0.0, 1.0)
        } else {
            1.0
        };
        MIN_DELAY + (ceiling - MIN_DELAY).mul_f64(jitter)
    }

    /// Starts over, since a connection has proved stable: the next wait is at most [`SPREAD`].
    pub fn reset(&mut self) {
        self.attempts = SPREAD_DOUBLINGS - 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_wait_is_within_bounds(jitters in proptest::collection::vec(any::<f64>(), 1..100)) {
            let mut backoff = Backoff::default();
            for jitter in jitters {
                let delay = backoff.next_delay(jitter);
                prop_assert!((MIN_DELAY..=MAX_DELAY).contains(&delay), "{delay:?}");
            }
        }

        #[test]
        fn ceilings_double_and_jitter_spreads_below_them(jitter in 0.0..1.0) {
            let mut backoff = Backoff::default();
            for ceiling in [2, 4, 8, 16, 32, 60, 60] {
                let delay = backoff.next_delay(jitter);
                let expected = 1.0 + (f64::from(ceiling) - 1.0) * jitter;
                prop_assert!((delay.as_secs_f64() - expected).abs() < 1e-6);
            }
            backoff.reset();
            let again = [(); 4].map(|()| backoff.next_delay(1.0).as_secs());
            prop_assert_eq!(again, [16, 32, 60, 60]);
        }
    }

    #[test]
    fn a_fleet_that_loses_its_broker_comes_back_within_the_rate_of_an_account() {
        const FLEET: u32 = 5_000;
        const CONNECTS_PER_SECOND: u32 = 500;
        let come_back_at = |robot: u32| {
            let mut backoff = Backoff::default();
            backoff.reset();
            backoff.next_delay(f64::from(robot) / f64::from(FLEET))
        };
        let second = Duration::from_secs(4)..Duration::from_secs(5);
        let connects = (0..FLEET).filter(|robot| second.contains(&come_back_at(*robot)));
        assert!((connects.count() as u32) < CONNECTS_PER_SECOND * 4 / 5);
    }
}
