//! The bootstrap of the API's function: the router over DynamoDB, AWS IoT and an OpenID Connect provider.

mod environment;
mod provider;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use access::RotatingVerifier;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, map_request};
use axum::response::Response;
use environment::{api_config, iot_config, provisioning_template};
use http::HeaderValue;
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use mobile_api::{
    ApiState, CORRELATION_HEADER, Clock, Devices, Services, SignIn, Source, given_correlation, router,
};
use store::ConnectConfig;
use telemetry::variable;

fn main() -> ExitCode {
    telemetry::run(serve())
}

async fn serve() -> Result<(), lambda_http::Error> {
    let app = app()
        .await?
        .layer(map_request(with_source))
        .layer(map_request(with_correlation))
        .layer(from_fn(in_invocation));
    lambda_http::run(app).await
}

async fn app() -> Result<Router, lambda_http::Error> {
    let now: Clock = Arc::new(|| SystemTime::now().into());
    let table = ConnectConfig {
        table: variable("TABLE_NAME")?,
        region: Some(variable("AWS_REGION")?),
        ..ConnectConfig::default()
    };
    let store = Arc::new(store::connect(table, now.clone()));
    let registry = iot::registry(&iot_config()?, variable("DEVICE_POLICY")?);
    let data_plane = Arc::new(registry.data_plane().clone());
    let claims = provisioning_template().map(|template| Arc::new(registry.claims(template)) as _);
    let devices = Devices {
        link: data_plane.clone(),
        connections: data_plane.clone(),
        mailbox: data_plane,
        registry: Arc::new(registry),
        claims,
    };
    let config = api_config()?;
    let provider = provider::discover(variable("OIDC_ISSUER")?, variable("OIDC_CLIENT_ID")?).await?;
    let verifier = RotatingVerifier::new(provider.issuer, Arc::new(provider.keys));
    let services = Services::new(&store, &devices);
    let state = ApiState::new(services, verifier, SignIn::Oidc(provider.pages), config, now);
    Ok(router(state))
}

/// Lets each line tell of the invocation.
async fn in_invocation(request: Request, next: Next) -> Response {
    let context = request.lambda_context_ref();
    let request_id = context.map_or("", |context| &context.request_id);
    let trace = context.and_then(|context| context.xray_trace_id.as_deref());
    let span = telemetry::invocation(request_id, trace);
    telemetry::invoke(span, next.run(request)).await
}

/// Gives a request whose caller named it not, or badly, the id of API Gateway, which the access log has as well.
async fn with_correlation(mut request: Request) -> Request {
    let id = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.as_deref(),
        _ => None,
    };
    let id = id.and_then(|id| HeaderValue::from_str(id).ok());
    if let (None, Some(id)) = (given_correlation(request.headers()), id) {
        request.headers_mut().insert(CORRELATION_HEADER, id);
    }
    request
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
