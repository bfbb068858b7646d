use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use domain::id::{LeaseId, PersonId, RobotId};
use domain::lease::{LEASE_VALID, Lease};
use functions::{HandlerError, LiveAuthorizer};
use policy::{Action, Endpoint, Identity, PolicyDocument, Resource};
use serde_json::{Value, json};

use crate::aws_events::recorded;
use crate::world::{NOW, World};

/// What the holder of a lease connects with.
pub const TOKEN: &[u8] = b"token";

pub fn endpoint() -> Endpoint {
    Endpoint {
        region: "us-east-1".into(),
        account: "000000000000".into(),
    }
}

/// A lease for the robot.
pub fn lease(world: &World) -> Lease {
    Lease {
        id: LeaseId::new(NOW, 9),
        robot: world.robot,
        person: PersonId::new(NOW, 8),
        token_hash: access::sha256_hex(TOKEN),
        expires_at: NOW.plus(LEASE_VALID),
    }
}

/// The authorizer, and a lease that it knows.
pub fn leased(world: &World) -> (LiveAuthorizer, Lease) {
    let lease = lease(world);
    world.memory.look().leases.insert(lease.id, lease.clone());
    (LiveAuthorizer::new(world.memory.clone(), endpoint()), lease)
}

/// What AWS asks when somebody connects.
pub fn request(client_id: &str, password: &[u8]) -> Value {
    json!({
        "protocols": ["http", "mqtt"],
        "protocolData": {"mqtt": {"username": "lease", "password": STANDARD.encode(password), "clientId": client_id}},
    })
}

fn may(policy: &Value, client_id: &str, action: Action, resource: Resource<'_>) -> bool {
    let document = PolicyDocument::from_value(policy.clone()).unwrap();
    let identity = Identity {
        endpoint: endpoint(),
        client_id: client_id.into(),
        thing_name: None,
        attached: false,
        common_name: None,
    };
    policy::evaluate(&[document], &identity, action, resource).is_allowed()
}

#[tokio::test]
async fn the_holder_may_watch_that_robot_and_nothing_else() {
    let world = World::new();
    let (authorizer, lease) = leased(&world);
    let client = lease.client_id();
    let answer = authorizer.handle(&request(&client, TOKEN), NOW).await.unwrap();
    assert!(answer.is_authenticated);
    let policy = &answer.policy_documents[0];
    assert!(policy.to_string().len() <= 2048);
    let (own, other) = (world.robot, RobotId::new(NOW, 50));
    let allowed = |action, resource: Resource<'_>| may(policy, &client, action, resource);
    assert!(allowed(Action::Connect, Resource::Client(&client)));
    assert!(!allowed(Action::Connect, Resource::Client("app_other")));
    for topic in [format!("live/{own}/pose"), format!("live/{own}/tiles")] {
        assert!(allowed(Action::Subscribe, Resource::TopicFilter(&topic)));
        assert!(allowed(Action::Receive, Resource::Topic(&topic)));
        assert!(!allowed(Action::Publish, Resource::Topic(&topic)));
    }
    for topic in [
        format!("live/{other}/pose"),
        format!("cmd/{own}"),
        "live/+/pose".into(),
        "#".into(),
    ] {
        assert!(
            !allowed(Action::Subscribe, Resource::TopicFilter(&topic)),
            "{topic}"
        );
        assert!(!allowed(Action::Receive, Resource::Topic(&topic)), "{topic}");
    }
}

#[tokio::test]
async fn nobody_else_is_admitted() {
    let world = World::new();
    let (authorizer, lease) = leased(&world);
    let client = lease.client_id();
    let unknown = format!("app_{}", LeaseId::new(NOW, 10));
    let later = NOW.plus(LEASE_VALID + Duration::from_secs(1));
    let cases: [(&str, &[u8], Timestamp); 6] = [
        (&client, b"guess", NOW),
        (&client, b"", NOW),
        (&client, lease.token_hash.as_bytes(), NOW),
        (&client, TOKEN, later),
        (&unknown, TOKEN, NOW),
        ("robot_01ARZ3NDEKTSV4RRFFQ69G5FAV", TOKEN, NOW),
    ];
    for (client, password, at) in cases {
        let answer = authorizer.handle(&request(client, password), at).await.unwrap();
        assert!(
            !answer.is_authenticated && answer.policy_documents.is_empty(),
            "{client}"
        );
    }
    let answer = authorizer
        .handle(&json!({"protocolData": {}}), NOW)
        .await
        .unwrap();
    assert!(!answer.is_authenticated);
}

#[tokio::test]
async fn the_answer_has_the_recorded_shape() {
    let Some(expected) = recorded("iot_custom_auth_response.json") else {
        return;
    };
    let world = World::new();
    let (authorizer, lease) = leased(&world);
    let answer = authorizer
        .handle(&request(&lease.client_id(), TOKEN), NOW)
        .await
        .unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    let fields = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&answer), fields(&expected));
    assert!(
        answer["principalId"]
            .as_str()
            .unwrap()
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric())
    );
    for name in ["disconnectAfterInSeconds", "refreshAfterInSeconds"] {
        assert!((300..=86_400).contains(&answer[name].as_u64().unwrap()), "{name}");
    }
}

#[tokio::test]
async fn an_outage_admits_nobody() {
    let world = World::new();
    let (authorizer, lease) = leased(&world);
    world.memory.fail();
    let answer = authorizer.handle(&request(&lease.client_id(), TOKEN), NOW).await;
    assert!(matches!(answer, Err(HandlerError::Store(_))));
}
