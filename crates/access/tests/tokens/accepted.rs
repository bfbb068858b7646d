//! Good tokens open what they should.

use serde_json::json;

use crate::forge::*;

#[test]
fn good_tokens_are_accepted() {
    let forge = Forge::new();
    for token in [
        forge.with(json!({})),
        forge.with(json!({"aud": ["api"], "nbf": NOW})),
        forge.with(json!({"exp": NOW - 59})),
        forge.with(json!({"iat": NOW + 60})),
        forge.rs256(),
    ] {
        let principal = forge.verify(&token).unwrap();
        assert_eq!(
            (principal.person.to_string().as_str(), principal.operator),
            (PERSON, false)
        );
    }
    for scope in ["fleet", "openid fleet"] {
        assert!(
            forge
                .verify(&forge.with(json!({"scope": scope})))
                .unwrap()
                .operator
        );
    }
    assert!(
        !forge
            .verify(&forge.with(json!({"scope": "fleets"})))
            .unwrap()
            .operator
    );
}

#[test]
fn people_of_another_provider_have_one_id_each() {
    let forge = Forge::new();
    let of = |sub: &str| {
        forge
            .verify(&forge.pooled(POOL_HEADER, json!({"sub": sub})))
            .unwrap()
            .person
    };
    assert_eq!(of("a"), of("a"));
    assert_ne!(of("a"), of("b"));
    assert_ne!(
        of(PERSON).to_string(),
        PERSON,
        "a foreign name is never one of our ids"
    );
    let operator = forge.pooled(POOL_HEADER, json!({"cognito:groups": ["users", "operators"]}));
    assert!(forge.verify(&operator).unwrap().operator);
}
