//! Deleting one's account: tokens open nothing at once, own homes are erased, others are left.

use std::time::Duration;

use domain::member::Stay;
use domain::ports::AccountStore;
use domain::usecase::TOKENS_END;
use dynoxide::actions::scan::ScanRequest;
use http::Method;
use serde_json::json;

use crate::auth;
use crate::world::{Answer, PASSWORD, Person, World};

const EMAIL: &str = "anna@example.org";

pub async fn depart(world: &World, person: Person, rest: &str) -> Answer {
    let path = format!("/v1/me?confirm={}{rest}", person.id());
    world.ask(person, Method::DELETE, &path).await
}

/// The items of the table that name a person in their keys.
fn left_of(world: &World, person: Person) -> Vec<String> {
    let request = ScanRequest {
        table_name: world.table.table.clone(),
        ..ScanRequest::default()
    };
    let found = serde_json::to_value(world.database.scan(request).unwrap()).unwrap();
    let items = found["Items"].as_array().unwrap().iter();
    let keys = items.map(|item| format!("{} {}", item["pk"]["S"], item["sk"]["S"]).replace('"', ""));
    let own = format!("P#{} ", person.id());
    keys.filter_map(|key| Some(key.strip_prefix(&own)?.split('#').next()?.to_owned()))
        .collect()
}

#[tokio::test]
async fn who_deletes_their_account_is_refused_at_once_and_their_home_is_erased() {
    let world = World::new().await;
    world.sign_up(Person::Anna, EMAIL).await;
    let session = auth::sign_in(&world, EMAIL, PASSWORD).await.json();
    let gone = depart(&world, Person::Anna, "").await;
    assert_eq!(gone.status, 200, "{gone}");
    let expected = json!({"erased": [world.home], "left": [], "remains_at": null});
    assert_eq!(gone.json(), expected);
    for path in ["/v1/me", "/v1/homes", "/v1/overview", "/v1/fleet/robots"] {
        assert_eq!(world.get(Person::Anna, path).await.status, 401, "{path}");
    }
    for path in [world.at_home(""), world.at_robot("")] {
        assert_eq!(world.get(Person::Anna, &path).await.status, 404, "{path}");
    }
    let form = format!(
        "grant_type=refresh_token&refresh_token={}",
        session["refresh_token"].as_str().unwrap()
    );
    let request = world.request(Method::POST, "/v1/auth/refresh");
    let refreshed = world
        .send(request.text("application/x-www-form-urlencoded", &form))
        .await;
    assert_eq!(refreshed.status, 400);
    assert_eq!(auth::sign_in(&world, EMAIL, PASSWORD).await.status, 401);
    assert!(world.store.account(EMAIL).await.unwrap().is_none());
    assert_eq!(left_of(&world, Person::Anna), ["ERASED", "GONE"]);
}

#[tokio::test]
async fn a_home_that_others_use_stops_it_until_it_is_handed_on_or_erased() {
    let world = World::new().await;
    world.let_in(Person::Carl.id(), Stay::Member).await;
    insta::assert_snapshot!(depart(&world, Person::Anna, "").await, @r#"
    409 Conflict
    content-type: application/problem+json
    {
      "code": "homes_shared",
      "detail": "others belong to Lindenstraße 9; hand it on, or erase it for all",
      "status": 409,
      "title": "Others belong to your homes",
      "type": "urn:sweepline:problem:homes_shared"
    }
    "#);
    assert_eq!(world.get(Person::Anna, &world.at_home("")).await.status, 200);
    let erased = depart(&world, Person::Anna, "&homes=erase").await;
    assert_eq!(erased.json()["erased"], json!([world.home]));
    assert_eq!(world.get(Person::Carl, &world.at_home("")).await.status, 404);
    assert_eq!(world.get(Person::Carl, "/v1/me").await.status, 200);
}

#[tokio::test]
async fn who_handed_the_home_on_leaves_it_to_its_new_owner() {
    let world = World::new().await;
    world.let_in(Person::Carl.id(), Stay::Member).await;
    let to = json!({"to": Person::Carl.id()});
    let handed_on = world.post(Person::Anna, &world.at_home("/transfer"), to).await;
    assert_eq!(handed_on.status, 204);
    world.pass(Duration::from_secs(1));
    let gone = depart(&world, Person::Anna, "").await;
    assert_eq!(gone.json()["left"], json!([world.home]));
    let members = world.get(Person::Carl, &world.at_home("/members")).await.json();
    assert_eq!(members["items"].as_array().unwrap().len(), 1);
    let log = world
        .get(Person::Carl, &world.at_home("/access-log"))
        .await
        .json();
    assert_eq!(log["items"][0]["action"], "left");
}

#[tokio::test]
async fn only_who_repeats_their_own_id_means_it() {
    let world = World::new().await;
    let foreign = format!("?confirm={}", Person::Carl.id());
    for (query, field) in [("", "query"), ("?confirm=yes", "confirm"), (&foreign, "confirm")] {
        let path = format!("/v1/me{query}");
        let answer = world.ask(Person::Anna, Method::DELETE, &path).await;
        let refused = (answer.status.as_u16(), &answer.json()["field"]);
        assert_eq!(refused, (400, &json!(field)), "{query}");
    }
    assert_eq!(world.get(Person::Anna, "/v1/me").await.status, 200);
}

#[tokio::test]
async fn asked_again_it_is_done_and_what_is_remembered_ends_with_the_tokens() {
    let world = World::new().await;
    assert_eq!(depart(&world, Person::Anna, "").await.status, 200);
    let again = depart(&world, Person::Anna, "").await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["erased"]),
        (200, &json!([]))
    );
    world.pass(TOKENS_END + Duration::from_secs(1));
    let new = world.get(Person::Anna, "/v1/homes").await;
    assert_eq!(new.json()["items"], json!([]));
}
