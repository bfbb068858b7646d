//! The broker library's hooks: each event is put to the [`Gate`] and its outcome told to the library.
//!
//! The library calls `MessagePublish` before it checks the publish ACL, so a rule that listened there would be fed
//! messages that are refused a moment later. Here one hook, the ACL check, both decides and passes on; only last
//! wills, which never come by the ACL check, are passed on from `MessagePublish`.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use policy::{Action, Resource};
use rmqtt::codec::v5::{PublishAckReason, SubscribeAckReason};
use rmqtt::hook::{Handler, HookResult, Parameter, Register, ReturnType, Type};
use rmqtt::session::Session;
use rmqtt::types::{
    AuthResult, ConnectInfo, From as Origin, FromType, Publish, PublishAclResult, PublishResult, QoS, Reason,
    Subscribe, SubscribeReturn,
};
use rmqtt::utils::timestamp_millis;
use tokio::sync::mpsc;

use super::connection::{Connection, Connections};
use super::connects::ConnectCounter;
use super::delivery::{Deliveries, Delivery};
use super::gate::{Gate, PublishRefusal, SubscribeRefusal, check_publish, check_subscribe};
use super::ingest::Ingest;
use super::presence::{DisconnectReason, PresenceChange, PresenceEvent};
use super::refusals::RefusalCounters;
use super::traffic::Traffic;

const EVENTS: [Type; 11] = [
    Type::ClientAuthenticate,
    Type::ClientConnected,
    Type::ClientDisconnected,
    Type::ClientKeepalive,
    Type::ClientSubscribeCheckAcl,
    Type::MessagePublishCheckAcl,
    Type::MessagePublish,
    Type::MessageExpiryCheck,
    Type::MessageDelivered,
    Type::MessageAcked,
    Type::MessageDropped,
];

/// What the hooks work with.
pub(super) struct Hooks {
    pub(super) gate: Gate,
    pub(super) connections: Connections,
    pub(super) connects: ConnectCounter,
    pub(super) deliveries: Deliveries,
    pub(super) traffic: Arc<dyn Traffic>,
    pub(super) refusals: RefusalCounters,
    pub(super) ingest: mpsc::Sender<Ingest>,
    pub(super) presence: mpsc::UnboundedSender<PresenceEvent>,
}

/// Has the library call `hooks` from now on.
pub(super) async fn install(hooks: &Arc<Hooks>, register: Box<dyn Register>) {
    for event in EVENTS {
        register.add(event, Box::new(Installed(Arc::clone(hooks)))).await;
    }
    register.start().await;
}

struct Installed(Arc<Hooks>);

#[expect(
    elided_lifetimes_in_paths,
    reason = "async_trait needs the signature as the library writes it"
)]
#[async_trait]
impl Handler for Installed {
    async fn hook(&self, event: &Parameter, so_far: Option<HookResult>) -> ReturnType {
        (true, self.0.on(event).await.or(so_far))
    }
}

impl Hooks {
    async fn on(&self, event: &Parameter<'_>) -> Option<HookResult> {
        match event {
            Parameter::ClientAuthenticate(info) => {
                return Some(HookResult::AuthResult(self.authenticate(info).await));
            }
            Parameter::ClientSubscribeCheckAcl(session, subscribe) => {
                return Some(HookResult::SubscribeAclResult(self.subscribe(session, subscribe)));
            }
            Parameter::MessagePublishCheckAcl(session, publish) => {
                return Some(HookResult::PublishAclResult(self.publish(session, publish).await));
            }
            // Expiry is the one way to keep a message from a client at the last moment.
            Parameter::MessageExpiryCheck(session, origin, publish) => {
                return (!self.may_receive(session, origin, publish)).then_some(HookResult::MessageExpiry);
            }
            Parameter::ClientConnected(session) => self.connected(session).await,
            Parameter::ClientDisconnected(session, reason) => self.disconnected(session, reason).await,
            Parameter::ClientKeepalive(session, _) => self.packet_ends(session),
            Parameter::MessagePublish(Some(session), origin, will) if is_will(origin) => {
                self.last_will(session, will).await;
            }
            Parameter::MessageDelivered(_, _, sent) => {
                self.traffic.delivered(&sent.topic, sent.payload.len())
            }
            Parameter::MessageAcked(_, origin, sent) => {
                self.traffic.acknowledged(&sent.topic);
                self.deliveries.settle(origin, Delivery::Acknowledged);
            }
            Parameter::MessageDropped(_, origin, _, _) => self.deliveries.settle(origin, Delivery::Offline),
            _ => {}
        }
        None
    }

    async fn authenticate(&self, info: &ConnectInfo) -> AuthResult {
        self.connects.count(Instant::now());
        match self.gate.admit(info).await {
            Ok(admission) => {
                self.connections
                    .admit(info.id().clone(), admission, timestamp_millis());
                AuthResult::Allow(false, None)
            }
            Err(refusal) => {
                self.refusals.connections.count();
                tracing::warn!(client.id = %info.client_id(), ?refusal, "connection refused");
                AuthResult::NotAuthorized
            }
        }
    }

    async fn connected(&self, session: &Session) {
        if let Some(connection) = self.connections.open(&session.id) {
            let at = session
                .connected_at()
                .await
                .unwrap_or_else(|_| timestamp_millis());
            self.traffic.connected(connection.client_id());
            let change = PresenceChange::Connected {
                ip_address: connection.admission.address,
            };
            self.announce(connection.event(at, change));
        }
    }

    async fn disconnected(&self, session: &Session, reason: &Reason) {
        if let Some(connection) = self.connections.close(&session.id) {
            let at = session
                .disconnected_at()
                .await
                .unwrap_or_else(|_| timestamp_millis());
            let disconnect_reason = DisconnectReason::from_broker(reason);
            let change = PresenceChange::Disconnected {
                client_initiated_disconnect: disconnect_reason == DisconnectReason::ClientInitiatedDisconnect,
                disconnect_reason,
            };
            self.announce(connection.event(at, change));
        }
    }

    fn announce(&self, event: PresenceEvent) {
        tracing::info!(client.id = event.client_id, change = ?event.change, "presence");
        // Without a listener there is nobody to tell.
        let _ = self.presence.send(event);
    }

    fn packet_ends(&self, session: &Session) {
        if let Some(connection) = self.connections.get(&session.id) {
            connection.packet_ends();
        }
    }

    fn subscribe(&self, session: &Session, subscribe: &Subscribe) -> SubscribeReturn {
        let Some(connection) = self.connections.get(&session.id) else {
            return SubscribeReturn::new_failure(SubscribeAckReason::NotAuthorized);
        };
        if connection.begins_packet() {
            self.traffic.subscribed(connection.client_id());
        }
        match check_subscribe(&connection, &subscribe.topic_filter) {
            Ok(()) => SubscribeReturn::new_success(subscribe.opts.qos(), None),
            Err(refusal) => {
                self.refusals.subscriptions.count();
                let filter = &*subscribe.topic_filter;
                tracing::warn!(
                    client.id = connection.client_id(),
                    filter,
                    ?refusal,
                    "subscription refused"
                );
                SubscribeReturn::new_failure(subscribe_reason(&refusal))
            }
        }
    }

    async fn publish(&self, session: &Session, publish: &Publish) -> PublishAclResult {
        let Some(connection) = self.connections.get(&session.id) else {
            return PublishAclResult::rejected(true, None);
        };
        if let Err(refusal) = check_publish(&connection.admission, publish) {
            self.refusals.messages.count();
            let topic = &*publish.topic;
            tracing::warn!(
                client.id = connection.client_id(),
                topic,
                ?refusal,
                "message refused"
            );
            return refused(&connection, publish, &refusal);
        }
        match self.pass_on(&connection, publish).await {
            Ok(()) => PublishAclResult::allow(),
            Err(_) => PublishAclResult(PublishResult::reason_code(
                PublishAckReason::ImplementationSpecificError,
                None,
                true,
            )),
        }
    }

    async fn last_will(&self, session: &Session, will: &Publish) {
        if let Some(connection) = self.connections.get(&session.id) {
            // A will has no acknowledgement that could be withheld.
            let _ = self.pass_on(&connection, will).await;
        }
    }

    /// Waits for room, so that a message is acknowledged only when somebody is sure to read it.
    async fn pass_on(
        &self,
        connection: &Connection,
        publish: &Publish,
    ) -> Result<(), mpsc::error::SendError<Ingest>> {
        self.traffic
            .published(&publish.topic, publish.payload.len(), publish.retain);
        let ingest = Ingest {
            client_id: connection.client_id().to_owned(),
            topic: publish.topic.to_string(),
            payload: publish.payload.clone(),
            principal: connection.admission.principal.clone(),
            at_ms: publish.create_time.unwrap_or_else(timestamp_millis),
        };
        self.ingest.send(ingest).await
    }

    fn may_receive(&self, session: &Session, origin: &Origin, publish: &Publish) -> bool {
        let topic = Resource::Topic(&publish.topic);
        let allowed = self
            .connections
            .get(&session.id)
            .is_some_and(|connection| connection.admission.may(Action::Receive, topic));
        if !allowed {
            self.refusals.withheld.count();
            tracing::warn!(client.id = %session.id.client_id, ?topic, "message withheld by policy");
        }
        allowed && !self.deliveries.is_over(origin)
    }
}

fn is_will(origin: &Origin) -> bool {
    matches!(origin.typ(), FromType::LastWill)
}

/// A refusal by policy is answered where the protocol has an answer; everything else costs the connection, since
/// MQTT 3.1.1 would report a refused message as received.
fn refused(connection: &Connection, publish: &Publish, refusal: &PublishRefusal) -> PublishAclResult {
    let (reason, disconnect) = match refusal {
        PublishRefusal::Policy(_) => {
            let answerable = connection.admission.hears_reasons && publish.qos == QoS::AtLeastOnce;
            (PublishAckReason::NotAuthorized, !answerable)
        }
        PublishRefusal::Limit(_) => (PublishAckReason::QuotaExceeded, true),
    };
    PublishAclResult(PublishResult::reason_code(
        reason,
        Some(refusal.to_string().into()),
        disconnect,
    ))
}

fn subscribe_reason(refusal: &SubscribeRefusal) -> SubscribeAckReason {
    match refusal {
        SubscribeRefusal::Policy => SubscribeAckReason::NotAuthorized,
        SubscribeRefusal::TooMany => SubscribeAckReason::QuotaExceeded,
        SubscribeRefusal::Limit(_) => SubscribeAckReason::TopicFilterInvalid,
    }
}
