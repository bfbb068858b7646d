//! Signing in and being refused.

use std::time::Duration;

use http::Method;
use serde_json::json;

use crate::world::{Answer, PASSWORD, Person, World};

const PATH: &str = "/v1/auth/token";

pub async fn sign_in(world: &World, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    world.send(world.request(Method::POST, PATH).json(&body)).await
}

#[tokio::test]
async fn a_password_becomes_a_token_that_opens_the_api() {
    let world = World::new().await;
    world.sign_up(Person::Anna, "anna@example.org").await;
    let answer = sign_in(&world, " Anna@Example.org ", PASSWORD).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        (&answer.json()["token_type"], &answer.json()["expires_in"]),
        (&json!("Bearer"), &json!(900))
    );
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let me = world
        .send(world.request(Method::GET, "/v1/me").bearer(&token))
        .await;
    assert_eq!(me.json(), json!({"id": Person::Anna.id(), "operator": false}));
    world.pass(Duration::from_secs(900 + 60));
    let late = world
        .send(world.request(Method::GET, "/v1/me").bearer(&token))
        .await;
    insta::assert_snapshot!(late, @r#"
    401 Unauthorized
    content-type: application/problem+json
    www-authenticate: Bearer realm="sweepline"
    {
      "code": "unauthorized",
      "detail": "the token is not valid, sign in again",
      "status": 401,
      "title": "Sign in first",
      "type": "urn:sweepline:problem:unauthorized"
    }
    "#);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_answer_alike() {
    let world = World::new().await;
    world.sign_up(Person::Anna, "anna@example.org").await;
    let wrong = sign_in(&world, "anna@example.org", "wrong").await;
    insta::assert_snapshot!(wrong, @r#"
    401 Unauthorized
    content-type: application/problem+json
    www-authenticate: Bearer realm="sweepline"
    {
      "code": "wrong_credentials",
      "detail": "e-mail and password do not fit",
      "status": 401,
      "title": "Wrong e-mail or password",
      "type": "urn:sweepline:problem:wrong_credentials"
    }
    "#);
    assert_eq!(
        wrong.to_string(),
        sign_in(&world, "nobody@example.org", "wrong").await.to_string()
    );
}

#[tokio::test]
async fn after_ten_wrong_passwords_a_source_waits_and_the_account_stays_open_elsewhere() {
    let world = World::new().await;
    world.sign_up(Person::Anna, "anna@example.org").await;
    for _ in 0..10 {
        assert_eq!(sign_in(&world, "anna@example.org", "wrong").await.status, 401);
    }
    insta::assert_snapshot!(sign_in(&world, "anna@example.org", PASSWORD).await, @r#"
    429 Too Many Requests
    content-type: application/problem+json
    retry-after: 300
    {
      "code": "too_many_requests",
      "detail": "too many attempts, wait 300 seconds",
      "status": 429,
      "title": "Too many requests",
      "type": "urn:sweepline:problem:too_many_requests"
    }
    "#);
    world.pass(Duration::from_secs(300));
    assert_eq!(sign_in(&world, "anna@example.org", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn no_token_and_anything_but_a_good_token_is_refused() {
    let world = World::new().await;
    let none = world.send(world.request(Method::GET, "/v1/homes")).await;
    insta::assert_snapshot!(none, @r#"
    401 Unauthorized
    content-type: application/problem+json
    www-authenticate: Bearer realm="sweepline"
    {
      "code": "unauthorized",
      "detail": "send a bearer token",
      "status": 401,
      "title": "Sign in first",
      "type": "urn:sweepline:problem:unauthorized"
    }
    "#);
    let good = world.token(Person::Anna);
    for value in [
        "Bearer",
        "Bearer ",
        "Bearer  x",
        "Bearer\tx",
        "Basic YTpi",
        "Bearer a.b.c",
        &format!("Bearer {good}x"),
    ] {
        let answer = world
            .send(
                world
                    .request(Method::GET, "/v1/homes")
                    .header("authorization", value),
            )
            .await;
        assert_eq!(answer.status, 401, "{value}");
        assert!(answer.header("www-authenticate").is_some(), "{value}");
    }
    let twice = world
        .request(Method::GET, "/v1/homes")
        .bearer(&good)
        .bearer(&good);
    assert_eq!(world.send(twice).await.status, 401);
    let in_query = world.request(Method::GET, &format!("/v1/homes?access_token={good}"));
    assert_eq!(world.send(in_query).await.status, 401);
    let in_cookie = world
        .request(Method::GET, "/v1/homes")
        .header("cookie", &format!("access_token={good}"));
    assert_eq!(world.send(in_cookie).await.status, 401);
    let lower_case = world
        .request(Method::GET, "/v1/homes")
        .header("authorization", &format!("bearer {good}"));
    assert_eq!(world.send(lower_case).await.status, 200);
}

#[tokio::test]
async fn pages_hear_how_to_sign_in() {
    let world = World::new().await;
    let answer = world.send(world.request(Method::GET, "/v1/auth/config")).await;
    let expected = json!({
        "kind": "local", "token_endpoint": "/v1/auth/refresh", "revocation_endpoint": "/v1/auth/revoke"
    });
    assert_eq!(answer.json(), expected);
}
