//! Policy documents, and what they decide for a stranger.
#![no_main]

use libfuzzer_sys::fuzz_target;
use policy::{Action, Endpoint, Identity, PolicyDocument, Resource, evaluate};

fuzz_target!(|text: &str| {
    let Ok(document) = PolicyDocument::from_json(text) else {
        return;
    };
    let endpoint = Endpoint {
        region: "us-east-1".into(),
        account: "000000000000".into(),
    };
    let identity = Identity {
        endpoint,
        client_id: "robot".into(),
        thing_name: None,
        attached: false,
        common_name: None,
    };
    let _ = evaluate(
        &[document],
        &identity,
        Action::Publish,
        Resource::Topic("r/robot/tiles"),
    );
});
