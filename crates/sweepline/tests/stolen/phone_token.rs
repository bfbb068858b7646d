//! With the token of a phone somebody sends a hundred starts in a second to a real agent: it obeys one.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use device_agent::agent::{self, AgentConfig};
use device_agent::credentials::Credentials;
use device_agent::identity::{Endpoint, RobotIdentity};
use futures_util::future::join_all;
use serde_json::{Value, json};
use sweepline::stack::STAGE;
use tokio::time::sleep;

use crate::common::docked::{Docked, Obeyed};
use crate::common::until;
use crate::world::{Key, World};

const STARTS: usize = 100;
const WITHIN: Duration = Duration::from_secs(1);

fn identity(key: &Key) -> RobotIdentity {
    RobotIdentity {
        endpoint: Endpoint {
            robot: key.robot,
            pairing: key.pairing,
            stage: STAGE.into(),
            host: "127.0.0.1".into(),
            port: key.port,
        },
        credentials: Credentials {
            certificate_pem: key.certificate.clone(),
            key_pem: key.key.clone(),
        },
        ca_pem: key.ca.clone(),
    }
}

/// How many of the commands a robot obeys that somebody gives as fast as they can; and what they were answered.
async fn burst(command: Value) -> (Arc<Obeyed>, Vec<u16>) {
    let world = World::start().await;
    let key = world.pair(1).await;
    let dir = tempfile::tempdir().unwrap();
    identity(&key).save(dir.path()).unwrap();
    let obeyed = Arc::new(Obeyed::default());
    let (config, driver) = (AgentConfig::new(dir.path()), Docked::new(&obeyed));
    let running = tokio::spawn(async move { agent::run(&config, driver, pending()).await });
    let phone = world.sign_in(&world.demo.owner).await;
    until("the robot is on its dock", async || {
        phone.robot(key.robot).await["state"] == "docked"
    })
    .await;
    let path = format!("/v1/robots/{}/commands", key.robot);
    // A robot obeys nothing before it knows the time.
    until("the robot obeys", async || {
        phone
            .ask("POST", path.clone(), Some(json!({"type": "locate"})))
            .await;
        sleep(Duration::from_millis(2_500)).await;
        obeyed.sounds.load(Ordering::SeqCst) > 0
    })
    .await;
    let starts = (0..STARTS).map(async |n| {
        sleep(WITHIN * u32::try_from(n).unwrap() / u32::try_from(STARTS).unwrap()).await;
        phone.ask("POST", path.clone(), Some(command.clone())).await.0
    });
    let answers = join_all(starts).await;
    until("what was sent has come", async || {
        obeyed.starts.load(Ordering::SeqCst) > 0 || obeyed.sounds.load(Ordering::SeqCst) > 1
    })
    .await;
    running.abort();
    world.stack.stop().await;
    (obeyed, answers)
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_of_a_hundred_starts_with_a_stolen_token_one_is_obeyed() {
    let (obeyed, answers) = burst(json!({"type": "start", "scope": {"kind": "whole_home"}})).await;
    let obeyed = obeyed.starts.load(Ordering::SeqCst);
    let failed = obeyed.saturating_sub(1);
    println!("S12 starts: {STARTS} tried, {failed} failed");
    let taken = answers.iter().filter(|status| **status == 202).count();
    let refused = answers
        .iter()
        .filter(|status| [409, 429].contains(*status))
        .count();
    assert_eq!((obeyed, taken, refused), (1, 1, STARTS - 1), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_starts_find_the_bug_that_is_built_in() {
    // As if starts were commands like any other.
    let (obeyed, _) = burst(json!({"type": "locate"})).await;
    assert!(obeyed.sounds.load(Ordering::SeqCst) > 1);
    println!("S12 starts: caught: a start that nothing holds up");
}
