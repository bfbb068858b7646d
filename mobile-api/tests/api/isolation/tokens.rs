//! Tokens signed with the issuer's own key, with claims of the test's choice.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::identities::Who;
use crate::world::World;

/// An issuer's key with its name.
pub struct Signer {
    key: EcdsaKeyPair,
    kid: Value,
    iss: Value,
    aud: Value,
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

impl Signer {
    /// The world's issuer; its names are those of a token that it issues.
    pub fn of(world: &World) -> Self {
        let token = world.token_of(Who::Owner.person(), false);
        let mut parts = token.split('.').map(str::to_owned);
        let (header, claims) = (decoded(&parts.next().unwrap()), decoded(&parts.next().unwrap()));
        let der = std::fs::read(world.keys.path().join("issuer.p8")).unwrap();
        Self {
            key: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).unwrap(),
            kid: header["kid"].clone(),
            iss: claims["iss"].clone(),
            aud: claims["aud"].clone(),
        }
    }

    /// The same names with a key of their own, as another installation has.
    pub fn forged(self) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { key, ..self }
    }

    /// A token of the type `typ` for `who`, an hour long, with `claims` in place of the right ones.
    pub fn token(&self, typ: &str, claims: &Value, who: Who, world: &World) -> String {
        let now = world.now().seconds();
        let mut all = json!({
            "iss": self.iss, "aud": self.aud, "sub": who.person(), "iat": now, "exp": now + 3600, "scope": "",
        });
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        let header = json!({"alg": "ES256", "kid": self.kid, "typ": typ});
        let message = format!("{}.{}", encoded(&header), encoded(&all));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
