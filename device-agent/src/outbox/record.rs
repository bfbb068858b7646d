//! What the outbox keeps, as bytes.
//!
//! A record is a marker (2 bytes), the length of its payload (`u32`), the CRC-32 of length and payload (`u32`), and
//! the payload: kind (`u8`), run (`u128`), body; all big-endian.

use domain::id::{PairingId, RunId};
use domain::run::{Initiator, Rev};
use domain::{CorrelationId, Timestamp};
use mapping::tile::TileIndex;
use serde::{Deserialize, Serialize};
use wire::tile_pack::PackedTile;

/// The most bytes of one record's payload: a message at the limit of the wire, and what stands before it.
pub const MAX_RECORD_BYTES: usize = wire::MAX_PAYLOAD_BYTES + KIND_AND_RUN_BYTES;
/// The bytes before a record's payload.
pub const HEADER_BYTES: usize = 2 + 4 + 4;

const MARKER: [u8; 2] = [0xF5, 0x0B];
const KIND_AND_RUN_BYTES: usize = 1 + 16;

/// Under what a run is driven; what stays known of it when the agent dies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunHead {
    /// The pairing.
    pub pairing: PairingId,
    /// What started it.
    pub initiator: Initiator,
    /// The request that started it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<CorrelationId>,
    /// When it began.
    pub started_at: Timestamp,
}

/// How far a run has come; each record holds the track since the one before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// The last event's number.
    pub seq: u32,
    /// Cleaned area, square centimetres.
    pub area_cm2: u64,
    /// Time cleaning, milliseconds.
    pub duration_ms: u64,
    /// New points of the track, millimetres.
    pub track: Vec<(i32, i32)>,
}

/// One entry of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A run began.
    Head(RunHead),
    /// A tile, in place of any of a lower revision.
    Tile(PackedTile),
    /// How far the run has come.
    Progress(Progress),
    /// The payload of the run's last event: the run is complete and waits for its confirmation.
    Finished(Vec<u8>),
    /// Nothing of the run is needed any more.
    Gone,
}

impl Record {
    fn kind(&self) -> u8 {
        match self {
            Self::Head(_) => 1,
            Self::Tile(_) => 2,
            Self::Progress(_) => 3,
            Self::Finished(_) => 4,
            Self::Gone => 5,
        }
    }

    /// The record's payload.
    pub fn encode(&self, run: RunId) -> Vec<u8> {
        let mut bytes = vec![self.kind()];
        bytes.extend(run.as_u128().to_be_bytes());
        match self {
            Self::Head(head) => bytes.extend(json(head)),
            Self::Tile(tile) => {
                bytes.extend(tile.index.x.to_be_bytes());
                bytes.extend(tile.index.y.to_be_bytes());
                bytes.extend(tile.rev.0.to_be_bytes());
                bytes.extend(&tile.cells);
            }
            Self::Progress(progress) => bytes.extend(json(progress)),
            Self::Finished(payload) => bytes.extend(payload),
            Self::Gone => {}
        }
        bytes
    }

    /// The record in a payload, or `None` when it is none of ours.
    pub fn decode(payload: &[u8]) -> Option<(RunId, Self)> {
        let (kind, rest) = payload.split_first()?;
        let (run, body) = rest.split_first_chunk::<16>()?;
        let record = match kind {
            1 => Self::Head(serde_json::from_slice(body).ok()?),
            2 => Self::Tile(tile(body)?),
            3 => Self::Progress(serde_json::from_slice(body).ok()?),
            4 => Self::Finished(body.to_vec()),
            5 => Self::Gone,
            _ => return None,
        };
        Some((RunId::from_u128(u128::from_be_bytes(*run)), record))
    }
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    // Numbers and ids only, so this cannot fail; an empty body is refused when it is read.
    serde_json::to_vec(value).unwrap_or_default()
}

fn tile(body: &[u8]) -> Option<PackedTile> {
    let (x, body) = body.split_first_chunk()?;
    let (y, body) = body.split_first_chunk()?;
    let (rev, cells) = body.split_first_chunk()?;
    let index = TileIndex {
        x: i16::from_be_bytes(*x),
        y: i16::from_be_bytes(*y),
    };
    Some(PackedTile {
        index,
        rev: Rev(u32::from_be_bytes(*rev)),
        cells: cells.to_vec(),
    })
}

/// What stands before `payload` in the file.
pub fn header(payload: &[u8]) -> [u8; HEADER_BYTES] {
    let length = (payload.len() as u32).to_be_bytes();
    let mut header = [0; HEADER_BYTES];
    let fields = MARKER
        .into_iter()
        .chain(length)
        .chain(checksum(length, payload).to_be_bytes());
    header
        .iter_mut()
        .zip(fields)
        .for_each(|(place, byte)| *place = byte);
    header
}

/// The length of the payload that follows `header`, or `None` when it is no header.
pub fn payload_length(header: &[u8; HEADER_BYTES]) -> Option<usize> {
    let rest = header.strip_prefix(&MARKER)?;
    let (length, _) = rest.split_first_chunk()?;
    let length = u32::from_be_bytes(*length) as usize;
    (KIND_AND_RUN_BYTES..=MAX_RECORD_BYTES)
        .contains(&length)
        .then_some(length)
}

/// Whether `payload` is what was written behind `header`.
pub fn is_intact(header: &[u8; HEADER_BYTES], payload: &[u8]) -> bool {
    *header == self::header(payload)
}

fn checksum(length: [u8; 4], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length);
    hasher.update(payload);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_read_back() {
        let run = RunId::from_u128(7);
        let at = Timestamp::from_millis(5);
        let pairing = PairingId::from_u128(3);
        for record in [
            Record::Head(RunHead {
                pairing,
                initiator: Initiator::Button,
                correlation: Some("c-1".parse().unwrap()),
                started_at: at,
            }),
            Record::Tile(PackedTile {
                index: TileIndex { x: -1, y: 2 },
                rev: Rev(9),
                cells: vec![1, 2],
            }),
            Record::Progress(Progress {
                seq: 1,
                area_cm2: 2,
                duration_ms: 3,
                track: vec![(4, -5)],
            }),
            Record::Finished(vec![b'{']),
            Record::Gone,
        ] {
            let payload = record.encode(run);
            assert_eq!(payload_length(&header(&payload)), Some(payload.len()));
            assert_eq!(Record::decode(&payload), Some((run, record)));
        }
    }

    #[test]
    fn a_run_begun_by_an_agent_that_knew_no_requests_is_read() {
        let old =
            br#"{"pairing":"pair_00000000000000000000000003","initiator":{"by":"button"},"started_at":5}"#;
        let head: RunHead = serde_json::from_slice(old).unwrap();
        assert_eq!((head.initiator, head.correlation), (Initiator::Button, None));
    }

    #[test]
    fn a_changed_payload_is_noticed() {
        let payload = Record::Finished(vec![1, 2, 3]).encode(RunId::from_u128(7));
        let mut changed = payload.clone();
        changed[18] ^= 4;
        assert!(is_intact(&header(&payload), &payload));
        assert!(!is_intact(&header(&payload), &changed));
    }
}
