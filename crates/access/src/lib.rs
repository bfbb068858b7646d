//! Who is asking: tokens become a [`domain::access::Principal`], or are refused with a reason for the log.
//!
//! The signature is checked by `jsonwebtoken`; everything around it (form, header, key use, claims, time) is checked
//! here, because that library's defaults let through what RFC 8725 forbids. Time is passed in, never read.

mod claims;
mod jws;
mod key_set;
mod local_issuer;
mod object;
pub mod password;
mod refresh_token;
mod roca;
mod rotation;
mod secret;
mod throttle;
mod verifier;

pub use claims::{Issuer, MAX_LEEWAY, MAX_TOKEN_LIFE, OperatorClaim, Profile, Subjects};
pub use jws::{MAX_TOKEN_BYTES, TokenError};
pub use key_set::{KeySet, KeySetError, RSA_BITS};
pub use local_issuer::{AccessToken, IssuerError, LocalIssuer, TOKEN_VALID};
pub use refresh_token::{NoRefreshToken, RefreshToken};
pub use rotation::{KEYS_READ_PAUSE, KeySource, KeySourceError, RotatingVerifier};
pub use secret::{Secret, sha256_hex};
pub use throttle::{Throttle, Throttled};
pub use verifier::TokenVerifier;
