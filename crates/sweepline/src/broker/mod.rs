//! The embedded MQTT broker: `rmqtt`, held to the policies and limits of AWS IoT Core.
//!
//! Robots connect over mutual TLS under their own names; phones over websockets with a token. What clients publish
//! goes to [`Streams::ingest`], who comes and goes to [`Streams::presence`].

mod config;
mod connection;
mod connects;
mod delivery;
mod gate;
mod hooks;
mod ingest;
mod limits;
mod listener;
mod presence;
mod refusals;
mod retained;
mod traffic;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use rmqtt::codec::types::Publish as PublishPacket;
use rmqtt::codec::v5::PublishProperties;
use rmqtt::context::ServerContext;
use rmqtt::net::Listener;
use rmqtt::server::MqttServer;
use rmqtt::session::SessionState;
use rmqtt::types::{From as Origin, Id, Message, Publish, QoS, Reason};
use rmqtt::utils::timestamp_millis;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub use config::{Authorizer, BrokerConfig, BrokerError, CertificateRegistry, CertificateStatus};
pub use connects::Connects;
pub use delivery::Delivery;
pub use ingest::Ingest;
pub use limits::{
    LimitError, MAX_CLIENT_ID_BYTES, MAX_FILTERS_PER_SUBSCRIBE, MAX_IN_FLIGHT, MAX_PAYLOAD_BYTES,
    MAX_SESSION_EXPIRY, MAX_SUBSCRIPTIONS, MAX_TOPIC_BYTES, MAX_TOPIC_SLASHES, SESSION_EXPIRY, basic_ingest,
};
pub use presence::{DisconnectReason, PresenceChange, PresenceEvent};
pub use refusals::Refusals;
pub use traffic::Traffic;

use connection::Connections;
use connects::ConnectCounter;
use delivery::Deliveries;
use gate::{Gate, PHONES, ROBOTS};
use hooks::Hooks;
use refusals::RefusalCounters;
use retained::RetainedMessages;

/// How many messages may wait in [`Streams::ingest`] before publishers have to wait.
pub const INGEST_CAPACITY: usize = 1024;

/// How long [`Broker::shutdown`] waits for connections to end.
const SHUTDOWN_WAIT: Duration = Duration::from_secs(5);

/// The origin of messages from the cloud.
const CLOUD: &str = "$cloud";

/// How surely a message is to arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quality {
    /// QoS 0: once or not at all.
    AtMostOnce,
    /// QoS 1: again until acknowledged.
    AtLeastOnce,
}

/// What comes out of the broker.
pub struct Streams {
    /// Every message that a client was allowed to publish. A message is acknowledged to its publisher only after
    /// it has been put in here; while it is full, publishers wait, and once it is dropped, they are refused.
    pub ingest: mpsc::Receiver<Ingest>,
    /// Every connection that was opened or closed. The end of a connection may be told after the beginning of the
    /// one that takes its place; the session identifiers tell them apart.
    pub presence: mpsc::UnboundedReceiver<PresenceEvent>,
}

/// A running broker; clones stand for the same one.
#[derive(Clone)]
pub struct Broker {
    context: ServerContext,
    hooks: Arc<Hooks>,
    mqtt: SocketAddr,
    ws: SocketAddr,
    server: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Broker {
    /// Starts to listen.
    ///
    /// # Errors
    /// [`BrokerError::Listen`] when an address cannot be used, [`BrokerError::Tls`] when a certificate cannot.
    pub async fn start(config: BrokerConfig) -> Result<(Self, Streams), BrokerError> {
        let robots = listener::robots(&config)?;
        let phones = listener::phones(&config)?;
        let (mqtt, ws) = (address(&robots, config.mqtt)?, address(&phones, config.ws)?);
        // The library's own idea of an overloaded machine would refuse robots while something compiles.
        let context = ServerContext::new().busy_check_enable(false).build().await;
        *context.extends.retain_mut().await = Box::new(RetainedMessages::default());
        let (hooks, streams) = wire(config);
        hooks::install(&hooks, context.extends.hook_mgr().register()).await;
        let server = MqttServer::new(context.clone())
            .listener_by_id(robots, ROBOTS)
            .listener_by_id(phones, PHONES)
            .build();
        let task = tokio::spawn(async move {
            if let Err(error) = server.run().await {
                tracing::error!(%error, "broker stopped");
            }
        });
        let server = Arc::new(Mutex::new(Some(task)));
        Ok((
            Self {
                context,
                hooks,
                mqtt,
                ws,
                server,
            },
            streams,
        ))
    }

    /// Where robots connect.
    #[must_use]
    pub fn mqtt_addr(&self) -> SocketAddr {
        self.mqtt
    }

    /// Where phones connect.
    #[must_use]
    pub fn ws_addr(&self) -> SocketAddr {
        self.ws
    }

    /// Publishes from the cloud to whoever has subscribed; policies still decide who receives it. An empty payload
    /// with `retain` forgets the retained message.
    ///
    /// # Errors
    /// [`BrokerError::Message`] when topic or payload exceed a limit, [`BrokerError::Forward`] when the broker
    /// cannot take it.
    pub async fn publish(
        &self,
        topic: &str,
        payload: Bytes,
        quality: Quality,
        retain: bool,
    ) -> Result<(), BrokerError> {
        let message = message(topic, payload, quality, retain)?;
        self.note_sent(&message);
        self.forward(CLOUD, message).await
    }

    /// Sends a message to one connected client, subscribed or not, and waits at most `timeout` for its
    /// acknowledgement. It is never kept for a client that is away.
    ///
    /// # Errors
    /// [`BrokerError::Message`] when topic or payload exceed a limit, [`BrokerError::Forward`] when the broker
    /// cannot take it.
    pub async fn deliver(
        &self,
        client_id: &str,
        topic: &str,
        payload: Bytes,
        timeout: Duration,
    ) -> Result<Delivery, BrokerError> {
        let message = message(topic, payload, Quality::AtLeastOnce, false)?;
        if !self.is_connected(client_id).await {
            return Ok(Delivery::Offline);
        }
        self.note_sent(&message);
        let pending = self.hooks.deliveries.begin();
        self.forward(&pending.origin, message.target_clientid(client_id.into()))
            .await?;
        Ok(pending.wait(timeout).await)
    }

    /// Whether the client is connected now.
    pub async fn is_connected(&self, client_id: &str) -> bool {
        let status = self
            .context
            .extends
            .shared()
            .await
            .session_status(client_id)
            .await;
        status.is_some_and(|status| status.online)
    }

    /// Cuts the client's connection and keeps its session; says whether there was a connection to cut.
    pub async fn disconnect(&self, client_id: &str) -> bool {
        if !self.is_connected(client_id).await {
            return false;
        }
        let entry = self.context.extends.shared().await.entry(self.id(client_id));
        entry.tx().is_some_and(|session| {
            session
                .unbounded_send(Message::Closed(Reason::ConnectKicked(true)))
                .is_ok()
        })
    }

    /// How often clients were refused so far.
    #[must_use]
    pub fn refusals(&self) -> Refusals {
        self.hooks.refusals.read()
    }

    /// How often and how fast clients connected so far.
    #[must_use]
    pub fn connects(&self) -> Connects {
        self.hooks.connects.read()
    }

    /// Stops listening and ends every session; waits a few seconds for clients to be told. Keep reading
    /// [`Streams::ingest`] or drop it: a client that waits for room there is not told.
    pub async fn shutdown(&self) {
        let task = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            // An aborted task ends with an error; what matters is that its sockets are closed now.
            let _ = task.await;
        }
        let entries: Vec<_> = self.context.extends.shared().await.iter().collect();
        join_all(entries.into_iter().map(|mut entry| async move {
            if let Some(session) = entry.session() {
                let _ = session.disconnected_reason_add(presence::stopping()).await;
            }
            entry.kick(true, true, true).await
        }))
        .await;
        if tokio::time::timeout(SHUTDOWN_WAIT, self.hooks.connections.all_closed())
            .await
            .is_err()
        {
            tracing::warn!("connections were still open when the broker stopped");
        }
    }

    fn note_sent(&self, message: &Publish) {
        let (topic, bytes) = (&message.topic, message.payload.len());
        self.hooks.traffic.sent(topic, bytes, message.retain);
    }

    async fn forward(&self, origin: &str, message: Publish) -> Result<(), BrokerError> {
        let topic = message.topic.to_string();
        let origin = Origin::from_system(self.id(origin));
        SessionState::forwards(&self.context, origin, message, false, None)
            .await
            .map_err(|error| BrokerError::Forward {
                topic,
                source: listener::into_io(error),
            })
    }

    fn id(&self, client_id: &str) -> Id {
        Id::from(self.context.node.id(), client_id.into())
    }
}

fn wire(config: BrokerConfig) -> (Arc<Hooks>, Streams) {
    let (ingest_sender, ingest) = mpsc::channel(INGEST_CAPACITY);
    let (presence_sender, presence) = mpsc::unbounded_channel();
    let gate = Gate {
        endpoint: config.endpoint,
        device_policy: Arc::from([config.device_policy]),
        claim_policy: config.claim_policy.into_iter().collect(),
        authorizer: config.authorizer,
        registry: config.registry,
    };
    let hooks = Hooks {
        gate,
        connections: Connections::new(),
        connects: ConnectCounter::default(),
        deliveries: Deliveries::default(),
        traffic: config.traffic,
        refusals: RefusalCounters::default(),
        ingest: ingest_sender,
        presence: presence_sender,
    };
    (Arc::new(hooks), Streams { ingest, presence })
}

fn address(listener: &Listener, asked: SocketAddr) -> Result<SocketAddr, BrokerError> {
    listener.local_addr().map_err(|error| BrokerError::Listen {
        address: asked,
        source: listener::into_io(error),
    })
}

fn message(topic: &str, payload: Bytes, quality: Quality, retain: bool) -> Result<Publish, BrokerError> {
    let qos = match quality {
        Quality::AtMostOnce => QoS::AtMostOnce,
        Quality::AtLeastOnce => QoS::AtLeastOnce,
    };
    limits::check_sent(topic, payload.len(), qos.value(), retain).map_err(|source| BrokerError::Message {
        topic: topic.to_owned(),
        source,
    })?;
    let packet = PublishPacket {
        dup: false,
        retain,
        qos,
        topic: topic.into(),
        packet_id: None,
        payload,
        properties: Some(PublishProperties::default()),
    };
    Ok(Publish::from(packet).create_time(timestamp_millis()))
}
