//! The local stack: store, broker, rules, handlers and API in one process, wired as the template says.

pub mod backpressure;
pub mod claims;
pub mod devices;
pub mod embedded_store;
pub mod failures;
pub mod handlers;
pub mod http;
pub mod invoker;
pub mod limits;
pub mod live_gate;
pub mod parts;
pub mod presence;
pub mod provisioning;
pub mod rules;
pub mod stream;
pub mod table;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use dynoxide::Database;
use infra::{Parameters, TEMPLATE, Template};
use policy::Endpoint;
use store::{ConnectConfig, StaticCredentials, TableStore};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::authority::Authority;
use crate::broker::{Broker, BrokerConfig, Connects, Streams};
use crate::clock::now;
use crate::data_dir::DataDir;
use crate::meter::{Meter, StoreMeter};
use claims::LocalClaims;
use devices::{BrokerLink, LateBroker, LocalRegistry};
use embedded_store::EmbeddedStore;
use failures::Failures;
use http::{HttpConfig, HttpServer};
use invoker::Invoker;
use limits::ApiLimits;
use live_gate::LiveGate;
use parts::Parts;
use provisioning::FleetProvisioning;
use rules::Rules;
use stream::ChangeStream;

/// What rule names start with in the local stack.
pub const STAGE: &str = "local";
const REGION: &str = "us-east-1";
const ACCOUNT: &str = "000000000000";
/// The table of the local stack.
pub const TABLE: &str = "sweepline";
/// How long what the broker took last may take to be handed on once the stack stops.
const GOODBYE: Duration = Duration::from_secs(5);

/// Where the stack listens; a port 0 takes a free one.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    /// API and pages.
    pub http: SocketAddr,
    /// Robots.
    pub mqtt: SocketAddr,
    /// Live updates for pages.
    pub live: SocketAddr,
}

impl Addresses {
    /// Free ports of the loopback address.
    pub fn free() -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            http: free,
            mqtt: free,
            live: free,
        }
    }
}

/// A running stack.
pub struct Stack {
    /// The use cases' parts, for what the program itself does.
    pub parts: Parts,
    /// Counts what robots published.
    pub rules: Rules,
    /// Counts what AWS would bill.
    pub meter: Meter,
    authority: Arc<Authority>,
    broker: Broker,
    http: HttpServer,
    store: EmbeddedStore,
    template: Template,
    tasks: JoinSet<()>,
    pump: Pump,
}

/// The task that brings what comes out of the broker to the rules.
struct Pump {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Stack {
    /// Starts everything on the data in `data`.
    ///
    /// # Errors
    /// Names the option, the file or the part of the template that cannot be used.
    pub async fn start(data: &DataDir, addresses: Addresses) -> anyhow::Result<Self> {
        Self::start_with(data, addresses, ApiLimits::default()).await
    }

    /// As [`Self::start`], with an API that takes what `limits` say.
    ///
    /// # Errors
    /// As there.
    pub async fn start_with(data: &DataDir, addresses: Addresses, limits: ApiLimits) -> anyhow::Result<Self> {
        let template = Template::parse(TEMPLATE, &parameters()).context("infra/template.yaml")?;
        let embedded = EmbeddedStore::open(&data.store()).await?;
        let store = Arc::new(connect(&embedded.endpoint));
        table::prepare(&embedded.database, &store, &template).await?;
        let authority = Arc::new(Authority::open(&data.authority(), now().millis())?);
        let fleet = template.provisioning();
        let fleet = fleet.context("infra/template.yaml: has no provisioning template")?;
        let parts = parts_of(store, &authority, &fleet.template);
        presence::close_open_sessions(&parts).await?;

        let (failures, meter) = (Failures::new(&data.failures()), Meter::new(&template));
        let invoker = Invoker::new(handlers::all(&parts, &template)?, failures.clone(), meter.clone());
        let config = broker_config(&parts, &authority, &template, addresses, &meter)?;
        let (broker, streams) = Broker::start(config).await.context("--mqtt or --live")?;
        // The cell was made for this broker, and nobody else sets it.
        let _ = parts.broker.set(broker.clone());
        let rules = Rules::new(template.rules(), invoker.clone(), failures, meter.clone());
        let provisioning = FleetProvisioning::new(fleet, &template, &parts, &authority, &meter)?;
        let pump = Pump::start(rules.clone(), provisioning, streams);

        let mut tasks = JoinSet::new();
        for source in template.stream_sources() {
            let position = data.stream_position(&source.function);
            let (database, invoker) = (embedded.database.clone(), invoker.clone());
            let stream = ChangeStream::open(database, TABLE, source.clone(), invoker, position)?;
            tasks.spawn(stream.run());
        }
        let config = HttpConfig {
            http: addresses.http,
            limits,
            data,
            authority: &authority,
            meter: &meter,
            broker: &broker,
        };
        let http = HttpServer::start(&parts, config).await?;
        Ok(Self {
            parts,
            rules,
            meter,
            authority,
            broker,
            http,
            store: embedded,
            template,
            tasks,
            pump,
        })
    }

    /// Where API and pages are.
    pub fn http_addr(&self) -> SocketAddr {
        self.http.addr()
    }

    /// Where robots connect.
    pub fn mqtt_addr(&self) -> SocketAddr {
        self.broker.mqtt_addr()
    }

    /// How often and how fast robots and pages connected.
    pub fn connects(&self) -> Connects {
        self.broker.connects()
    }

    /// What robots check the broker with, PEM.
    pub fn ca_pem(&self) -> &str {
        self.authority.ca_pem()
    }

    /// The database beneath the store.
    pub fn database(&self) -> &Database {
        &self.store.database
    }

    /// How the template was resolved.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Where the store answers as DynamoDB does, to programs on this machine.
    pub fn store_endpoint(&self) -> &str {
        &self.store.endpoint
    }

    /// Stops taking requests, lets what runs end, and closes the store.
    pub async fn stop(mut self) {
        self.http.stop().await;
        self.broker.shutdown().await;
        self.pump.stop().await;
        self.tasks.shutdown().await;
        self.store.close().await;
    }
}

/// Robots that were announced may be provisioned here as well.
fn parameters() -> Parameters {
    let mut parameters = Parameters::new(STAGE, REGION, ACCOUNT);
    let (name, value) = ("FleetProvisioning".to_owned(), "true".to_owned());
    parameters.overrides.insert(name, value);
    parameters
}

fn connect(endpoint: &str) -> TableStore {
    let credentials = StaticCredentials {
        key_id: "local".into(),
        secret: "local".into(),
    };
    let config = ConnectConfig {
        endpoint: Some(endpoint.to_owned()),
        region: Some(REGION.into()),
        table: TABLE.into(),
        credentials: Some(credentials),
        meter: Some(Arc::new(StoreMeter)),
    };
    store::connect(config, Arc::new(now))
}

fn parts_of(store: Arc<TableStore>, authority: &Arc<Authority>, provisioning: &str) -> Parts {
    let broker = LateBroker::default();
    let link = Arc::new(BrokerLink::new(broker.clone()));
    let registry = Arc::new(LocalRegistry::new(
        authority.clone(),
        broker.clone(),
        store.clone(),
    ));
    let claims = LocalClaims::new(authority.clone(), provisioning.to_owned());
    Parts {
        store,
        link,
        registry,
        claims: Arc::new(claims),
        broker,
    }
}

fn broker_config(
    parts: &Parts,
    authority: &Authority,
    template: &Template,
    addresses: Addresses,
    meter: &Meter,
) -> anyhow::Result<BrokerConfig> {
    let host = addresses.mqtt.ip().to_string();
    let (server_cert_pem, server_key_pem) = authority.server_identity(&[&host], now().millis())?;
    Ok(BrokerConfig {
        mqtt: addresses.mqtt,
        ws: addresses.live,
        server_cert_pem,
        server_key_pem,
        client_ca_pem: authority.ca_pem().to_owned(),
        device_policy: template.device_policy().clone(),
        claim_policy: template.provisioning().map(|fleet| fleet.claim_policy.clone()),
        authorizer: Arc::new(LiveGate::new(parts.store.clone(), endpoint(), meter.clone())),
        registry: parts.registry.clone(),
        traffic: Arc::new(meter.clone()),
        endpoint: endpoint(),
    })
}

fn endpoint() -> Endpoint {
    Endpoint {
        region: REGION.into(),
        account: ACCOUNT.into(),
    }
}

impl Pump {
    fn start(rules: Rules, provisioning: FleetProvisioning, streams: Streams) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self {
            stop,
            task: tokio::spawn(pump(rules, provisioning, streams, stopped)),
        }
    }

    /// Lets what the broker has acknowledged be handed on.
    async fn stop(mut self) {
        let _ = self.stop.send(());
        if tokio::time::timeout(GOODBYE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// Hands on what comes until it is stopped, and then what is left.
async fn pump(
    rules: Rules,
    provisioning: FleetProvisioning,
    mut streams: Streams,
    mut stopped: oneshot::Receiver<()>,
) {
    let epoch = u64::try_from(now().millis()).unwrap_or(0);
    loop {
        tokio::select! {
            Some(ingest) = streams.ingest.recv() => {
                provisioning.take(&ingest);
                rules.take(&ingest).await;
            }
            Some(event) = streams.presence.recv() => rules.take_presence(&event, epoch).await,
            _ = &mut stopped => break,
            else => return,
        }
    }
    streams.ingest.close();
    while let Some(ingest) = streams.ingest.recv().await {
        rules.take(&ingest).await;
    }
    while let Ok(event) = streams.presence.try_recv() {
        rules.take_presence(&event, epoch).await;
    }
    rules.idle().await;
}
