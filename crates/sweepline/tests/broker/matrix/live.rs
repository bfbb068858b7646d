//! The running broker's answers, to clients over TLS and websockets.

use std::time::Duration;

use bytes::Bytes;
use rumqttc::PublishOptions;
use rumqttc::mqttbytes::v5::SubscribeReasonCode;
use sweepline::broker::{CertificateStatus, Delivery};

use super::cells::{self, Attempt, CLAIMANT, Cell, ROBOT_A, ROBOT_B, Who, watcher};
use super::evaluator::{claim_policy, device_policy, lease_policy};
use super::{LEAST, judge};
use crate::fixture::{Credentials, Stack, now_ms};
use crate::phone::{ACCEPTED, Phone};
use crate::robot::{Dial, Robot};

const TOKEN: &str = "the lease's token";
/// A phone acknowledges nothing; what it is sent all the same is what counts.
const PATIENCE: Duration = Duration::from_secs(1);
const CERTIFICATE_LIFE_MS: i64 = 100 * 366 * 24 * 3_600_000;

/// A broker that knows two robots and a lease, and the certificates of everybody who tries.
struct Ground {
    stack: Stack,
    robot_a: Credentials,
    robot_b: Credentials,
    claim: Credentials,
    revoked: Credentials,
    expired: Credentials,
    unregistered: Credentials,
    other_authority: Credentials,
}

impl Ground {
    async fn prepare() -> Self {
        let anywhere = ([127, 0, 0, 1], 0).into();
        let mut stack = Stack::start_with(anywhere, device_policy(), Some(claim_policy()))
            .await
            .unwrap();
        let other = Stack::start().await;
        let (robot_a, robot_b) = (stack.register(ROBOT_A), stack.register(ROBOT_B));
        let revoked = stack.issue(ROBOT_A);
        stack.set_status(ROBOT_A, &revoked, CertificateStatus::Revoked);
        let expired = stack.issue_at(ROBOT_A, now_ms() - CERTIFICATE_LIFE_MS);
        stack.set_status(ROBOT_A, &expired, CertificateStatus::Active);
        let other_authority = other.register(ROBOT_A);
        stack.set_status(ROBOT_A, &other_authority, CertificateStatus::Active);
        stack.grant(&watcher(), TOKEN, lease_policy()["Statement"].clone());
        let mut ingest = stack.ingest.take().unwrap();
        tokio::spawn(async move { while ingest.recv().await.is_some() {} });
        Self {
            unregistered: stack.issue(ROBOT_A),
            claim: stack.claim(),
            stack,
            robot_a,
            robot_b,
            revoked,
            expired,
            other_authority,
        }
    }

    fn credentials(&self, who: Who) -> Option<&Credentials> {
        match who {
            Who::RobotA => Some(&self.robot_a),
            Who::RobotB => Some(&self.robot_b),
            Who::Revoked => Some(&self.revoked),
            Who::Expired => Some(&self.expired),
            Who::OtherAuthority => Some(&self.other_authority),
            Who::Claim => Some(&self.claim),
            Who::Unregistered => Some(&self.unregistered),
            Who::NoCertificate | Who::Phone | Who::Stranger => None,
        }
    }

    async fn connects(&self, who: Who, client_id: &str) -> bool {
        match who {
            Who::Phone | Who::Stranger => {
                let token = if who == Who::Phone { TOKEN } else { "another token" };
                Phone::connect(&self.stack, client_id, token).await.1 == ACCEPTED
            }
            _ => self.dial(who, client_id).connect(&self.stack).await.is_ok(),
        }
    }

    fn dial<'a>(&'a self, who: Who, client_id: &'a str) -> Dial<'a> {
        Dial {
            credentials: self.credentials(who),
            ..Dial::new(client_id, &self.robot_a)
        }
    }

    async fn robot(&self, who: Who) -> Robot {
        self.dial(who, name(who)).connect(&self.stack).await.unwrap()
    }

    async fn phone(&self) -> Phone {
        Phone::connect(&self.stack, &watcher(), TOKEN).await.0
    }

    /// Whether `client_id` is given a message on the topic.
    async fn is_given(&self, client_id: &str, topic: &str) -> bool {
        let sent = self
            .stack
            .broker
            .deliver(client_id, topic, Bytes::from_static(b"x"), PATIENCE)
            .await;
        matches!(sent, Ok(Delivery::Acknowledged | Delivery::TimedOut))
    }
}

fn name(who: Who) -> &'static str {
    match who {
        Who::RobotB => ROBOT_B,
        Who::Claim => CLAIMANT,
        _ => ROBOT_A,
    }
}

/// The cells of one of them that can be tried here: the client sends no wildcard in the place of a topic, and no filter
/// that goes on behind a `#`.
fn cells_of(all: &[Cell], who: Who) -> Vec<&Cell> {
    let sendable = |cell: &&Cell| match cell.attempt {
        Attempt::Connect => true,
        Attempt::Subscribe => !cell.target.contains("#/"),
        Attempt::Publish | Attempt::PublishRetained | Attempt::Will | Attempt::Receive => {
            cell.is_topic_name()
        }
    };
    all.iter()
        .filter(|cell| cell.who == who)
        .filter(sendable)
        .collect()
}

async fn robots_attempt(ground: &Ground, robot: &Robot, cell: &Cell) -> bool {
    let topic = cell.target.as_str();
    match cell.attempt {
        Attempt::Connect | Attempt::Will => unreachable!("needs a connection of its own"),
        Attempt::Publish => robot.publish(topic, b"x").await.is_ok(),
        Attempt::PublishRetained => {
            let options = PublishOptions::at_least_once().retained();
            robot.publish_with(topic, b"x", options).await.is_ok()
        }
        Attempt::Subscribe => {
            matches!(
                robot.subscribe(&[topic]).await[..],
                [SubscribeReasonCode::Success(_)]
            )
        }
        Attempt::Receive => ground.is_given(name(cell.who), topic).await,
    }
}

async fn robots_cells<'a>(ground: &Ground, who: Who, cells: Vec<&'a Cell>) -> Vec<(&'a Cell, bool)> {
    let own_connection = |cell: &&Cell| matches!(cell.attempt, Attempt::Connect | Attempt::Will);
    let (alone, together): (Vec<_>, Vec<_>) = cells.into_iter().partition(own_connection);
    let mut tried = Vec::new();
    for cell in alone {
        let done = match cell.attempt {
            Attempt::Will => {
                let dial = ground.dial(who, name(who)).will(&cell.target);
                dial.connect(&ground.stack).await.is_ok()
            }
            _ => ground.connects(who, &cell.target).await,
        };
        tried.push((cell, done));
    }
    let mut robot = ground.robot(who).await;
    for cell in together {
        let done = robots_attempt(ground, &robot, cell).await;
        if !done {
            // Some refusals end the connection.
            robot = ground.robot(who).await;
        }
        tried.push((cell, done));
    }
    tried
}

/// The broker cuts off a phone that publishes, so that each attempt takes a connection.
async fn phones_attempt(ground: &Ground, phone: &mut Phone, cell: &Cell) -> bool {
    let topic = cell.target.as_str();
    match cell.attempt {
        Attempt::Connect => ground.connects(cell.who, topic).await,
        Attempt::Subscribe => phone.subscribe(topic).await < 0x80,
        Attempt::Receive => ground.is_given(&watcher(), topic).await,
        Attempt::Publish => {
            let mut publisher = ground.phone().await;
            publisher.publish(topic, 1).await;
            publisher.next().await.is_some()
        }
        Attempt::PublishRetained | Attempt::Will => unreachable!("phones' packets are written by hand"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn robots_do_what_they_shall() {
    let (ground, all) = (Ground::prepare().await, cells::all());
    // The second robot tries what concerns one of the two; all other names are as foreign to it as to the first.
    let mut second = cells_of(&all, Who::RobotB);
    second.retain(|cell| [ROBOT_A, ROBOT_B].iter().any(|name| cell.target.contains(name)));
    let mut tried = robots_cells(&ground, Who::RobotA, cells_of(&all, Who::RobotA)).await;
    tried.extend(robots_cells(&ground, Who::RobotB, second).await);
    assert!(tried.len() >= LEAST, "only {} cells", tried.len());
    judge("S1 robots", &tried);
}

#[tokio::test]
async fn claims_do_what_they_shall() {
    let (ground, all) = (Ground::prepare().await, cells::all());
    let mut cells = cells_of(&all, Who::Claim);
    cells.retain(|cell| {
        cell.attempt == Attempt::Connect
            || [ROBOT_A, "$aws/cert", "$aws/prov"]
                .iter()
                .any(|part| cell.target.contains(part))
    });
    let tried = robots_cells(&ground, Who::Claim, cells).await;
    judge("S1 claims", &tried);
}

#[tokio::test]
async fn phones_do_what_they_shall() {
    let (ground, all) = (Ground::prepare().await, cells::all());
    let mut tried = Vec::new();
    let by_hand = |cell: &&Cell| matches!(cell.attempt, Attempt::PublishRetained | Attempt::Will);
    for who in [Who::Phone, Who::Stranger] {
        for cell in cells_of(&all, who).into_iter().filter(|cell| !by_hand(cell)) {
            let mut phone = ground.phone().await;
            tried.push((cell, phones_attempt(&ground, &mut phone, cell).await));
        }
    }
    judge("S1 phones", &tried);
}

#[tokio::test]
async fn nobody_else_connects() {
    let (ground, all) = (Ground::prepare().await, cells::all());
    let mut tried = Vec::new();
    let others = [
        Who::Revoked,
        Who::Expired,
        Who::OtherAuthority,
        Who::Unregistered,
        Who::NoCertificate,
    ];
    for who in others {
        for cell in cells_of(&all, who) {
            tried.push((cell, ground.connects(who, &cell.target).await));
        }
    }
    judge("S1 others", &tried);
}
