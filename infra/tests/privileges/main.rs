//! Each function's role allows exactly what its code calls: what is missing would fail in the cloud alone, and what
//! is too much serves only who breaks in.
//!
//! The calls are found in the sources, from each function's handler through use cases and ports into the adapters.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, and says why"
)]

mod grants;
mod needs;
mod reach;
mod sources;

use std::collections::BTreeSet;

use infra::{Parameters, TEMPLATE, Template};
use needs::Need;
use reach::Reached;
use sources::{FunctionKey, Sources};

const SHARED: [&str; 5] = [
    "crates/access",
    "crates/domain",
    "crates/iot",
    "crates/store",
    "crates/wire",
];

/// The functions of rules, stream and live view, with the handlers that answer them.
const HANDLERS: [(&str, &str); 11] = [
    ("MapIngest", "MapIngest"),
    ("RunEvents", "RunReports"),
    ("Status", "StatusReports"),
    ("CommandOutcome", "CommandOutcome"),
    ("Presence", "PresenceEvents"),
    ("ProvisioningHook", "ProvisioningHook"),
    ("Renewal", "Renewals"),
    ("Fold", "Fold"),
    ("Erasure", "Erasures"),
    ("Quarantine", "Quarantines"),
    ("LiveAuthorizer", "LiveAuthorizer"),
];

/// Calls that the code contains on the way of a function, but that it never makes there, and why.
const NEVER_MADE: [(&str, &str, &str); 5] = [
    (
        "Fold",
        "dynamodb:DeleteItem",
        "storing a robot deletes its copy in the home that it leaves; a fold only notes a floor of the same home",
    ),
    ("MapIngest", "dynamodb:DeleteItem", MARKED),
    ("RunEvents", "dynamodb:DeleteItem", MARKED),
    ("Status", "dynamodb:DeleteItem", MARKED),
    ("CommandOutcome", "dynamodb:DeleteItem", MARKED),
];
const MARKED: &str =
    "a robot that is put in quarantine stays in its home, so that its copy there is not deleted";

fn template(delivery: &str) -> Template {
    let mut parameters = Parameters::new("dev", "us-east-1", "000000000000");
    parameters
        .overrides
        .insert("CommandDelivery".into(), delivery.into());
    parameters
        .overrides
        .insert("FleetProvisioning".into(), "true".into());
    Template::parse(TEMPLATE, &parameters).unwrap()
}

fn sources(program: &str) -> Sources {
    Sources::read(&[SHARED.as_slice(), &[program]].concat())
}

/// What the code that is reached from `roots` needs.
fn needed(sources: &Sources, roots: Vec<FunctionKey>) -> BTreeSet<Need> {
    assert!(
        roots.iter().all(|root| sources.functions.contains_key(root)),
        "{roots:?}"
    );
    let reached = Reached::from(sources, roots);
    assert!(
        reached.unclear.is_empty(),
        "on what is this called? {:?}",
        reached.unclear
    );
    reached.calls.iter().flat_map(needs::of).collect()
}

fn assert_exact(template: &Template, function: &str, mut needed: BTreeSet<Need>) {
    needed.extend(grants::of_lambda(template, &format!("{function}Function")));
    let allowed = grants::of(template, &format!("{function}Role"));
    let missing: Vec<_> = needed.difference(&allowed).collect();
    let extra: Vec<_> = allowed.difference(&needed).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{function}Role lacks {missing:#?} and does not need {extra:#?}"
    );
}

#[test]
fn the_role_of_each_handler_allows_what_it_calls_and_no_more() {
    let (template, sources) = (template("direct"), sources("functions"));
    for (function, handler) in HANDLERS {
        let mut needed = needed(&sources, vec![(Some(handler.to_owned()), "handle".to_owned())]);
        for (_, action, reason) in NEVER_MADE.iter().filter(|(of, ..)| *of == function) {
            let before = needed.len();
            needed.retain(|(needed, _)| needed != action);
            assert!(
                needed.len() < before,
                "{function} does not contain {action}, so drop: {reason}"
            );
        }
        assert_exact(&template, function, needed);
    }
}

#[test]
fn the_role_of_the_api_allows_what_its_routes_call_and_no_more() {
    let sources = sources("mobile-api");
    let of_api = sources.functions.iter().filter(|(_, functions)| {
        functions
            .iter()
            .any(|function| function.crate_name == "mobile-api")
    });
    let all = needed(&sources, of_api.map(|(key, _)| key.clone()).collect());
    let direct = [("iot:Publish", "topic/cmd/robot_*")];
    let publish = [
        ("iot:SendDirectMessage", "client/robot_*"),
        ("iot:GetConnection", "client/robot_*"),
    ];
    for (delivery, other_way) in [("direct", direct.as_slice()), ("publish", publish.as_slice())] {
        let mut needed = all.clone();
        for (action, resource) in other_way {
            let need = ((*action).to_owned(), (*resource).to_owned());
            assert!(needed.remove(&need), "{need:?}");
        }
        assert_exact(&template(delivery), "Api", needed);
    }
}

#[test]
fn every_function_is_among_those_that_are_compared() {
    let template = template("direct");
    let mut known: Vec<String> = HANDLERS
        .iter()
        .map(|(function, _)| format!("{function}Function"))
        .collect();
    known.push("ApiFunction".to_owned());
    known.sort();
    let functions: Vec<&str> = template
        .functions()
        .iter()
        .map(|function| function.logical_id.as_str())
        .collect();
    assert_eq!(known, functions);
}
