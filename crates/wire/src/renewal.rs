//! What a robot says while it renews its certificate.

use domain::id::PairingId;
use serde::{Deserialize, Serialize};

use crate::{WireError, json};

/// A robot's word on its certificate; repeated until a receipt answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// The pairing that the robot knows.
    pub pairing: PairingId,
    /// What it says.
    #[serde(flatten)]
    pub word: RenewalWord,
}

/// What a robot says of its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RenewalWord {
    /// It wants another one.
    Wanted {
        /// The signing request, PEM.
        csr: String,
    },
    /// It is connected with the one that it got.
    Connected,
}

impl Renewal {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        json::encode(self)
    }

    /// The word in `bytes`.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        json::decode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_reads_back() {
        for word in [RenewalWord::Wanted { csr: "CSR".into() }, RenewalWord::Connected] {
            let pairing = PairingId::from_u128(1);
            let renewal = Renewal { pairing, word };
            assert_eq!(Renewal::decode(&renewal.encode()), Ok(renewal));
        }
    }
}
