//! When to say something again that was not answered.

use std::time::Duration;

use super::Uptime;

/// The wait before the first repetition.
pub const FIRST_REPEAT: Duration = Duration::from_secs(10);
/// The longest wait.
pub const MAX_REPEAT: Duration = Duration::from_secs(600);

/// The shortest time between two repetitions, however eagerly they are asked for.
pub const MIN_REPEAT: Duration = Duration::from_secs(1);

/// Waits that double from [`FIRST_REPEAT`] to [`MAX_REPEAT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    last: Option<Uptime>,
    next: Uptime,
    wait: Duration,
}

impl Repeat {
    /// Due at `at`, with the shortest wait after it.
    pub fn due_at(at: Uptime) -> Self {
        Self {
            last: None,
            next: at,
            wait: FIRST_REPEAT,
        }
    }

    /// When it is due.
    pub fn next(&self) -> Uptime {
        self.next
    }

    /// Whether it was said, so that an answer may come.
    pub fn is_asked(&self) -> bool {
        self.last.is_some()
    }

    /// Makes it due as soon as [`MIN_REPEAT`] allows.
    pub fn hasten(&mut self, uptime: Uptime) {
        self.next = self.last.map_or(uptime, |last| uptime.max(last + MIN_REPEAT));
        self.wait = FIRST_REPEAT;
    }

    /// Whether it is due; if so, the next time is set.
    pub fn take(&mut self, uptime: Uptime) -> bool {
        if uptime < self.next {
            return false;
        }
        self.last = Some(uptime);
        self.next = uptime + self.wait;
        self.wait = (self.wait * 2).min(MAX_REPEAT);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_their_limit() {
        let mut repeat = Repeat::due_at(Duration::ZERO);
        let mut last = Duration::ZERO;
        let waits: Vec<u64> = (0..9)
            .map(|_| {
                assert!(repeat.take(repeat.next()));
                let wait = repeat.next() - last;
                last = repeat.next();
                wait.as_secs()
            })
            .collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
        assert!(!repeat.take(last - Duration::from_secs(1)));
    }

    #[test]
    fn haste_has_its_limit() {
        let mut repeat = Repeat::due_at(Duration::ZERO);
        let eager = (0..50).filter(|i| {
            let now = Duration::from_millis(100 * i);
            repeat.hasten(now);
            repeat.take(now)
        });
        assert_eq!(eager.count(), 5);
    }
}
