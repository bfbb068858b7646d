//! What all bootstrap binaries share: environment, logs, the store, and the loop of the Lambda runtime.

use std::env;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use domain::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use policy::Endpoint;
use serde::Serialize;
use serde_json::Value;
use store::{ConnectConfig, TableStore};
use thiserror::Error;
use tracing::Instrument;

use crate::{HandlerError, HandlerParts};

/// Why a function cannot start.
#[derive(Debug, Error)]
pub enum InitError {
    /// The template did not set a variable, or the function was started without it.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// A variable has a value that it cannot have.
    #[error("the environment variable {name} {reason}")]
    Unusable {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// The value of an environment variable; an empty one counts as missing.
pub fn variable(name: &'static str) -> Result<String, InitError> {
    env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or(InitError::Missing(name))
}

/// Runs a function: starts the logs, then `function` on this thread, and logs why it ended.
pub fn run(function: impl Future<Output = Result<(), lambda_runtime::Error>>) -> ExitCode {
    let logs = telemetry::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = logs
        .map_err(Into::into)
        .and_then(|()| runtime?.block_on(function));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = telemetry::causes(error.as_ref()), "function ended");
            ExitCode::FAILURE
        }
    }
}

/// The stores on the table that the variable `TABLE_NAME` names, in the region `AWS_REGION`, for which the SDK would
/// otherwise ask a machine's metadata service.
pub async fn table() -> Result<Arc<TableStore>, InitError> {
    let config = ConnectConfig {
        table: variable("TABLE_NAME")?,
        region: Some(variable("AWS_REGION")?),
        ..ConnectConfig::default()
    };
    Ok(Arc::new(store::connect(config, Arc::new(now)).await))
}

/// What the handlers of robots' messages work with: the table, and robots through AWS IoT, at the endpoint that the
/// variable `IOT_ENDPOINT` names or at the region's own.
pub async fn parts() -> Result<HandlerParts, InitError> {
    Ok(HandlerParts {
        store: table().await?,
        mailbox: Arc::new(iot::data_plane(&iot_config()).await),
    })
}

/// The same with the registry, whose robots get the policy that the variable `DEVICE_POLICY` names.
pub async fn registry_parts() -> Result<(HandlerParts, Arc<iot::Registry>), InitError> {
    let store = table().await?;
    let registry = iot::registry(&iot_config(), variable("DEVICE_POLICY")?).await;
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
pub fn endpoint() -> Result<Endpoint, InitError> {
    let (region, account) = (variable("AWS_REGION")?, variable("ACCOUNT_ID")?);
    if account.len() != 12 || !account.chars().all(|digit| digit.is_ascii_digit()) {
        return Err(InitError::Unusable {
            name: "ACCOUNT_ID",
            reason: "must have twelve digits",
        });
    }
    Ok(Endpoint { region, account })
}

/// The time of the system's clock.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
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
        let answer = async move { handle(&handler, &event.payload, now()).await.map_err(logged) };
        answer.instrument(span)
    }))
    .await
}

fn logged(error: HandlerError) -> lambda_runtime::Error {
    let error = telemetry::causes(&error);
    tracing::error!(error, "event failed and shall come again");
    error.into()
}
