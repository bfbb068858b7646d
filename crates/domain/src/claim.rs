//! How a new robot finds its owner: it asks with a signing request, shows a code, and the owner types the code.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{ClaimId, RobotId};
use crate::{FieldError, Timestamp};

/// How long a claim code may be used.
pub const CLAIM_VALID: Duration = Duration::from_secs(300);
/// The most bytes of a certificate signing request, PEM.
pub const MAX_CSR_BYTES: usize = 4096;

/// Whether a certificate signing request may be taken: 1 to [`MAX_CSR_BYTES`] bytes.
pub fn check_csr(csr: &str) -> Result<(), FieldError> {
    if csr.is_empty() || csr.len() > MAX_CSR_BYTES {
        let reason = format!("must have 1 to {MAX_CSR_BYTES} bytes, has {}", csr.len());
        return Err(FieldError::new("csr", reason));
    }
    Ok(())
}

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH: usize = 8;

/// Eight characters of Crockford base 32 (40 bits), shown as `ABCD-1234`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimCode(String);

impl ClaimCode {
    /// The code made from the low 40 bits of `entropy`.
    pub fn new(entropy: u64) -> Self {
        Self(digits(entropy.into(), CODE_LENGTH))
    }

    /// The eight characters without the dash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClaimCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, right) = self.0.split_at(CODE_LENGTH / 2);
        write!(f, "{left}-{right}")
    }
}

impl FromStr for ClaimCode {
    type Err = FieldError;

    /// Accepts what people type: in any case, with or without dashes and spaces, and letters that look like digits.
    fn from_str(text: &str) -> Result<Self, FieldError> {
        let code = typed(text).filter(|code| code.len() == CODE_LENGTH);
        let wrong = || FieldError::new("code", "must be eight letters or digits, such as ABCD-1234");
        code.map(Self).ok_or_else(wrong)
    }
}

/// The letters and digits of a code as people type it: lower case, blanks and dashes, `O` for zero, `I` and `L` for
/// one; none where another letter stands.
pub(crate) fn typed(text: &str) -> Option<String> {
    let letters = text.chars().filter(|letter| !matches!(letter, ' ' | '-'));
    let digit = |letter: char| match letter.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        other => Some(other).filter(|other| other.is_ascii() && ALPHABET.contains(&(*other as u8))),
    };
    letters.map(digit).collect()
}

/// The `length` digits that are made from the lowest bits of `entropy`.
pub(crate) fn digits(entropy: u128, length: usize) -> String {
    let digit = |place: usize| char::from(ALPHABET[(entropy >> (5 * place)) as usize & 31]);
    (0..length).map(digit).collect()
}

/// A robot's open request to be claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its id, known to the robot.
    pub id: ClaimId,
    /// What the owner types; single use.
    pub code: ClaimCode,
    /// SHA-256, hex, of the secret with which the robot asks what became of it.
    pub secret_hash: String,
    /// The id that the robot will have.
    pub robot: RobotId,
    /// The robot's certificate signing request, PEM.
    pub csr: String,
    /// When the code ends.
    pub expires_at: Timestamp,
    /// What the robot gets once an owner has claimed it.
    pub outcome: Option<ClaimOutcome>,
}

/// What a claimed robot gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimOutcome {
    /// Its certificate, PEM.
    pub certificate_pem: String,
    /// The pairing that it belongs to from now on.
    pub pairing: crate::id::PairingId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_how_people_type() {
        let code = ClaimCode::new(0x12_3456_789A);
        let typed = format!(" {} ", code.to_string().to_lowercase());
        assert_eq!(typed.parse::<ClaimCode>(), Ok(code));
        assert_eq!("oooo-illi".parse::<ClaimCode>().unwrap().as_str(), "00001111");
    }

    #[test]
    fn a_code_of_another_length_or_alphabet_is_refused() {
        for text in ["", "ABCD123", "ABCD12345", "ABCD-12U4", "ÄBCD-1234"] {
            assert!(text.parse::<ClaimCode>().is_err(), "{text}");
        }
    }
}
