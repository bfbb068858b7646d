//! Members of a home: asked in, let in, limited by their role, and gone again.

use std::time::Duration;

use domain::member::INVITATION_VALID;
use http::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Person, World};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Two days after the world's beginning.
const GUEST_UNTIL: &str = "2026-09-23T14:13:20.000Z";

pub async fn invite(world: &World, body: &Value) -> Answer {
    let path = world.at_home("/invitations");
    world.post(Person::Anna, &path, body.clone()).await
}

fn as_guest() -> Value {
    json!({"name": "Oma", "role": "guest", "ends_at": GUEST_UNTIL})
}

fn as_member() -> Value {
    json!({"name": "Carl", "role": "member"})
}

pub async fn accept(world: &World, person: Person, code: &Value) -> Answer {
    world
        .post(person, "/v1/invitations/accept", json!({"code": code}))
        .await
}

pub async fn let_in(world: &World, person: Person, body: &Value) {
    let code = invite(world, body).await.json()["code"].clone();
    assert_eq!(accept(world, person, &code).await.status, 200);
}

async fn leave(world: &World, who: Person, member: Person) -> Answer {
    let path = world.at_home(&format!("/members/{}", member.id()));
    world.ask(who, Method::DELETE, &path).await
}

#[tokio::test]
async fn who_accepts_an_invitation_is_a_member_and_the_code_is_used_up() {
    let world = World::new().await;
    let invited = invite(&world, &as_member()).await;
    assert_eq!(invited.status, 201, "{invited}");
    let code = &invited.json()["code"];
    let typed = json!(code.as_str().unwrap().to_lowercase().replace('-', " "));
    let accepted = accept(&world, Person::Carl, &typed).await;
    assert_eq!(
        (accepted.status.as_u16(), accepted.json()),
        (200, json!({"home": world.home, "role": "member"}))
    );
    let robot = world.get(Person::Carl, &world.at_robot("")).await;
    assert_eq!(robot.status, 200, "{robot}");
    let members = world.get(Person::Carl, &world.at_home("/members")).await.json();
    assert_eq!(
        members["items"],
        json!([
            {"id": Person::Anna.id(), "name": null, "role": "owner", "ends_at": null, "you": false},
            {"id": Person::Carl.id(), "name": "Carl", "role": "member", "ends_at": null, "you": true},
        ])
    );
    insta::assert_snapshot!(accept(&world, Person::Olga, code).await, @r#"
    404 Not Found
    content-type: application/problem+json
    {
      "code": "invitation_unknown",
      "detail": "no open invitation has this code",
      "status": 404,
      "title": "Unknown invitation",
      "type": "urn:sweepline:problem:invitation_unknown"
    }
    "#);
    let again = invite(&world, &as_guest()).await.json()["code"].clone();
    assert_eq!(
        accept(&world, Person::Carl, &again).await.code(),
        "already_member"
    );
    assert_eq!(
        accept(&world, Person::Olga, &again).await.status,
        200,
        "nobody used it up"
    );
}

#[tokio::test]
async fn an_invitation_is_good_for_a_day() {
    let world = World::new().await;
    let code = invite(&world, &as_member()).await.json()["code"].clone();
    world.pass(INVITATION_VALID);
    assert_eq!(
        accept(&world, Person::Carl, &code).await.code(),
        "invitation_unknown"
    );
    assert_eq!(world.get(Person::Carl, &world.at_home("")).await.status, 404);
}

#[tokio::test]
async fn two_who_accept_at_once_are_one_member() {
    let world = World::new().await;
    let code = invite(&world, &as_member()).await.json()["code"].clone();
    let (carl, olga) = tokio::join!(
        accept(&world, Person::Carl, &code),
        accept(&world, Person::Olga, &code)
    );
    let mut statuses = [carl.status.as_u16(), olga.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    let members = world.get(Person::Anna, &world.at_home("/members")).await.json();
    assert_eq!(members["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_guest_sees_starts_and_stops_and_nothing_more() {
    let world = World::new().await;
    let_in(&world, Person::Carl, &as_guest()).await;
    for path in [
        world.at_home(""),
        world.at_home("/robots"),
        world.at_robot("/settings"),
    ] {
        assert_eq!(world.get(Person::Carl, &path).await.status, 200, "{path}");
    }
    let start = json!({"type": "start", "scope": {"kind": "whole_home"}});
    let request = world
        .request(Method::POST, &world.at_robot("/commands"))
        .json(&start);
    let request = request
        .header("idempotency-key", "k")
        .bearer(&world.token(Person::Carl));
    assert_eq!(world.send(request).await.status, 202);

    let settings = json!({"upload_map": true, "child_lock": true, "restrictions": []});
    let floor = world.at_home("/floors/floor_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    for (method, path, body) in [
        (Method::PATCH, world.at_robot(""), json!({"name": "Mine"})),
        (Method::DELETE, world.at_robot(""), json!({})),
        (Method::PUT, world.at_robot("/settings"), settings),
        (Method::PATCH, floor, json!({"name": "Mine"})),
        (
            Method::POST,
            world.at_home("/robots"),
            json!({"code": "ABCD-1234", "name": "Mine"}),
        ),
        (Method::POST, world.at_home("/invitations"), as_member()),
        (
            Method::POST,
            world.at_home("/transfer"),
            json!({"to": Person::Carl.id()}),
        ),
    ] {
        let request = world.request(method.clone(), &path).json(&body);
        let request = request
            .header("if-match", "\"1\"")
            .bearer(&world.token(Person::Carl));
        assert_eq!(world.send(request).await.status, 404, "{method} {path}");
    }
    assert_eq!(leave(&world, Person::Carl, Person::Anna).await.status, 404);
}

#[tokio::test]
async fn a_guest_is_out_when_the_stay_ends() {
    let world = World::new().await;
    let_in(&world, Person::Carl, &as_guest()).await;
    world.pass(2 * DAY - Duration::from_secs(1));
    assert_eq!(world.get(Person::Carl, &world.at_robot("")).await.status, 200);
    world.pass(Duration::from_secs(1));
    for path in [world.at_robot(""), world.at_home(""), world.at_home("/members")] {
        assert_eq!(world.get(Person::Carl, &path).await.status, 404, "{path}");
    }
    let homes = world.get(Person::Carl, "/v1/homes").await.json();
    assert_eq!(homes["items"].as_array().unwrap().len(), 1, "their own");
    let_in(&world, Person::Carl, &as_member()).await;
    assert_eq!(world.get(Person::Carl, &world.at_robot("")).await.status, 200);
}

#[tokio::test]
async fn members_leave_and_are_removed_and_the_owner_stays() {
    let world = World::new().await;
    let_in(&world, Person::Carl, &as_member()).await;
    let_in(&world, Person::Olga, &as_guest()).await;
    assert_eq!(
        leave(&world, Person::Anna, Person::Anna).await.code(),
        "owner_stays"
    );
    assert_eq!(leave(&world, Person::Carl, Person::Olga).await.status, 404);
    assert_eq!(leave(&world, Person::Carl, Person::Carl).await.status, 204);
    assert_eq!(leave(&world, Person::Anna, Person::Olga).await.status, 204);
    for person in [Person::Carl, Person::Olga] {
        assert_eq!(world.get(person, &world.at_robot("")).await.status, 404);
    }
    let members = world.get(Person::Anna, &world.at_home("/members")).await.json();
    assert_eq!(members["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_home_is_handed_on_to_a_member() {
    let world = World::new().await;
    let_in(&world, Person::Carl, &as_member()).await;
    let_in(&world, Person::Olga, &as_guest()).await;
    let to = |person: Person| json!({"to": person.id()});
    let path = world.at_home("/transfer");
    let guest = world.post(Person::Anna, &path, to(Person::Olga)).await;
    assert_eq!(
        (guest.status.as_u16(), guest.code().as_str()),
        (409, "not_a_member")
    );
    assert_eq!(
        world.post(Person::Carl, &path, to(Person::Carl)).await.status,
        404
    );
    assert_eq!(
        world.post(Person::Anna, &path, to(Person::Carl)).await.status,
        204
    );
    assert_eq!(
        invite(&world, &as_member()).await.status,
        404,
        "Anna is no owner now"
    );
    assert_eq!(leave(&world, Person::Anna, Person::Anna).await.status, 204);
    let home = world.get(Person::Carl, &world.at_home("")).await.json();
    assert_eq!(home["role"], "owner");
}

#[tokio::test]
async fn an_invitation_says_clearly_what_it_is_for() {
    let world = World::new().await;
    for (body, field) in [
        (json!({"name": "Oma", "role": "guest"}), "ends_at"),
        (
            json!({"name": "Oma", "role": "guest", "ends_at": "tomorrow"}),
            "ends_at",
        ),
        (
            json!({"name": "Oma", "role": "guest", "ends_at": "2026-09-21T14:13:20Z"}),
            "ends_at",
        ),
        (
            json!({"name": "Oma", "role": "guest", "ends_at": "2036-01-01T00:00:00Z"}),
            "ends_at",
        ),
        (
            json!({"name": "Carl", "role": "member", "ends_at": GUEST_UNTIL}),
            "ends_at",
        ),
        (json!({"name": "Carl", "role": "owner"}), "role"),
        (json!({"name": "", "role": "member"}), "name"),
    ] {
        let answer = invite(&world, &body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["field"]),
            (400, &json!(field)),
            "{body}"
        );
    }
    for n in 0..10 {
        let guess = json!(format!("ABCD-000{n}"));
        assert_eq!(accept(&world, Person::Carl, &guess).await.status, 404);
    }
    let code = invite(&world, &as_member()).await.json()["code"].clone();
    assert_eq!(
        accept(&world, Person::Carl, &code).await.status,
        429,
        "after ten guesses"
    );
}
