//! The HTTP API: one axum router, the same in Lambda behind API Gateway and in the local stack.
//!
//! A request passes three layers: extractors in `extract` turn it into domain types and into rights (a caller,
//! a robot or a home that the caller may reach); a route in `routes` calls one use case; and the answer is a body
//! type of this API or a [`Problem`]. Domain types never leave as they are.

mod archive;
mod binary;
mod content_policy;
mod correlation;
mod extract;
mod feature_map;
mod lists;
mod negotiation;
mod openapi;
mod passwords;
mod problem;
mod rfc3339;
mod rounding;
mod router;
mod routes;
mod security_contact;
mod state;

pub use correlation::{CORRELATION_HEADER, given_correlation};
pub use extract::Source;
pub use problem::{Code, Problem};
pub use router::router;
pub use security_contact::{MAX_CONTACT, SecurityContact};
pub use state::{
    ApiConfig, ApiState, CHANGE_SHARE_BYTES, CHANGES_WINDOW, Clock, Devices, LocalSignIn, MAX_CHANGES,
    OidcConfig, Provisioning, Services, SignIn,
};
