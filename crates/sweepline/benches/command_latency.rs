//! From the phone's POST to the robot's word, with ten simulated robots on the local stack: prints one JSON object.
//!
//! `answered` is the whole HTTP request; `accepted` ends when the robot's acknowledgement is back at the broker, which
//! is later than the robot's own decision. Commands go to the robots in turn, one at a time.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use domain::page::PageRequest;
use domain::ports::{HealthStore, RobotStore};
use serde_json::{Value, json};
use sweepline::data_dir::DataDir;
use sweepline::demo::Demo;
use sweepline::robots;
use sweepline::stack::{Addresses, Stack};

const ROBOTS: usize = 10;
const COMMANDS: usize = 300;
const WARM_UP: usize = 20;
const DEADLINE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_micros(200);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = DataDir::open(folder.path(), false)?;
    let stack = Stack::start(&data, Addresses::free()).await?;
    let demo = Demo::open(&data.demo(), &stack.parts.store).await?;
    let fleet = robots::start(&stack, &demo, &data, robots::plans(None, ROBOTS)?, 1.0).await?;
    let robots = connected(&stack, &demo).await?;
    let phone = Phone::sign_in(&stack, &demo).await?;

    let (mut answered, mut accepted) = (Vec::new(), Vec::new());
    for (number, robot) in robots.iter().cycle().take(WARM_UP + COMMANDS).enumerate() {
        let (answer, acceptance) = phone.locate(&stack, robot, number).await?;
        if number >= WARM_UP {
            answered.push(answer);
            accepted.push(acceptance);
        }
    }
    let report = json!({
        "robots": ROBOTS,
        "commands": COMMANDS,
        "profile": if cfg!(debug_assertions) { "dev" } else { "bench" },
        "answered_ms": figures(answered),
        "accepted_ms": figures(accepted),
    });
    print(&report);
    fleet.stop().await;
    stack.stop().await;
    Ok(())
}

/// The ids of all robots, once each is connected and has reported.
async fn connected(stack: &Stack, demo: &Demo) -> anyhow::Result<Vec<String>> {
    let scope = demo.scope(&stack.parts).await?;
    let started = Instant::now();
    loop {
        let robots = stack
            .parts
            .store
            .robots(&scope, &PageRequest::first())
            .await?
            .items;
        let mut ready = Vec::new();
        for robot in robots {
            let health = stack.parts.store.health(robot.id).await?;
            ready.extend((health.is_connected() && health.status.is_some()).then(|| robot.id.to_string()));
        }
        if ready.len() == ROBOTS {
            return Ok(ready);
        }
        ensure!(
            started.elapsed() < DEADLINE,
            "{} of {ROBOTS} robots connected",
            ready.len()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[derive(Clone)]
struct Phone {
    agent: ureq::Agent,
    base: String,
    authorization: String,
}

impl Phone {
    async fn sign_in(stack: &Stack, demo: &Demo) -> anyhow::Result<Self> {
        let base = format!("http://{}", stack.http_addr());
        let (agent, owner) = (ureq::agent(), serde_json::to_value(&demo.owner)?);
        let signed_in = tokio::task::spawn_blocking(move || {
            let answer: Value = agent
                .post(format!("{base}/v1/auth/token"))
                .send_json(owner)?
                .body_mut()
                .read_json()?;
            let token = answer["access_token"].as_str().context("no access token")?;
            Ok(Self {
                authorization: format!("Bearer {token}"),
                agent,
                base,
            })
        });
        signed_in.await?
    }

    /// Asks a robot to make a sound; how long until the answer, and until the robot's word was back.
    async fn locate(
        &self,
        stack: &Stack,
        robot: &str,
        number: usize,
    ) -> anyhow::Result<(Duration, Duration)> {
        let before = stack.rules.published().messages;
        let (phone, url) = (self.clone(), format!("{}/v1/robots/{robot}/commands", self.base));
        let started = Instant::now();
        let request = tokio::task::spawn_blocking(move || {
            let request = phone
                .agent
                .post(url)
                .header("authorization", &phone.authorization);
            let sent = request
                .header("idempotency-key", format!("bench-{number}"))
                .send_json(json!({ "type": "locate" }));
            sent.map(|answer| (answer.status(), started.elapsed()))
        });
        let word = async {
            while stack.rules.published().messages == before {
                tokio::time::sleep(POLL).await;
            }
            started.elapsed()
        };
        let (answer, accepted) =
            tokio::time::timeout(DEADLINE, async { tokio::join!(request, word) }).await?;
        let (status, answered) = answer??;
        ensure!(status == 202, "the command was answered {status}");
        Ok((answered, accepted))
    }
}

fn figures(mut times: Vec<Duration>) -> Value {
    times.sort();
    let at = |part: f64| {
        let place = ((times.len() - 1) as f64 * part).round() as usize;
        (times[place].as_secs_f64() * 100_000.0).round() / 100.0
    };
    json!({ "p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "max": at(1.0) })
}

#[expect(clippy::print_stdout, reason = "the result of the program")]
fn print(report: &Value) {
    println!("{report}");
}
