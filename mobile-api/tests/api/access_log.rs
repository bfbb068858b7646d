//! The owner reads who did what.

use domain::access_log::ACCESS_LOG_KEPT;
use http::Method;
use serde_json::{Value, json};

use crate::members::{accept, invite};
use crate::world::{Person, World};

async fn log(world: &World) -> Vec<Value> {
    let answer = world.get(Person::Anna, &world.at_home("/access-log")).await;
    assert_eq!(answer.status, 200, "{answer}");
    answer.json()["items"].as_array().unwrap().clone()
}

fn tick(world: &World) {
    world.pass(std::time::Duration::from_secs(1));
}

#[tokio::test]
async fn who_came_changed_something_and_left_is_in_the_log_newest_first() {
    let world = World::new().await;
    let body = json!({"name": "Carl", "role": "member"});
    let invited = invite(&world, &body).await.json();
    tick(&world);
    accept(&world, Person::Carl, &invited["code"]).await;
    tick(&world);
    let change = json!({"upload_map": false, "child_lock": false, "restrictions": []});
    let mut change = change.as_object().unwrap().clone();
    let settings = world.get(Person::Carl, &world.at_robot("/settings")).await;
    for (name, value) in settings.json().as_object().unwrap() {
        if ![
            "version",
            "applied_version",
            "upload_map",
            "child_lock_lifted",
            "skipped",
        ]
        .contains(&name.as_str())
        {
            change.insert(name.clone(), value.clone());
        }
    }
    let put = world
        .request(Method::PUT, &world.at_robot("/settings"))
        .bearer(&world.token(Person::Carl))
        .header("If-Match", settings.header("etag").unwrap())
        .json(&Value::Object(change));
    let put = world.send(put).await;
    assert_eq!(put.status, 200, "{put}");
    tick(&world);
    world.get(Person::Anna, &world.at_home("/export")).await;
    tick(&world);
    let member = world.at_home(&format!("/members/{}", Person::Carl.id()));
    assert_eq!(world.ask(Person::Carl, Method::DELETE, &member).await.status, 204);
    tick(&world);
    assert_eq!(
        world
            .ask(Person::Anna, Method::DELETE, &world.at_robot(""))
            .await
            .status,
        204
    );
    let told: Vec<_> = log(&world)
        .await
        .iter()
        .map(|entry| json!([entry["action"], entry["who"], entry["you"], entry["subject"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["unpaired", null, true, "Kitchen robot"]),
            json!(["left", "Carl", false, null]),
            json!(["exported", null, true, null]),
            json!(["settings_changed", "Carl", false, "Kitchen robot"]),
            json!(["joined", "Carl", false, null]),
            json!(["invited", null, true, "Carl"]),
        ]
    );
    let foreign = world.get(Person::Carl, &world.at_home("/access-log")).await;
    assert_eq!(foreign.status, 404);
    world.pass(ACCESS_LOG_KEPT);
    assert_eq!(log(&world).await, Vec::<Value>::new());
}
