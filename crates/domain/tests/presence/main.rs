//! Presence against a model of the broker: whatever happens to the events on their way, what is known is the truth.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod broker;

use broker::{Life, life};
use domain::presence::{Presence, PresenceEvent};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// What is known once these events have come in this order.
fn known_after<'e>(events: impl IntoIterator<Item = &'e PresenceEvent>) -> Option<Presence> {
    events.into_iter().fold(None, |known, event| {
        Presence::after(known.as_ref(), event).or(known)
    })
}

/// The events with some of them once more, in any order: late and early are the same as out of order.
fn delivered(life: &Life) -> impl Strategy<Value = Vec<PresenceEvent>> + use<> {
    let events = life.events.clone();
    vec(any::<Index>(), 0..8).prop_flat_map(move |again| {
        let repeated = again.iter().map(|index| index.get(&events).clone());
        let all: Vec<_> = events.iter().cloned().chain(repeated).collect();
        Just(all).prop_shuffle()
    })
}

fn life_and_delivery() -> impl Strategy<Value = (Life, Vec<PresenceEvent>)> {
    life().prop_flat_map(|life| {
        let delivered = delivered(&life);
        (Just(life), delivered)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn once_all_events_came_the_robot_is_known_as_it_is((life, delivered) in life_and_delivery()) {
        let known = known_after(&delivered).unwrap();
        let truth = life.truth();
        prop_assert_eq!((&known.session, known.version), (&truth.session, truth.version));
        prop_assert_eq!(known.connected, truth.closed_at.is_none());
    }

    /// What lost events leave: the newest connection that was heard of, closed if its closing was heard of. What is
    /// shown as offline beyond that is asked of the broker when somebody reads it.
    #[test]
    fn of_lost_events_nothing_but_themselves_is_missing(
        (life, delivered) in life_and_delivery(),
        lost in vec(any::<bool>(), 64),
    ) {
        let is_lost = |event: &PresenceEvent| {
            let place = life.events.iter().position(|known| known == event).unwrap();
            lost[place % lost.len()]
        };
        let arrived: Vec<_> = delivered.into_iter().filter(|event| !is_lost(event)).collect();
        let known = known_after(&arrived);
        let newest = life.connections.iter().rev().find(|connection| {
            arrived.iter().any(|event| connection.is_of(event))
        });
        prop_assert_eq!(known.is_some(), newest.is_some());
        if let (Some(known), Some(newest)) = (known, newest) {
            prop_assert!(newest.is_named(&known));
            let closed = arrived.iter().any(|event| newest.is_of(event) && !broker::opens(event));
            prop_assert_eq!(known.connected, !closed);
        }
    }

    #[test]
    fn an_event_that_came_changes_nothing_when_it_comes_again((life, delivered) in life_and_delivery()) {
        let known = known_after(&delivered).unwrap();
        for event in &life.events {
            prop_assert_eq!(Presence::after(Some(&known), event), None);
        }
    }
}
