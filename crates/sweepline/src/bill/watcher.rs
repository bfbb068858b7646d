//! The phone's live view: MQTT 3.1.1 in websocket frames, just enough to be sent what it subscribed to.

use anyhow::{Context, ensure};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::phone::Answer;

const CONNECT: u8 = 0x10;
const CONNACK: u8 = 0x20;
const SUBSCRIBE: u8 = 0x82;
const SUBACK: u8 = 0x90;
/// MQTT 3.1.1 with user name, password and a clean session; keep-alive of a minute.
const CONNECT_HEAD: [u8; 4] = [4, 0b1100_0010, 0, 60];

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A phone that watches, until it is dropped.
pub struct Watcher {
    reading: JoinHandle<()>,
}

impl Watcher {
    /// Connects under a lease and subscribes to what it shows.
    pub async fn connect(lease: &Answer) -> anyhow::Result<Self> {
        let mut request = lease.text("/url")?.into_client_request()?;
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", "mqtt".parse()?);
        let (mut socket, _) = connect_async(request).await?;
        let mut connect = [text("MQTT")?, CONNECT_HEAD.to_vec()].concat();
        for field in ["/client_id", "/username", "/password"] {
            connect.extend(text(&lease.text(field)?)?);
        }
        send(&mut socket, CONNECT, &connect).await?;
        expect(&mut socket, CONNACK).await?;
        let mut subscribe = vec![0, 1];
        for topic in ["/topics/pose", "/topics/tiles"] {
            subscribe.extend(text(&lease.text(topic)?)?);
            subscribe.push(0);
        }
        send(&mut socket, SUBSCRIBE, &subscribe).await?;
        expect(&mut socket, SUBACK).await?;
        let reading = tokio::spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
        Ok(Self { reading })
    }

    /// Waits until the broker has cut the connection, as it does when the lease is ended.
    pub async fn closed(self) {
        // A task that was ended is as closed.
        let _ = self.reading.await;
    }
}

fn text(value: &str) -> anyhow::Result<Vec<u8>> {
    let length = u16::try_from(value.len())?;
    Ok([&length.to_be_bytes(), value.as_bytes()].concat())
}

async fn send(socket: &mut Socket, kind: u8, body: &[u8]) -> anyhow::Result<()> {
    let mut packet = vec![kind];
    let mut left = body.len();
    loop {
        let more = if left > 0x7f { 0x80 } else { 0 };
        packet.push((left & 0x7f) as u8 | more);
        left >>= 7;
        if left == 0 {
            break;
        }
    }
    packet.extend(body);
    Ok(socket.send(Message::Binary(packet.into())).await?)
}

/// The next packet must be of a kind, and its last byte, the answer's code, must not refuse.
async fn expect(socket: &mut Socket, kind: u8) -> anyhow::Result<()> {
    while let Some(frame) = socket.next().await {
        if let Message::Binary(bytes) = frame? {
            let is_granted = bytes.first() == Some(&kind) && bytes.last().is_some_and(|code| *code < 0x80);
            ensure!(is_granted, "the broker refused the live view");
            return Ok(());
        }
    }
    None.context("the broker closed the live view")
}
