//! Evaluator of AWS IoT policy documents: the broker and the tests decide with the very documents that the
//! template deploys.
//!
//! A document is checked when it is loaded: an action, variable, operator or key that this crate does not
//! evaluate is an error that names it, so that a rule is never silently weaker here than in the cloud.

mod condition;
mod document;
mod error;
mod evaluate;
mod pattern;
mod template;

pub use document::PolicyDocument;
pub use error::PolicyError;
pub use evaluate::{Action, Decision, Endpoint, Identity, Resource, evaluate};
