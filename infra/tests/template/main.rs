//! What the deployed template says, read as the local stack reads it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it skips"
)]

#[path = "../../../functions/tests/common/aws_events.rs"]
mod aws_events;
mod device_policy;
mod environment;
mod metrics;
mod parameters;
mod refused;
mod resources;
mod roles;
mod routes;
mod rules;
mod runbook;

use infra::{Parameters, TEMPLATE, Template};

fn parameters() -> Parameters {
    Parameters::new("dev", "us-east-1", "000000000000")
}

fn template() -> Template {
    template_with(&[])
}

/// The template with these parameters.
fn template_with(given: &[(&str, &str)]) -> Template {
    let mut parameters = parameters();
    let given = given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    parameters.overrides.extend(given);
    Template::parse(TEMPLATE, &parameters).unwrap()
}
