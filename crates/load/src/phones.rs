//! Phones ask the API twice as often as it can answer.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use rows::Outcome;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use ureq::Agent;

use crate::apportioned::percentile;
use crate::bug::Bug;
use crate::overload::{GOODPUT, OVERLOAD};
use crate::question::Ready;
use crate::rows::Size;
use crate::server::Server;

/// How many phones ask while the capacity is looked for: fewer than the API works on at a time.
const PHONES: usize = 16;
/// How many ask when it is exceeded.
const CROWD: usize = 192;
/// How often calm and crowd take turns, so that other work of the machine falls on both.
const TURNS: u32 = 4;
/// The slowest answer of 99 in 100 to those who are let in.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);
/// How long a phone waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What phones were answered.
#[derive(Debug, Default)]
struct Answers {
    good: Vec<Duration>,
    turned_away: u64,
    /// What else came.
    bad: Vec<String>,
}

impl Answers {
    fn add(&mut self, mut more: Self) {
        self.good.append(&mut more.good);
        self.turned_away += more.turned_away;
        self.bad.append(&mut more.bad);
    }

    fn all(&self) -> u64 {
        self.good.len() as u64 + self.turned_away + self.bad.len() as u64
    }
}

#[derive(Clone)]
struct Phone {
    agent: Agent,
    url: String,
    authorization: String,
}

impl Phone {
    fn sign_in(ready: &Ready) -> anyhow::Result<Self> {
        let agent = agent();
        let asked = agent
            .post(format!("{}/v1/auth/token", ready.http))
            .send_json(json!({ "email": ready.email, "password": ready.password }));
        let answer: Value = asked?.body_mut().read_json()?;
        let token = answer.get("access_token").and_then(Value::as_str);
        Ok(Self {
            agent,
            url: format!("{}/v1/homes", ready.http),
            authorization: format!("Bearer {}", token.context("no access token")?),
        })
    }

    /// Another phone of the same person, with a connection of its own.
    fn another(&self) -> Self {
        Self {
            agent: agent(),
            ..self.clone()
        }
    }

    fn ask(&self, answers: &mut Answers) {
        let started = Instant::now();
        let request = self
            .agent
            .get(&self.url)
            .header("authorization", &self.authorization);
        match request.call() {
            Err(error) => answers.bad.push(error.to_string()),
            Ok(mut answer) => {
                let may_come_again = answer.headers().contains_key("retry-after");
                match (answer.status().as_u16(), answer.body_mut().read_to_vec()) {
                    (200, Ok(_)) => answers.good.push(started.elapsed()),
                    (429, Ok(_)) if may_come_again => answers.turned_away += 1,
                    (status, _) => answers.bad.push(format!("answered {status}")),
                }
            }
        }
    }
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE));
    config.build().into()
}

/// So many phones ask for some time, all of them together `rate` times a second, or each as soon as it is answered.
fn crowd(phone: &Phone, phones: usize, rate: Option<f64>, time: Duration) -> Answers {
    let (all, start) = (Mutex::new(Answers::default()), Instant::now());
    thread::scope(|scope| {
        for number in 0..phones {
            let (phone, all) = (phone.another(), &all);
            scope.spawn(move || {
                let mut answers = Answers::default();
                for turn in 0.. {
                    let place = (number + turn * phones) as f64;
                    let due = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(place / rate));
                    thread::sleep(due.saturating_sub(start.elapsed()));
                    if start.elapsed() >= time {
                        break;
                    }
                    phone.ask(&mut answers);
                }
                all.lock().unwrap_or_else(PoisonError::into_inner).add(answers);
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Tries it.
///
/// # Errors
/// When the stack does not start, or nobody can sign in.
pub async fn try_it(size: Size, bug: Option<Bug>) -> anyhow::Result<Outcome> {
    let server = Server::start(1, bug)?;
    let (ready, time) = (server.ready.clone(), size.load());
    spawn_blocking(move || {
        let phone = Phone::sign_in(&ready)?;
        let (mut calm, mut pressed) = (Answers::default(), Answers::default());
        for turn in 1..=TURNS {
            calm.add(crowd(&phone, PHONES, None, time / TURNS));
            let capacity = calm.good.len() as f64 / (time * turn / TURNS).as_secs_f64();
            pressed.add(crowd(&phone, CROWD, Some(capacity * OVERLOAD), time / TURNS));
        }
        Ok(judge(time, &calm, pressed))
    })
    .await?
}

fn judge(time: Duration, calm: &Answers, mut pressed: Answers) -> Outcome {
    let per_second = |answers: usize| answers as f64 / time.as_secs_f64();
    let (tried, offered) = (pressed.all(), per_second(pressed.all() as usize));
    let capacity = per_second(calm.good.len());
    let goodput = per_second(pressed.good.len()) / capacity;
    let [median, p99] = [0.5, 0.99].map(|part| percentile(&mut pressed.good, part));
    let mut problems: Vec<String> = calm.bad.iter().chain(&pressed.bad).cloned().collect();
    if goodput < GOODPUT {
        problems.push(format!("goodput is {:.0} % of capacity", goodput * 100.0));
    }
    if p99 > ANSWERED_WITHIN {
        problems.push(format!("p99 of the answers is {p99:?}"));
    }
    if pressed.turned_away == 0 {
        problems.push("nobody was turned away".to_owned());
    }
    let details = format!(
        "capacity {capacity:.0} requests/s, goodput {:.0} % when {offered:.0}/s came, {} answered 429, none 5xx, the others after {:.0} ms (median) and {:.0} ms (p99)",
        goodput * 100.0,
        pressed.turned_away,
        median.as_secs_f64() * 1e3,
        p99.as_secs_f64() * 1e3,
    );
    Outcome::of(tried, details, problems)
}
