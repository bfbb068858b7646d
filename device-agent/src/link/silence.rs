//! Whether the broker still answers. A half-open connection takes what is written for minutes, and the client library
//! puts its PING off with every message that it sends.

use std::time::Duration;

use tokio::time::Instant;

/// Since when something waits for a word of the broker.
#[derive(Debug)]
pub struct Silence {
    patience: Duration,
    since: Option<Instant>,
}

impl Silence {
    /// For a connection with this keep-alive. A silent broker is asked for a word one keep-alive after the last message
    /// at the latest, and has half of one for its answer.
    pub fn new(keep_alive: Duration) -> Self {
        Self {
            patience: keep_alive * 3 / 2,
            since: None,
        }
    }

    /// Something was sent that a broker answers.
    pub fn asked(&mut self, now: Instant) {
        self.since.get_or_insert(now);
    }

    /// The broker said something, or the connection is another one.
    pub fn broken(&mut self) {
        self.since = None;
    }

    /// When the broker is taken for gone, if something waits for its word.
    pub fn ends(&self) -> Option<Instant> {
        self.since.map(|since| since + self.patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(90);

    #[test]
    fn the_first_question_counts_until_a_word_comes() {
        let (mut silence, start) = (Silence::new(Duration::from_secs(60)), Instant::now());
        assert_eq!(silence.ends(), None);
        silence.asked(start);
        silence.asked(start + Duration::from_secs(50));
        assert_eq!(silence.ends(), Some(start + PATIENCE));
        silence.broken();
        assert_eq!(silence.ends(), None);
    }
}
