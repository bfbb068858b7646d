//! Passwords of the local issuer, kept as Argon2id hashes.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::rand;
use thiserror::Error;

/// Memory of one hash, KiB: the least that OWASP's password storage guide names for two passes.
pub const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
pub const PASSES: u32 = 2;
/// Threads of one hash.
pub const LANES: u32 = 1;
/// The most bytes of a password, so that nobody makes hashing slow with a long one.
pub const MAX_PASSWORD_BYTES: usize = 256;
/// Bytes of the salt.
const SALT_BYTES: usize = 16;

/// A hash that no password has, so that an unknown account takes as long as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password was not hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// It is empty or longer than [`MAX_PASSWORD_BYTES`].
    #[error("password: must have 1 to {MAX_PASSWORD_BYTES} bytes")]
    Length,
    /// The system has no randomness or no memory.
    #[error("the password cannot be hashed now")]
    Unavailable,
}

/// The hash of a password with a new salt, in PHC text form.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    if password.is_empty() || password.len() > MAX_PASSWORD_BYTES {
        return Err(PasswordError::Length);
    }
    let mut salt = [0; SALT_BYTES];
    rand::fill(&mut salt).map_err(|_| PasswordError::Unavailable)?;
    let hash: PasswordHash = hasher()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|_| PasswordError::Unavailable)?;
    Ok(hash.to_string())
}

/// Whether `password` has the hash `stored`; without one the answer is no, after the same time.
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    let Ok(hasher) = hasher() else { return false };
    let Ok(parsed) = PasswordHash::new(stored.unwrap_or(NOBODY)) else {
        return false;
    };
    password.len() <= MAX_PASSWORD_BYTES
        && hasher.verify_password(password.as_bytes(), &parsed).is_ok()
        && stored.is_some()
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Unavailable)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_only() {
        let stored = hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse", Some(&stored)));
        assert!(!verify("correct hors", Some(&stored)));
        assert!(!verify("", None));
        assert!(!verify("x", Some("not a hash")));
    }

    #[test]
    fn lengths_are_checked() {
        assert_eq!(hash(""), Err(PasswordError::Length));
        assert_eq!(
            hash(&"x".repeat(MAX_PASSWORD_BYTES + 1)),
            Err(PasswordError::Length)
        );
    }

    #[test]
    fn an_unknown_account_costs_the_work_of_a_wrong_password() {
        let stored = hash("correct horse").unwrap();
        let [known, nobody] = [&stored, NOBODY].map(|text| PasswordHash::new(text).unwrap());
        assert_eq!(nobody.algorithm, known.algorithm);
        assert_eq!((nobody.version, &nobody.params), (known.version, &known.params));
        let bytes = |hash: &PasswordHash| hash.hash.map(|hash| hash.len());
        assert_eq!(bytes(&nobody), bytes(&known));
        assert!(!verify("correct horse", None));
    }
}
