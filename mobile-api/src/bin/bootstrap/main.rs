//! The bootstrap of the API's function: the router over DynamoDB, AWS IoT and an OpenID Connect provider.

mod environment;
mod provider;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use access::RotatingVerifier;
use axum::Router;
use axum::extract::Request;
use axum::middleware::map_request;
use domain::Timestamp;
use environment::{api_config, iot_config, variable};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use mobile_api::{ApiState, Clock, Devices, Services, SignIn, Source, router};
use store::ConnectConfig;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    start_logs();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = runtime
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(serve()));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let chain = std::iter::successors(error.source(), |cause| cause.source());
            let causes: Vec<String> = chain.map(ToString::to_string).collect();
            tracing::error!(%error, ?causes, "function ended");
            ExitCode::FAILURE
        }
    }
}

/// Log lines are JSON objects on standard output, as many as the variable `LOG_LEVEL` says.
fn start_logs() {
    let filter = EnvFilter::try_from_env("LOG_LEVEL").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .init();
}

async fn serve() -> Result<(), lambda_http::Error> {
    let app = app().await?.layer(map_request(with_source));
    lambda_http::run(app).await
}

async fn app() -> Result<Router, lambda_http::Error> {
    let now: Clock = Arc::new(now);
    let table = ConnectConfig {
        table: variable("TABLE_NAME")?,
        ..ConnectConfig::default()
    };
    let store = Arc::new(store::connect(table, now.clone()).await);
    let registry = iot::registry(&iot_config()?, variable("DEVICE_POLICY")?).await;
    let data_plane = Arc::new(registry.data_plane().clone());
    let devices = Devices {
        link: data_plane.clone(),
        connections: data_plane.clone(),
        mailbox: data_plane,
        registry: Arc::new(registry),
    };
    let config = api_config()?;
    let provider = provider::discover(variable("OIDC_ISSUER")?, variable("OIDC_CLIENT_ID")?).await?;
    let verifier = RotatingVerifier::new(provider.issuer, Arc::new(provider.keys));
    let services = Services::new(&store, &devices);
    let state = ApiState::new(services, verifier, SignIn::Oidc(provider.pages), config, now);
    Ok(router(state))
}

/// Tells the router the caller's address as API Gateway saw it, which no header can change.
async fn with_source(mut request: Request) -> Request {
    let address = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        _ => None,
    };
    if let Some(address) = address {
        request.extensions_mut().insert(Source(address));
    }
    request
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
