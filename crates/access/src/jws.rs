//! The outer form of a token: a compact JWS whose signature one known key made.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, crypto};
use thiserror::Error;

use crate::KeySet;
use crate::object::Object;

/// The most bytes of a token; the largest that issuers make have about 2 KiB.
pub const MAX_TOKEN_BYTES: usize = 4 * 1024;

/// The header parameters that a token may carry: nothing that names a key elsewhere, changes the form or is critical.
const HEADER_NAMES: [&str; 5] = ["alg", "kid", "typ", "x5t", "x5t#S256"];

/// Why a token was refused; for the log, since callers learn only that it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// More bytes than [`MAX_TOKEN_BYTES`].
    #[error("the token has more than {MAX_TOKEN_BYTES} bytes")]
    TooLarge,
    /// A part does not have its form.
    #[error("the token's {part} does not have its form")]
    Malformed {
        /// Which part.
        part: &'static str,
    },
    /// A header parameter that is not allowed.
    #[error("the token's header has a parameter that is not allowed")]
    HeaderParameter,
    /// Another type of token than this API takes.
    #[error("the token is of another type")]
    Type,
    /// Nobody we trust has this name.
    #[error("the token's issuer is not known")]
    UnknownIssuer,
    /// The issuer has no key of this name.
    #[error("the token's key is not known")]
    UnknownKey,
    /// The key is for another algorithm.
    #[error("the token's algorithm is not the one of its key")]
    Algorithm,
    /// The signature is not that of the key.
    #[error("the token's signature is wrong")]
    Signature,
    /// It has ended.
    #[error("the token has expired")]
    Expired,
    /// It is from the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A claim is missing, or is not what it has to be.
    #[error("the token's claim `{name}` is missing or not what it has to be")]
    Claim {
        /// Which claim.
        name: &'static str,
    },
}

/// A compact JWS taken apart; its signature is not checked yet.
pub(crate) struct Jws<'t> {
    message: &'t [u8],
    signature: &'t str,
    header: Object,
    payload: Vec<u8>,
}

impl<'t> Jws<'t> {
    /// Takes a token apart: three parts of base64url without padding, of which the first is a JSON object.
    pub(crate) fn parse(token: &'t str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLarge);
        }
        let (message, signature) = token
            .rsplit_once('.')
            .ok_or(TokenError::Malformed { part: "form" })?;
        let (header, payload) = message
            .split_once('.')
            .ok_or(TokenError::Malformed { part: "form" })?;
        let header = Object::parse(&decode(header, "header")?, "header")?;
        if !header.names().all(|name| HEADER_NAMES.contains(&name)) {
            return Err(TokenError::HeaderParameter);
        }
        Ok(Self {
            message: message.as_bytes(),
            signature,
            payload: decode(payload, "claims")?,
            header,
        })
    }

    /// The header parameter `typ`.
    pub(crate) fn typ(&self) -> Result<Option<&str>, TokenError> {
        self.header.text("typ")
    }

    /// What the issuer says; trust it only after [`Jws::check`].
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Checks the signature with the key that the header names.
    pub(crate) fn check(&self, keys: &KeySet) -> Result<(), TokenError> {
        let kid = self.header.text("kid")?.ok_or(TokenError::UnknownKey)?;
        let key = keys.find(kid).ok_or(TokenError::UnknownKey)?;
        if self.header.text("alg")? != Some(name(key.algorithm)) {
            return Err(TokenError::Algorithm);
        }
        decode(self.signature, "signature")?;
        match crypto::verify(self.signature, self.message, &key.key, key.algorithm) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(TokenError::Signature),
        }
    }
}

impl KeySet {
    /// The payload of a compact JWS that one of these keys signed, whatever the payload is.
    ///
    /// ```
    /// # let keys = access::KeySet::from_jwks(r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"k",
    /// #   "x":"04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY","y":"UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw"}]}"#)?;
    /// assert_eq!(keys.open("e30.e30."), Err(access::TokenError::UnknownKey));
    /// # Ok::<(), access::KeySetError>(())
    /// ```
    pub fn open(&self, token: &str) -> Result<Vec<u8>, TokenError> {
        let jws = Jws::parse(token)?;
        jws.check(self)?;
        Ok(jws.payload)
    }
}

fn decode(text: &str, part: &'static str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| TokenError::Malformed { part })
}

fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::RS256 => "RS256",
        Algorithm::ES256 => "ES256",
        _ => "",
    }
}
