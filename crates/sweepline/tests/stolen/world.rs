//! The local stack, robots of its demo home with all that they connect with, and phones.

use domain::claim::ClaimCode;
use domain::home::Name;
use domain::id::{ClaimId, PairingId, RobotId};
use domain::ports::ClaimStore;
use domain::usecase::NewClaim;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use sweepline::authority::Authority;
use sweepline::clock::now;
use sweepline::data_dir::DataDir;
use sweepline::demo::{Demo, SignIn};
use sweepline::stack::{Addresses, Stack};
use tokio::task::spawn_blocking;

/// All that a robot connects with.
pub struct Key {
    pub robot: RobotId,
    pub pairing: PairingId,
    pub certificate: String,
    pub key: String,
    pub ca: String,
    pub port: u16,
}

/// The stack with its demo home.
pub struct World {
    pub stack: Stack,
    pub demo: Demo,
    ca: String,
    _root: tempfile::TempDir,
}

impl World {
    pub async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        let data = DataDir::open(root.path(), false).unwrap();
        let stack = Stack::start(&data, Addresses::free()).await.unwrap();
        let demo = Demo::open(&data.demo(), &stack.parts.store).await.unwrap();
        let authority = Authority::open(&data.authority(), now().millis()).unwrap();
        Self {
            stack,
            demo,
            ca: authority.ca_pem().to_owned(),
            _root: root,
        }
    }

    /// Pairs one more robot with the demo home.
    pub async fn pair(&self, n: u32) -> Key {
        let parts = &self.stack.parts;
        let key = KeyPair::generate().unwrap();
        let request = CertificateParams::new(Vec::new())
            .unwrap()
            .serialize_request(&key);
        let (robot, pairing) = (
            RobotId::new(now(), rand::random()),
            PairingId::new(now(), rand::random()),
        );
        let claim = NewClaim {
            id: ClaimId::new(now(), rand::random()),
            robot,
            code: ClaimCode::new(n.into()),
            secret_hash: String::new(),
            csr: request.unwrap().pem().unwrap(),
        };
        let (pairings, scope) = (parts.pairings(), self.demo.scope(parts).await.unwrap());
        let claim = pairings.open_claim(claim, now()).await.unwrap();
        let name = Name::new("name", "Robot").unwrap();
        let paired = pairings.pair(&scope, &claim.code, name, pairing, now()).await;
        let issued = parts.store.claim(claim.id).await.unwrap().unwrap();
        paired.unwrap();
        Key {
            robot,
            pairing,
            certificate: issued.outcome.unwrap().certificate_pem,
            key: key.serialize_pem(),
            ca: self.ca.clone(),
            port: self.stack.mqtt_addr().port(),
        }
    }

    /// Signs somebody in.
    pub async fn sign_in(&self, who: &SignIn) -> Phone {
        let base = format!("http://{}", self.stack.http_addr());
        let (url, login) = (
            format!("{base}/v1/auth/token"),
            json!({"email": who.email, "password": who.password}),
        );
        let asked = move || {
            let mut answer = ureq::post(url).send_json(login).unwrap();
            let token: Value = answer.body_mut().read_json().unwrap();
            token["access_token"].as_str().unwrap().to_owned()
        };
        let token = spawn_blocking(asked).await.unwrap();
        Phone { base, token }
    }
}

/// Somebody's token, and where it opens what.
#[derive(Clone)]
pub struct Phone {
    base: String,
    token: String,
}

impl Phone {
    /// The status and the body of an answer.
    pub async fn ask(&self, method: &'static str, path: String, body: Option<Value>) -> (u16, Value) {
        let Self { base, token } = self.clone();
        let asked = move || {
            let request = http::Request::builder()
                .method(method)
                .uri(format!("{base}{path}"))
                .header("authorization", format!("Bearer {token}"))
                .header("idempotency-key", rand::random::<u64>().to_string())
                .header("content-type", "application/json");
            let agent: ureq::Agent = ureq::Agent::config_builder()
                .http_status_as_error(false)
                .build()
                .into();
            let mut answer = match body {
                Some(body) => agent.run(request.body(body.to_string()).unwrap()),
                None => agent.run(request.body(()).unwrap()),
            }
            .unwrap();
            let body = answer.body_mut().read_json().unwrap_or_default();
            (answer.status().as_u16(), body)
        };
        spawn_blocking(asked).await.unwrap()
    }

    /// What the home's page shows of a robot.
    pub async fn robot(&self, robot: RobotId) -> Value {
        self.ask("GET", format!("/v1/robots/{robot}"), None).await.1
    }
}
