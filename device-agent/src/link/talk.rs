//! A short talk with the broker, by a robot that has no identity yet to keep a link with.

use std::collections::VecDeque;
use std::time::Duration;

use domain::Timestamp;
use rumqttc::mqttbytes::v5::SubscribeReasonCode;
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, Incoming, PublishOptions, QoS,
    SubscribeFilterInput,
};
use thiserror::Error;
use tokio::time::timeout;

use super::mqtt::{KEEP_ALIVE, plain_options};
use super::tls::{TlsError, client_config};
use crate::credentials::Credentials;

/// How long the broker may take to answer.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);
const QUEUED: usize = 8;

/// Who talks, and with whom.
#[derive(Clone)]
pub struct Caller {
    /// The MQTT client id.
    pub client_id: String,
    /// The broker's host name or address.
    pub host: String,
    /// The broker's port.
    pub port: u16,
    /// The authority that the broker's certificate comes from, PEM.
    pub ca_pem: String,
    /// With what the caller shows who it is.
    pub credentials: Credentials,
    /// A time that is known to have passed, for checking the broker's certificate.
    pub not_before: Timestamp,
}

/// Why a talk came to nothing.
#[derive(Debug, Error)]
pub enum TalkError {
    /// The credentials cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The broker does not let the caller in.
    #[error("broker: refused the connection ({reason})")]
    Refused {
        /// Its reason.
        reason: String,
    },
    /// The broker does not let the caller hear something.
    #[error("broker: did not grant the subscription")]
    NotGranted,
    /// The broker did not answer.
    #[error("broker: no answer within {} s", ANSWER_TIMEOUT.as_secs())]
    Timeout,
    /// The connection failed; so it does when the broker does not take the certificate.
    #[error("broker: the connection failed")]
    Connection(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl TalkError {
    /// Whether the same talk may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout | Self::Connection(_) => true,
            Self::Tls(_) | Self::Refused { .. } | Self::NotGranted => false,
        }
    }
}

/// A connection that is not restored.
pub struct Talk {
    client: AsyncClient,
    event_loop: EventLoop,
    heard: VecDeque<(String, Vec<u8>)>,
}

impl Talk {
    /// Connects.
    ///
    /// # Errors
    /// [`TalkError`].
    pub async fn open(caller: &Caller) -> Result<Self, TalkError> {
        let tls = client_config(&caller.ca_pem, &caller.credentials, caller.not_before)?;
        let mut options = plain_options(&caller.client_id, (&caller.host, caller.port), tls);
        options.set_keep_alive(KEEP_ALIVE.as_secs() as u16);
        let (client, event_loop) = AsyncClient::builder(options).capacity(QUEUED).build();
        let mut talk = Self {
            client,
            event_loop,
            heard: VecDeque::new(),
        };
        talk.until(|packet| matches!(packet, Incoming::ConnAck(_)).then_some(()))
            .await?;
        Ok(talk)
    }

    /// Subscribes to topics.
    ///
    /// # Errors
    /// [`TalkError`]; all of them are granted, or it is one.
    pub async fn listen(&mut self, topics: &[String]) -> Result<(), TalkError> {
        let filters = topics
            .iter()
            .map(|topic| SubscribeFilterInput::new(topic.clone(), QoS::AtLeastOnce));
        let asked = self.client.subscribe_many(filters).await;
        asked.map_err(|error| TalkError::Connection(error.into()))?;
        let granted = self.until(|packet| match packet {
            Incoming::SubAck(answer) => {
                let is_granted = |code: &SubscribeReasonCode| matches!(code, SubscribeReasonCode::Success(_));
                Some(answer.return_codes.iter().all(is_granted))
            }
            _ => None,
        });
        if granted.await? {
            Ok(())
        } else {
            Err(TalkError::NotGranted)
        }
    }

    /// Publishes a message at QoS 1; [`Talk::hear`] sends it.
    ///
    /// # Errors
    /// [`TalkError`].
    pub async fn say(&mut self, topic: &str, payload: Vec<u8>) -> Result<(), TalkError> {
        let options = PublishOptions::new(QoS::AtLeastOnce);
        let said = self.client.publish(topic.to_owned(), payload, options).await;
        said.map_err(|error| TalkError::Connection(error.into()))
    }

    /// The next message that comes, with its topic; waits for it as long as the connection holds.
    ///
    /// # Errors
    /// [`TalkError`].
    pub async fn hear(&mut self) -> Result<(String, Vec<u8>), TalkError> {
        loop {
            if let Some(message) = self.heard.pop_front() {
                return Ok(message);
            }
            self.next().await?;
        }
    }

    /// Acknowledges what was heard, and leaves.
    pub async fn close(mut self) {
        if self.client.disconnect().await.is_ok() {
            let end = async { while self.event_loop.poll().await.is_ok() {} };
            // Whoever does not say goodbye in time just goes.
            let _ = timeout(GOODBYE, end).await;
        }
    }

    /// What `wanted` finds in the packets that come.
    async fn until<T>(&mut self, wanted: impl Fn(&Incoming) -> Option<T>) -> Result<T, TalkError> {
        let found = async {
            loop {
                if let Some(packet) = self.next().await?
                    && let Some(found) = wanted(&packet)
                {
                    return Ok(found);
                }
            }
        };
        timeout(ANSWER_TIMEOUT, found)
            .await
            .map_err(|_| TalkError::Timeout)?
    }

    /// The next packet, if the broker sent one; messages are kept until they are asked for.
    async fn next(&mut self) -> Result<Option<Incoming>, TalkError> {
        let event = self.event_loop.poll().await.map_err(why)?;
        Ok(match event {
            Event::Incoming(Incoming::Publish(message)) => {
                let topic = String::from_utf8_lossy(&message.topic).into_owned();
                self.heard.push_back((topic, message.payload.to_vec()));
                None
            }
            Event::Incoming(packet) => Some(packet),
            Event::Outgoing(_) | Event::Auth(_) => None,
        })
    }
}

/// A broker that is busy is one that may answer later.
fn why(error: ConnectionError) -> TalkError {
    match error {
        ConnectionError::ConnectionRefused(
            code @ (ConnectReturnCode::NotAuthorized | ConnectReturnCode::BadUserNamePassword),
        ) => TalkError::Refused {
            reason: format!("{code:?}"),
        },
        other => TalkError::Connection(Box::new(other)),
    }
}
