//! What all bootstrap binaries share: environment, logs, the store, and the loop of the Lambda runtime.

use std::sync::Arc;
use std::time::SystemTime;

use domain::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use policy::Endpoint;
use serde::Serialize;
use serde_json::Value;
use store::{ConnectConfig, TableStore};
pub use telemetry::run;
use telemetry::{EnvironmentError, variable};

use crate::{HandlerError, HandlerParts};

/// The stores on the table that the variable `TABLE_NAME` names, in the region `AWS_REGION`.
pub fn table() -> Result<Arc<TableStore>, EnvironmentError> {
    let config = ConnectConfig {
        table: variable("TABLE_NAME")?,
        region: Some(variable("AWS_REGION")?),
        ..ConnectConfig::default()
    };
    let now = || SystemTime::now().into();
    Ok(Arc::new(store::connect(config, Arc::new(now))))
}

/// What the handlers of robots' messages work with: the table, and robots through AWS IoT, at the endpoint that the
/// variable `IOT_ENDPOINT` names or at the region's own.
pub fn parts() -> Result<HandlerParts, EnvironmentError> {
    Ok(HandlerParts {
        store: table()?,
        mailbox: Arc::new(iot::data_plane(&iot_config())),
    })
}

/// The same with the registry, whose robots get the policy that the variable `DEVICE_POLICY` names.
#[cfg(feature = "registry")]
pub fn registry_parts() -> Result<(HandlerParts, Arc<iot::Registry>), EnvironmentError> {
    let store = table()?;
    let registry = iot::registry(&iot_config(), variable("DEVICE_POLICY")?);
    let mailbox = Arc::new(registry.data_plane().clone());
    Ok((HandlerParts { store, mailbox }, Arc::new(registry)))
}

fn iot_config() -> iot::ConnectConfig {
    iot::ConnectConfig {
        data_host: variable("IOT_ENDPOINT").ok(),
        commands: iot::CommandDelivery::Direct,
    }
}

/// The account and region of the IoT resources, from the variables `AWS_REGION` and `ACCOUNT_ID`.
pub fn endpoint() -> Result<Endpoint, EnvironmentError> {
    let (region, account) = (variable("AWS_REGION")?, variable("ACCOUNT_ID")?);
    if account.len() != 12 || !account.chars().all(|digit| digit.is_ascii_digit()) {
        return Err(EnvironmentError::Unusable {
            name: "ACCOUNT_ID",
            expected: "a number of twelve digits",
        });
    }
    Ok(Endpoint { region, account })
}

/// Gives events to `handle` until the runtime ends.
///
/// # Errors
/// What the runtime fails with.
pub async fn serve<H, A, R>(handler: H, handle: A) -> Result<(), lambda_runtime::Error>
where
    H: Clone,
    A: AsyncFn(&H, &Value, Timestamp) -> Result<R, HandlerError>,
    R: Serialize,
{
    let handle = &handle;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handler = handler.clone();
        let context = &event.context;
        let span = telemetry::invocation(&context.request_id, context.xray_trace_id.as_deref());
        let now = SystemTime::now().into();
        let answer = async move { handle(&handler, &event.payload, now).await.map_err(logged) };
        telemetry::invoke(span, answer)
    }))
    .await
}

fn logged(error: HandlerError) -> lambda_runtime::Error {
    let error = telemetry::causes(&error);
    tracing::error!(error, "event failed and shall come again");
    error.into()
}
