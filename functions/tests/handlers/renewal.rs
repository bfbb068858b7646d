use std::time::Duration;

use domain::Timestamp;
use domain::receipt::ReceiptKind;
use domain::robot::{Certificate, RENEW_WITHIN, RENEWAL_PAUSE};
use functions::HandlerError;
use wire::renewal::{Renewal, RenewalWord};

use crate::world::{NOW, World};

/// A robot whose certificate has so long to go.
fn world(left: Duration) -> World {
    let world = World::new();
    let mut shelves = world.memory.look();
    let robot = shelves.robots.get_mut(&world.robot).unwrap();
    robot.certificate = Some(Certificate {
        id: "old".into(),
        not_after: NOW.plus(left),
        successor: None,
        quarantine: None,
    });
    shelves.certificates.insert("old".into(), true);
    drop(shelves);
    world
}

fn near_its_end() -> World {
    world(RENEW_WITHIN)
}

async fn say(world: &World, word: RenewalWord, principal: &str, now: Timestamp) -> Result<(), HandlerError> {
    let pairing = world.pairing;
    let mut event = world.event(&Renewal { pairing, word }.encode());
    event["principal"] = principal.into();
    world.renewals().handle(&event, now).await
}

async fn ask(world: &World, csr: &str, now: Timestamp) {
    let word = RenewalWord::Wanted { csr: csr.into() };
    say(world, word, "old", now).await.unwrap();
}

fn answers(world: &World) -> Vec<ReceiptKind> {
    let shelves = world.memory.look();
    shelves
        .receipts
        .iter()
        .map(|(_, receipt)| receipt.kind.clone())
        .collect()
}

/// The certificates that open the door.
fn in_force(world: &World) -> Vec<String> {
    let shelves = world.memory.look();
    let active = shelves.certificates.iter().filter(|(_, active)| **active);
    active.map(|(id, _)| id.clone()).collect()
}

fn sent(pem: &str) -> ReceiptKind {
    ReceiptKind::Certificate { pem: pem.into() }
}

#[tokio::test]
async fn the_old_certificate_ends_only_once_the_robot_has_connected_with_the_new_one() {
    let world = near_its_end();
    ask(&world, "csr", NOW).await;
    ask(&world, "csr", NOW).await;
    assert_eq!(answers(&world), [sent("certificate-1"), sent("certificate-1")]);
    assert_eq!(in_force(&world), ["certificate-1", "old"]);
    say(&world, RenewalWord::Connected, "old", NOW).await.unwrap();
    assert_eq!(in_force(&world), ["certificate-1", "old"]);
    for _ in 0..2 {
        say(&world, RenewalWord::Connected, "certificate-1", NOW)
            .await
            .unwrap();
        assert_eq!(in_force(&world), ["certificate-1"]);
    }
    assert_eq!(answers(&world)[2..], [ReceiptKind::Renewed, ReceiptKind::Renewed]);
    assert_eq!(world.refusals("renewal").len(), 1);
}

#[tokio::test]
async fn a_stolen_key_cannot_collect_certificates() {
    let fresh = world(RENEW_WITHIN + Duration::from_secs(1));
    ask(&fresh, "csr", NOW).await;
    assert!(fresh.refusals("renewal")[0].starts_with("csr: comes before"));
    let world = near_its_end();
    ask(&world, "first", NOW).await;
    ask(&world, "second", NOW.plus(Duration::from_secs(1))).await;
    assert!(world.refusals("renewal")[0].starts_with("csr: comes within 3600 s"));
    ask(&world, "second", NOW.plus(RENEWAL_PAUSE)).await;
    assert_eq!(in_force(&world), ["certificate-2", "old"]);
}

#[tokio::test]
async fn what_cannot_be_a_request_is_recorded() {
    for (csr, expected) in [
        ("", "csr: must have 1 to 4096 bytes, has 0"),
        ("broken", "csr: is not a certificate signing request"),
        (&"x".repeat(5000), "csr: must have 1 to 4096 bytes, has 5000"),
    ] {
        let world = near_its_end();
        ask(&world, csr, NOW).await;
        assert_eq!(world.refusals("renewal"), [expected]);
    }
    let unpaired = near_its_end();
    unpaired
        .memory
        .look()
        .robots
        .get_mut(&unpaired.robot)
        .unwrap()
        .pairing = None;
    ask(&unpaired, "csr", NOW).await;
    assert_eq!(in_force(&unpaired), ["old"]);
    assert_eq!(unpaired.refusals("renewal").len(), 1);
}

#[tokio::test]
async fn an_outage_at_any_write_leaves_a_certificate_that_works() {
    for writes in 0..6 {
        let world = near_its_end();
        world.memory.fail_after(writes);
        let word = || RenewalWord::Wanted { csr: "csr".into() };
        let first = say(&world, word(), "old", NOW).await;
        assert!(in_force(&world).contains(&"old".to_owned()));
        world.memory.recover();
        if first.is_err() {
            say(&world, word(), "old", NOW).await.unwrap();
        }
        let Some(ReceiptKind::Certificate { pem }) = answers(&world).pop() else {
            panic!("no certificate was sent");
        };
        world.memory.fail_after(writes);
        let first = say(&world, RenewalWord::Connected, &pem, NOW).await;
        assert!(in_force(&world).contains(&pem));
        world.memory.recover();
        if first.is_err() {
            say(&world, RenewalWord::Connected, &pem, NOW).await.unwrap();
        }
        let robot = world.memory.look().robots[&world.robot].clone();
        assert_eq!(robot.certificate.map(|known| known.id), Some(pem));
        assert!(!in_force(&world).contains(&"old".to_owned()));
    }
}
