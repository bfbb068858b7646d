//! The functions that AWS IoT asks: who may watch, and which robot may be provisioned.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::id::{LeaseId, PersonId, RobotId};
use domain::label::LabelCode;
use domain::lease::{LEASE_VALID, Lease};
use domain::ports::{LeaseStore, RobotStore};
use domain::usecase::Admitting;
use serde_json::json;

use crate::aws_events::recorded;
use crate::certificates::pem;
use crate::cloud::now;
use crate::home::Home;

#[tokio::test]
async fn live_authorizer_admits_the_holder_of_a_lease_alone() {
    let home = Home::new().await;
    let lease = Lease {
        id: LeaseId::new(now(), 9),
        robot: home.robot.id,
        person: PersonId::from_u128(8),
        token_hash: access::sha256_hex(b"token"),
        expires_at: now().plus(LEASE_VALID),
    };
    home.cloud.store.put_lease(&lease).await.unwrap();
    let Some(function) = home.function("live_authorizer") else {
        return;
    };
    let Some(mut event) = recorded("iot_custom_auth_request.json") else {
        return;
    };
    let answer = function.call(&event).await;
    assert_eq!(answer["isAuthenticated"], false, "{}", function.log());
    event["protocolData"]["mqtt"]["clientId"] = lease.client_id().into();
    assert_eq!(
        function.call(&event).await["isAuthenticated"],
        false,
        "the recorded password"
    );
    event["protocolData"]["mqtt"]["password"] = STANDARD.encode("token").into();
    let answer = function.call(&event).await;
    assert_eq!(answer["isAuthenticated"], true);
    let policy = answer["policyDocuments"][0].to_string();
    assert!(
        policy.contains(&format!("topic/live/{}/pose", home.robot.id)),
        "{policy}"
    );
}

#[tokio::test]
async fn provisioning_hook_admits_robots_that_were_announced() {
    let (home, robot) = (Home::new().await, RobotId::new(now(), 77));
    let (robots, labels) = (home.cloud.store.clone(), home.cloud.store.clone());
    let code = LabelCode::new(77);
    let admitting = Admitting { robots, labels };
    admitting.announce(robot, code.clone()).await.unwrap();
    let Some(function) = home.function("provisioning_hook") else {
        return;
    };
    let Some(mut event) = recorded("iot_pre_provisioning_hook.json") else {
        return;
    };
    let no = json!({"allowProvisioning": false, "parameterOverrides": {}});
    assert_eq!(function.call(&event).await, no, "{}", function.log());
    event["certificatePem"] = pem().into();
    event["parameters"]["Code"] = code.to_string().into();
    event["parameters"]["SerialNumber"] = RobotId::new(now(), 78).to_string().into();
    assert_eq!(function.call(&event).await, no, "nobody announced this one");
    event["parameters"]["SerialNumber"] = robot.to_string().into();
    let yes = json!({"allowProvisioning": true, "parameterOverrides": {"Robot": robot}});
    assert_eq!(function.call(&event).await, yes);
    let kept = home.cloud.store.robot(robot).await.unwrap().unwrap();
    assert_eq!(event["certificateId"], kept.certificate.unwrap().id);
}
