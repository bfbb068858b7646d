//! A phone's side: MQTT 3.1.1 in websocket frames, written out by hand as the page does it.

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::fixture::{Stack, everything, lease, within};
use crate::robot::Robot;

pub const ACCEPTED: u8 = 0;
const NOT_AUTHORIZED: u8 = 5;
const REFUSED: u8 = 0x80;

pub struct Phone {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    unread: Vec<u8>,
}

/// One packet: its first byte and what follows the length.
pub type Packet = (u8, Vec<u8>);

fn text(value: &str) -> Vec<u8> {
    let mut bytes = u16::try_from(value.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(value.as_bytes());
    bytes
}

impl Phone {
    /// Opens a connection and returns it with the code of the CONNACK.
    pub async fn connect(stack: &Stack, client_id: &str, token: &str) -> (Self, u8) {
        let mut request = format!("ws://{}/mqtt", stack.broker.ws_addr())
            .into_client_request()
            .unwrap();
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", "mqtt".parse().unwrap());
        let (socket, _) = connect_async(request).await.unwrap();
        let mut phone = Self {
            socket,
            unread: Vec::new(),
        };
        let mut connect = [text("MQTT"), vec![4, 0b1100_0010, 0, 60], text(client_id)].concat();
        connect.extend([text("lease"), text(token)].concat());
        phone.send(0x10, connect).await;
        let (kind, body) = phone.next().await.expect("no CONNACK");
        assert_eq!(kind, 0x20);
        (phone, body[1])
    }

    async fn send(&mut self, kind: u8, body: Vec<u8>) {
        let length = match u8::try_from(body.len()).expect("short packets only") {
            length @ 0..128 => vec![length],
            length => vec![length, 1],
        };
        let packet = [vec![kind], length, body].concat();
        self.socket.send(Message::Binary(packet.into())).await.unwrap();
    }

    /// The next packet, or none when the broker has closed the connection.
    pub async fn next(&mut self) -> Option<Packet> {
        within("packet", async {
            loop {
                if let [kind, length, rest @ ..] = self.unread.as_slice()
                    && let Some((body, rest)) = rest.split_at_checked(usize::from(*length))
                {
                    let packet = (*kind, body.to_vec());
                    self.unread = rest.to_vec();
                    return Some(packet);
                }
                match self.socket.next().await {
                    Some(Ok(Message::Binary(bytes))) => self.unread.extend(bytes),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => {}
                }
            }
        })
        .await
    }

    pub async fn subscribe(&mut self, filter: &str) -> u8 {
        self.send(0x82, [vec![0, 1], text(filter), vec![0]].concat())
            .await;
        loop {
            let (kind, body) = self.next().await.expect("no SUBACK");
            if kind == 0x90 {
                return body[2];
            }
        }
    }

    pub async fn publish(&mut self, topic: &str, qos: u8) {
        let id = if qos > 0 { vec![0, 2] } else { Vec::new() };
        self.send(0x30 | qos << 1, [text(topic), id, b"x".to_vec()].concat())
            .await;
    }

    /// Topic and payload of the next message.
    async fn next_message(&mut self) -> (String, Vec<u8>) {
        let (kind, body) = self.next().await.expect("connection is closed");
        assert_eq!(kind & 0xf0, 0x30);
        let length = usize::from(u16::from_be_bytes([body[0], body[1]]));
        (
            String::from_utf8(body[2..2 + length].to_vec()).unwrap(),
            body[2 + length..].to_vec(),
        )
    }
}

#[tokio::test]
async fn a_lease_shows_one_robot() {
    let stack = Stack::start().await;
    stack.grant("app_1", "token", lease("app_1", "robot_a"));
    let (mut phone, code) = Phone::connect(&stack, "app_1", "token").await;
    assert_eq!(code, ACCEPTED);
    assert_eq!(phone.subscribe("live/+/pose").await, 0);
    assert_eq!(phone.subscribe("cmd/robot_a").await, REFUSED);
    assert_eq!(phone.subscribe("#").await, REFUSED);
    let (b, a) = (
        Robot::connect(&stack, "robot_b").await,
        Robot::connect(&stack, "robot_a").await,
    );
    b.publish("live/robot_b/pose", b"hidden").await.unwrap();
    a.publish("live/robot_a/pose", b"shown").await.unwrap();
    assert_eq!(
        phone.next_message().await,
        ("live/robot_a/pose".to_owned(), b"shown".to_vec())
    );
}

#[tokio::test]
async fn a_lease_is_bound_to_its_token_and_client_id() {
    let stack = Stack::start().await;
    stack.grant("app_1", "token", lease("app_1", "robot_a"));
    stack.grant("app_2", "other", lease("app_1", "robot_a"));
    for (client_id, token) in [
        ("app_1", "wrong"),
        ("app_3", "token"),
        ("robot_a", ""),
        ("app_2", "other"),
    ] {
        let (_, code) = Phone::connect(&stack, client_id, token).await;
        assert_eq!(code, NOT_AUTHORIZED, "{client_id}");
    }
}

#[tokio::test]
async fn a_phone_that_publishes_is_cut_off() {
    let stack = Stack::start().await;
    stack.grant("app_1", "token", lease("app_1", "robot_a"));
    for qos in [0, 1] {
        let (mut phone, _) = Phone::connect(&stack, "app_1", "token").await;
        phone.publish("cmd/robot_a", qos).await;
        assert_eq!(
            phone.next().await,
            None,
            "a refused message must not look received"
        );
    }
}

#[tokio::test]
async fn no_policy_opens_what_the_broker_keeps_shut() {
    let mut stack = Stack::start().await;
    stack.grant("app_1", "token", everything());
    let (mut phone, _) = Phone::connect(&stack, "app_1", "token").await;
    for filter in ["$SYS/#", "$share/g/live/#", "$aws/rules/#", "a/#/b"] {
        assert_eq!(phone.subscribe(filter).await, REFUSED, "{filter}");
    }
    assert_eq!(phone.subscribe("#").await, 0);
    let robot = Robot::connect(&stack, "robot_a").await;
    robot
        .publish("$aws/rules/dev_map_ingest/r/robot_a/tiles", b"not shown")
        .await
        .unwrap();
    robot.publish("live/robot_a/pose", b"shown").await.unwrap();
    assert_eq!(phone.next_message().await.1, b"shown");
    assert!(stack.next_ingest().await.basic().is_some());
    let (mut publisher, _) = Phone::connect(&stack, "app_1", "token").await;
    publisher.publish("live/robot_a/pose", 2).await;
    assert_eq!(publisher.next().await, None, "QoS 2 is not supported");
}

#[tokio::test]
async fn retained_messages_come_to_exact_filters_only() {
    let stack = Stack::start().await;
    stack.grant("app_1", "token", everything());
    stack.retain("live/robot_a/pose", b"kept").await;
    let (mut phone, _) = Phone::connect(&stack, "app_1", "token").await;
    assert_eq!(phone.subscribe("live/+/pose").await, 0);
    stack.tell("live/robot_a/pose", b"now").await;
    assert_eq!(phone.next_message().await.1, b"now");
    assert_eq!(phone.subscribe("live/robot_a/pose").await, 0);
    assert_eq!(phone.next_message().await.1, b"kept");
}

#[tokio::test]
async fn a_connection_has_fifty_subscriptions_at_most() {
    let stack = Stack::start().await;
    stack.grant("app_1", "token", everything());
    let (mut phone, _) = Phone::connect(&stack, "app_1", "token").await;
    for number in 0..50 {
        assert_eq!(phone.subscribe(&format!("live/robot_{number}/pose")).await, 0);
    }
    assert_eq!(phone.subscribe("live/robot_50/pose").await, REFUSED);
}

#[tokio::test]
async fn a_lease_that_ends_cuts_the_connection() {
    let stack = Stack::start().await;
    stack.grant("app_1", "token", lease("app_1", "robot_a"));
    let (mut phone, _) = Phone::connect(&stack, "app_1", "token").await;
    assert!(stack.broker.disconnect("app_1").await);
    assert_eq!(phone.next().await, None);
}
