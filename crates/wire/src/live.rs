//! What a robot shows to who watches: positions and tiles in batches, sent straight to the phone at QoS 0.
//!
//! Layout, big-endian: version `u8`; flags `u8`, of which 1 means that the whole run is shown and 2 that a run follows;
//! state `u8`, [`RobotState::number`]; the robot's clock `u32`; the run `u128` if one follows; number of positions `u8`;
//! then for each its age `u16`, x `i32`, y `i32`, heading `i16`; the rest, if any, is a [`TilePack`].

use domain::id::RunId;
use domain::status::RobotState;
use mapping::pose::Pose;

use crate::reader::Reader;
use crate::tile_pack::TilePack;
use crate::{VERSION, WireError};

/// The most positions in one batch.
pub const MAX_POSES: usize = 64;
/// The bytes of a batch beside its positions and tiles, at most.
pub const HEAD_BYTES: usize = 1 + 1 + 1 + 4 + 16 + 1;
/// The bytes of a position.
pub const POSE_BYTES: usize = 2 + 4 + 4 + 2;

const WHOLE: u8 = 1;
const IN_RUN: u8 = 2;
const STATES: [RobotState; 11] = RobotState::ALL;

/// Where the robot was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LivePose {
    /// How long before the batch was sent, milliseconds.
    pub age: u16,
    /// Millimetres out of the dock.
    pub x: i32,
    /// Millimetres to the left of the dock.
    pub y: i32,
    /// Heading, milliradians, counter-clockwise from straight out of the dock.
    pub heading: i16,
}

impl LivePose {
    /// A position `age` milliseconds ago.
    pub fn new(age: u16, pose: &Pose) -> Self {
        let thousandths = |value: f64| (value * 1000.0).round();
        Self {
            age,
            x: thousandths(pose.x) as i32,
            y: thousandths(pose.y) as i32,
            heading: thousandths(pose.theta) as i16,
        }
    }
}

/// What happened since the batch before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveBatch {
    /// Whether all tiles of the run are sent with this batch, and not only what changed.
    pub is_whole: bool,
    /// What the robot does.
    pub state: RobotState,
    /// The robot's clock when the batch was sent, milliseconds; it starts anywhere and begins anew after 49 days.
    pub clock: u32,
    /// The run under way.
    pub run: Option<RunId>,
    /// Where the robot was, the oldest first; at most [`MAX_POSES`], the newest are kept.
    pub poses: Vec<LivePose>,
    /// Tiles as [`TilePack::encode`] writes them; empty for none.
    pub tiles: Vec<u8>,
}

impl LiveBatch {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        let poses = &self.poses[self.poses.len().saturating_sub(MAX_POSES)..];
        let mut bytes = Vec::with_capacity(self.bytes());
        let is_whole = if self.is_whole { WHOLE } else { 0 };
        let in_run = if self.run.is_some() { IN_RUN } else { 0 };
        bytes.extend([VERSION, is_whole | in_run, self.state.number()]);
        bytes.extend(self.clock.to_be_bytes());
        bytes.extend(self.run.iter().flat_map(|run| run.as_u128().to_be_bytes()));
        bytes.push(poses.len() as u8);
        for pose in poses {
            bytes.extend(pose.age.to_be_bytes());
            bytes.extend(pose.x.to_be_bytes());
            bytes.extend(pose.y.to_be_bytes());
            bytes.extend(pose.heading.to_be_bytes());
        }
        bytes.extend(&self.tiles);
        bytes
    }

    /// How many bytes the payload has at most.
    pub fn bytes(&self) -> usize {
        HEAD_BYTES + self.poses.len().min(MAX_POSES) * POSE_BYTES + self.tiles.len()
    }

    /// The batch in `bytes`; its tiles stay packed until [`LiveBatch::pack`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::of_payload(bytes)?;
        let [flags] = reader.take("flags")?;
        let state = state_of(reader.take("state")?)?;
        let clock = u32::from_be_bytes(reader.take("clock")?);
        let in_run = flags & IN_RUN != 0;
        let run = in_run.then(|| reader.take("run")).transpose()?;
        let [count] = reader.take("count")?;
        Ok(Self {
            is_whole: flags & WHOLE != 0,
            state,
            clock,
            run: run.map(|run| RunId::from_u128(u128::from_be_bytes(run))),
            poses: (0..count).map(|_| pose(&mut reader)).collect::<Result<_, _>>()?,
            tiles: reader.0.to_vec(),
        })
    }

    /// The tiles, if there are any.
    pub fn pack(&self) -> Result<Option<TilePack>, WireError> {
        let tiles = (!self.tiles.is_empty()).then(|| TilePack::decode(&self.tiles));
        tiles.transpose()
    }
}

fn state_of([number]: [u8; 1]) -> Result<RobotState, WireError> {
    let found = STATES.into_iter().find(|state| state.number() == number);
    found.ok_or_else(|| WireError::Malformed {
        field: "state".into(),
        reason: format!("{number} is no state of Matter's"),
    })
}

fn pose(reader: &mut Reader<'_>) -> Result<LivePose, WireError> {
    Ok(LivePose {
        age: u16::from_be_bytes(reader.take("poses.age")?),
        x: i32::from_be_bytes(reader.take("poses.x")?),
        y: i32::from_be_bytes(reader.take("poses.y")?),
        heading: i16::from_be_bytes(reader.take("poses.heading")?),
    })
}

#[cfg(test)]
mod tests {
    use domain::id::PairingId;
    use proptest::prelude::*;

    use super::*;

    fn any_batch() -> impl Strategy<Value = LiveBatch> {
        let pose = (any::<u16>(), any::<i32>(), any::<i32>(), any::<i16>());
        let pose = pose.prop_map(|(age, x, y, heading)| LivePose { age, x, y, heading });
        let run = proptest::option::of(any::<u128>().prop_map(RunId::from_u128));
        let poses = proptest::collection::vec(pose, 0..MAX_POSES);
        let state = proptest::sample::select(STATES.to_vec());
        (any::<bool>(), state, any::<u32>(), run, poses, any::<bool>()).prop_map(
            |(is_whole, state, clock, run, poses, has_tiles)| {
                let pack = run.filter(|_| has_tiles).map(|run| TilePack {
                    pairing: PairingId::from_u128(1),
                    run,
                    tiles: vec![],
                });
                let tiles = pack.map_or_else(Vec::new, |pack| pack.encode());
                LiveBatch {
                    is_whole,
                    state,
                    clock,
                    run,
                    poses,
                    tiles,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn a_batch_reads_back(batch in any_batch()) {
            let bytes = batch.encode();
            prop_assert!(bytes.len() <= batch.bytes());
            let read = LiveBatch::decode(&bytes);
            prop_assert_eq!(read.as_ref(), Ok(&batch));
            prop_assert_eq!(read.unwrap().pack().unwrap().is_some(), !batch.tiles.is_empty());
        }

        #[test]
        fn a_cut_batch_is_refused(batch in any_batch(), keep in 0.0..1.0) {
            let batch = LiveBatch { tiles: vec![], ..batch };
            let bytes = batch.encode();
            let keep = (bytes.len() as f64 * keep) as usize;
            prop_assert!(LiveBatch::decode(&bytes[..keep]).is_err());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = LiveBatch::decode(&bytes).map(|batch| batch.pack());
        }
    }

    #[test]
    fn a_position_is_whole_millimetres() {
        let live = LivePose::new(7, &Pose::new(1.2345, -0.5, 1.0));
        assert_eq!((live.age, live.x, live.y, live.heading), (7, 1235, -500, 1000));
    }

    #[test]
    fn another_version_or_state_is_named() {
        for (at, field) in [(0, "v"), (2, "state")] {
            let mut bytes = vec![VERSION, 0, 0, 0, 0, 0, 0, 0];
            assert!(LiveBatch::decode(&bytes).is_ok());
            bytes[at] = 9;
            assert_eq!(LiveBatch::decode(&bytes).unwrap_err().field(), field);
        }
    }
}
