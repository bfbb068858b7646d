//! An issuer that signs with another key from one minute to the next.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use access::{
    Issuer, KEYS_READ_PAUSE, KeySet, KeySource, KeySourceError, Profile, RotatingVerifier, Subjects,
    TokenError,
};
use async_trait::async_trait;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use domain::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::forge::*;

/// An issuer with one key at a time.
struct Rotating {
    key: Mutex<(String, EcdsaKeyPair)>,
    reads: AtomicUsize,
    is_down: Mutex<bool>,
    /// Whether a read waits until the test says so.
    gate: Option<Notify>,
}

impl Rotating {
    fn new(kid: &str) -> Self {
        Self {
            key: Mutex::new((kid.into(), fresh_key())),
            reads: AtomicUsize::new(0),
            is_down: Mutex::new(false),
            gate: None,
        }
    }

    fn verifier(self: &Arc<Self>) -> RotatingVerifier {
        let issuer = Issuer {
            name: OURS.into(),
            keys: self.present(),
            profile: Profile::AccessToken {
                audience: "api".into(),
            },
            subjects: Subjects::PersonIds,
            operator: None,
        };
        RotatingVerifier::new(issuer, self.clone())
    }

    fn rotate(&self, kid: &str) {
        *self.key.lock().unwrap() = (kid.into(), fresh_key());
    }

    fn set_down(&self, is_down: bool) {
        *self.is_down.lock().unwrap() = is_down;
    }

    fn token(&self) -> String {
        let (kid, key) = &*self.key.lock().unwrap();
        let header = json!({"alg": "ES256", "kid": kid, "typ": "at+jwt"}).to_string();
        compact(header, claims(json!({})), |message| ec_sign(key, message))
    }

    fn present(&self) -> KeySet {
        let (kid, key) = &*self.key.lock().unwrap();
        let keys: [Value; 1] = [ec_jwk(key, kid)];
        KeySet::from_jwks(&json!({ "keys": keys }).to_string()).unwrap()
    }

    fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl KeySource for Rotating {
    async fn keys(&self) -> Result<KeySet, KeySourceError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        if let Some(gate) = &self.gate {
            gate.notified().await;
        }
        if *self.is_down.lock().unwrap() {
            return Err(KeySourceError("the line is cut".into()));
        }
        Ok(self.present())
    }
}

fn fresh_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_millis(NOW * 1000)
}

#[tokio::test]
async fn a_new_key_is_found_and_the_old_one_is_gone() {
    let issuer = Arc::new(Rotating::new("first"));
    let verifier = issuer.verifier();
    let old = issuer.token();
    assert!(verifier.verify(&old, now()).await.is_ok());
    assert_eq!(issuer.reads(), 0, "a known key asks nobody");
    issuer.rotate("second");
    assert!(verifier.verify(&issuer.token(), now()).await.is_ok());
    assert_eq!(verifier.verify(&old, now()).await, Err(TokenError::UnknownKey));
    assert_eq!(issuer.reads(), 1);
}

#[tokio::test]
async fn invented_keys_ask_the_issuer_once_in_a_while() {
    let issuer = Arc::new(Rotating::new("first"));
    let verifier = issuer.verifier();
    let stranger = Rotating::new("invented");
    for n in 0..50 {
        stranger.rotate(&format!("invented-{n}"));
        let refused = verifier.verify(&stranger.token(), now()).await;
        assert_eq!(refused, Err(TokenError::UnknownKey));
    }
    assert_eq!(issuer.reads(), 1);
    let later = now().plus(KEYS_READ_PAUSE);
    assert!(verifier.verify(&stranger.token(), later).await.is_err());
    assert_eq!(issuer.reads(), 2);
}

#[tokio::test]
async fn old_keys_stay_while_the_issuer_is_away() {
    let issuer = Arc::new(Rotating::new("first"));
    let verifier = issuer.verifier();
    let old = issuer.token();
    issuer.rotate("second");
    issuer.set_down(true);
    assert_eq!(
        verifier.verify(&issuer.token(), now()).await,
        Err(TokenError::UnknownKey)
    );
    assert!(verifier.verify(&old, now()).await.is_ok());
    issuer.set_down(false);
    let later = now().plus(KEYS_READ_PAUSE);
    assert!(verifier.verify(&issuer.token(), later).await.is_ok());
    assert_eq!(issuer.reads(), 2);
}

#[tokio::test]
async fn requests_at_the_same_time_share_one_read() {
    let issuer = Arc::new(Rotating {
        gate: Some(Notify::new()),
        ..Rotating::new("first")
    });
    let verifier = Arc::new(issuer.verifier());
    issuer.rotate("second");
    let mut requests = JoinSet::new();
    for _ in 0..20 {
        let (verifier, token) = (verifier.clone(), issuer.token());
        requests.spawn(async move { verifier.verify(&token, now()).await.is_ok() });
    }
    issuer.gate.as_ref().unwrap().notify_one();
    assert!(requests.join_all().await.into_iter().all(|accepted| accepted));
    assert_eq!(issuer.reads(), 1);
}
