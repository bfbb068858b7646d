//! What a route gets: who asks, what they may reach, and what they sent, checked before the route runs.

mod body;
mod caller;
mod headers;
mod path;
mod query;
mod scope;
mod source;

pub(crate) use body::{FormBody, JsonBody};
pub(crate) use caller::{Bearer, Caller, Operator};
pub(crate) use headers::{ClaimSecret, Idempotency, IfMatch};
pub(crate) use path::PathId;
pub(crate) use query::QueryOf;
pub(crate) use scope::{AsGuest, AsMember, AsOwner, HomeOf, RobotOf};
pub use source::Source;
