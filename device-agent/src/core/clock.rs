//! What time it is: known only once the server has answered this boot's own question.

use std::time::Duration;

use domain::Timestamp;

use super::Uptime;

/// How long an answer may take; a later one would set the clock back by its delay.
pub const MAX_ANSWER_DELAY: Duration = Duration::from_secs(10);
/// How long the agent waits before it asks again.
pub const ASK_AGAIN: Duration = Duration::from_secs(15);

struct Question {
    nonce: String,
    asked: Uptime,
}

/// The agent's clock.
pub struct Clock {
    floor: Timestamp,
    question: Option<Question>,
    answered: Option<(Uptime, Timestamp)>,
}

impl Clock {
    /// A clock that goes on from `floor` until the server is heard.
    pub fn new(floor: Timestamp) -> Self {
        Self {
            floor,
            question: None,
            answered: None,
        }
    }

    /// Takes note that the server is asked with `nonce`; answers to earlier questions no longer count.
    pub fn ask(&mut self, uptime: Uptime, nonce: String) {
        self.question = Some(Question { nonce, asked: uptime });
    }

    /// When the server should be asked again, if it has never answered; at once if it was never asked.
    pub fn ask_at(&self) -> Option<Uptime> {
        match (&self.answered, &self.question) {
            (Some(_), _) => None,
            (None, Some(question)) => Some(question.asked + ASK_AGAIN),
            (None, None) => Some(Duration::ZERO),
        }
    }

    /// Sets the clock if this is a timely answer to the open question; says whether it is.
    pub fn answer(&mut self, uptime: Uptime, nonce: &str, now: Timestamp) -> bool {
        let timely = |question: &Question| {
            question.nonce == nonce && uptime.saturating_sub(question.asked) <= MAX_ANSWER_DELAY
        };
        if !self.question.as_ref().is_some_and(timely) {
            return false;
        }
        self.question = None;
        self.answered = Some((uptime, now));
        true
    }

    /// The server's time, if it is known.
    pub fn server_time(&self, uptime: Uptime) -> Option<Timestamp> {
        self.answered
            .map(|(at, time)| time.plus(uptime.saturating_sub(at)))
    }

    /// The server's time, or the best that is known without it.
    pub fn best(&self, uptime: Uptime) -> Timestamp {
        self.server_time(uptime)
            .unwrap_or_else(|| self.floor.plus(uptime))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOR: Timestamp = Timestamp::from_millis(1_000);
    const NOW: Timestamp = Timestamp::from_millis(9_000);

    fn seconds(seconds: u64) -> Uptime {
        Duration::from_secs(seconds)
    }

    #[test]
    fn only_the_answer_to_the_open_question_sets_the_clock() {
        let mut clock = Clock::new(FLOOR);
        clock.ask(seconds(1), "a".into());
        clock.ask(seconds(20), "b".into());
        assert!(!clock.answer(seconds(21), "a", NOW));
        assert_eq!(clock.server_time(seconds(21)), None);
        assert!(clock.answer(seconds(21), "b", NOW));
        assert_eq!(
            clock.server_time(seconds(22)),
            Some(Timestamp::from_millis(10_000))
        );
        assert!(!clock.answer(seconds(30), "b", FLOOR));
    }

    #[test]
    fn an_answer_that_was_kept_somewhere_is_refused() {
        let mut clock = Clock::new(FLOOR);
        clock.ask(seconds(1), "a".into());
        assert!(!clock.answer(seconds(1) + MAX_ANSWER_DELAY + seconds(1), "a", NOW));
        assert_eq!(clock.best(seconds(2)), Timestamp::from_millis(3_000));
    }
}
