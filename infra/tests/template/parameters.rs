use std::fs;
use std::path::Path;

use infra::{TEMPLATE, Template};
use serde_json::Value;

use crate::parameters;

/// The template as CloudFormation gets it.
fn transformed() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("out/template.cfn.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn what_a_parameter_may_not_be_is_said_in_words() {
    for (name, parameter) in transformed()["Parameters"].as_object().unwrap() {
        let limits = ["AllowedPattern", "AllowedValues", "MinValue", "MaxValue"];
        assert!(
            limits.iter().any(|limit| parameter.get(limit).is_some()),
            "{name} may be anything"
        );
        let said = parameter["ConstraintDescription"].as_str().unwrap_or_default();
        assert!(said.starts_with("must "), "{name}: {said}");
        assert!(
            parameter["Description"].as_str().unwrap().ends_with('.'),
            "{name}"
        );
    }
}

#[test]
fn what_parameters_may_not_be_together_is_said_in_a_sentence() {
    for (name, rule) in transformed()["Rules"].as_object().unwrap() {
        for assertion in rule["Assertions"].as_array().unwrap() {
            assert!(
                assertion["AssertDescription"].as_str().unwrap().ends_with('.'),
                "{name}"
            );
        }
    }
}

#[test]
fn every_variant_is_a_whole_template() {
    let variants: [(&[(&str, &str)], usize); 7] = [
        (&[], 0),
        (&[("LiveView", "false"), ("CommandDelivery", "publish")], 0),
        (
            &[("OidcIssuer", "https://i.example"), ("OidcClientId", "pages")],
            0,
        ),
        (
            &[
                ("EdgeJwt", "true"),
                ("IngestConcurrency", "0"),
                ("SelfSignUp", "true"),
            ],
            1,
        ),
        (
            &[
                ("DomainName", "robots.example.org"),
                ("CertificateArn", "arn:aws:acm:r:0:certificate/c"),
            ],
            2,
        ),
        (&[("ProvisioningHook", "arn:aws:lambda:r:0:function:hook")], 4),
        (&[("Budget", "true"), ("AlarmEmail", "you@example.org")], 2),
    ];
    let added = [
        "EdgeAuthorizer",
        "HttpApiDomain",
        "HttpApiMapping",
        "ClaimPolicy",
        "ProvisioningTemplate",
    ]
    .into_iter()
    .chain([
        "ProvisioningRole",
        "ProvisioningHookPermission",
        "MonthlyCosts",
        "AlarmsByEmail",
    ]);
    let added: Vec<&str> = added.collect();
    for (given, expected) in variants {
        let mut parameters = parameters();
        parameters.overrides.extend(
            given
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into())),
        );
        let template = Template::parse(TEMPLATE, &parameters).unwrap();
        let found = added
            .iter()
            .filter(|id| template.resources().contains_key(**id))
            .count();
        assert_eq!(found, expected, "{given:?}");
    }
}

#[test]
fn tokens_are_those_of_the_stacks_own_pool_or_of_the_issuer_that_is_given() {
    let issuer_of = |given: &[(&str, &str)]| {
        let mut parameters = parameters();
        parameters.overrides.extend(
            given
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into())),
        );
        let template = Template::parse(TEMPLATE, &parameters).unwrap();
        let environment = template.function("ApiFunction").unwrap().environment.clone();
        assert_eq!(
            environment["IOT_ENDPOINT"],
            "local-ats.iot.us-east-1.amazonaws.com"
        );
        (
            environment["OIDC_ISSUER"].clone(),
            environment["OIDC_CLIENT_ID"].clone(),
        )
    };
    let pool = "https://cognito-idp.us-east-1.amazonaws.com/UserPool".to_owned();
    assert_eq!(issuer_of(&[]), (pool, "UserPoolClient".into()));
    let given = [("OidcIssuer", "https://i.example"), ("OidcClientId", "pages")];
    assert_eq!(issuer_of(&given), ("https://i.example".into(), "pages".into()));
}
