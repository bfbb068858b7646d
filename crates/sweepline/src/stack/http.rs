//! API and pages over HTTP: the router of `mobile-api`, served.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::limits::ApiLimits;
use access::{LocalIssuer, TokenVerifier};
use anyhow::Context;
use axum::middleware::from_fn_with_state;
use domain::usecase::Accounts;
use mobile_api::{ApiConfig, ApiState, Devices, LocalSignIn, Provisioning, Services, SignIn, router};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use super::STAGE;
use super::backpressure::let_in;
use super::parts::Parts;
use crate::authority::Authority;
use crate::broker::Broker;
use crate::clock::now;
use crate::data_dir::DataDir;
use crate::meter::{Meter, count_requests};

/// How long running requests may take once the stack stops.
const GOODBYE: Duration = Duration::from_secs(3);

/// What the API needs beside the use cases.
pub struct HttpConfig<'a> {
    /// Where to listen.
    pub http: SocketAddr,
    /// Where the local issuer's key is.
    pub data: &'a DataDir,
    /// What robots check the broker with.
    pub authority: &'a Authority,
    /// What it takes.
    pub limits: ApiLimits,
    /// Counts requests.
    pub meter: &'a Meter,
    /// Where robots and pages connect.
    pub broker: &'a Broker,
}

/// The API, being served.
pub struct HttpServer {
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<()>>,
}

impl HttpServer {
    /// Serves API and pages.
    pub async fn start(parts: &Parts, config: HttpConfig<'_>) -> anyhow::Result<Self> {
        let state = state(parts, &config)?;
        let listener = TcpListener::bind(config.http).await;
        let listener = listener.with_context(|| format!("--http {}: cannot listen there", config.http))?;
        let addr = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let counted = router(state).layer(from_fn_with_state(config.meter.clone(), count_requests));
        let room = Arc::new(Semaphore::new(config.limits.requests));
        let service = counted
            .layer(from_fn_with_state(room, let_in))
            .into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(async {
            // A sender that is gone means the same as one that spoke: the stack ends.
            let _ = stopped.await;
        });
        let server = tokio::spawn(async move { serving.await });
        Ok(Self {
            addr,
            stop: Some(stop),
            server,
        })
    }

    /// Where it is.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Takes no more requests and lets those that run end.
    pub async fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if tokio::time::timeout(GOODBYE, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

fn state(parts: &Parts, config: &HttpConfig<'_>) -> anyhow::Result<ApiState> {
    let devices = Devices {
        link: parts.link.clone(),
        connections: parts.link.clone(),
        mailbox: parts.link.clone(),
        registry: parts.registry.clone(),
        claims: Some(parts.claims.clone()),
    };
    let issuer = LocalIssuer::open(&config.data.issuer())?;
    let verifier = TokenVerifier::new(vec![issuer.trusted()]);
    let sign_in = SignIn::Local(LocalSignIn::new(issuer, Accounts::new(&parts.store)));
    let mqtt = config.broker.mqtt_addr();
    let provisioning = Provisioning {
        mqtt_host: mqtt.ip().to_string(),
        mqtt_port: mqtt.port(),
        stage: STAGE.to_owned(),
        ca_pem: config.authority.ca_pem().to_owned(),
    };
    let live_url = Some(format!("ws://{}/mqtt", config.broker.ws_addr()));
    let config = ApiConfig {
        provisioning,
        live_url,
        security_contact: None,
        max_changes: config.limits.changes,
    };
    Ok(ApiState::new(
        Services::new(&parts.store, &devices),
        verifier,
        sign_in,
        config,
        Arc::new(now),
    ))
}
