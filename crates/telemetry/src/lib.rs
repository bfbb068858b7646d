//! Log lines of functions: a JSON object each, with the keys of AWS Lambda Powertools, so that queries written for
//! Powertools find them.
//!
//! A line holds what is true of the function, of the invocation (see [`invocation`]) and of the event, in this order;
//! dots in names become underscores, `run.id` is `run_id`. A line that counts something is a metric as well (see
//! [`METRICS`]).

mod environment;
mod fields;
mod function;
mod invocation;
mod lines;
mod metrics;
mod program;
mod sampling;
mod start;
#[cfg(feature = "otlp")]
mod traces;

pub use environment::{EnvironmentError, variable};
pub use function::Function;
pub use invocation::{invocation, invoke};
pub use lines::Lines;
pub use metrics::{METRICS, Metric};
pub use program::{causes, run};
pub use sampling::Sampling;
pub use start::start;
