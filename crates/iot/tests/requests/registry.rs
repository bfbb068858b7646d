//! Certificates: attached to one robot, and revoked.

use domain::ports::DeviceRegistry;
use serde_json::json;

use crate::replay::{Given, Service, fails, ok, robot};

const ARN: &str = "arn:aws:iot:eu-central-1:123456789012:cert/aaaa";

fn principals(arns: &[&str], next: Option<&str>) -> Given {
    ok(&json!({"principals": arns, "nextToken": next}).to_string())
}

#[tokio::test]
async fn revoking_closes_every_certificate_before_it_tidies_up() {
    let other = "arn:aws:iot:eu-central-1:123456789012:cert/bbbb";
    let mut answers = vec![principals(&[ARN], Some("more")), principals(&[other], None)];
    answers.extend((0..9).map(|_| ok("{}")));
    let service = Service::answering(answers);
    service.registry().revoke(robot()).await.unwrap();
    let id = robot();
    let tidied = |certificate: &str| {
        [
            "POST /target-policies/local_device".to_owned(),
            format!("DELETE /things/{id}/principals"),
            format!("DELETE /certificates/{certificate}?forceDelete=true"),
        ]
    };
    let mut expected = vec![
        format!("GET /things/{id}/principals"),
        format!("GET /things/{id}/principals?nextToken=more"),
        "PUT /certificates/aaaa?newStatus=INACTIVE".to_owned(),
        "PUT /certificates/bbbb?newStatus=INACTIVE".to_owned(),
        format!("DELETE /connections/{id}?cleanSession=true"),
    ];
    expected.extend(tidied("aaaa"));
    expected.extend(tidied("bbbb"));
    assert_eq!(service.asked(), expected);
}

#[tokio::test]
async fn suspending_closes_every_certificate_before_it_cuts_and_reinstating_opens_them() {
    let id = robot();
    let asked = format!("GET /things/{id}/principals");
    let service = Service::answering([principals(&[ARN], None), ok("{}"), ok("{}")]);
    service.registry().suspend(id).await.unwrap();
    assert_eq!(
        service.asked(),
        [
            asked.clone(),
            "PUT /certificates/aaaa?newStatus=INACTIVE".to_owned(),
            format!("DELETE /connections/{id}?cleanSession=true"),
        ]
    );
    let service = Service::answering([principals(&[ARN], None), ok("{}")]);
    service.registry().reinstate(id).await.unwrap();
    assert_eq!(
        service.asked(),
        [asked, "PUT /certificates/aaaa?newStatus=ACTIVE".to_owned()]
    );
}

#[tokio::test]
async fn a_robot_that_is_not_registered_or_not_connected_is_revoked_already() {
    let missing = || fails(404, "ResourceNotFoundException");
    let service = Service::answering([missing(), missing()]);
    service.registry().revoke(robot()).await.unwrap();
    assert_eq!(service.asked().len(), 2);
}
