use std::fs;
use std::path::Path;

use infra::Template;
use serde_json::Value;

use crate::{template, template_with};

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

/// A variant's parameters.
type Given = &'static [(&'static str, &'static str)];

/// Variants, with the resources that each has and the one without parameters has not.
const VARIANTS: [(Given, &[&str]); 6] = [
    (&[("LiveView", "false"), ("CommandDelivery", "publish")], &[]),
    (OTHER_ISSUER, &[]),
    (
        &[
            ("EdgeJwt", "true"),
            ("IngestConcurrency", "0"),
            ("SelfSignUp", "true"),
        ],
        &["EdgeAuthorizer"],
    ),
    (
        &[
            ("DomainName", "robots.example.org"),
            ("CertificateArn", "arn:aws:acm:r:0:certificate/c"),
        ],
        &["HttpApiDomain", "HttpApiMapping"],
    ),
    (
        &[("FleetProvisioning", "true")],
        &[
            "ClaimPolicy",
            "ProvisioningHookFunction",
            "ProvisioningHookLog",
            "ProvisioningHookPermission",
            "ProvisioningHookRole",
            "ProvisioningRole",
            "ProvisioningTemplate",
        ],
    ),
    (
        &[("Budget", "true"), ("AlarmEmail", "you@example.org")],
        &["AlarmsByEmail", "MonthlyCosts"],
    ),
];

const OTHER_ISSUER: Given = &[("OidcIssuer", "https://i.example"), ("OidcClientId", "pages")];

#[test]
fn every_variant_is_a_whole_template() {
    let usual = template();
    for (given, expected) in VARIANTS {
        let variant = template_with(given);
        let is_new = |id: &&String| !usual.resources().contains_key(*id);
        let added: Vec<&String> = variant.resources().keys().filter(is_new).collect();
        assert_eq!(added, expected, "{given:?}");
    }
}

#[test]
fn tokens_are_those_of_the_stacks_own_pool_or_of_the_issuer_that_is_given() {
    let issuer = |template: Template| {
        let environment = &template.function("ApiFunction").unwrap().environment;
        ["OIDC_ISSUER", "OIDC_CLIENT_ID"].map(|name| environment[name].clone())
    };
    let pool = "https://cognito-idp.us-east-1.amazonaws.com/UserPool";
    assert_eq!(issuer(template()), [pool, "UserPoolClient"]);
    assert_eq!(
        issuer(template_with(OTHER_ISSUER)),
        ["https://i.example", "pages"]
    );
}
