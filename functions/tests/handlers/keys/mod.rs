//! Whose keys a handler asks the table for: those of the home and the robot that its event is of, whatever else the
//! event names.
//!
//! `ground` furnishes two homes in the real store, `events` says what each handler is given, `allowed` which keys it
//! may touch.

mod allowed;
mod events;
mod ground;

use allowed::may_touch;
use events::{Cell, cells};
use ground::Ground;
use hostile::Row;

/// The least number of cells that the table of handlers and events must have.
const LEAST: usize = 45;

/// What is wrong on purpose, so that the row can show that it finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bug {
    /// The rule takes the robot that a message is about for the one that sent it.
    SenderIsNotCompared,
    /// The record of the robot names another home than the one that it works in.
    RobotLeadsToAnotherHome,
}

#[tokio::test]
async fn no_handler_asks_for_a_key_of_another_home() {
    go(None).await.hold(LEAST);
}

#[tokio::test]
async fn a_handler_with_a_bug_that_is_built_in_is_caught() {
    let cases = [
        (
            Bug::SenderIsNotCompared,
            "a rule that believes who a message says it is of",
        ),
        (
            Bug::RobotLeadsToAnotherHome,
            "a robot whose record leads to another home",
        ),
    ];
    for (bug, words) in cases {
        go(Some(bug)).await.catches(words);
    }
}

async fn go(bug: Option<Bug>) -> Row {
    let ground = Ground::prepare(bug).await;
    let mut row = Row::new("S6 handlers");
    for Cell { handler, what, event } in cells(&ground, bug) {
        ground.recorder.take();
        ground.handle(handler, &event).await;
        let touched = ground.recorder.take();
        let stray = touched.iter().find(|touch| !may_touch(&ground, handler, touch));
        let is_well = stray.is_none() && !touched.is_empty();
        row.add(is_well, || {
            format!("{handler:?}, {what}: {stray:?} of {}", touched.len())
        });
    }
    row
}
