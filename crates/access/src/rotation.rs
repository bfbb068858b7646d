//! Keys that change: an issuer may sign with a new key at any time (OpenID Connect Core 1.0, section 10.1.1).

use std::error::Error;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use domain::Timestamp;
use domain::access::Principal;
use thiserror::Error;
use tokio::sync::Mutex;

use crate::{Issuer, KeySet, TokenError, TokenVerifier};

/// Keys are read again at most once in this time, so that tokens with invented key ids cannot make anybody ask the
/// issuer more often.
pub const KEYS_READ_PAUSE: Duration = Duration::from_secs(5 * 60);

/// Why an issuer's keys could not be read.
#[derive(Debug, Error)]
#[error("the issuer's keys could not be read")]
pub struct KeySourceError(#[from] pub Box<dyn Error + Send + Sync>);

/// Reads the keys of an issuer.
#[async_trait]
pub trait KeySource: Send + Sync {
    /// The keys as they are now; MUST end within seconds, since requests wait for it.
    async fn keys(&self) -> Result<KeySet, KeySourceError>;
}

/// Checks tokens like [`TokenVerifier`], and reads an issuer's keys again when a token names one that is not known.
pub struct RotatingVerifier {
    current: RwLock<Arc<TokenVerifier>>,
    rotating: Option<Rotating>,
}

/// The issuer whose keys may change.
struct Rotating {
    issuer: Issuer,
    source: Arc<dyn KeySource>,
    last_read: Mutex<Option<Timestamp>>,
}

impl RotatingVerifier {
    /// Trusts this issuer and nobody else, whatever its keys are.
    pub fn new(issuer: Issuer, source: Arc<dyn KeySource>) -> Self {
        Self {
            current: RwLock::new(Arc::new(TokenVerifier::new(vec![issuer.clone()]))),
            rotating: Some(Rotating {
                issuer,
                source,
                last_read: Mutex::default(),
            }),
        }
    }

    /// Who the bearer of `token` is at `now`.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Principal, TokenError> {
        let verifier = self.current();
        match (verifier.verify(token, now), &self.rotating) {
            (Err(TokenError::UnknownKey), Some(rotating)) => {
                self.read_again(rotating, &verifier, now).await;
                self.current().verify(token, now)
            }
            (verified, _) => verified,
        }
    }

    /// Replaces the keys that `stale` has, unless somebody did so meanwhile or just tried; the old ones stay when the
    /// issuer does not answer.
    async fn read_again(&self, rotating: &Rotating, stale: &Arc<TokenVerifier>, now: Timestamp) {
        let mut last_read = rotating.last_read.lock().await;
        let is_recent = last_read.is_some_and(|last| now.since(last) < KEYS_READ_PAUSE);
        if is_recent || !Arc::ptr_eq(stale, &self.current()) {
            return;
        }
        *last_read = Some(now);
        match rotating.source.keys().await {
            Ok(keys) => {
                let issuer = Issuer {
                    keys,
                    ..rotating.issuer.clone()
                };
                let fresh = Arc::new(TokenVerifier::new(vec![issuer]));
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
                tracing::info!("read the issuer's keys again");
            }
            Err(error) => {
                let error = &error as &dyn Error;
                tracing::warn!(error, "kept the issuer's old keys");
            }
        }
    }

    fn current(&self) -> Arc<TokenVerifier> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl From<TokenVerifier> for RotatingVerifier {
    /// Keys that never change.
    fn from(verifier: TokenVerifier) -> Self {
        Self {
            current: RwLock::new(Arc::new(verifier)),
            rotating: None,
        }
    }
}
