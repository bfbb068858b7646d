//! The code that is printed on a robot: the robot proves with it who it is when it is provisioned, and its owner types
//! it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::FieldError;
use crate::claim::{ClaimCode, digits, typed};
use crate::id::RobotId;
use crate::robot::{Certificate, Robot};

/// The letters and digits of a printed code: 80 bits, since it may be guessed at for years.
pub const LABEL_LENGTH: usize = 16;
const GROUP: usize = 4;

/// Sixteen characters of Crockford base 32, printed as `ABCD-EFGH-JKMN-PQRS`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct LabelCode(String);

impl LabelCode {
    /// The code made from the low 80 bits of `entropy`.
    pub fn new(entropy: u128) -> Self {
        Self(digits(entropy, LABEL_LENGTH))
    }

    /// The sixteen characters without the dashes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LabelCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

impl FromStr for LabelCode {
    type Err = FieldError;

    /// Accepts what people type, as [`ClaimCode`] does.
    fn from_str(text: &str) -> Result<Self, FieldError> {
        let code = typed(text).filter(|code| code.len() == LABEL_LENGTH);
        let wrong = || {
            FieldError::new(
                "code",
                "must be sixteen letters or digits, such as ABCD-EFGH-JKMN-PQRS",
            )
        };
        code.map(Self).ok_or_else(wrong)
    }
}

impl TryFrom<String> for LabelCode {
    type Error = FieldError;

    fn try_from(text: String) -> Result<Self, FieldError> {
        text.parse()
    }
}

/// What an owner types to add a robot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairingCode {
    /// What the robot shows now.
    Shown(ClaimCode),
    /// What is printed on it.
    Printed(LabelCode),
}

impl FromStr for PairingCode {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let shown = text.parse().map(Self::Shown);
        shown.or_else(|_| text.parse().map(Self::Printed)).map_err(|_| {
            FieldError::new(
                "code",
                "must be the eight letters or digits that the robot shows, or the sixteen printed on it",
            )
        })
    }
}

/// A code with the robot that it is printed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What is printed.
    pub code: LabelCode,
    /// The robot.
    pub robot: RobotId,
    /// The id of the certificate that was taken with it; it is good for one.
    pub admitted: Option<String>,
}

impl Label {
    /// The label of a robot that has taken no certificate with it.
    pub fn new(code: LabelCode, robot: RobotId) -> Self {
        Self {
            code,
            robot,
            admitted: None,
        }
    }

    /// The same once `certificate` was taken with it; none if another one was.
    pub fn admitting(&self, certificate: &Certificate) -> Option<Self> {
        let admitted = Some(certificate.id.clone());
        (self.admitted.is_none() || self.admitted == admitted).then(|| Self {
            admitted,
            ..self.clone()
        })
    }

    /// Whether the label still stands for `robot`: until the certificate that was taken with it has been revoked.
    pub fn stands_for(&self, robot: &Robot) -> bool {
        let certificate = robot.certificate.as_ref().map(|certificate| &certificate.id);
        self.robot == robot.id && (self.admitted.is_none() || self.admitted.as_ref() == certificate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_codes_read_back_as_people_type_them() {
        let code = LabelCode::new(0x1234_5678_9ABC_DEF0_1234);
        let printed = code.to_string();
        assert_eq!((printed.len(), printed.matches('-').count()), (19, 3));
        assert_eq!(printed.to_lowercase().replace('-', " ").parse(), Ok(code.clone()));
        assert_eq!(printed.parse(), Ok(PairingCode::Printed(code)));
        assert_eq!(
            "ABCD-1234".parse(),
            Ok(PairingCode::Shown("ABCD1234".parse().unwrap()))
        );
        for wrong in ["", "ABCD", "ABCD-1234-ABCD", "ABCD-1234-ABCD-123U"] {
            assert_eq!(wrong.parse::<PairingCode>().unwrap_err().field, "code", "{wrong}");
        }
    }

    #[test]
    fn a_label_is_good_for_one_certificate_and_as_long_as_it_is_in_force() {
        let certificate = |id: &str| Certificate {
            id: id.into(),
            not_after: crate::Timestamp::default(),
            successor: None,
            quarantine: None,
        };
        let robot = |certificate| Robot {
            id: RobotId::from_u128(1),
            pairing: None,
            certificate,
        };
        let label = Label::new(LabelCode::new(1), RobotId::from_u128(1));
        assert!(label.stands_for(&robot(None)));
        let used = label.admitting(&certificate("a")).unwrap();
        assert_eq!(used.admitting(&certificate("a")), Some(used.clone()));
        assert_eq!(used.admitting(&certificate("b")), None);
        assert!(used.stands_for(&robot(Some(certificate("a")))));
        assert!(!used.stands_for(&robot(None)));
    }
}
