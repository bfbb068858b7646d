//! What handlers do with messages that can never be used: record them, count them, and go on.

use std::sync::Arc;

use domain::incident::{Incident, MAX_KEPT_BYTES};
use domain::ports::IncidentStore;
use domain::{FieldError, Timestamp};
use serde_json::Value;

use crate::error::HandlerError;
use crate::event::RobotMessage;

/// The incidents of one handler.
#[derive(Clone)]
pub(crate) struct Incidents {
    handler: &'static str,
    store: Arc<dyn IncidentStore>,
}

impl Incidents {
    pub(crate) fn new(handler: &'static str, store: Arc<dyn IncidentStore>) -> Self {
        Self { handler, store }
    }

    /// Records a message that can never be used.
    pub(crate) async fn refuse_message(
        &self,
        message: &RobotMessage,
        refusal: &FieldError,
    ) -> Result<(), HandlerError> {
        let client = message.robot.to_string();
        self.record(&client, &message.trace, refusal, &message.payload, message.at)
            .await
    }

    /// Records an event that is not of its kind, as it came.
    pub(crate) async fn refuse_event(
        &self,
        event: &Value,
        refusal: &FieldError,
        now: Timestamp,
    ) -> Result<(), HandlerError> {
        let client = event.get("clientId").and_then(Value::as_str).unwrap_or_default();
        let trace = event.get("trace").and_then(Value::as_str).unwrap_or_default();
        self.record(client, trace, refusal, event.to_string().as_bytes(), now)
            .await
    }

    async fn record(
        &self,
        client: &str,
        trace: &str,
        refusal: &FieldError,
        payload: &[u8],
        at: Timestamp,
    ) -> Result<(), HandlerError> {
        let FieldError { field, reason } = refusal.clone();
        tracing::warn!(
            handler = self.handler,
            robot.id = client,
            trace,
            field,
            reason,
            bytes = payload.len(),
            monotonic_counter.messages_refused = 1,
            "message refused"
        );
        let payload = payload.iter().take(MAX_KEPT_BYTES).copied().collect();
        let (handler, client) = (self.handler.to_owned(), client.to_owned());
        Ok(self
            .store
            .record(&Incident {
                handler,
                client,
                field,
                reason,
                payload,
                at,
            })
            .await?)
    }
}
