//! A broker that does as the test says, one packet at a time: MQTT 5 over mutual TLS.

use std::sync::Arc;
use std::time::Duration;

use device_agent::credentials::Credentials;
use device_agent::identity::{Endpoint, RobotIdentity};
use domain::id::{PairingId, RobotId};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateSigningRequestParams, CertifiedIssuer, IsCa,
    KeyPair,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{Acceptor, WebPkiClientVerifier};
use rustls::{CipherSuite, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

pub const CONNECT: u8 = 0x10;
pub const PINGREQ: u8 = 0xC0;
pub const PUBLISH: u8 = 0x30;
pub const PUBACK: u8 = 0x40;
pub const SUBSCRIBE: u8 = 0x80;
const PINGRESP: u8 = 0xD0;
/// More than the longest wait between two connections.
const PATIENCE: Duration = Duration::from_secs(70);

/// A packet: its first byte and what follows its length.
pub struct Packet {
    pub head: u8,
    pub body: Vec<u8>,
}

impl Packet {
    pub fn kind(&self) -> u8 {
        self.head & 0xF0
    }

    /// Bit 3 of the flags of a PUBLISH: it may have been sent before.
    pub fn is_duplicate(&self) -> bool {
        self.head & 8 != 0
    }

    /// What a PUBLISH at QoS 1 without properties is about.
    pub fn topic(&self) -> &str {
        let length = usize::from(u16::from_be_bytes([self.body[0], self.body[1]]));
        std::str::from_utf8(&self.body[2..2 + length]).unwrap()
    }

    /// The packet id of a PUBLISH at QoS 1 without properties.
    pub fn id(&self) -> [u8; 2] {
        let at = 2 + self.topic().len();
        [self.body[at], self.body[at + 1]]
    }

    /// The payload of a PUBLISH at QoS 1 without properties.
    pub fn payload(&self) -> &[u8] {
        &self.body[2 + self.topic().len() + 3..]
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
    tls: Arc<ServerConfig>,
    identity: RobotIdentity,
    authority: CertifiedIssuer<'static, KeyPair>,
    certificate: Vec<u8>,
}

impl Broker {
    /// A broker whose certificate is for `name`, and a robot that trusts it.
    pub async fn start(name: &str) -> Self {
        Self::showing(params(&[name]), params(&[])).await
    }

    /// A broker with this certificate, and a robot with that one which trusts it.
    pub async fn showing(server: CertificateParams, robot: CertificateParams) -> Self {
        let mut issuer = params(&[]);
        issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(issuer, KeyPair::generate().unwrap()).unwrap();
        let issue = |params: CertificateParams| {
            let key = KeyPair::generate().unwrap();
            let certificate = params.signed_by(&key, &authority).unwrap();
            (certificate, key.serialize_pem())
        };
        let (server, robot) = (issue(server), issue(robot));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = Endpoint {
            robot: RobotId::from_u128(11),
            pairing: PairingId::from_u128(22),
            stage: "test".into(),
            host: "localhost".into(),
            port: listener.local_addr().unwrap().port(),
        };
        let ca_pem = authority.pem();
        let tls = Arc::new(server_config(&ca_pem, &server.0, &server.1));
        Self {
            listener,
            tls,
            authority,
            certificate: server.0.der().to_vec(),
            identity: RobotIdentity {
                endpoint,
                credentials: Credentials {
                    certificate_pem: robot.0.pem(),
                    key_pem: robot.1,
                },
                ca_pem,
            },
        }
    }

    /// The same broker after a time in which its port is closed.
    pub async fn away_for(mut self, time: Duration) -> Self {
        let address = self.listener.local_addr().unwrap();
        drop(self.listener);
        tokio::time::sleep(time).await;
        self.listener = TcpListener::bind(address).await.unwrap();
        self
    }

    /// What it shows for itself, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The certificate that this broker's authority issues for a signing request, PEM.
    pub fn certify(&self, csr: &str) -> String {
        let request = CertificateSigningRequestParams::from_pem(csr).unwrap();
        request.signed_by(&self.authority).unwrap().pem()
    }

    pub fn identity(&self) -> RobotIdentity {
        self.identity.clone()
    }

    /// The next connection, if the handshake succeeds.
    pub async fn accept(&self) -> std::io::Result<Session> {
        let (stream, _) = timeout(PATIENCE, self.listener.accept()).await.unwrap()?;
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let cipher_suites = hello.client_hello().cipher_suites().to_vec();
        let stream = hello.into_stream(Arc::clone(&self.tls)).await?;
        Ok(Session {
            stream,
            cipher_suites,
            answers_pings: true,
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

fn server_config(ca_pem: &str, certificate: &Certificate, key_pem: &str) -> ServerConfig {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .unwrap();
    let chain = vec![certificate.der().clone()];
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).unwrap();
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .unwrap()
}

/// The body of a PUBLISH at QoS 1 with the packet id 5.
fn message(topic: &str, payload: &[u8]) -> Vec<u8> {
    let mut body = (topic.len() as u16).to_be_bytes().to_vec();
    body.extend(topic.as_bytes());
    body.extend([0, 5, 0]);
    body.extend(payload);
    body
}

/// What a certificate is to say, for these names.
pub fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    CertificateParams::new(names).unwrap()
}

/// A connection of a robot.
pub struct Session {
    stream: TlsStream<TcpStream>,
    /// What the robot offered, in its order.
    pub cipher_suites: Vec<CipherSuite>,
    /// Whether a PINGREQ that is read is answered.
    pub answers_pings: bool,
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
        timeout(PATIENCE, self.until_gone(kind))
            .await
            .expect("a packet in time")
            .expect("the robot is still there")
    }

    pub async fn send(&mut self, head: u8, body: &[u8]) {
        self.write(head, body).await.unwrap();
    }

    async fn write(&mut self, head: u8, body: &[u8]) -> std::io::Result<()> {
        let mut bytes = vec![head];
        let mut length = body.len();
        while length > 0x7F {
            bytes.push((length & 0x7F) as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        bytes.extend(body);
        self.stream.write_all(&bytes).await?;
        self.stream.flush().await
    }

    /// Answers a PUBLISH at QoS 1.
    pub async fn acknowledge(&mut self, publish: &Packet) {
        self.send(PUBACK, &publish.id()).await;
    }

    /// Grants all that a SUBSCRIBE asks for.
    pub async fn grant(&mut self, subscribe: &Packet) {
        self.send(0x90, &[subscribe.body[0], subscribe.body[1], 0, 1, 1, 1])
            .await;
    }

    /// What the robot showed for itself, DER.
    pub fn certificate(&self) -> Vec<u8> {
        let (_, connection) = self.stream.get_ref();
        connection.peer_certificates().unwrap()[0].to_vec()
    }

    /// Sends a message at QoS 1.
    pub async fn publish(&mut self, topic: &str, payload: &[u8], retained: bool) {
        self.send(0x32 | u8::from(retained), &message(topic, payload))
            .await;
    }

    /// Sends a message that the robot may break off.
    pub async fn publish_if_taken(&mut self, topic: &str, payload: &[u8]) {
        let _ = self.write(0x32, &message(topic, payload)).await;
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
        if head == PINGREQ && self.answers_pings {
            self.write(PINGRESP, &[]).await?;
        }
        Ok(Packet { head, body })
    }
}
