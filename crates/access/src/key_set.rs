//! The public keys of an issuer, each for one algorithm and for signatures alone.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use thiserror::Error;

use crate::roca;

/// The lengths of an RSA modulus that is neither weak nor slow to check, in bits.
pub const RSA_BITS: RangeInclusive<usize> = 2048..=4096;
/// The only public exponent that issuers use today, 65537.
const RSA_EXPONENT: [u8; 3] = [1, 0, 1];
/// Bytes of one coordinate on the curve P-256.
const P256_BYTES: usize = 32;

/// Why keys were not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeySetError {
    /// The text is not a JSON Web Key Set.
    #[error("jwks: is not a JSON Web Key Set: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// Two keys have one name.
    #[error("jwks: the key id {kid:?} stands twice")]
    Duplicate {
        /// The name.
        kid: String,
    },
    /// No key of the set can check a signature.
    #[error("jwks: has no key for RS256 or ES256 signatures")]
    Empty,
    /// A key has no name, so that no token can ask for it.
    #[error("jwks: a key for signatures has no kid")]
    Unnamed,
    /// A key is broken or too weak.
    #[error("jwks: the key {kid:?} {reason}")]
    Weak {
        /// Its name.
        kid: String,
        /// What is wrong with it, with the limit.
        reason: &'static str,
    },
}

/// A key and the only algorithm that it is for (RFC 8725 section 3.1).
#[derive(Debug, Clone)]
pub(crate) struct VerifyingKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
}

/// The public keys of one issuer by their names.
#[derive(Debug, Clone)]
pub struct KeySet(BTreeMap<String, VerifyingKey>);

#[derive(Deserialize)]
struct JwksDocument {
    keys: Vec<JwkDocument>,
}

#[derive(Deserialize)]
struct JwkDocument {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    public_use: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// The keys of a JSON Web Key Set (RFC 7517) that are for RS256 or ES256 signatures.
    ///
    /// Keys for other uses or algorithms are left out, so that a token which names one is refused; a name that
    /// stands twice and a weak key are errors.
    pub fn from_jwks(json: &str) -> Result<Self, KeySetError> {
        let document: JwksDocument = serde_json::from_str(json).map_err(|error| KeySetError::Malformed {
            reason: error.to_string(),
        })?;
        let mut keys = BTreeMap::new();
        for jwk in document.keys.iter().filter(|jwk| jwk.is_for_verifying()) {
            let Some(algorithm) = jwk.algorithm() else {
                continue;
            };
            let kid = jwk.kid.clone().ok_or(KeySetError::Unnamed)?;
            let key = jwk.key(algorithm).map_err(|reason| KeySetError::Weak {
                kid: kid.clone(),
                reason,
            })?;
            if keys
                .insert(kid.clone(), VerifyingKey { algorithm, key })
                .is_some()
            {
                return Err(KeySetError::Duplicate { kid });
            }
        }
        if keys.is_empty() {
            return Err(KeySetError::Empty);
        }
        Ok(Self(keys))
    }

    /// The set of one ES256 key, from the 65 bytes of its uncompressed point.
    pub(crate) fn of_es256(kid: String, point: &[u8]) -> Self {
        let key = VerifyingKey {
            algorithm: Algorithm::ES256,
            key: DecodingKey::from_ec_der(point),
        };
        Self(BTreeMap::from([(kid, key)]))
    }

    /// The key with this name.
    pub(crate) fn find(&self, kid: &str) -> Option<&VerifyingKey> {
        self.0.get(kid)
    }
}

impl JwkDocument {
    fn is_for_verifying(&self) -> bool {
        let by_use = self.public_use.as_deref().is_none_or(|purpose| purpose == "sig");
        let may_verify = |operations: &Vec<String>| operations.iter().any(|operation| operation == "verify");
        by_use && self.key_ops.as_ref().is_none_or(may_verify)
    }

    fn algorithm(&self) -> Option<Algorithm> {
        match (self.kty.as_str(), self.alg.as_deref(), self.crv.as_deref()) {
            ("RSA", None | Some("RS256"), None) => Some(Algorithm::RS256),
            ("EC", None | Some("ES256"), Some("P-256")) => Some(Algorithm::ES256),
            _ => None,
        }
    }

    fn key(&self, algorithm: Algorithm) -> Result<DecodingKey, &'static str> {
        match algorithm {
            Algorithm::RS256 => self.rsa_key(),
            _ => self.p256_key(),
        }
    }

    fn rsa_key(&self) -> Result<DecodingKey, &'static str> {
        let modulus = bytes(&self.n)?;
        let significant = modulus.iter().skip_while(|byte| **byte == 0);
        let bits = significant.clone().count() * 8
            - significant
                .clone()
                .next()
                .map_or(0, |first| first.leading_zeros() as usize);
        if !RSA_BITS.contains(&bits) {
            return Err("must have 2048 to 4096 bits");
        }
        if bytes(&self.e)? != RSA_EXPONENT {
            return Err("must have the public exponent 65537");
        }
        if roca::has_fingerprint(&modulus) {
            return Err("was made by a chip whose keys can be factored");
        }
        Ok(DecodingKey::from_rsa_raw_components(&modulus, &RSA_EXPONENT))
    }

    fn p256_key(&self) -> Result<DecodingKey, &'static str> {
        let (x, y) = (bytes(&self.x)?, bytes(&self.y)?);
        if x.len() != P256_BYTES || y.len() != P256_BYTES {
            return Err("must have coordinates of 32 bytes");
        }
        Ok(DecodingKey::from_ec_der(&[&[4][..], &x, &y].concat()))
    }
}

fn bytes(text: &Option<String>) -> Result<Vec<u8>, &'static str> {
    let text = text.as_deref().ok_or("lacks one of its numbers")?;
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| "must have its numbers in base64url without padding")
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: &str = "04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY";
    const Y: &str = "UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw";

    fn set(keys: &[String]) -> Result<KeySet, KeySetError> {
        KeySet::from_jwks(&format!(r#"{{"keys":[{}]}}"#, keys.join(",")))
    }

    fn ec(more: &str) -> String {
        format!(r#"{{"kty":"EC","crv":"P-256","x":"{X}","y":"{Y}"{more}}}"#)
    }

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        let twice = [ec(r#","kid":"a""#), ec(r#","kid":"a""#)];
        assert_eq!(
            set(&twice).unwrap_err(),
            KeySetError::Duplicate { kid: "a".into() }
        );
    }

    #[test]
    fn keys_for_other_uses_are_not_taken() {
        for other in [
            r#","use":"enc""#,
            r#","key_ops":["encrypt"]"#,
            r#","alg":"ES384""#,
            r#","alg":"HS256""#,
        ] {
            assert_eq!(
                set(&[ec(&format!(r#","kid":"a"{other}"#))]).unwrap_err(),
                KeySetError::Empty
            );
        }
        assert!(set(&[ec(r#","kid":"a","use":"sig","key_ops":["verify"]"#)]).is_ok());
    }

    #[test]
    fn weak_and_broken_keys_are_refused() {
        let short = format!(
            r#"{{"kty":"RSA","kid":"a","n":"{}","e":"AQAB"}}"#,
            "_".repeat(170)
        );
        let even = format!(r#"{{"kty":"RSA","kid":"a","n":"{}","e":"AQ"}}"#, "_".repeat(340));
        let cut = format!(r#"{{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"{Y}"}}"#);
        for key in [short, even, cut] {
            assert!(matches!(set(&[key]).unwrap_err(), KeySetError::Weak { .. }));
        }
        assert_eq!(set(&[ec("")]).unwrap_err(), KeySetError::Unnamed);
    }
}
