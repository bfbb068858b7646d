//! What the API of a stack takes.

use mobile_api::MAX_CHANGES;

use super::backpressure::MAX_REQUESTS;

/// Limits that a test or an owner may set otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiLimits {
    /// Requests that are worked on at a time.
    pub requests: usize,
    /// Changes that one person may make within a minute, commands aside.
    pub changes: u32,
}

impl Default for ApiLimits {
    fn default() -> Self {
        Self {
            requests: MAX_REQUESTS,
            changes: MAX_CHANGES,
        }
    }
}
