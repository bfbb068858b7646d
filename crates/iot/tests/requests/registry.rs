//! Certificates: made, attached to one robot, and revoked.

use domain::ports::{DeviceError, DeviceRegistry};
use serde_json::json;

use crate::replay::{AT, Given, Service, fails, ok, robot};

const ARN: &str = "arn:aws:iot:eu-central-1:123456789012:cert/aaaa";

fn made() -> Given {
    ok(&json!({"certificateArn": ARN, "certificateId": "aaaa", "certificatePem": "PEM"}).to_string())
}

fn described() -> Given {
    ok(&json!({"certificateDescription": {"validity": {"notAfter": 2_524_607_999_i64}}}).to_string())
}

fn principals(arns: &[&str], next: Option<&str>) -> Given {
    ok(&json!({"principals": arns, "nextToken": next}).to_string())
}

#[tokio::test]
async fn a_robot_is_a_thing_with_a_certificate_of_its_own() {
    let service = Service::answering([ok("{}"), made(), ok("{}"), ok(""), described()]);
    let issued = service.registry().register(robot(), "CSR", AT).await.unwrap();
    assert_eq!(
        (issued.pem.as_str(), issued.certificate.id.as_str()),
        ("PEM", "aaaa")
    );
    assert_eq!(issued.certificate.not_after.seconds(), 2_524_607_999);
    let id = robot();
    let expected = [
        format!("POST /things/{id}"),
        "POST /certificates?setAsActive=true".to_owned(),
        format!("PUT /things/{id}/principals?thingPrincipalType=EXCLUSIVE_THING"),
        "PUT /target-policies/local_device".to_owned(),
        "GET /certificates/aaaa".to_owned(),
    ];
    assert_eq!(service.asked(), expected);
    assert_eq!(service.header(2, "x-amzn-principal").as_deref(), Some(ARN));
    let body: serde_json::Value = serde_json::from_slice(&service.body(1)).unwrap();
    assert_eq!(body, json!({"certificateSigningRequest": "CSR"}));
    let body: serde_json::Value = serde_json::from_slice(&service.body(3)).unwrap();
    assert_eq!(body, json!({"target": ARN}));
}

#[tokio::test]
async fn a_certificate_of_which_no_end_is_said_ends_as_all_of_aws_iot_do() {
    let described = ok(&json!({"certificateDescription": {"certificateId": "aaaa"}}).to_string());
    let service = Service::answering([ok("{}"), made(), ok("{}"), ok(""), described]);
    let issued = service.registry().register(robot(), "CSR", AT).await.unwrap();
    assert_eq!(issued.certificate.not_after.seconds(), 2_524_607_999);
}

#[tokio::test]
async fn a_broken_request_is_the_robots_fault_and_attaches_nothing() {
    let service = Service::answering([ok("{}"), fails(400, "InvalidRequestException")]);
    let error = service.registry().register(robot(), "CSR", AT).await.unwrap_err();
    assert!(matches!(error, DeviceError::BadRequest { .. }));
    assert_eq!(service.asked().len(), 2);
}

#[tokio::test]
async fn an_outage_on_the_way_is_an_error() {
    for place in 0..5 {
        let mut answers = vec![ok("{}"), made(), ok("{}"), ok(""), described()];
        answers.truncate(place);
        answers.push(fails(503, "ServiceUnavailableException"));
        let service = Service::answering(answers);
        let error = service.registry().register(robot(), "CSR", AT).await.unwrap_err();
        assert!(matches!(error, DeviceError::Unavailable(_)), "{place}: {error:?}");
        assert_eq!(service.asked().len(), place + 1);
    }
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
async fn a_robot_that_is_not_registered_or_not_connected_is_revoked_already() {
    let missing = || fails(404, "ResourceNotFoundException");
    let service = Service::answering([missing(), missing()]);
    service.registry().revoke(robot()).await.unwrap();
    assert_eq!(service.asked().len(), 2);
}

#[tokio::test]
async fn a_certificate_that_cannot_be_deleted_yet_is_revoked_all_the_same() {
    let answers = [
        principals(&[ARN], None),
        ok("{}"),
        ok("{}"),
        ok("{}"),
        ok("{}"),
        fails(409, "DeleteConflictException"),
    ];
    let service = Service::answering(answers);
    service.registry().revoke(robot()).await.unwrap();
    assert_eq!(service.asked().len(), 6);
}

#[tokio::test]
async fn a_connection_that_cannot_be_cut_is_an_error() {
    let service = Service::answering([fails(500, "InternalFailureException")]);
    let error = service.registry().disconnect("app_lease_x").await.unwrap_err();
    assert!(matches!(error, DeviceError::Unavailable(_)));
    assert_eq!(
        service.asked(),
        ["DELETE /connections/app_lease_x?cleanSession=true"]
    );
}
