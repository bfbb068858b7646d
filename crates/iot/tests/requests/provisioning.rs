//! Claims for new robots. The answers are written by the service's model, since an answer that was given holds a key.

use domain::ports::{DeviceError, ProvisioningClaims};
use iot::TemplateClaims;
use serde_json::json;

use crate::replay::{Service, fails, ok};

fn claims(service: &Service) -> TemplateClaims {
    TemplateClaims::new(service.control(), "dev_robots".to_owned())
}

#[tokio::test]
async fn a_claim_is_one_of_the_template_and_ends() {
    let answer = json!({
        "certificateId": "aaaa", "certificatePem": "CERTIFICATE", "expiration": 1_790_000_300,
        "keyPair": {"PublicKey": "PUBLIC", "PrivateKey": "KEY"},
    });
    let service = Service::answering([ok(&answer.to_string())]);
    let claim = claims(&service).claim().await.unwrap();
    assert_eq!(
        service.asked(),
        ["POST /provisioning-templates/dev_robots/provisioning-claim"]
    );
    assert_eq!(
        (claim.certificate_pem.as_str(), claim.key_pem.as_str()),
        ("CERTIFICATE", "KEY")
    );
    assert_eq!(
        (claim.template.as_str(), claim.expires_at.seconds()),
        ("dev_robots", 1_790_000_300)
    );
}

#[tokio::test]
async fn a_claim_that_is_not_whole_is_none() {
    for answer in [
        ok("{}"),
        fails(404, "ResourceNotFoundException"),
        fails(401, "UnauthorizedException"),
    ] {
        let refused = claims(&Service::answering([answer])).claim().await;
        assert!(matches!(refused, Err(DeviceError::Refused(_))));
    }
    let throttled = claims(&Service::answering([fails(429, "ThrottlingException")]))
        .claim()
        .await;
    assert!(matches!(throttled, Err(DeviceError::Unavailable(_))));
}
