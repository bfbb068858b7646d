//! Makes tokens of any header, claims and signature, with keys that the verifier trusts and keys that it does not.

use access::{Issuer, KeySet, OperatorClaim, Profile, Subjects, TokenVerifier};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PSS_SHA256, RsaEncoding,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Timestamp;
use domain::access::Principal;
use serde_json::{Value, json};

pub const NOW: i64 = 1_790_000_000;
pub const PERSON: &str = "person_01ARZ3NDEKTSV4RRFFQ69G5FAV";
pub const OURS: &str = "https://issuer.example";
pub const POOL: &str = "https://cognito-idp.eu-central-1.amazonaws.com/pool";
pub const CLIENT: &str = "client-1";

/// Two issuers: ours with an ES256 and an RS256 key, and a Cognito pool with an RS256 key.
pub struct Forge {
    pub es: EcdsaKeyPair,
    pub rsa: RsaKeyPair,
    pub pool: RsaKeyPair,
    pub attacker: EcdsaKeyPair,
    pub verifier: TokenVerifier,
}

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn ec_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

pub fn ec_jwk(key: &EcdsaKeyPair, kid: &str) -> Value {
    let point = key.public_key().as_ref();
    json!({"kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "use": "sig",
           "x": b64(&point[1..33]), "y": b64(&point[33..])})
}

pub fn rsa_jwk(key: &RsaKeyPair, kid: &str) -> Value {
    let n = key
        .public_key()
        .modulus()
        .big_endian_without_leading_zero()
        .to_vec();
    json!({"kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig", "n": b64(n), "e": "AQAB"})
}

fn key_set(keys: &[Value]) -> KeySet {
    KeySet::from_jwks(&json!({ "keys": keys }).to_string()).unwrap()
}

impl Forge {
    pub fn new() -> Self {
        let (es, attacker) = (ec_key(), ec_key());
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let pool = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let ours = Issuer {
            name: OURS.into(),
            keys: key_set(&[ec_jwk(&es, "es"), rsa_jwk(&rsa, "rs")]),
            profile: Profile::AccessToken {
                audience: "api".into(),
            },
            subjects: Subjects::PersonIds,
            operator: Some(OperatorClaim {
                name: "scope".into(),
                entry: "fleet".into(),
            }),
        };
        let cognito = Issuer {
            name: POOL.into(),
            keys: key_set(&[rsa_jwk(&pool, "pool")]),
            profile: Profile::Cognito {
                client_id: CLIENT.into(),
            },
            subjects: Subjects::Foreign,
            operator: Some(OperatorClaim {
                name: "cognito:groups".into(),
                entry: "operators".into(),
            }),
        };
        let verifier = TokenVerifier::new(vec![ours, cognito]);
        Self {
            es,
            rsa,
            pool,
            attacker,
            verifier,
        }
    }

    pub fn verify(&self, token: &str) -> Option<Principal> {
        self.verifier
            .verify(token, Timestamp::from_millis(NOW * 1000))
            .ok()
    }

    /// A token of ours with these parts, correctly signed with the ES256 key.
    pub fn ours(&self, header: &str, claims: &str) -> String {
        compact(header, claims, |message| ec_sign(&self.es, message))
    }

    /// The same with the claims of [`claims`] changed.
    pub fn with(&self, change: Value) -> String {
        self.ours(HEADER, &claims(change))
    }

    /// A token of the pool, with the claims of [`pool_claims`] changed.
    pub fn pooled(&self, header: &str, change: Value) -> String {
        let claims = merged(pool_claims(), change).to_string();
        compact(header, &claims, |message| {
            rsa_sign(&self.pool, &RSA_PKCS1_SHA256, message)
        })
    }

    /// A token of ours signed with the RSA key in some way.
    pub fn rsa(&self, header: &str, encoding: &'static dyn RsaEncoding) -> String {
        compact(header, claims(json!({})), |message| {
            rsa_sign(&self.rsa, encoding, message)
        })
    }

    pub fn rs256(&self) -> String {
        self.rsa(RS_HEADER, &RSA_PKCS1_SHA256)
    }

    pub fn ps256(&self) -> String {
        self.rsa(r#"{"alg":"PS256","kid":"rs","typ":"at+jwt"}"#, &RSA_PSS_SHA256)
    }

    pub fn rs384(&self) -> String {
        self.rsa(r#"{"alg":"RS384","kid":"rs","typ":"at+jwt"}"#, &RSA_PKCS1_SHA384)
    }
}

pub const HEADER: &str = r#"{"alg":"ES256","kid":"es","typ":"at+jwt"}"#;
pub const RS_HEADER: &str = r#"{"alg":"RS256","kid":"rs","typ":"at+jwt"}"#;
pub const POOL_HEADER: &str = r#"{"alg":"RS256","kid":"pool"}"#;

/// Good claims of ours; a change to null takes one out.
pub fn claims(change: Value) -> String {
    let good = json!({"iss": OURS, "aud": "api", "sub": PERSON, "iat": NOW, "exp": NOW + 3600, "scope": ""});
    merged(good, change).to_string()
}

fn pool_claims() -> Value {
    json!({"iss": POOL, "client_id": CLIENT, "token_use": "access", "sub": "a-b-c", "iat": NOW, "exp": NOW + 3600})
}

fn merged(mut good: Value, change: Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => good.as_object_mut().unwrap().remove(name),
            value => good.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    good
}

pub fn compact(
    header: impl AsRef<[u8]>,
    claims: impl AsRef<[u8]>,
    sign: impl Fn(&[u8]) -> Vec<u8>,
) -> String {
    let message = format!("{}.{}", b64(header), b64(claims));
    let signature = b64(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

pub fn ec_sign(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

pub fn rsa_sign(key: &RsaKeyPair, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let mut signed = vec![0; key.public_modulus_len()];
    key.sign(encoding, &SystemRandom::new(), message, &mut signed)
        .unwrap();
    signed
}

pub fn hmac_sign(secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message)
        .as_ref()
        .to_vec()
}

/// The parts of a token.
pub fn parts(token: &str) -> (String, String) {
    let (message, signature) = token.rsplit_once('.').unwrap();
    (message.to_owned(), signature.to_owned())
}

/// A signature as bytes.
pub fn signature_of(token: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(parts(token).1).unwrap()
}

/// The token with another signature.
pub fn resigned(token: &str, signature: impl AsRef<[u8]>) -> String {
    format!("{}.{}", parts(token).0, b64(signature))
}
