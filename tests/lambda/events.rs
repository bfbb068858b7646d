//! The functions that take what AWS itself tells: lifecycle events, and changes of the table.

use domain::page::PageRequest;
use domain::ports::{HealthStore, HomeStore};
use serde_json::{Value, json};

use crate::aws_events::recorded;
use crate::home::Home;

#[tokio::test]
async fn presence_follows_robots_and_nobody_else() {
    let home = Home::new().await;
    let Some(function) = home.function("presence") else {
        return;
    };
    let connected = || async {
        let health = home.cloud.store.health(home.robot.id).await.unwrap();
        health.presence.map(|presence| presence.connected)
    };
    for (name, expected) in [("connected", true), ("disconnected", false)] {
        let Some(mut event) = recorded(&format!("iot_presence_{name}.json")) else {
            return;
        };
        let before = connected().await;
        assert_eq!(function.call(&event).await, Value::Null, "{}", function.log());
        assert_eq!(connected().await, before, "the recorded client is no robot");
        event["clientId"] = home.robot.id.to_string().into();
        assert_eq!(function.call(&event).await, Value::Null);
        assert_eq!(connected().await, Some(expected));
    }
    assert!(home.cloud.incidents().is_empty());
    let Some(subscribed) = recorded("iot_subscribed.json") else {
        return;
    };
    assert_eq!(function.call(&subscribed).await, Value::Null);
    assert!(home.cloud.incidents()[0].starts_with("presence: event: "));
}

#[tokio::test]
async fn fold_lets_a_sealed_run_vote_once_and_passes_over_other_records() {
    let home = Home::new().await;
    home.keep_sealed_run().await;
    let Some(function) = home.function("fold") else {
        return;
    };
    let Some(mut event) = recorded("dynamodb_stream.json") else {
        return;
    };
    let records = event["Records"].as_array().unwrap().len();
    let (home_id, robot) = (home.scope().home(), home.robot.id);
    event["Records"][0]["dynamodb"]["Keys"] = json!({
        "pk": {"S": format!("H#{home_id}")}, "sk": {"S": format!("RUN#{robot}#{}", home.run)},
    });
    for _ in 0..2 {
        assert_eq!(function.call(&event).await, Value::Null, "{}", function.log());
        assert_eq!(home.kept_run().await.unwrap().vote.unwrap().n, 1);
    }
    let floors = home
        .cloud
        .store
        .floors(&home.scope(), &PageRequest::first())
        .await;
    assert_eq!(floors.unwrap().items.len(), 1);
    let incidents = home.cloud.incidents();
    assert!(incidents.len() >= records - 1, "{incidents:?}");
    assert!(
        incidents.iter().all(|known| known.starts_with("fold: ")),
        "{incidents:?}"
    );
}
