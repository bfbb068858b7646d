//! An identity provider: what it says of itself, its keys, and the tokens it signs (ES256).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::Router;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::cloud::now;

/// Whose tokens the API takes.
pub const CLIENT: &str = "pages";
const VALID_SECONDS: i64 = 600;

pub struct Provider {
    pub issuer: String,
    key: EcdsaKeyPair,
}

impl Provider {
    pub async fn start() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let about = json!({
            "issuer": issuer, "jwks_uri": format!("{issuer}/keys"),
            "authorization_endpoint": "https://sign.in/authorize", "token_endpoint": "https://sign.in/token",
        });
        let keys = public(&key);
        let routes = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(async move || about.to_string()),
            )
            .route("/keys", get(async move || keys.to_string()));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { issuer, key }
    }

    /// A token for somebody, meant for the client `audience`.
    pub fn token(&self, audience: &str) -> String {
        let issued = now().seconds();
        let header = json!({"alg": "ES256", "kid": "k", "typ": "at+jwt"});
        let claims = json!({
            "iss": self.issuer, "aud": audience, "sub": "somebody", "iat": issued, "exp": issued + VALID_SECONDS,
        });
        let message = [header, claims]
            .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
            .join(".");
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The key set; a point is a byte that says so, and two coordinates of 32 bytes (SEC 1).
fn public(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    let [x, y] = [&point[1..33], &point[33..]].map(|part| URL_SAFE_NO_PAD.encode(part));
    json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "k", "x": x, "y": y}]})
}
