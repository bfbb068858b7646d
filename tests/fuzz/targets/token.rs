//! Bearer tokens and the keys that issuers publish. Nobody knows the key here, so that nobody is let in.
#![no_main]

use std::sync::LazyLock;

use access::{KeySet, LocalIssuer, TokenVerifier};
use domain::Timestamp;
use libfuzzer_sys::fuzz_target;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

static VERIFIER: LazyLock<TokenVerifier> = LazyLock::new(|| {
    let dir = std::env::temp_dir().join(format!("issuer-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    TokenVerifier::new(vec![LocalIssuer::open(&dir).unwrap().trusted()])
});

fuzz_target!(|text: &str| {
    assert!(VERIFIER.verify(text, NOW).is_err());
    let _ = KeySet::from_jwks(text);
});
