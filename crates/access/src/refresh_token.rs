//! Refresh tokens of the local issuer: a name for the session, and a secret that is good once.

use std::str::FromStr;

use domain::id::{PersonId, SessionId};
use thiserror::Error;

use crate::Secret;

/// A text that is no refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a refresh token")]
pub struct NoRefreshToken;

/// A refresh token; to whoever holds it, it is an opaque text of at most 128 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// Whose it is.
    pub person: PersonId,
    /// The session that it prolongs.
    pub session: SessionId,
    secret: Secret,
}

impl RefreshToken {
    /// A token with a new secret of 256 bits; `None` when the system has no randomness.
    pub fn generate(person: PersonId, session: SessionId) -> Option<Self> {
        let secret = Secret::generate()?;
        Some(Self {
            person,
            session,
            secret,
        })
    }

    /// The token itself, for the one who shall have it.
    pub fn expose(&self) -> String {
        format!("{}.{}.{}", self.person, self.session, self.secret.expose())
    }

    /// What is kept of it: the SHA-256 of its secret, hex.
    pub fn hash(&self) -> String {
        self.secret.hash()
    }
}

impl FromStr for RefreshToken {
    type Err = NoRefreshToken;

    fn from_str(text: &str) -> Result<Self, NoRefreshToken> {
        let mut parts = text.split('.');
        let (Some(person), Some(session), Some(secret), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NoRefreshToken);
        };
        Ok(Self {
            person: person.parse().map_err(|_| NoRefreshToken)?,
            session: session.parse().map_err(|_| NoRefreshToken)?,
            secret: Secret::of_text(secret).ok_or(NoRefreshToken)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> RefreshToken {
        RefreshToken::generate(PersonId::from_u128(7), SessionId::from_u128(9)).unwrap()
    }

    #[test]
    fn text_goes_both_ways_and_two_are_never_alike() {
        let token = token();
        let text = token.expose();
        assert!(text.len() <= 128);
        assert_eq!(text.parse(), Ok(token.clone()));
        assert_ne!(token.hash(), self::token().hash());
        assert!(!format!("{token:?}").contains(token.secret.expose()));
    }

    #[test]
    fn anything_else_is_refused() {
        let text = token().expose();
        for wrong in [
            "",
            "..",
            &format!("{text}."),
            &format!("{text}x"),
            &text.replace("person_", "robot_"),
            &text.replace("session_", "lease_"),
            text.trim_end_matches(|_: char| true),
            text.split_at(text.len() - 1).0,
        ] {
            assert_eq!(wrong.parse::<RefreshToken>(), Err(NoRefreshToken), "{wrong}");
        }
    }
}
