//! Receipts as they travel.

pub use domain::receipt::{Receipt, ReceiptKind};

use crate::{WireError, json};

/// The payload of `receipt`.
pub fn encode(receipt: &Receipt) -> Vec<u8> {
    json::encode(receipt)
}

/// The receipt in `bytes`.
pub fn decode(bytes: &[u8]) -> Result<Receipt, WireError> {
    json::decode(bytes)
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use domain::id::{CommandId, PairingId, RunId};
    use mapping::tile::TileIndex;

    use super::*;

    #[test]
    fn a_receipt_reads_back() {
        let run = RunId::from_u128(1);
        for kind in [
            ReceiptKind::Confirmed { run },
            ReceiptKind::Wanted {
                run,
                tiles: vec![TileIndex { x: -1, y: 4 }],
            },
            ReceiptKind::Refused {
                run,
                field: "tiles".into(),
                reason: "too many".into(),
            },
            ReceiptKind::Settled {
                command: CommandId::from_u128(2),
            },
            ReceiptKind::Certificate { pem: "PEM".into() },
            ReceiptKind::Renewed,
            ReceiptKind::Time {
                nonce: "n".into(),
                now: Timestamp::from_millis(3),
            },
        ] {
            let receipt = Receipt {
                pairing: Some(PairingId::from_u128(9)),
                kind,
            };
            assert_eq!(decode(&encode(&receipt)), Ok(receipt));
        }
    }
}
