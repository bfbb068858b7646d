//! Answers to commands, repeated until the cloud says that it stored them.

use domain::id::CommandId;
use wire::ack::Ack;

use crate::state::{AgentState, UnsettledAck};

/// The most answers that wait to be settled; the oldest gives way.
pub const MAX_UNSETTLED: usize = 32;
/// How many commands are remembered with their answer.
pub const MAX_ANSWERED: usize = 16;

/// Takes note of an answer that need not be repeated until it is settled.
pub fn remember(state: &mut AgentState, ack: &Ack) {
    state.answered.retain(|known| known.command != ack.command);
    state.answered.push(ack.clone());
    let surplus = state.answered.len().saturating_sub(MAX_ANSWERED);
    state.answered.drain(..surplus);
}

/// Takes note of an answer. A second answer to the same command takes the place of the first, and is settled only
/// once both were received: the receipt of the first must not end the second.
pub fn note(state: &mut AgentState, ack: &Ack) {
    remember(state, ack);
    let owed = state
        .unsettled
        .iter()
        .find(|known| known.ack.command == ack.command)
        .map_or(0, |known| known.owed);
    state.unsettled.retain(|known| known.ack.command != ack.command);
    state.unsettled.push(UnsettledAck {
        ack: ack.clone(),
        owed: owed.saturating_add(1),
    });
    let surplus = state.unsettled.len().saturating_sub(MAX_UNSETTLED);
    state.unsettled.drain(..surplus);
}

/// Takes note that the cloud stored an answer to `command`; says whether anything changed.
pub fn settle(state: &mut AgentState, command: CommandId) -> bool {
    let Some(known) = state
        .unsettled
        .iter_mut()
        .find(|known| known.ack.command == command)
    else {
        return false;
    };
    known.owed = known.owed.saturating_sub(1);
    state.unsettled.retain(|known| known.owed > 0);
    true
}

/// The answer that was given to `command`, if it was one of the last.
pub fn earlier(state: &AgentState, command: CommandId) -> Option<&Ack> {
    state.answered.iter().find(|known| known.command == command)
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use domain::id::PairingId;
    use wire::ack::Answer;

    use super::*;

    fn ack(command: u128, answer: Answer) -> Ack {
        let (command, pairing) = (CommandId::from_u128(command), PairingId::from_u128(1));
        Ack {
            command,
            pairing,
            answer,
            at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn the_receipt_of_the_first_answer_does_not_end_the_second() {
        let mut state = AgentState::default();
        let done = ack(1, Answer::Succeeded { run: None });
        note(&mut state, &ack(1, Answer::Accepted { run: None }));
        note(&mut state, &done);
        assert!(settle(&mut state, done.command));
        assert_eq!(
            state.unsettled.iter().map(|known| &known.ack).collect::<Vec<_>>(),
            [&done]
        );
        assert!(settle(&mut state, done.command));
        assert!(state.unsettled.is_empty());
        assert!(!settle(&mut state, done.command));
        assert_eq!(earlier(&state, done.command), Some(&done));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut state = AgentState::default();
        (0..100).for_each(|i| note(&mut state, &ack(i, Answer::Accepted { run: None })));
        assert_eq!(
            (state.unsettled.len(), state.answered.len()),
            (MAX_UNSETTLED, MAX_ANSWERED)
        );
    }
}
