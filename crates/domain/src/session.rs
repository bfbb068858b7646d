//! Staying signed in at the local issuer: a session hands out one refresh token after another.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::{PersonId, SessionId};

/// A session that is not used for so long is over: 7 days.
pub const SESSION_IDLE: Duration = Duration::from_secs(7 * 24 * 3600);
/// A session is over so long after its sign-in, however often it is used: 30 days, the most that NIST SP 800-63B
/// section 4.1.3 lets pass before a person proves again who they are.
pub const SESSION_LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// A sign-in, and the family of refresh tokens that follow from it; only the last of them is good.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who signed in.
    pub person: PersonId,
    /// With which address.
    pub email: String,
    /// SHA-256, hex, of the refresh token that is good now.
    pub token_hash: String,
    /// When the person signed in.
    pub begun_at: Timestamp,
    /// When the last token was used.
    pub used_at: Timestamp,
}

impl Session {
    /// When it is over unless it is used.
    pub fn ends_at(&self) -> Timestamp {
        let idle = self.used_at.plus(SESSION_IDLE);
        idle.min(self.begun_at.plus(SESSION_LONGEST))
    }

    /// The session once its token was used at `now` and `token_hash` took its place.
    pub fn rotated(&self, token_hash: String, now: Timestamp) -> Self {
        Self {
            token_hash,
            used_at: now,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_prolongs_a_session_up_to_its_end() {
        let at = Timestamp::from_millis(1_000);
        let session = Session {
            id: SessionId::new(at, 1),
            person: PersonId::new(at, 1),
            email: "anna@example.org".into(),
            token_hash: "one".into(),
            begun_at: at,
            used_at: at,
        };
        assert_eq!(session.ends_at(), at.plus(SESSION_IDLE));
        let day = Duration::from_secs(24 * 3600);
        let later = session.rotated("two".into(), at.plus(day));
        assert_eq!(later.ends_at(), at.plus(day + SESSION_IDLE));
        let late = session.rotated("three".into(), at.plus(29 * day));
        assert_eq!(late.ends_at(), at.plus(SESSION_LONGEST));
    }
}
