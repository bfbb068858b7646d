use domain::id::RobotId;
use domain::label::LabelCode;
use domain::ports::{RobotStore, StoreError};
use domain::robot::Robot;
use domain::usecase::{Admitting, UseCaseError};
use functions::{HandlerError, ProvisioningHook};
use serde_json::{Value, json};

use crate::aws_events::recorded;
use crate::world::World;

/// A certificate that the deployed stack made, beside the recordings of the adapter.
fn pem() -> String {
    let recording = include_str!("../../../crates/iot/tests/recordings/register.json");
    let recording: Value = serde_json::from_str(recording).unwrap();
    let made = recording["exchanges"][1]["answer"]["body"].as_str().unwrap();
    let made: Value = serde_json::from_str(made).unwrap();
    made["certificatePem"].as_str().unwrap().to_owned()
}

pub fn code(of: RobotId) -> LabelCode {
    LabelCode::new(of.as_u128())
}

/// What AWS asks before it gives a robot a certificate.
pub fn request(robot: RobotId, certificate: &str) -> Value {
    json!({
        "claimCertificateId": "claim", "certificateId": certificate, "certificatePem": pem(),
        "templateArn": "arn:aws:iot:us-east-1:000000000000:provisioningtemplate/dev_robots", "clientId": "claim_1",
        "parameters": {"SerialNumber": robot, "Code": code(robot), "Robot": "robot_01BX5ZZKBKACTAV9WEVGEMMVRZ"},
    })
}

pub fn admitting(world: &World) -> Admitting {
    let (robots, labels) = (world.memory.clone(), world.memory.clone());
    Admitting { robots, labels }
}

async fn ask(world: &World, event: &Value) -> Result<Value, HandlerError> {
    let hook = ProvisioningHook::new(admitting(world));
    let answer = hook.handle(event, crate::world::NOW).await?;
    Ok(serde_json::to_value(answer).unwrap())
}

fn no() -> Value {
    json!({"allowProvisioning": false, "parameterOverrides": {}})
}

#[tokio::test]
async fn a_robot_that_was_announced_takes_one_certificate_under_its_own_name() {
    let (world, robot) = (World::new(), RobotId::from_u128(77));
    assert_eq!(ask(&world, &request(robot, "a")).await.unwrap(), no());
    admitting(&world).announce(robot, code(robot)).await.unwrap();
    let yes = json!({"allowProvisioning": true, "parameterOverrides": {"Robot": robot}});
    for _ in 0..2 {
        assert_eq!(ask(&world, &request(robot, "a")).await.unwrap(), yes);
        admitting(&world).announce(robot, code(robot)).await.unwrap();
    }
    assert_eq!(ask(&world, &request(robot, "b")).await.unwrap(), no());
    let certificate = world.memory.look().robots[&robot].certificate.clone();
    assert_eq!(certificate.unwrap().id, "a");
}

#[tokio::test]
async fn who_does_not_know_the_code_or_knows_a_used_one_is_not_let_in() {
    let (world, robot, other) = (World::new(), RobotId::from_u128(77), RobotId::from_u128(78));
    for announced in [robot, other] {
        admitting(&world)
            .announce(announced, code(announced))
            .await
            .unwrap();
    }
    let taken = admitting(&world).announce(other, code(robot)).await.unwrap_err();
    assert!(matches!(taken, UseCaseError::Store(StoreError::Conflict { .. })));
    for guess in [json!(code(other)), json!("ABCD"), json!(null)] {
        let mut guessed = request(robot, "a");
        guessed["parameters"]["Code"] = guess;
        assert_eq!(ask(&world, &guessed).await.unwrap(), no());
    }
    assert_ne!(ask(&world, &request(robot, "a")).await.unwrap(), no());
    let known = world.memory.look().robots[&robot].clone();
    let unpaired = Robot {
        certificate: None,
        ..known.clone()
    };
    world.memory.put_robot(&unpaired, Some(&known)).await.unwrap();
    assert_eq!(ask(&world, &request(robot, "b")).await.unwrap(), no());
    admitting(&world)
        .announce(robot, LabelCode::new(9))
        .await
        .unwrap();
    let mut again = request(robot, "b");
    again["parameters"]["Code"] = json!(LabelCode::new(9));
    assert_ne!(ask(&world, &again).await.unwrap(), no());
}

#[tokio::test]
async fn what_is_no_request_is_a_no_and_an_outage_is_an_error() {
    let (world, robot) = (World::new(), RobotId::from_u128(77));
    admitting(&world).announce(robot, code(robot)).await.unwrap();
    let mut broken = request(robot, "a");
    broken["certificatePem"] = "no certificate".into();
    for event in [json!(null), json!({}), broken] {
        assert_eq!(ask(&world, &event).await.unwrap(), no());
    }
    if let Some(recorded) = recorded("iot_pre_provisioning_hook.json") {
        assert_eq!(
            ask(&world, &recorded).await.unwrap(),
            no(),
            "RB-0001 is no name of ours"
        );
    }
    world.memory.fail();
    assert!(ask(&world, &request(robot, "a")).await.is_err());
}
