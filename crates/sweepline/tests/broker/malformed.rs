//! Every class of wrong packets on a robot's connection: none ends the broker, fills its memory, reaches a rule or keeps
//! another robot from being heard.

use std::sync::Arc;

use hostile::{Classes, Link, Row, Script};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::fixture::{Credentials, Stack, within};
use crate::robot::Robot;

const WILD: Link<'_> = Link {
    client: "robot_wild",
    topic: "$aws/rules/dev_map_ingest/r/robot_wild/tiles",
};
const CALM: &str = "robot_calm";
const CALM_TOPIC: &str = "$aws/rules/dev_map_ingest/r/robot_calm/tiles";
const CLEAN_START: u8 = 0x02;
const CONNACK: u8 = 0x20;
/// The classes with messages that are right, each for itself: MQTT knows no will beyond 64 KiB, and one of that size may be.
const RIGHT: [&str; 2] = ["100 PUBLISH without reading PUBACK", "will larger than 128 KB"];
/// The most memory that the packets of one class may take beyond what was held before, KiB.
const MORE_MEMORY_KIB: u64 = 32 * 1024;
const LEAST: usize = 80;

#[tokio::test]
async fn no_packet_stops_the_broker() {
    let Some(classes) = Classes::load() else {
        return;
    };
    hostile::count_panics();
    let (mut row, mut bench) = (Row::new("S5 broker"), Bench::start().await);
    for class in &classes.packets {
        bench.go(class, &mut row).await;
    }
    let panics = hostile::panics();
    row.add(panics == 0, || format!("{panics} panics"));
    row.hold(LEAST);
}

#[tokio::test]
async fn a_broker_with_a_bug_that_is_built_in_is_found() {
    let Some(classes) = Classes::load() else {
        return;
    };
    let (mut row, bench) = (Row::new("S5 broker"), Bench::start().await);
    let script = &hostile::packets(&classes.packets[0], &WILD)[0];
    bench.play(script).await;
    let Bench { stack, calm, .. } = bench;
    stack.broker.shutdown().await;
    let is_heard = hostile::survives(calm.publish(CALM_TOPIC, b"calm")).await;
    row.add(matches!(is_heard, Ok(Ok(()))), || format!("{is_heard:?}"));
    row.catches("a broker that ends over a packet");
}

/// A broker with a robot that sends what it likes, and one that goes on as ever.
struct Bench {
    stack: Stack,
    wild: Credentials,
    calm: Robot,
}

impl Bench {
    async fn start() -> Self {
        let stack = Stack::start().await;
        let wild = stack.register(WILD.client);
        let calm = Robot::connect(&stack, CALM).await;
        Self { stack, wild, calm }
    }

    async fn go(&mut self, class: &str, row: &mut Row) {
        hostile::forget_peak();
        let before = hostile::memory(std::process::id());
        for (at, script) in hostile::packets(class, &WILD).iter().enumerate() {
            let _open = self.play(script).await;
            let others = self.heard().await;
            let holds = others.is_empty() || RIGHT.contains(&class);
            row.add(holds, || {
                format!("{class}, script {at}: {others:?} reached a rule")
            });
        }
        let after = hostile::memory(std::process::id());
        let more = before
            .zip(after)
            .map_or(0, |(before, after)| after.1.saturating_sub(before.0));
        row.add(more <= MORE_MEMORY_KIB, || {
            format!("{class}: {more} KiB more memory")
        });
        let again = self.play(&Script::nothing()).await;
        row.add(again.is_some(), || {
            format!("after {class}: a right CONNECT is not answered")
        });
    }

    /// Plays a script; gives the connection while it is open. A broker that closes it in between does right.
    async fn play(&self, script: &Script) -> Option<TlsStream<TcpStream>> {
        let mut link = within("TLS connection", self.dial()).await;
        if script.is_connected {
            let connect = hostile::connect(WILD.client, CLEAN_START, 30, &[]);
            link.write_all(&connect).await.ok()?;
            let kind = within("CONNACK", link.read_u8()).await.ok()?;
            assert_eq!(kind, CONNACK);
        }
        let at_once = script.pause.map_or(script.bytes.len(), |_| 1).max(1);
        for bytes in script.bytes.chunks(at_once) {
            link.write_all(bytes).await.ok()?;
            if let Some(pause) = script.pause {
                tokio::time::sleep(pause).await;
            }
        }
        Some(link)
    }

    /// Lets the calm robot report and waits for it; gives the topics of what came before.
    async fn heard(&mut self) -> Vec<String> {
        self.calm.publish(CALM_TOPIC, b"calm").await.unwrap();
        let mut others = Vec::new();
        loop {
            let ingest = self.stack.next_ingest().await;
            if ingest.client_id == CALM {
                return others;
            }
            others.push(ingest.topic);
        }
    }

    async fn dial(&self) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(self.stack.ca_pem().as_bytes()).unwrap();
        roots.add(authority).unwrap();
        let chain = CertificateDer::pem_slice_iter(self.wild.certificate.as_bytes());
        let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
        let key = PrivateKeyDer::from_pem_slice(self.wild.key.as_bytes()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)
            .unwrap();
        let socket = TcpStream::connect(self.stack.broker.mqtt_addr()).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, socket).await.unwrap()
    }
}
