//! The deployment template, read by the local stack and checked by tests.
//!
//! The local stack makes its table, rules, device policy, stream filter and routes from the same file that AWS
//! deploys, so that what the template lacks does not work on one machine either. Only what this crate can carry
//! out is accepted: an intrinsic, an SQL function or a filter that it does not know is an error with its name.

mod error;
mod intrinsics;
mod names;
mod parameters;
mod yaml;

pub mod event_pattern;
pub mod function;
pub mod provisioning;
pub mod route;
pub mod rule;
pub mod sql;
pub mod stream;
pub mod table;
pub mod template;
pub mod topic_filter;

pub use error::TemplateError;
pub use parameters::Parameters;
pub use provisioning::FleetProvisioning;
pub use template::{Resource, Template};

/// The template that is deployed.
pub const TEMPLATE: &str = include_str!("../template.yaml");
