//! The API's function.

use serde_json::{Value, json};

use crate::aws_events::recorded;
use crate::cloud::Cloud;
use crate::emulator::Function;
use crate::provider::{CLIENT, Provider};

/// Starts the API over `cloud` with tokens of `provider`.
fn start(cloud: &Cloud, provider: &Provider) -> Option<Function> {
    let mut variables = cloud.variables();
    variables.extend([
        ("STAGE", "prod"),
        ("IOT_ENDPOINT", "iot.example"),
        ("MQTT_PORT", "8883"),
        ("COMMAND_DELIVERY", "direct"),
        ("LIVE_VIEW", "true"),
        ("OIDC_ISSUER", provider.issuer.as_str()),
        ("OIDC_CLIENT_ID", CLIENT),
    ]);
    Function::start("mobile-api", &variables)
}

/// The recorded request of API Gateway, as `method` on the homes of who holds `token`.
fn request(method: &str, token: &str, body: &Value) -> Option<Value> {
    let mut event = recorded("apigw_v2_http_no_authorizer.json")?;
    event["rawPath"] = "/v1/homes".into();
    event["rawQueryString"] = "".into();
    event["requestContext"]["http"]["method"] = method.into();
    event["requestContext"]["http"]["path"] = "/v1/homes".into();
    event["isBase64Encoded"] = false.into();
    event["body"] = body.to_string().into();
    event["headers"] = json!({
        "authorization": format!("Bearer {token}"), "content-type": "application/json", "idempotency-key": "first",
    });
    Some(event)
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn the_api_makes_a_home_for_who_has_a_token_and_for_nobody_else() {
    let (cloud, provider) = (Cloud::start().await, Provider::start().await);
    let Some(function) = start(&cloud, &provider) else {
        return;
    };
    let wanted = json!({"name": "Lindenstraße 9"});
    for token in ["", "no.token.atall", &provider.token("others")] {
        let Some(event) = request("POST", token, &wanted) else {
            return;
        };
        let answer = function.call(&event).await;
        assert_eq!(answer["statusCode"], 401, "{answer} {}", function.log());
        assert_eq!(answer["headers"]["content-type"], "application/problem+json");
    }
    let token = provider.token(CLIENT);
    let made = function.call(&request("POST", &token, &wanted).unwrap()).await;
    assert_eq!(made["statusCode"], 201, "{made}");
    let seen = function
        .call(&request("GET", &token, &json!(null)).unwrap())
        .await;
    assert_eq!(body(&seen)["items"][0]["id"], body(&made)["id"]);
    let nameless = function
        .call(&request("POST", &token, &json!({"name": ""})).unwrap())
        .await;
    assert_eq!(
        (&nameless["statusCode"], &body(&nameless)["field"]),
        (&json!(400), &json!("name"))
    );
}
