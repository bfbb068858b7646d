//! Cleaning plans as they travel within commands: steps instead of positions, deflated, in base64.
//!
//! Layout before deflate: version `u8`; floor `u128`, big-endian; then varints (LEB128): vote, version of the room
//! list, millimetres, seconds, thousandths covered, number of legs; for each leg flags (1 recharge first, 2 has a
//! room), the room `u128` if it has one, millimetres, seconds and a path; at last the way home. A path is the number of
//! its points and for each point the zigzag steps in x and y, millimetres, from the point before, also across paths.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::command::Corner;
use domain::id::{FloorId, RoomId};
use domain::plan::{CleaningPlan, MAX_PLAN_LEGS, MAX_PLAN_POINTS, PlanLeg, PlanParts};
use mapping::deflate::{deflate, inflate};

use crate::{VERSION, WireError};

/// The most bytes of a plan within a command.
pub const MAX_PLAN_BYTES: usize = 64 * 1024;
/// The most bytes of a plan before it is deflated: ten for each point, and some for each leg.
const MAX_PLAIN_BYTES: usize = 10 * MAX_PLAN_POINTS + 64 * MAX_PLAN_LEGS;
const FIELD: &str = "plan";
const RECHARGE_FIRST: u64 = 1;
const HAS_ROOM: u64 = 2;

/// The text of `plan`; one above [`MAX_PLAN_BYTES`] is refused.
pub fn encode(plan: &CleaningPlan) -> Result<String, WireError> {
    let text = STANDARD.encode(deflate(&Writer::default().plan(plan.parts())));
    if text.len() > MAX_PLAN_BYTES {
        let reason = format!("has {} bytes, the limit is {MAX_PLAN_BYTES}", text.len());
        Err(malformed(reason))
    } else {
        Ok(text)
    }
}

/// The plan in `text`.
pub fn decode(text: &str) -> Result<CleaningPlan, WireError> {
    if text.len() > MAX_PLAN_BYTES {
        let reason = format!("has {} bytes, the limit is {MAX_PLAN_BYTES}", text.len());
        return Err(malformed(reason));
    }
    let packed = STANDARD.decode(text).map_err(|_| malformed("must be base64"))?;
    let plain = inflate(&packed, MAX_PLAIN_BYTES).map_err(|error| malformed(error.to_string()))?;
    let mut reader = Reader {
        rest: &plain,
        last: Corner { x: 0, y: 0 },
    };
    let parts = reader.plan()?;
    match reader.rest.len() {
        0 => Ok(CleaningPlan::new(parts)?),
        bytes => Err(WireError::Trailing { bytes }),
    }
}

fn malformed(reason: impl Into<String>) -> WireError {
    WireError::Malformed {
        field: FIELD.into(),
        reason: reason.into(),
    }
}

struct Writer {
    bytes: Vec<u8>,
    last: Corner,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            bytes: vec![VERSION],
            last: Corner { x: 0, y: 0 },
        }
    }
}

impl Writer {
    fn plan(mut self, plan: &PlanParts) -> Vec<u8> {
        self.bytes.extend(plan.floor.as_u128().to_be_bytes());
        self.number(plan.n.into());
        self.number(plan.rooms_version);
        self.number(plan.length_mm.into());
        self.number(plan.seconds.into());
        self.number(plan.coverage_permille.into());
        self.number(plan.legs.len() as u64);
        plan.legs.iter().for_each(|leg| self.leg(leg));
        self.path(&plan.way_home);
        self.bytes
    }

    fn leg(&mut self, leg: &PlanLeg) {
        let recharge = if leg.recharge_first { RECHARGE_FIRST } else { 0 };
        let room = if leg.room.is_some() { HAS_ROOM } else { 0 };
        self.number(recharge | room);
        if let Some(room) = leg.room {
            self.bytes.extend(room.as_u128().to_be_bytes());
        }
        self.number(leg.length_mm.into());
        self.number(leg.seconds.into());
        self.path(&leg.path);
    }

    fn path(&mut self, path: &[Corner]) {
        self.number(path.len() as u64);
        for point in path {
            self.number(zigzag(i64::from(point.x) - i64::from(self.last.x)));
            self.number(zigzag(i64::from(point.y) - i64::from(self.last.y)));
            self.last = *point;
        }
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    last: Corner,
}

impl Reader<'_> {
    fn plan(&mut self) -> Result<PlanParts, WireError> {
        let [version] = self.take()?;
        if version != VERSION {
            return Err(WireError::UnknownVersion {
                found: version.into(),
            });
        }
        let floor = FloorId::from_u128(u128::from_be_bytes(self.take()?));
        let (n, rooms_version) = (self.small()?, self.number()?);
        let (length_mm, seconds, coverage_permille) = (self.small()?, self.small()?, self.small()?);
        let count = self.count(MAX_PLAN_LEGS)?;
        let legs = (0..count).map(|_| self.leg()).collect::<Result<_, _>>()?;
        Ok(PlanParts {
            floor,
            n,
            rooms_version,
            legs,
            way_home: self.path()?,
            length_mm,
            seconds,
            coverage_permille,
        })
    }

    fn leg(&mut self) -> Result<PlanLeg, WireError> {
        let flags = self.number()?;
        let room = match flags & HAS_ROOM {
            0 => None,
            _ => Some(RoomId::from_u128(u128::from_be_bytes(self.take()?))),
        };
        Ok(PlanLeg {
            room,
            recharge_first: flags & RECHARGE_FIRST != 0,
            length_mm: self.small()?,
            seconds: self.small()?,
            path: self.path()?,
        })
    }

    fn path(&mut self) -> Result<Vec<Corner>, WireError> {
        let count = self.count(MAX_PLAN_POINTS)?;
        (0..count).map(|_| self.point()).collect()
    }

    fn point(&mut self) -> Result<Corner, WireError> {
        let (x, y) = (self.step(self.last.x)?, self.step(self.last.y)?);
        self.last = Corner { x, y };
        Ok(self.last)
    }

    fn step(&mut self, from: i32) -> Result<i32, WireError> {
        let step = unzigzag(self.number()?);
        let to = i64::from(from)
            .checked_add(step)
            .and_then(|to| i32::try_from(to).ok());
        to.ok_or_else(|| malformed("has a step out of range"))
    }

    fn count(&mut self, limit: usize) -> Result<usize, WireError> {
        let count = self.number()?;
        usize::try_from(count)
            .ok()
            .filter(|count| *count <= limit)
            .ok_or_else(|| malformed(format!("lists {count} entries, the limit is {limit}")))
    }

    fn small<T: TryFrom<u64>>(&mut self) -> Result<T, WireError> {
        let number = self.number()?;
        T::try_from(number).map_err(|_| malformed(format!("has a number out of range, {number}")))
    }

    fn number(&mut self) -> Result<u64, WireError> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let [byte] = self.take()?;
            let bits = u64::from(byte & 0x7F);
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(malformed("has a number of more than 64 bits"))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (head, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or(WireError::Truncated { field: FIELD })?;
        self.rest = rest;
        Ok(*head)
    }
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[cfg(test)]
mod tests {
    use domain::command::MAX_COORDINATE_MM;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn any_path() -> impl Strategy<Value = Vec<Corner>> {
        let near = -MAX_COORDINATE_MM..=MAX_COORDINATE_MM;
        vec((near.clone(), near).prop_map(|(x, y)| Corner { x, y }), 0..60)
    }

    fn any_leg() -> impl Strategy<Value = PlanLeg> {
        let room = any::<Option<u128>>().prop_map(|room| room.map(RoomId::from_u128));
        (room, any::<bool>(), any_path(), any::<u32>(), any::<u32>()).prop_map(
            |(room, recharge_first, path, length_mm, seconds)| PlanLeg {
                room,
                recharge_first,
                path,
                length_mm,
                seconds,
            },
        )
    }

    fn plan_of(legs: Vec<PlanLeg>, way_home: Vec<Corner>, numbers: (u128, u32, u64)) -> CleaningPlan {
        let (floor, n, rooms_version) = numbers;
        CleaningPlan::new(PlanParts {
            floor: FloorId::from_u128(floor),
            n,
            rooms_version,
            legs,
            way_home,
            length_mm: n,
            seconds: n / 2,
            coverage_permille: 990,
        })
        .unwrap()
    }

    /// Lanes over 100 m² in ten rooms, 25 cm apart, with a lap along the walls.
    fn flat() -> CleaningPlan {
        let room = |i: i32| {
            let (left, low) = ((i % 5) * 3_250 + 175, (i / 5) * 3_250 + 175);
            let corner = |x: i32, y: i32| Corner {
                x: left + x,
                y: low + y,
            };
            let lap = [(0, 0), (2_850, 0), (2_850, 2_850), (0, 2_850), (0, 50)];
            let lanes = (1..12).flat_map(|lane| {
                let ends = [(250, lane * 250), (2_600, lane * 250)];
                if lane % 2 == 0 { ends } else { [ends[1], ends[0]] }
            });
            PlanLeg {
                room: Some(RoomId::from_u128(0x0190_0000_0000 + i as u128)),
                recharge_first: i == 5,
                path: lap.into_iter().chain(lanes).map(|(x, y)| corner(x, y)).collect(),
                length_mm: 40_000,
                seconds: 150,
            }
        };
        plan_of(
            (0..10).map(room).collect(),
            vec![Corner { x: 0, y: 0 }],
            (1, 12, 3),
        )
    }

    proptest! {
        #[test]
        fn a_plan_reads_back(legs in vec(any_leg(), 1..6), home in any_path(), numbers in any::<(u128, u32, u64)>()) {
            let plan = plan_of(legs, home, numbers);
            prop_assert_eq!(decode(&encode(&plan).unwrap()), Ok(plan));
        }

        #[test]
        fn any_text_is_read_or_refused(bytes in vec(any::<u8>(), 0..300)) {
            prop_assert!(decode(&STANDARD.encode(deflate(&bytes))).is_err());
            prop_assert!(decode(&STANDARD.encode(&bytes)).is_err());
        }
    }

    #[test]
    fn the_plan_of_a_flat_is_small() {
        let text = encode(&flat()).unwrap();
        assert!(text.len() <= 5 * 1024, "{} bytes", text.len());
    }

    #[test]
    fn a_cut_plan_another_version_and_too_many_points_are_named() {
        let plain = Writer::default().plan(flat().parts());
        let packed = |plain: &[u8]| STANDARD.encode(deflate(plain));
        let cut = decode(&packed(&plain[..plain.len() - 1]));
        assert_eq!(cut, Err(WireError::Truncated { field: FIELD }));
        let newer = [&[9], &plain[1..]].concat();
        assert_eq!(
            decode(&packed(&newer)),
            Err(WireError::UnknownVersion { found: 9 })
        );
        let long = [&plain[..], &[0]].concat();
        assert_eq!(decode(&packed(&long)), Err(WireError::Trailing { bytes: 1 }));
        let text = "A".repeat(MAX_PLAN_BYTES + 1);
        assert_eq!(decode(&text).unwrap_err().field(), "plan");
    }
}
