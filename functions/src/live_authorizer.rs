//! Who may watch a robot live: the holder of a lease, with its token as MQTT password.

use std::sync::Arc;

use access::sha256_hex;
use domain::Timestamp;
use domain::lease::Lease;
use domain::ports::LeaseStore;
use policy::{Endpoint, Resource};
use serde_json::{Value, json};
use wire::topic::Downlink;

use crate::error::HandlerError;
use crate::event::{AuthorizerRequest, AuthorizerResponse};

/// How long a live connection lasts at most, in seconds; a renewed lease may be longer and connects again.
pub const DISCONNECT_AFTER_SECONDS: u32 = 3600;
/// How often AWS asks again, in seconds, the least it allows: after that an ended lease loses its connection.
pub const REFRESH_AFTER_SECONDS: u32 = 300;

/// Decides over MQTT connections of phones.
#[derive(Clone)]
pub struct LiveAuthorizer {
    leases: Arc<dyn LeaseStore>,
    endpoint: Endpoint,
}

impl LiveAuthorizer {
    /// Decides by the leases, for resources of `endpoint`.
    pub fn new(leases: Arc<dyn LeaseStore>, endpoint: Endpoint) -> Self {
        Self { leases, endpoint }
    }

    /// The policy of a connection, or `None` when it may not be opened: the client id must name a lease that has not
    /// ended, and the password must be its token.
    ///
    /// # Errors
    /// [`HandlerError`] when the lease cannot be read now.
    pub async fn admit(
        &self,
        client_id: &str,
        password: &[u8],
        now: Timestamp,
    ) -> Result<Option<Value>, HandlerError> {
        let Some(id) = Lease::of_client(client_id) else {
            return Ok(None);
        };
        let lease = self.leases.lease(id).await?;
        let token_hash = sha256_hex(password);
        let holds = |lease: &Lease| lease.token_hash == token_hash && lease.expires_at > now;
        Ok(lease
            .filter(holds)
            .map(|lease| policy_document(&lease, &self.endpoint)))
    }

    /// Answers AWS IoT; a request that cannot be read is a no.
    ///
    /// # Errors
    /// [`HandlerError`] when the lease cannot be read now.
    pub async fn handle(&self, event: &Value, now: Timestamp) -> Result<AuthorizerResponse, HandlerError> {
        let Ok(request) = AuthorizerRequest::try_from(event) else {
            tracing::warn!(
                monotonic_counter.auth_failures = 1,
                "live connection without client id and password"
            );
            return Ok(answer("none", None));
        };
        let policy = self.admit(&request.client_id, &request.password, now).await?;
        if policy.is_none() {
            tracing::warn!(monotonic_counter.auth_failures = 1, "live connection refused");
        }
        Ok(answer(&request.client_id, policy))
    }
}

/// Lets the watcher connect with the lease's client id, and read the robot's live topics, nothing else.
pub fn policy_document(lease: &Lease, endpoint: &Endpoint) -> Value {
    let topics =
        [Downlink::LivePose(lease.robot), Downlink::LiveTiles(lease.robot)].map(|topic| topic.to_string());
    let filters = topics
        .each_ref()
        .map(|topic| Resource::TopicFilter(topic).arn(endpoint));
    let topics = topics
        .each_ref()
        .map(|topic| Resource::Topic(topic).arn(endpoint));
    let client = Resource::Client(&lease.client_id()).arn(endpoint);
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "iot:Connect", "Resource": client},
            {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": filters},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": topics},
        ],
    })
}

fn answer(client_id: &str, policy: Option<Value>) -> AuthorizerResponse {
    AuthorizerResponse {
        is_authenticated: policy.is_some(),
        principal_id: client_id
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(128)
            .collect(),
        disconnect_after_in_seconds: DISCONNECT_AFTER_SECONDS,
        refresh_after_in_seconds: REFRESH_AFTER_SECONDS,
        policy_documents: policy.into_iter().collect(),
    }
}
