//! Two homes, three people and a robot, on a table of their own, with a clock that the test moves.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use access::{LocalIssuer, TokenVerifier, password};
use axum::Router;
use axum::body::Body;
use domain::Timestamp;
use domain::access::HomeScope;
use domain::home::{Home, Membership, Name, Role};
use domain::id::{HomeId, PairingId, PersonId, RobotId};
use domain::member::{INVITATION_VALID, Invitation, InvitationCode, Stay};
use domain::ports::{Account, AccountStore, HealthStore, HomeStore, MemberStore, RobotStore, SettingsStore};
use domain::presence::Presence;
use domain::robot::{Pairing, Robot};
use domain::settings::Settings;
use domain::status::{Battery, Capabilities, RobotError, RobotState, Status, StatusOrder};
use domain::usecase::{Accounts, Folding};
use dynoxide::Database;
use hostile::Recorder;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, Method, Request, StatusCode};
use http_body_util::BodyExt;
use mobile_api::{
    ApiConfig, ApiState, Devices, LocalSignIn, MAX_CHANGES, Provisioning, Services, SignIn, Source, router,
};
use serde_json::Value;
use store::{ConnectConfig, StaticCredentials, TableStore, connect};
use tower::ServiceExt;

use crate::devices::RecordedDevices;

pub const AT: Timestamp = Timestamp::from_millis(1_790_000_000_000);
pub const PASSWORD: &str = "correct horse";

/// Somebody of the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Owns the home with the robot.
    Anna,
    /// Owns the other home.
    Carl,
    /// Operates the fleet.
    Olga,
}

impl Person {
    pub fn id(self) -> PersonId {
        PersonId::new(AT, self as u128 + 1)
    }
}

pub struct World {
    pub store: Arc<TableStore>,
    pub devices: Arc<RecordedDevices>,
    pub home: HomeId,
    pub foreign_home: HomeId,
    pub robot: RobotId,
    pub database: Database,
    pub table: ConnectConfig,
    issuer: LocalIssuer,
    router: Router,
    millis: Arc<AtomicI64>,
    /// Where the issuer's key is.
    pub keys: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with(config(), None, true).await
    }

    /// A world whose requests to its table are noted.
    pub async fn recorded(recorder: &Recorder) -> Self {
        Self::with(config(), Some(recorder), true).await
    }

    /// A world whose installation provisions no robots.
    pub async fn without_provisioning() -> Self {
        Self::with(config(), None, false).await
    }

    /// A world whose installation has no live view.
    pub async fn without_live_view() -> Self {
        let config = ApiConfig {
            live_url: None,
            ..config()
        };
        Self::with(config, None, true).await
    }

    /// A world whose installation says whom to tell of vulnerabilities.
    pub async fn with_security_contact(contact: &str) -> Self {
        let config = ApiConfig {
            security_contact: Some(contact.parse().unwrap()),
            ..config()
        };
        Self::with(config, None, true).await
    }

    async fn with(config: ApiConfig, recorder: Option<&Recorder>, provisions: bool) -> Self {
        let millis = Arc::new(AtomicI64::new(AT.millis()));
        let clock = millis.clone();
        let now: mobile_api::Clock = Arc::new(move || Timestamp::from_millis(clock.load(Ordering::Relaxed)));
        let (database, table) = table(recorder).await;
        let store = Arc::new(connect(table.clone(), now.clone()));
        store.create_table().await.unwrap();
        let devices = Arc::new(RecordedDevices::default());
        let keys = tempfile::tempdir().unwrap();
        let issuer = LocalIssuer::open(keys.path()).unwrap();
        let reach = Devices {
            link: devices.clone(),
            connections: devices.clone(),
            mailbox: devices.clone(),
            registry: devices.clone(),
            claims: provisions.then(|| devices.clone() as _),
        };
        let sign_in = SignIn::Local(LocalSignIn::new(issuer.clone(), Accounts::new(&store)));
        let verifier = TokenVerifier::new(vec![issuer.trusted()]);
        let services = Services::new(&store, &reach);
        let world = Self {
            router: router(ApiState::new(services, verifier, sign_in, config, now)),
            home: HomeId::new(AT, 1),
            foreign_home: HomeId::new(AT, 2),
            robot: RobotId::new(AT, 1),
            store,
            devices,
            database,
            table,
            issuer,
            millis,
            keys,
        };
        world.settle().await;
        world
    }

    async fn settle(&self) {
        let owner_of = |home, person: Person| Membership {
            home,
            person: person.id(),
            role: Role::Owner,
        };
        for (home, name, owner) in [
            (self.home, "Lindenstraße 9", Person::Anna),
            (self.foreign_home, "Hof", Person::Carl),
        ] {
            let home = Home {
                id: home,
                name: Name::new("name", name).unwrap(),
                created_at: AT,
            };
            self.store
                .create_home(&home, &owner_of(home.id, owner))
                .await
                .unwrap();
        }
        self.store.put_robot(&self.paired(), None).await.unwrap();
        let settings = Settings::initial(self.pairing());
        self.store
            .put_settings(self.robot, &settings, None)
            .await
            .unwrap();
        self.report(RobotState::Docked).await;
        self.connect(true).await;
    }

    pub fn pairing(&self) -> PairingId {
        PairingId::new(AT, 1)
    }

    pub fn paired(&self) -> Robot {
        Robot {
            id: self.robot,
            pairing: Some(Pairing {
                id: self.pairing(),
                home: self.home,
                name: Name::new("name", "Kitchen robot").unwrap(),
                floor: None,
                paired_at: AT,
            }),
            certificate: None,
        }
    }

    /// The right to the data of the home with the robot.
    pub fn scope(&self) -> HomeScope {
        HomeScope::of_robot(&self.paired()).unwrap()
    }

    /// Lets runs vote in maps, as the handler does.
    pub fn folding(&self) -> Folding {
        Folding::new(&self.store, self.devices.clone())
    }

    /// Lets the robot say what it does.
    pub async fn report(&self, state: RobotState) {
        let known = self.store.health(self.robot).await.unwrap().status;
        let status = Status {
            order: StatusOrder {
                boot: 1,
                seq: known.map_or(0, |status| status.order.seq + 1),
            },
            state,
            battery: Battery::try_from(80).unwrap(),
            error: RobotError::NoError,
            vendor_error: None,
            firmware: "1.2.3".into(),
            model: "sim".into(),
            capabilities: Capabilities::new(vec!["zones".into()]).unwrap(),
            settings_version: 1,
            run: None,
            waiting: 0,
            dropped: 0,
            skipped: None,
            lock_lifted: false,
            received_at: AT,
        };
        assert!(self.store.put_status(self.robot, &status).await.unwrap());
    }

    /// Lets the robot connect or leave.
    pub async fn connect(&self, connected: bool) {
        let known = self.store.health(self.robot).await.unwrap().presence;
        let presence = Presence {
            connected,
            session: "s".into(),
            version: 1,
            since: AT,
            reason: None,
        };
        self.store
            .put_presence(self.robot, &presence, known.as_ref())
            .await
            .unwrap();
    }

    /// Gives a person a password.
    pub async fn sign_up(&self, person: Person, email: &str) {
        let account = Account {
            person: person.id(),
            email: email.into(),
            password_hash: password::hash(PASSWORD).unwrap(),
            operator: person == Person::Olga,
        };
        self.store.add_account(&account).await.unwrap();
    }

    /// Makes a person a member of the home.
    pub async fn let_in(&self, person: PersonId, stay: Stay) {
        let invitation = Invitation {
            code: InvitationCode::new(rand::random()),
            home: self.home,
            name: Name::new("name", "Somebody").unwrap(),
            stay,
            expires_at: self.now().plus(INVITATION_VALID),
        };
        self.store.open_invitation(&invitation).await.unwrap();
        let member = invitation.accepted_by(person);
        self.store.accept_invitation(&invitation, &member).await.unwrap();
    }

    pub fn pass(&self, time: Duration) {
        self.millis.fetch_add(time.as_millis() as i64, Ordering::Relaxed);
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis.load(Ordering::Relaxed))
    }

    pub fn token(&self, person: Person) -> String {
        self.token_of(person.id(), person == Person::Olga)
    }

    pub fn token_of(&self, person: PersonId, operator: bool) -> String {
        self.issuer.issue(person, operator, self.now()).unwrap().token
    }

    /// The path of the robot and what follows.
    pub fn at_robot(&self, rest: &str) -> String {
        format!("/v1/robots/{}{rest}", self.robot)
    }

    /// The path of the home and what follows.
    pub fn at_home(&self, rest: &str) -> String {
        format!("/v1/homes/{}{rest}", self.home)
    }

    /// A request of `person` without a body.
    pub async fn ask(&self, person: Person, method: Method, path: &str) -> Answer {
        self.send(self.request(method, path).bearer(&self.token(person)))
            .await
    }

    pub async fn get(&self, person: Person, path: &str) -> Answer {
        self.ask(person, Method::GET, path).await
    }

    pub async fn post(&self, person: Person, path: &str, body: Value) -> Answer {
        self.send(
            self.request(Method::POST, path)
                .bearer(&self.token(person))
                .json(&body),
        )
        .await
    }

    pub fn request(&self, method: Method, path: &str) -> Asking {
        Asking(
            Request::builder()
                .method(method)
                .uri(path)
                .body(Body::empty())
                .unwrap(),
        )
    }

    pub async fn send(&self, Asking(mut request): Asking) -> Answer {
        request.extensions_mut().insert(Source("203.0.113.7".into()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }
}

/// A request in the making.
pub struct Asking(Request<Body>);

impl Asking {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.0.headers_mut().append(name, value.parse().unwrap());
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    pub fn json(self, body: &Value) -> Self {
        self.text("application/json", &body.to_string())
    }

    pub fn bytes(mut self, content_type: &str, body: &[u8]) -> Self {
        self.0
            .headers_mut()
            .insert(CONTENT_TYPE, content_type.parse().unwrap());
        *self.0.body_mut() = Body::from(body.to_vec());
        self
    }

    pub fn text(mut self, content_type: &str, body: &str) -> Self {
        self.0
            .headers_mut()
            .insert(CONTENT_TYPE, content_type.parse().unwrap());
        *self.0.body_mut() = Body::from(body.to_owned());
        self
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl fmt::Display for Answer {
    /// Status, telling headers and body, as snapshots have them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for name in ["content-type", "www-authenticate", "retry-after", "allow"] {
            if let Some(value) = self.header(name) {
                writeln!(f, "{name}: {value}")?;
            }
        }
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(json) => write!(f, "{json:#}"),
            Err(_) => f.write_str(&self.text()),
        }
    }
}

async fn table(recorder: Option<&Recorder>) -> (Database, ConnectConfig) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut address = listener.local_addr().unwrap();
    if let Some(recorder) = recorder {
        address = recorder.listen(address).await;
    }
    let endpoint = format!("http://{address}");
    let database = Database::memory().unwrap();
    let server = dynoxide::server::serve_with_shutdown(listener, database.clone(), std::future::pending());
    tokio::spawn(server);
    let config = ConnectConfig {
        endpoint: Some(endpoint),
        region: Some("eu-central-1".into()),
        table: "sweepline".into(),
        credentials: Some(StaticCredentials {
            key_id: "test".into(),
            secret: "test".into(),
        }),
        meter: None,
    };
    (database, config)
}

fn config() -> ApiConfig {
    ApiConfig {
        max_changes: MAX_CHANGES,
        provisioning: Provisioning {
            mqtt_host: "localhost".into(),
            mqtt_port: 8883,
            stage: "local".into(),
            ca_pem: "the authority".into(),
        },
        live_url: Some("ws://localhost:8884/mqtt".into()),
        security_contact: None,
    }
}
