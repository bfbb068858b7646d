//! The last commands to a robot: which number came last, and which request each of them was made from, so that asking
//! twice is the same as asking once.

use std::time::Duration;

use crate::Timestamp;
use crate::command::CommandNumber;
use crate::id::CommandId;

/// How many commands are remembered with their idempotency keys.
pub const MAX_REMEMBERED: usize = 16;
/// How long an idempotency key belongs to its command, unless [`MAX_REMEMBERED`] others came after it.
pub const KEY_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// A stop this soon after another that has arrived is the same.
pub const STOP_REPEATS: Duration = Duration::from_secs(1);
/// The same while other commands have to wait, which nobody's hand brings about.
pub const STOP_REPEATS_IN_HASTE: Duration = Duration::from_secs(5);
/// In this time a robot is given at most [`MAX_REMEMBERED`] commands, stops not counted among what is refused.
pub const RATE_WINDOW: Duration = Duration::from_secs(60);

/// What a command was made from. Both numbers are the first 128 bits of a SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Of the home and the caller's idempotency key.
    pub key: u128,
    /// Of the request.
    pub digest: u128,
    /// The command that was made.
    pub command: CommandId,
}

/// The last commands to one robot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommandLog {
    last: Option<CommandNumber>,
    remembered: Vec<Asked>,
}

impl CommandLog {
    /// A log as it was kept; of more than [`MAX_REMEMBERED`] commands the first are forgotten.
    pub fn new(last: Option<CommandNumber>, mut remembered: Vec<Asked>) -> Self {
        let surplus = remembered.len().saturating_sub(MAX_REMEMBERED);
        remembered.drain(..surplus);
        Self { last, remembered }
    }

    /// The number of the last command.
    pub fn last(&self) -> Option<CommandNumber> {
        self.last
    }

    /// The commands that are remembered, oldest first.
    pub fn remembered(&self) -> &[Asked] {
        &self.remembered
    }

    /// What was made with `key` within [`KEY_KEPT`] before `now`.
    pub fn made_with(&self, key: u128, now: Timestamp) -> Option<&Asked> {
        let known = self.remembered.iter().rev().find(|asked| asked.key == key)?;
        (now < known.command.made_at().plus(KEY_KEPT)).then_some(known)
    }

    /// The newest command, if it was made within `window` before `now`.
    pub fn newest_within(&self, window: Duration, now: Timestamp) -> Option<&Asked> {
        let newest = self.remembered.last()?;
        (now < newest.command.made_at().plus(window)).then_some(newest)
    }

    /// How soon after another a stop that comes at `now` is the same.
    pub fn stop_repeats(&self, now: Timestamp) -> Duration {
        match self.wait(now) {
            Some(_) => STOP_REPEATS_IN_HASTE,
            None => STOP_REPEATS,
        }
    }

    /// How long the next command has to wait at `now`, because too many came before it.
    pub fn wait(&self, now: Timestamp) -> Option<Duration> {
        let oldest = self.remembered.first()?;
        let free = oldest.command.made_at().plus(RATE_WINDOW);
        (self.remembered.len() >= MAX_REMEMBERED && now < free).then(|| free.since(now))
    }

    /// The log once a command with `number` was made.
    #[must_use]
    pub fn with(&self, number: CommandNumber, asked: Asked) -> Self {
        let others = self.remembered.iter().filter(|known| known.key != asked.key);
        Self::new(Some(number), others.copied().chain([asked]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn asked(key: u128) -> Asked {
        Asked {
            key,
            digest: 7,
            command: CommandId::new(AT, key),
        }
    }

    #[test]
    fn a_key_is_known_for_a_day() {
        let log = CommandLog::default().with(CommandNumber(1), asked(3));
        let end = AT.plus(KEY_KEPT);
        assert_eq!(
            log.made_with(3, Timestamp::from_millis(end.millis() - 1)),
            Some(&asked(3))
        );
        assert_eq!(log.made_with(3, end), None);
        assert_eq!(log.made_with(4, AT), None);
    }

    #[test]
    fn more_commands_than_a_person_gives_have_to_wait() {
        let full = (0..MAX_REMEMBERED as u64).fold(CommandLog::default(), |log, n| {
            assert_eq!(log.wait(AT), None);
            log.with(CommandNumber(n), asked(n.into()))
        });
        assert_eq!(full.wait(AT), Some(RATE_WINDOW));
        assert_eq!(full.wait(AT.plus(RATE_WINDOW)), None);
        let newest = full.newest_within(RATE_WINDOW, AT).map(|asked| asked.key);
        assert_eq!(newest, Some(MAX_REMEMBERED as u128 - 1));
        assert_eq!(full.newest_within(RATE_WINDOW, AT.plus(RATE_WINDOW)), None);
    }

    #[test]
    fn only_the_last_commands_are_remembered_and_a_key_stands_once() {
        let log = (0..40).fold(CommandLog::default(), |log, n| {
            log.with(CommandNumber(n), asked(u128::from(n)))
        });
        assert_eq!(log.last(), Some(CommandNumber(39)));
        assert_eq!(log.remembered().len(), MAX_REMEMBERED);
        assert_eq!(log.made_with(24, AT), Some(&asked(24)));
        assert_eq!(log.made_with(23, AT), None);
        let again = log.with(CommandNumber(40), asked(30));
        assert_eq!(again.remembered().len(), MAX_REMEMBERED);
        assert_eq!(again.remembered().last(), Some(&asked(30)));
    }
}
