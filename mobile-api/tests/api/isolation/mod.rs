//! Everybody against every route: who is not asked in sees nothing, learns nothing, and moves no key of another home.
//!
//! `routes` reads the matrix from the served OpenAPI document, `expected` says in words of its own whom a route
//! answers, `ground` builds two homes with everything in them, `keys` says what may be asked of the table.

mod bodies;
mod expected;
mod ground;
mod identities;
mod keys;
mod kinds;
mod malformed;
mod matrix;
mod routes;
mod tokens;

use identities::{EVERYBODY, Who};

/// The least number of cells that the matrix must have.
const LEAST: usize = 500;

/// What is wrong on purpose, so that a row can show that it finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// Tokens and guests' stays go on for ever.
    NothingExpires,
    /// Removing a member does nothing.
    RemovedMemberStays,
    /// Routes also read a home that is not the caller's.
    RouteReadsAnotherHome,
}

#[tokio::test]
async fn nobody_gets_in_who_is_not_asked_in() {
    let rows = matrix::go(&EVERYBODY, None).await;
    rows.routes.hold(LEAST);
    rows.alike.hold(LEAST / 2);
    rows.keys.hold(LEAST);
}

#[tokio::test]
async fn the_matrix_finds_bugs_that_are_built_in() {
    let cases = [
        (Who::Expired, Bug::NothingExpires, "a token that never ends"),
        (
            Who::EndedGuest,
            Bug::NothingExpires,
            "a guest's stay that never ends",
        ),
        (
            Who::Removed,
            Bug::RemovedMemberStays,
            "a member who is removed and stays",
        ),
    ];
    for (who, bug, words) in cases {
        matrix::go(&[who], Some(bug)).await.routes.catches(words);
    }
    let stray = matrix::go(&[Who::Member], Some(Bug::RouteReadsAnotherHome)).await;
    stray.keys.catches("a route that reads another home");
}
