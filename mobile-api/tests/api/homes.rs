//! People make homes of their own.

use domain::home::MAX_OWNED_HOMES;
use http::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Person, World};

async fn create(world: &World, person: Person, key: &str, body: &Value) -> Answer {
    let request = world.request(Method::POST, "/v1/homes").json(body);
    let request = request
        .header("idempotency-key", key)
        .bearer(&world.token(person));
    world.send(request).await
}

#[tokio::test]
async fn somebody_new_makes_a_home_and_owns_it() {
    let world = World::new().await;
    let answer = create(&world, Person::Olga, "k", &json!({"name": " Hinterhaus "})).await;
    assert_eq!(answer.status, 201, "{answer}");
    let home = answer.json();
    assert_eq!(
        (&home["name"], &home["role"]),
        (&json!("Hinterhaus"), &json!("owner"))
    );
    let listed = world.get(Person::Olga, "/v1/homes").await.json();
    assert_eq!(listed["items"], json!([home]));
    let location = answer.header("location").unwrap();
    assert_eq!(world.get(Person::Olga, location).await.json(), home);
    assert_eq!(
        world
            .get(Person::Olga, &format!("{location}/robots"))
            .await
            .json()["items"],
        json!([])
    );
    assert_eq!(world.get(Person::Anna, location).await.status, 404);
}

#[tokio::test]
async fn the_same_key_is_the_same_home_and_another_person_s_key_is_theirs() {
    let world = World::new().await;
    let body = json!({"name": "Hinterhaus"});
    let first = create(&world, Person::Olga, "k", &body).await;
    let again = create(&world, Person::Olga, "k", &body).await;
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    assert_eq!(
        world.get(Person::Olga, "/v1/homes").await.json()["items"],
        json!([first.json()])
    );
    let theirs = create(&world, Person::Carl, "k", &body).await;
    assert_ne!(theirs.json()["id"], first.json()["id"]);
    let other = create(&world, Person::Olga, "k", &json!({"name": "Vorderhaus"})).await;
    assert_eq!(
        (other.status.as_u16(), other.code().as_str()),
        (422, "idempotency_key_reused")
    );
}

#[tokio::test]
async fn one_person_owns_so_many_homes_and_no_more() {
    let world = World::new().await;
    let body = json!({"name": "Home"});
    for n in 0..MAX_OWNED_HOMES {
        let answer = create(&world, Person::Olga, &n.to_string(), &body).await;
        assert_eq!(answer.status, 201, "{answer}");
    }
    insta::assert_snapshot!(create(&world, Person::Olga, "one more", &body).await, @r#"
    409 Conflict
    content-type: application/problem+json
    {
      "code": "too_many_homes",
      "detail": "one person owns at most 10 homes",
      "status": 409,
      "title": "Too many homes",
      "type": "urn:sweepline:problem:too_many_homes"
    }
    "#);
    let again = create(&world, Person::Olga, "0", &body).await;
    assert_eq!(again.status, 201, "a retry is not one more");
    let listed = world.get(Person::Olga, "/v1/homes").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), MAX_OWNED_HOMES);
}

#[tokio::test]
async fn a_home_needs_a_key_and_a_name() {
    let world = World::new().await;
    let keyless = world
        .post(Person::Olga, "/v1/homes", json!({"name": "Home"}))
        .await;
    assert_eq!(
        (keyless.status.as_u16(), &keyless.json()["field"]),
        (400, &json!("Idempotency-Key"))
    );
    for body in [
        json!({}),
        json!({"name": " "}),
        json!({"name": "x".repeat(65)}),
        json!({"name": "a\nb"}),
    ] {
        let answer = create(&world, Person::Olga, "k", &body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["field"]),
            (400, &json!("name")),
            "{body}"
        );
    }
    assert_eq!(
        world.get(Person::Olga, "/v1/homes").await.json()["items"],
        json!([])
    );
}
