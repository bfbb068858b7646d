//! Live views under a lease.

use std::time::Duration;

use access::sha256_hex;
use domain::ports::{LeaseStore, RobotRequest};
use http::Method;

use crate::world::{Person, World};

#[tokio::test]
async fn a_lease_opens_one_connection_and_wakes_the_robot() {
    let world = World::new().await;
    let answer = world
        .ask(Person::Anna, Method::POST, &world.at_robot("/live"))
        .await;
    let lease = answer.json();
    assert_eq!(answer.status, 201);
    let id = lease["id"].as_str().unwrap();
    assert_eq!(lease["client_id"], format!("app_{id}"));
    assert_eq!(
        (lease["username"].as_str(), lease["url"].as_str()),
        (Some("lease"), Some("ws://localhost:8884/mqtt"))
    );
    assert_eq!(lease["topics"]["pose"], format!("live/{}/pose", world.robot));
    let stored = world.store.lease(id.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(
        stored.token_hash,
        sha256_hex(lease["password"].as_str().unwrap().as_bytes())
    );
    assert!(matches!(
        world.devices.requests.lock().unwrap().as_slice(),
        [RobotRequest::Live { .. }]
    ));
}

#[tokio::test]
async fn a_lease_is_renewed_and_ended_by_its_holder_only() {
    let world = World::new().await;
    let lease = world
        .ask(Person::Anna, Method::POST, &world.at_robot("/live"))
        .await
        .json();
    let path = world.at_robot(&format!("/live/{}", lease["id"].as_str().unwrap()));
    world.pass(Duration::from_secs(100));
    let renewed = world.ask(Person::Anna, Method::POST, &path).await;
    assert_eq!(
        (renewed.status.as_u16(), renewed.json().get("password")),
        (200, None)
    );
    assert_ne!(renewed.json()["expires_at"], lease["expires_at"]);
    assert_eq!(world.ask(Person::Carl, Method::POST, &path).await.status, 404);
    assert_eq!(world.ask(Person::Anna, Method::DELETE, &path).await.status, 204);
    assert_eq!(
        *world.devices.disconnected.lock().unwrap(),
        [lease["client_id"].as_str().unwrap()]
    );
    assert_eq!(world.ask(Person::Anna, Method::POST, &path).await.status, 404);
}

#[tokio::test]
async fn an_installation_without_a_live_view_gives_out_no_lease_and_wakes_no_robot() {
    let world = World::without_live_view().await;
    let path = world.at_robot("/live");
    let answer = world.ask(Person::Anna, Method::POST, &path).await;
    insta::assert_snapshot!(answer, @r#"
    404 Not Found
    content-type: application/problem+json
    {
      "code": "live_unavailable",
      "detail": "this installation has no live view",
      "status": 404,
      "title": "No live view",
      "type": "urn:sweepline:problem:live_unavailable"
    }
    "#);
    assert!(world.devices.requests.lock().unwrap().is_empty());
    assert_eq!(
        world.ask(Person::Carl, Method::POST, &path).await.code(),
        "not_found"
    );
}
