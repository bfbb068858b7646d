//! A broker that does as the test says, one packet at a time: MQTT 5 over mutual TLS.

use std::sync::Arc;
use std::time::Duration;

use device_agent::credentials::Credentials;
use device_agent::identity::{Endpoint, RobotIdentity};
use domain::id::{PairingId, RobotId};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub const CONNECT: u8 = 0x10;
pub const PUBLISH: u8 = 0x30;
pub const PUBACK: u8 = 0x40;
pub const SUBSCRIBE: u8 = 0x80;
const PATIENCE: Duration = Duration::from_secs(20);

/// A packet: its first byte and what follows its length.
pub struct Packet {
    pub head: u8,
    pub body: Vec<u8>,
}

impl Packet {
    pub fn kind(&self) -> u8 {
        self.head & 0xF0
    }

    pub fn holds(&self, text: &str) -> bool {
        self.body
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    }

    /// Bit 1 of the flags of a CONNECT.
    pub fn is_clean_start(&self) -> bool {
        self.body[7] & 2 != 0
    }
}

pub struct Broker {
    listener: TcpListener,
    tls: TlsAcceptor,
    identity: RobotIdentity,
}

impl Broker {
    /// A broker whose certificate is for `name`, and a robot that trusts it.
    pub async fn start(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let issue = |names: Vec<String>| {
            let key = KeyPair::generate().unwrap();
            let certificate = CertificateParams::new(names)
                .unwrap()
                .signed_by(&key, &authority)
                .unwrap();
            (certificate.pem(), key.serialize_pem())
        };
        let (server, robot) = (issue(vec![name.to_owned()]), issue(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = Endpoint {
            robot: RobotId::from_u128(11),
            pairing: PairingId::from_u128(22),
            stage: "test".into(),
            host: "localhost".into(),
            port: listener.local_addr().unwrap().port(),
        };
        let (certificate_pem, key_pem, ca_pem) = (robot.0, robot.1, authority.pem());
        let tls = TlsAcceptor::from(Arc::new(server_config(&ca_pem, &server)));
        Self {
            listener,
            tls,
            identity: RobotIdentity {
                endpoint,
                credentials: Credentials {
                    certificate_pem,
                    key_pem,
                },
                ca_pem,
            },
        }
    }

    pub fn identity(&self) -> RobotIdentity {
        self.identity.clone()
    }

    /// The next connection, if the handshake succeeds.
    pub async fn accept(&self) -> std::io::Result<Session> {
        let (stream, _) = timeout(PATIENCE, self.listener.accept()).await.unwrap()?;
        Ok(Session {
            stream: self.tls.accept(stream).await?,
        })
    }

    /// The next connection, its CONNECT answered.
    pub async fn accept_mqtt(&self, session_present: bool) -> (Session, Packet) {
        let mut session = self.accept().await.unwrap();
        let connect = session.expect(CONNECT).await;
        session.send(0x20, &[u8::from(session_present), 0, 0]).await;
        (session, connect)
    }
}

fn server_config(ca_pem: &str, server: &(String, String)) -> ServerConfig {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .unwrap();
    let chain = vec![CertificateDer::from_pem_slice(server.0.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(server.1.as_bytes()).unwrap();
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .unwrap()
}

/// A connection of a robot.
pub struct Session {
    stream: TlsStream<TcpStream>,
}

impl Session {
    /// The next packet of this kind, or `None` when the robot has gone.
    pub async fn until_gone(&mut self, kind: u8) -> Option<Packet> {
        loop {
            let packet = self.read().await.ok()?;
            if packet.kind() == kind {
                return Some(packet);
            }
        }
    }

    /// The next packet of this kind; others are passed over.
    pub async fn expect(&mut self, kind: u8) -> Packet {
        loop {
            let packet = timeout(PATIENCE, self.read())
                .await
                .expect("a packet in time")
                .unwrap();
            if packet.kind() == kind {
                return packet;
            }
        }
    }

    pub async fn send(&mut self, head: u8, body: &[u8]) {
        let mut bytes = vec![head, u8::try_from(body.len()).unwrap()];
        bytes.extend(body);
        self.stream.write_all(&bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Grants all that a SUBSCRIBE asks for.
    pub async fn grant(&mut self, subscribe: &Packet) {
        self.send(0x90, &[subscribe.body[0], subscribe.body[1], 0, 1, 1, 1])
            .await;
    }

    /// Sends a message at QoS 1.
    pub async fn publish(&mut self, topic: &str, payload: &[u8], retained: bool) {
        let mut body = (topic.len() as u16).to_be_bytes().to_vec();
        body.extend(topic.as_bytes());
        body.extend([0, 5, 0]);
        body.extend(payload);
        self.send(0x32 | u8::from(retained), &body).await;
    }

    async fn read(&mut self) -> std::io::Result<Packet> {
        let head = self.stream.read_u8().await?;
        let (mut length, mut shift) = (0, 0);
        loop {
            let byte = self.stream.read_u8().await?;
            length |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(Packet { head, body })
    }
}
