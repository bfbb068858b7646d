//! The owner's phone: the requests that the page makes, in its order, and what it keeps from one look to the next.

use std::time::Duration;

use anyhow::{Context, ensure};
use domain::Timestamp;
use domain::id::RobotId;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use ureq::Agent;
use ureq::http::Request;

use crate::clock::now;
use crate::demo::SignIn;

/// What the API answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The `ETag`, empty when there is none.
    pub etag: String,
    /// How long the answer may be kept and used again.
    pub max_age: Duration,
    /// The body, `null` when it is not JSON.
    pub body: Value,
}

impl Answer {
    /// A field of the body that must be text.
    pub fn text(&self, pointer: &str) -> anyhow::Result<String> {
        let text = self.body.pointer(pointer).and_then(Value::as_str);
        Ok(text
            .with_context(|| format!("the API gave no {pointer}"))?
            .to_owned())
    }
}

/// A question to the API.
#[derive(Debug, Clone)]
pub struct Question {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Question {
    /// `GET path`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path, None)
    }

    /// `method path` with a body.
    pub fn new(method: &'static str, path: impl Into<String>, body: Option<Value>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body,
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// The owner's phone, signed in.
pub struct Phone {
    agent: Agent,
    base: String,
    owner: SignIn,
    token: String,
    keys: u32,
    home: String,
    robot: String,
    map_tag: String,
    /// Until when the document of the page need not be asked for.
    page_until: Timestamp,
}

impl Phone {
    /// A phone of `owner`, who has `robot`.
    pub async fn new(base: String, owner: &SignIn, robot: RobotId) -> anyhow::Result<Self> {
        let config = Agent::config_builder().http_status_as_error(false);
        let mut phone = Self {
            agent: config.build().into(),
            base,
            owner: owner.clone(),
            token: String::new(),
            keys: 0,
            home: String::new(),
            robot: robot.to_string(),
            map_tag: String::new(),
            page_until: Timestamp::from_millis(0),
        };
        phone.sign_in().await?;
        phone.home = phone.ask(Question::get("/v1/homes")).await?.text("/items/0/id")?;
        Ok(phone)
    }

    /// Gets a token: on AWS from Cognito or another provider, which our API has no part in.
    pub async fn sign_in(&mut self) -> anyhow::Result<()> {
        let body = json!({ "email": self.owner.email, "password": self.owner.password });
        let question = Question::new("POST", "/v1/auth/token", Some(body));
        self.token = self.ask(question).await?.text("/access_token")?;
        Ok(())
    }

    /// Opens the page: its document, and all that it shows first; a map that the phone has not seen, and the plan on
    /// it. The page's other files do not change from one release to the next and stay on the phone.
    pub async fn open(&mut self) -> anyhow::Result<()> {
        self.sign_in().await?;
        self.open_page().await?;
        let home = &self.home;
        let path = format!("/v1/overview?home={home}");
        let overview = self.ask(Question::get(path)).await?;
        let tag = overview.text("/floors/0/map_tag")?;
        if tag == self.map_tag {
            return Ok(());
        }
        let floor = overview.text("/floors/0/id")?;
        for path in [
            format!("/v1/homes/{home}/floors/{floor}/map"),
            format!("/v1/homes/{home}/plan?floor={floor}"),
        ] {
            self.ask(Question::get(path)).await?;
        }
        self.map_tag = tag;
        Ok(())
    }

    /// Asks for the page's document, unless it was said that the phone may keep it for as long.
    async fn open_page(&mut self) -> anyhow::Result<()> {
        if now() >= self.page_until {
            let page = self.ask(Question::get("/")).await?;
            self.page_until = now().plus(page.max_age);
        }
        Ok(())
    }

    /// Forgets the map, as if a run had changed it since the last look.
    pub fn forget_map(&mut self) {
        self.map_tag.clear();
    }

    /// Looks at the robots again, as the open page does.
    pub async fn poll(&self) -> anyhow::Result<()> {
        let path = format!("/v1/homes/{}/robots", self.home);
        self.ask(Question::get(path)).await?;
        Ok(())
    }

    /// Gives a command; gives its id.
    pub async fn command(&mut self, body: Value) -> anyhow::Result<String> {
        self.keys += 1;
        let path = format!("/v1/robots/{}/commands", self.robot);
        let question =
            Question::new("POST", path, Some(body)).with("idempotency-key", format!("bill-{}", self.keys));
        self.ask(question).await?.text("/id")
    }

    /// How far a command has come.
    pub async fn state_of(&self, command: &str) -> anyhow::Result<String> {
        let path = format!("/v1/robots/{}/commands/{command}", self.robot);
        self.ask(Question::get(path)).await?.text("/state")
    }

    /// Replaces the robot's settings with `change` of what they are; gives their version.
    pub async fn change_settings(&self, change: impl FnOnce(&mut Value)) -> anyhow::Result<()> {
        let path = format!("/v1/robots/{}/settings", self.robot);
        let known = self.ask(Question::get(path.clone())).await?;
        let mut body = known.body;
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|name, _| ["upload_map", "child_lock", "restrictions"].contains(&name.as_str()));
        }
        change(&mut body);
        self.ask(Question::new("PUT", path, Some(body)).with("if-match", known.etag))
            .await?;
        Ok(())
    }

    /// Opens, renews or ends a live view.
    pub async fn live(&self, method: &'static str, lease: Option<&str>) -> anyhow::Result<Answer> {
        let lease = lease.map(|lease| format!("/{lease}")).unwrap_or_default();
        let path = format!("/v1/robots/{}/live{lease}", self.robot);
        self.ask(Question::new(method, path, None)).await
    }

    /// Gives the first room of the first floor another name.
    pub async fn rename_room(&self) -> anyhow::Result<()> {
        let floors = format!("/v1/homes/{}/floors", self.home);
        let floor = self
            .ask(Question::get(floors.clone()))
            .await?
            .text("/items/0/id")?;
        let rooms = self.ask(Question::get(format!("{floors}/{floor}/rooms"))).await?;
        let path = format!("{floors}/{floor}/rooms/{}", rooms.text("/items/0/id")?);
        let change = Question::new("PATCH", path, Some(json!({ "name": "Somewhere" })));
        self.ask(change.with("if-match", rooms.etag)).await?;
        Ok(())
    }

    /// Fetches the archive of the home.
    pub async fn export(&self) -> anyhow::Result<()> {
        let path = format!("/v1/homes/{}/export", self.home);
        self.ask(Question::get(path)).await.map(drop)
    }

    /// Looks at all that the page shows first.
    pub async fn look(&self) -> anyhow::Result<()> {
        let path = format!("/v1/overview?home={}", self.home);
        self.ask(Question::get(path)).await.map(drop)
    }

    /// Asks; an answer that is a problem is an error here.
    pub async fn ask(&self, question: Question) -> anyhow::Result<Answer> {
        let (agent, url) = (self.agent.clone(), format!("{}{}", self.base, question.path));
        let token = self.token.clone();
        let what = format!("{} {}", question.method, question.path);
        let answer = spawn_blocking(move || send(&agent, &url, &token, &question)).await??;
        ensure!(
            (200..300).contains(&answer.status),
            "{what}: the API answered {}: {}",
            answer.status,
            answer.body
        );
        Ok(answer)
    }
}

/// What `Cache-Control` says; nothing of it means not at all.
fn max_age(cache_control: &str) -> Duration {
    let seconds = cache_control
        .split(',')
        .find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

fn send(agent: &Agent, url: &str, token: &str, question: &Question) -> anyhow::Result<Answer> {
    let mut request = Request::builder().method(question.method).uri(url);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    for (name, value) in &question.headers {
        request = request.header(*name, value);
    }
    let response = match &question.body {
        Some(body) => {
            let request = request.header("content-type", "application/json");
            agent.run(request.body(serde_json::to_vec(body)?)?)?
        }
        None => agent.run(request.body(())?)?,
    };
    let (parts, mut body) = response.into_parts();
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    Ok(Answer {
        status: parts.status.as_u16(),
        etag: header("etag").unwrap_or_default().to_owned(),
        max_age: header("cache-control").map_or(Duration::ZERO, max_age),
        body: serde_json::from_slice(&body.read_to_vec()?).unwrap_or_default(),
    })
}
