//! Lets pages watch robots: the IoT custom authorizer's decision, for the embedded broker.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::LeaseStore;
use functions::LiveAuthorizer;
use policy::{Endpoint, PolicyDocument};

use crate::broker::Authorizer;
use crate::clock::now;
use crate::meter::Meter;

/// Asks the live authorizer of `functions`.
pub struct LiveGate {
    authorizer: LiveAuthorizer,
    meter: Meter,
}

/// The program of the authorizer.
const BINARY: &str = "live_authorizer";

impl LiveGate {
    /// A gate that opens for the holders of `leases`.
    pub fn new(leases: Arc<dyn LeaseStore>, endpoint: Endpoint, meter: Meter) -> Self {
        Self {
            authorizer: LiveAuthorizer::new(leases, endpoint),
            meter,
        }
    }
}

#[async_trait]
impl Authorizer for LiveGate {
    async fn authorize(
        &self,
        client_id: &str,
        _username: Option<&str>,
        password: &[u8],
    ) -> Option<Vec<PolicyDocument>> {
        let billed = self.meter.function_running(BINARY);
        let admitted = self.authorizer.admit(client_id, password, now());
        match self.meter.invocation(&billed, admitted).await {
            Ok(policy) => Some(vec![PolicyDocument::from_value(policy?).ok()?]),
            Err(error) => {
                tracing::error!(error = &error as &dyn Error, "lease cannot be looked up");
                None
            }
        }
    }
}
