//! MQTT 5 over mutual TLS. The only module that knows the client library.
//!
//! What the library leaves to its user is done here: a wait with jitter between connections, subscribing when the
//! broker has no session, subscribing again when no answer comes, and trusting nothing to its queue.

use std::fmt::Display;
use std::time::Duration;

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::RobotId;
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, Incoming, MqttOptions, NetworkOptions,
    Outgoing as Packet, PublishOptions, QoS, SubscribeFilterInput, TlsConfiguration, Transport,
};
use rustls::ClientConfig;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use wire::quota::{MAX_FILTERS_PER_SUBSCRIBE, MAX_SESSION_EXPIRY};
use wire::topic::Downlink;

use super::silence::Silence;
use super::tls::{TlsError, client_config};
use super::{Backoff, Link, LinkEvent};
use crate::core::message::{Delivery, Outgoing, Received};
use crate::credentials::Credentials;
use crate::identity::RobotIdentity;

/// How often the broker hears of a silent robot.
pub const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// How long the broker keeps the session of a robot that is gone.
pub const SESSION_EXPIRY: Duration = Duration::from_secs(60 * 60);
/// How long the handshake may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the broker may take to grant subscriptions before they are asked for again.
pub const SUBSCRIBE_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that held this long makes the waits start over.
pub const STABLE_AFTER: Duration = Duration::from_secs(30);
/// The most messages that wait in memory; more are passed over and sent again from the outbox.
pub const MAX_QUEUED: usize = 512;
/// The most unacknowledged messages in each direction; the library sets room aside for all of them.
pub const MAX_IN_FLIGHT: u16 = 64;
/// How long closing may take.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// The largest packet that is read: a payload at the limit of the wire, topic and properties.
const MAX_PACKET_BYTES: u32 = wire::MAX_PAYLOAD_BYTES as u32 + 1024;
const EVENT_QUEUE: usize = 64;
/// How many filters the robot subscribes to, in one packet.
const SUBSCRIPTIONS: usize = 3;

// What the broker would cut down or refuse is found here, and not in the field.
const _: () = assert!(SESSION_EXPIRY.as_secs() <= MAX_SESSION_EXPIRY.as_secs());
const _: () = assert!(SUBSCRIPTIONS <= MAX_FILTERS_PER_SUBSCRIBE);

/// What a link needs.
#[derive(Clone)]
pub struct MqttLinkConfig {
    /// Who connects, and where.
    pub identity: RobotIdentity,
    /// A time that is known to have passed, for checking the broker's certificate.
    pub not_before: Timestamp,
    /// How often the broker hears of a silent robot, such as [`KEEP_ALIVE`].
    pub keep_alive: Duration,
    /// How long the broker may take to grant subscriptions, such as [`SUBSCRIBE_TIMEOUT`].
    pub subscribe_timeout: Duration,
}

/// Why there can be no link.
#[derive(Debug, Error)]
pub enum LinkError {
    /// The identity cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// The link of a robot.
pub struct MqttLink {
    config: MqttLinkConfig,
    client: AsyncClient,
    events: mpsc::Receiver<LinkEvent>,
    tasks: [JoinHandle<()>; 2],
}

impl MqttLink {
    /// Starts connecting in the background.
    ///
    /// # Errors
    /// [`LinkError`] when the identity cannot be used; what fails later is tried again.
    pub fn start(config: &MqttLinkConfig) -> Result<Self, LinkError> {
        let robot = config.identity.endpoint.robot;
        let (client, event_loop) = AsyncClient::builder(options(config)?)
            .capacity(MAX_QUEUED)
            .build();
        let (signals, signalled) = mpsc::channel(EVENT_QUEUE);
        let (events, received) = mpsc::channel(EVENT_QUEUE);
        let poller = Poller {
            robot,
            event_loop,
            signals,
            backoff: Backoff::default(),
            silence: Silence::new(config.keep_alive),
            since: None,
        };
        let subscriber = Subscriber {
            robot,
            client: client.clone(),
            patience: config.subscribe_timeout,
            signalled,
            events,
        };
        let tasks = [tokio::spawn(poller.run()), tokio::spawn(subscriber.run())];
        Ok(Self {
            config: config.clone(),
            client,
            events: received,
            tasks,
        })
    }
}

#[async_trait]
impl Link for MqttLink {
    async fn next(&mut self) -> LinkEvent {
        match self.events.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }

    fn publish(&mut self, message: Outgoing) {
        let quality = match message.delivery {
            Delivery::AtMostOnce => QoS::AtMostOnce,
            Delivery::AtLeastOnce => QoS::AtLeastOnce,
        };
        if let Err(error) =
            self.client
                .try_publish(message.topic, message.payload, PublishOptions::new(quality))
        {
            tracing::warn!(%error, "a message was not queued");
        }
    }

    fn switch(&mut self, credentials: &Credentials) -> Result<(), LinkError> {
        let mut config = self.config.clone();
        config.identity.credentials = credentials.clone();
        *self = Self::start(&config)?;
        Ok(())
    }

    async fn close(&mut self) {
        if self.client.disconnect_with_timeout(CLOSE_TIMEOUT).await.is_ok() {
            let [poller, _] = &mut self.tasks;
            let _ = timeout(CLOSE_TIMEOUT, poller).await;
        }
    }
}

impl Drop for MqttLink {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn options(config: &MqttLinkConfig) -> Result<MqttOptions, LinkError> {
    let RobotIdentity {
        endpoint,
        credentials,
        ca_pem,
    } = &config.identity;
    let tls = client_config(ca_pem, credentials, config.not_before)?;
    let mut options = plain_options(
        &endpoint.robot.to_string(),
        (endpoint.host.as_str(), endpoint.port),
        tls,
    );
    options
        .set_keep_alive(u16::try_from(config.keep_alive.as_secs()).unwrap_or(u16::MAX))
        .set_session_expiry_interval(Some(SESSION_EXPIRY.as_secs() as u32))
        .set_receive_maximum(Some(MAX_IN_FLIGHT))
        .set_outgoing_inflight_upper_limit(MAX_IN_FLIGHT);
    Ok(options)
}

/// A client that starts clean, with what holds for every connection of a robot.
pub(super) fn plain_options(client_id: &str, broker: (&str, u16), tls: ClientConfig) -> MqttOptions {
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    let mut options = MqttOptions::new(client_id, broker);
    options
        .set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls.into())))
        .set_clean_start(true)
        .set_max_packet_size(Some(MAX_PACKET_BYTES))
        .set_connect_timeout(CONNECT_TIMEOUT)
        .set_network_options(network);
    options
}

/// What the poller tells the subscriber.
enum Signal {
    Connected { session_present: bool },
    Lost,
    Received(Received),
}

/// Drives the library's event loop and waits between connections.
struct Poller {
    robot: RobotId,
    event_loop: EventLoop,
    signals: mpsc::Sender<Signal>,
    backoff: Backoff,
    silence: Silence,
    since: Option<Instant>,
}

impl Poller {
    async fn run(mut self) {
        loop {
            let told = match self.poll().await {
                None => {
                    self.event_loop.clean();
                    self.wait_after(&"the broker does not answer").await
                }
                Some(Ok(Event::Incoming(packet))) => {
                    self.silence.broken();
                    self.take(packet).await
                }
                Some(Ok(Event::Outgoing(packet))) => {
                    if is_answered(&packet) {
                        self.silence.asked(Instant::now());
                    }
                    Ok(())
                }
                Some(Ok(Event::Auth(_))) => Ok(()),
                Some(Err(ConnectionError::RequestsDone)) => return,
                Some(Err(error)) => self.wait_after(&error).await,
            };
            if told.is_err() {
                return;
            }
        }
    }

    /// What happens next, or nothing when the broker has been silent for too long.
    async fn poll(&mut self) -> Option<Result<Event, ConnectionError>> {
        match self.silence.ends() {
            Some(end) => timeout_at(end, self.event_loop.poll()).await.ok(),
            None => Some(self.event_loop.poll().await),
        }
    }

    async fn take(&mut self, packet: Incoming) -> Result<(), mpsc::error::SendError<Signal>> {
        match packet {
            Incoming::ConnAck(answer) if answer.code == ConnectReturnCode::Success => {
                self.since = Some(Instant::now());
                // A new process has nothing to resume, so it starts clean; from then on the session is ours.
                self.event_loop.options.set_clean_start(false);
                self.signals
                    .send(Signal::Connected {
                        session_present: answer.session_present,
                    })
                    .await
            }
            Incoming::Publish(publish) => {
                let topic = std::str::from_utf8(&publish.topic)
                    .ok()
                    .and_then(|topic| topic.parse().ok());
                let Some(topic) = topic else {
                    tracing::warn!(robot.id = %self.robot, "a message on a topic that is none of ours");
                    return Ok(());
                };
                let payload = publish.payload.to_vec();
                self.signals
                    .send(Signal::Received(Received {
                        topic,
                        payload,
                        retained: publish.retain,
                    }))
                    .await
            }
            _ => Ok(()),
        }
    }

    async fn wait_after(&mut self, error: &impl Display) -> Result<(), mpsc::error::SendError<Signal>> {
        self.silence.broken();
        if self
            .since
            .take()
            .is_some_and(|since| since.elapsed() >= STABLE_AFTER)
        {
            self.backoff.reset();
        }
        let delay = self.backoff.next_delay(rand::random());
        tracing::warn!(robot.id = %self.robot, %error, delay_ms = delay.as_millis() as u64, "the link is down");
        self.signals.send(Signal::Lost).await?;
        sleep(delay).await;
        Ok(())
    }
}

/// Whether a broker answers such a packet.
fn is_answered(packet: &Packet) -> bool {
    match packet {
        // Packet id 0 stands for QoS 0.
        Packet::Publish(id) => *id != 0,
        Packet::PingReq | Packet::Subscribe(_) | Packet::Unsubscribe(_) => true,
        Packet::PubAck(_)
        | Packet::PubRec(_)
        | Packet::PubRel(_)
        | Packet::PubComp(_)
        | Packet::PingResp
        | Packet::Disconnect
        | Packet::AwaitAck(_)
        | Packet::Auth => false,
    }
}

/// Subscribes after each new session, and reports the link as up only once that is granted.
struct Subscriber {
    robot: RobotId,
    client: AsyncClient,
    patience: Duration,
    signalled: mpsc::Receiver<Signal>,
    events: mpsc::Sender<LinkEvent>,
}

impl Subscriber {
    async fn run(mut self) {
        while let Some(signal) = self.signalled.recv().await {
            if self.take(signal).await.is_err() {
                return;
            }
        }
    }

    async fn take(&mut self, signal: Signal) -> Result<(), mpsc::error::SendError<LinkEvent>> {
        match signal {
            Signal::Lost => self.events.send(LinkEvent::Down).await,
            Signal::Received(message) => self.events.send(LinkEvent::Received(message)).await,
            Signal::Connected {
                session_present: true,
            } => self.events.send(LinkEvent::Up).await,
            Signal::Connected {
                session_present: false,
            } => self.subscribe_and_report().await,
        }
    }

    /// Messages may arrive before the grant does; they are passed on after it, as is the loss of the link.
    async fn subscribe_and_report(&mut self) -> Result<(), mpsc::error::SendError<LinkEvent>> {
        let mut early = Vec::new();
        let granted = tokio::select! {
            () = subscribe(&self.client, self.robot, self.patience) => true,
            () = wait_for_loss(&mut self.signalled, &mut early) => false,
        };
        let last = if granted { LinkEvent::Up } else { LinkEvent::Down };
        self.events.send(last).await?;
        for message in early.into_iter().filter(|_| granted) {
            self.events.send(LinkEvent::Received(message)).await?;
        }
        Ok(())
    }
}

/// Asks for all subscriptions until the broker grants them.
async fn subscribe(client: &AsyncClient, robot: RobotId, patience: Duration) {
    loop {
        let topics: [Downlink; SUBSCRIPTIONS] = [
            Downlink::Settings(robot),
            Downlink::Receipts(robot),
            Downlink::Commands(robot),
        ];
        let filters = topics.map(|topic| SubscribeFilterInput::new(topic.to_string(), QoS::AtLeastOnce));
        let asked = async {
            let notice = client.subscribe_many_tracked(filters).await.ok()?;
            Some(notice.wait_completion_async().await)
        };
        match timeout(patience, asked).await {
            Ok(Some(Ok(()))) => return,
            Ok(Some(Err(error))) => {
                tracing::warn!(robot.id = %robot, %error, "the broker did not grant the subscriptions");
                sleep(patience).await;
            }
            Ok(None) => std::future::pending().await,
            Err(_) => tracing::warn!(robot.id = %robot, "no answer to the subscriptions; asking again"),
        }
    }
}

/// Returns when the link is lost; keeps what arrives meanwhile.
async fn wait_for_loss(signalled: &mut mpsc::Receiver<Signal>, early: &mut Vec<Received>) {
    loop {
        match signalled.recv().await {
            Some(Signal::Received(message)) if early.len() < EVENT_QUEUE => early.push(message),
            Some(Signal::Received(_) | Signal::Connected { .. }) => {}
            Some(Signal::Lost) | None => return,
        }
    }
}
