//! Staying signed in: each refresh token is good once, and one that comes back ends its session.

use std::time::Duration;

use access::RefreshToken;
use domain::ports::SessionStore;
use domain::session::{SESSION_IDLE, SESSION_LONGEST, Session};
use http::Method;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::auth;
use crate::world::{Answer, PASSWORD, Person, World};
use hostile::Row;

const EMAIL: &str = "anna@example.org";
const SCHEDULES: u64 = 100;
const FORM: &str = "application/x-www-form-urlencoded";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What is wrong on purpose, so that the rule can show that it finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bug {
    /// A used token is as good as the last.
    UsedTokensStayGood,
    /// A session goes on after one of its tokens came back.
    SessionOutlivesReuse,
}

async fn signed_up() -> World {
    let world = World::new().await;
    world.sign_up(Person::Anna, EMAIL).await;
    world
}

/// A refresh token of a new session.
async fn sign_in(world: &World) -> String {
    refresh_token(&auth::sign_in(world, EMAIL, PASSWORD).await.json())
}

fn refresh_token(answer: &Value) -> String {
    answer["refresh_token"].as_str().unwrap().to_owned()
}

async fn refresh(world: &World, token: &str) -> Answer {
    let form = format!("grant_type=refresh_token&client_id=pages&refresh_token={token}");
    let request = world.request(Method::POST, "/v1/auth/refresh");
    world.send(request.text(FORM, &form)).await
}

async fn revoke(world: &World, token: &str) -> Answer {
    let request = world.request(Method::POST, "/v1/auth/revoke");
    world.send(request.text(FORM, &format!("token={token}"))).await
}

/// The session of a token as it is stored.
async fn stored(world: &World, token: &str) -> Session {
    let token: RefreshToken = token.parse().unwrap();
    let session = world.store.session(token.person, token.session).await;
    session.unwrap().unwrap()
}

/// A token that was used some time ago comes back: it opens nothing, and the session is over for everybody.
async fn comes_back(world: &World, seed: u64, bug: Option<Bug>) -> bool {
    let mut random = StdRng::seed_from_u64(seed);
    let mut tokens = vec![sign_in(world).await];
    for _ in 0..random.random_range(1..6) {
        world.pass(Duration::from_secs(random.random_range(301..3600)));
        let answer = refresh(world, tokens.last().unwrap()).await;
        tokens.push(refresh_token(&answer.json()));
    }
    let last = tokens.pop().unwrap();
    let old = &tokens[random.random_range(0..tokens.len())];
    let before = stored(world, &last).await;
    if bug == Some(Bug::UsedTokensStayGood) {
        let good = old.parse::<RefreshToken>().unwrap().hash();
        let session = before.rotated(good, world.now());
        world.store.begin_session(&session).await.unwrap();
    }
    let reused = refresh(world, old).await;
    if bug == Some(Bug::SessionOutlivesReuse) {
        world.store.begin_session(&before).await.unwrap();
    }
    let afterwards = refresh(world, &last).await;
    world.pass(Duration::from_secs(300));
    is_refused(&reused) && is_refused(&afterwards)
}

fn is_refused(answer: &Answer) -> bool {
    (answer.status.as_u16(), answer.code().as_str()) == (400, "invalid_grant")
}

async fn try_all(bug: Option<Bug>) -> Row {
    let (world, mut row) = (signed_up().await, Row::new("S3 refresh"));
    for seed in 0..SCHEDULES {
        row.add(comes_back(&world, seed, bug).await, || format!("seed {seed}"));
    }
    row
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_ends_its_session() {
    try_all(None).await.hold(100);
}

#[tokio::test]
async fn the_rule_of_refresh_tokens_finds_the_bugs_that_are_built_in() {
    for bug in [Bug::UsedTokensStayGood, Bug::SessionOutlivesReuse] {
        try_all(Some(bug)).await.catches(&format!("{bug:?}"));
    }
}

#[tokio::test]
async fn who_refreshes_stays_signed_in_after_the_access_token_has_run_out() {
    let world = signed_up().await;
    let first = sign_in(&world).await;
    world.pass(Duration::from_secs(3600));
    let answer = refresh(&world, &first).await;
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.json()["expires_in"], 900);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let me = world.request(Method::GET, "/v1/me").bearer(&token);
    assert_eq!(world.send(me).await.json()["id"], Person::Anna.id().to_string());
    assert_ne!(refresh_token(&answer.json()), first);
}

#[tokio::test]
async fn two_uses_at_once_give_one_token_at_most_and_end_the_session() {
    let world = signed_up().await;
    let token = sign_in(&world).await;
    let (one, other) = tokio::join!(refresh(&world, &token), refresh(&world, &token));
    let good: Vec<_> = [one, other]
        .into_iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert!(good.len() <= 1);
    for answer in good {
        assert!(is_refused(&refresh(&world, &refresh_token(&answer.json())).await));
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_at_the_latest_after_its_longest_time() {
    let world = signed_up().await;
    let idle = sign_in(&world).await;
    world.pass(SESSION_IDLE + Duration::from_secs(1));
    assert!(is_refused(&refresh(&world, &idle).await));
    let (mut token, begun) = (sign_in(&world).await, world.now());
    loop {
        world.pass(DAY);
        let answer = refresh(&world, &token).await;
        if world.now().since(begun) >= SESSION_LONGEST {
            return assert!(is_refused(&answer));
        }
        token = refresh_token(&answer.json());
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_says_nothing_of_others() {
    let world = signed_up().await;
    let (ours, theirs) = (sign_in(&world).await, sign_in(&world).await);
    assert_eq!(revoke(&world, &ours).await.status, 200);
    assert!(is_refused(&refresh(&world, &ours).await));
    assert_eq!(refresh(&world, &theirs).await.status, 200);
    assert_eq!(revoke(&world, &ours).await.status, 200);
    assert_eq!(revoke(&world, "nonsense").await.status, 200);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_other_grants_are_not_known() {
    let world = signed_up().await;
    let good = sign_in(&world).await;
    for _ in 0..10 {
        assert!(is_refused(&refresh(&world, "nonsense").await));
    }
    assert_eq!(refresh(&world, &good).await.status, 429);
    let request = world.request(Method::POST, "/v1/auth/refresh");
    let password = world
        .send(request.text(FORM, "grant_type=password&refresh_token=x"))
        .await;
    assert_eq!(
        (password.status.as_u16(), password.code().as_str()),
        (400, "invalid_request")
    );
    let request = world.request(Method::POST, "/v1/auth/refresh");
    assert_eq!(world.send(request.json(&json!({}))).await.status, 415);
}
