//! A robot's side of the connection: MQTT 5 over mutual TLS.

use rumqttc::mqttbytes::v5::{ConnectReturnCode, LastWill, Packet, Publish, SubscribeReasonCode};
use rumqttc::{
    AckMode, AsyncClient, BrokerSessionResumePolicy, ConnectionError, Event, MqttOptions, NetworkOptions,
    PublishNoticeError, PublishOptions, QoS, SessionMode, SubscribeFilter, SubscribeNoticeError,
    TlsConfiguration, Transport,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::fixture::{Credentials, Stack, within};

/// How a robot connects.
pub struct Dial<'a> {
    pub client_id: &'a str,
    pub credentials: Option<&'a Credentials>,
    pub will: Option<LastWill>,
    pub persistent: bool,
    pub acknowledges: bool,
}

impl<'a> Dial<'a> {
    pub fn new(client_id: &'a str, credentials: &'a Credentials) -> Self {
        Self {
            client_id,
            credentials: Some(credentials),
            will: None,
            persistent: false,
            acknowledges: true,
        }
    }

    pub fn will(mut self, topic: &str) -> Self {
        self.will = Some(LastWill::new(
            topic,
            b"gone".to_vec(),
            QoS::AtLeastOnce,
            false,
            None,
        ));
        self
    }

    pub fn persistent(mut self) -> Self {
        self.persistent = true;
        self
    }

    pub fn deaf(mut self) -> Self {
        self.acknowledges = false;
        self
    }

    pub async fn connect(self, stack: &Stack) -> Result<Robot, ConnectionError> {
        let (client, mut events) = AsyncClient::builder(self.options(stack)).capacity(16).build();
        within("CONNACK", async {
            loop {
                if let Event::Incoming(Packet::ConnAck(_)) = events.poll().await? {
                    return Ok::<(), ConnectionError>(());
                }
            }
        })
        .await?;
        let (sender, packets) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            while let Ok(event) = events.poll().await {
                if let Event::Incoming(packet) = event {
                    let _ = sender.send(packet);
                }
            }
        });
        Ok(Robot {
            client,
            packets,
            task,
        })
    }

    fn options(self, stack: &Stack) -> MqttOptions {
        let mut options = MqttOptions::new(self.client_id, ("127.0.0.1", stack.broker.mqtt_addr().port()));
        let client_auth = self
            .credentials
            .map(|own| (own.certificate.clone().into_bytes(), own.key.clone().into_bytes()));
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Simple {
            ca: stack.ca_pem().as_bytes().to_vec(),
            alpn: None,
            client_auth,
        }));
        let mut network = NetworkOptions::new();
        network.set_tcp_nodelay(true);
        options.set_network_options(network);
        options.set_keep_alive(30);
        options.set_max_packet_size(Some(1024 * 1024));
        let mode = if self.persistent {
            SessionMode::Persistent
        } else {
            SessionMode::Clean
        };
        options.set_session_mode(mode);
        // Each `Dial` is a robot after a restart: it knows nothing of the session that the broker kept.
        options.set_broker_session_resume_policy(BrokerSessionResumePolicy::AllowBrokerOnly);
        let acks = if self.acknowledges {
            AckMode::Automatic
        } else {
            AckMode::Manual
        };
        options.set_ack_mode(acks);
        if let Some(will) = self.will {
            options.set_last_will(will);
        }
        options
    }
}

/// A connected robot; dropping it closes the socket without a word.
pub struct Robot {
    pub client: AsyncClient,
    packets: mpsc::UnboundedReceiver<Packet>,
    task: JoinHandle<()>,
}

impl Drop for Robot {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Robot {
    pub async fn connect(stack: &Stack, name: &str) -> Self {
        let credentials = stack.register(name);
        Dial::new(name, &credentials).connect(stack).await.unwrap()
    }

    /// Publishes with QoS 1 and waits for the answer.
    pub async fn publish(&self, topic: &str, payload: &[u8]) -> Result<(), PublishNoticeError> {
        self.publish_with(topic, payload, PublishOptions::at_least_once())
            .await
    }

    pub async fn publish_with(
        &self,
        topic: &str,
        payload: &[u8],
        options: PublishOptions,
    ) -> Result<(), PublishNoticeError> {
        let notice = self
            .client
            .publish_tracked(topic.to_owned(), payload.to_vec(), options)
            .await
            .unwrap();
        within("PUBACK", notice.wait_completion_async()).await
    }

    /// Subscribes and returns the answer to each filter.
    pub async fn subscribe(&self, filters: &[&str]) -> Vec<SubscribeReasonCode> {
        let filters: Vec<_> = filters
            .iter()
            .map(|filter| SubscribeFilter::new(*filter, QoS::AtLeastOnce))
            .collect();
        let notice = self.client.subscribe_many_tracked(filters).await.unwrap();
        match within("SUBACK", notice.wait_async()).await {
            Ok(granted) => granted.return_codes,
            Err(SubscribeNoticeError::V5SubAckFailure(codes)) => codes,
            Err(error) => panic!("no SUBACK: {error}"),
        }
    }

    pub async fn next_message(&mut self) -> Publish {
        within("message", async {
            loop {
                if let Packet::Publish(publish) = self.packets.recv().await.expect("connection is closed") {
                    return publish;
                }
            }
        })
        .await
    }

    /// Waits until the broker has closed the connection.
    pub async fn closed(&mut self) {
        within("end of the connection", async {
            while self.packets.recv().await.is_some() {}
        })
        .await;
    }
}

/// The code of a refused connection.
pub fn refused(result: Result<Robot, ConnectionError>) -> ConnectReturnCode {
    match result {
        Err(ConnectionError::ConnectionRefused(code)) => code,
        Err(other) => panic!("not refused but {other:?}"),
        Ok(_) => panic!("connected"),
    }
}
