//! Cleaning plans: which way a robot drives to cover a floor, room after room.

use serde::{Deserialize, Serialize};

use crate::FieldError;
use crate::command::{Corner, MAX_COORDINATE_MM};
use crate::id::{FloorId, RoomId};

/// The most legs of a plan.
pub const MAX_PLAN_LEGS: usize = 256;
/// The most points of all paths of a plan.
pub const MAX_PLAN_POINTS: usize = 16_384;
/// All of what can be covered, in thousandths.
pub const WHOLE_PERMILLE: u16 = 1_000;

/// The part of a plan that covers one room, or one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLeg {
    /// The room; none when the leg is no room's.
    pub room: Option<RoomId>,
    /// Whether the robot recharges before it.
    pub recharge_first: bool,
    /// Positions of the robot's middle, from where the leg before ended; with the way to the dock if the leg after it
    /// begins with charging.
    pub path: Vec<Corner>,
    /// Length of the path, millimetres.
    pub length_mm: u32,
    /// How long it takes, seconds.
    pub seconds: u32,
}

impl PlanLeg {
    /// Length of the path, metres.
    pub fn metres(&self) -> f64 {
        f64::from(self.length_mm) / 1000.0
    }

    /// How long it takes, minutes.
    pub fn minutes(&self) -> f64 {
        f64::from(self.seconds) / 60.0
    }
}

/// What a plan is made of, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanParts {
    /// The floor it is for.
    pub floor: FloorId,
    /// The vote of the floor that it was made from.
    pub n: u32,
    /// The version of the room list that it was made from.
    pub rooms_version: u64,
    /// The legs in the order they are driven.
    pub legs: Vec<PlanLeg>,
    /// The way back to the dock, from where the last leg ended.
    pub way_home: Vec<Corner>,
    /// Length of all paths, millimetres.
    pub length_mm: u32,
    /// How long it takes with the way home and without recharging, seconds.
    pub seconds: u32,
    /// Share of what can be covered that is covered, thousandths.
    pub coverage_permille: u16,
}

/// A way to clean a floor or a part of it, in the home frame, millimetres.
///
/// It has 1 to [`MAX_PLAN_LEGS`] legs and at most [`MAX_PLAN_POINTS`] points within [`MAX_COORDINATE_MM`] of the
/// dock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PlanParts", into = "PlanParts")]
pub struct CleaningPlan(Box<PlanParts>);

impl CleaningPlan {
    /// Checks the numbers of legs and points, where the points are, and the coverage.
    pub fn new(parts: PlanParts) -> Result<Self, FieldError> {
        if !(1..=MAX_PLAN_LEGS).contains(&parts.legs.len()) {
            let reason = format!("must have 1 to {MAX_PLAN_LEGS} legs, has {}", parts.legs.len());
            return Err(FieldError::new("plan.legs", reason));
        }
        let points = parts.points().count();
        if points > MAX_PLAN_POINTS {
            let reason = format!("must have at most {MAX_PLAN_POINTS} points, has {points}");
            return Err(FieldError::new("plan.legs", reason));
        }
        if !parts.points().all(|point| is_near(point.x) && is_near(point.y)) {
            let reason = format!("must stay within {MAX_COORDINATE_MM} mm of the dock");
            return Err(FieldError::new("plan.legs", reason));
        }
        if parts.coverage_permille > WHOLE_PERMILLE {
            let reason = format!("must be at most {WHOLE_PERMILLE}, is {}", parts.coverage_permille);
            return Err(FieldError::new("plan.coverage", reason));
        }
        Ok(Self(Box::new(parts)))
    }

    /// The floor it is for.
    pub fn floor(&self) -> FloorId {
        self.0.floor
    }

    /// The vote of the floor that it was made from.
    pub fn n(&self) -> u32 {
        self.0.n
    }

    /// The version of the room list that it was made from.
    pub fn rooms_version(&self) -> u64 {
        self.0.rooms_version
    }

    /// The legs in the order they are driven.
    pub fn legs(&self) -> &[PlanLeg] {
        &self.0.legs
    }

    /// The way back to the dock, from where the last leg ended.
    pub fn way_home(&self) -> &[Corner] {
        &self.0.way_home
    }

    /// Length of all paths, metres.
    pub fn metres(&self) -> f64 {
        f64::from(self.0.length_mm) / 1000.0
    }

    /// How long it takes with the way home and without recharging, minutes.
    pub fn minutes(&self) -> f64 {
        f64::from(self.0.seconds) / 60.0
    }

    /// Share of what can be covered that is covered, 0 to 1.
    pub fn coverage(&self) -> f64 {
        f64::from(self.0.coverage_permille) / f64::from(WHOLE_PERMILLE)
    }

    /// How often the robot recharges on the way.
    pub fn recharges(&self) -> usize {
        self.0.legs.iter().filter(|leg| leg.recharge_first).count()
    }

    /// All that it is made of.
    pub fn parts(&self) -> &PlanParts {
        &self.0
    }

    /// The same plan with every point moved, such as into a run's frame.
    ///
    /// # Errors
    /// [`FieldError`] if a point then lies too far from the dock.
    pub fn moved(&self, to: impl Fn(Corner) -> Corner) -> Result<Self, FieldError> {
        let mut parts = self.parts().clone();
        let legs = parts.legs.iter_mut().flat_map(|leg| &mut leg.path);
        legs.chain(&mut parts.way_home)
            .for_each(|point| *point = to(*point));
        Self::new(parts)
    }

    /// The part of the plan that covers `rooms`, if it covers each of them. The robot finds the way from leg to leg
    /// and home by itself.
    pub fn of_rooms(&self, rooms: &[RoomId]) -> Option<Self> {
        let is_wanted = |leg: &PlanLeg| leg.room.is_some_and(|room| rooms.contains(&room));
        let has = |room: &RoomId| self.legs().iter().any(|leg| leg.room == Some(*room));
        if !rooms.iter().all(has) {
            return None;
        }
        let legs: Vec<PlanLeg> = self.legs().iter().filter(|leg| is_wanted(leg)).cloned().collect();
        let parts = PlanParts {
            length_mm: legs.iter().map(|leg| leg.length_mm).sum(),
            seconds: legs.iter().map(|leg| leg.seconds).sum(),
            legs,
            way_home: Vec::new(),
            ..self.parts().clone()
        };
        Self::new(parts).ok()
    }
}

impl PlanParts {
    fn points(&self) -> impl Iterator<Item = &Corner> {
        let legs = self.legs.iter().flat_map(|leg| &leg.path);
        legs.chain(&self.way_home)
    }
}

impl TryFrom<PlanParts> for CleaningPlan {
    type Error = FieldError;

    fn try_from(parts: PlanParts) -> Result<Self, FieldError> {
        Self::new(parts)
    }
}

impl From<CleaningPlan> for PlanParts {
    fn from(plan: CleaningPlan) -> Self {
        *plan.0
    }
}

fn is_near(millimetres: i32) -> bool {
    (-MAX_COORDINATE_MM..=MAX_COORDINATE_MM).contains(&millimetres)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(path: Vec<Corner>) -> PlanParts {
        let leg = PlanLeg {
            room: None,
            recharge_first: false,
            path,
            length_mm: 1_500,
            seconds: 30,
        };
        PlanParts {
            floor: FloorId::from_u128(1),
            n: 1,
            rooms_version: 1,
            legs: vec![leg],
            way_home: vec![Corner { x: 0, y: 0 }],
            length_mm: 3_000,
            seconds: 90,
            coverage_permille: 985,
        }
    }

    #[test]
    fn a_plan_tells_its_length_in_metres_and_minutes() {
        let plan = CleaningPlan::new(parts(vec![Corner { x: 1_500, y: 0 }])).unwrap();
        assert_eq!(
            (plan.metres(), plan.minutes(), plan.coverage()),
            (3.0, 1.5, 0.985)
        );
        assert_eq!((plan.legs()[0].metres(), plan.legs()[0].minutes()), (1.5, 0.5));
        let moved = plan
            .moved(|point| Corner {
                x: point.x + 10,
                ..point
            })
            .unwrap();
        assert_eq!(moved.legs()[0].path, [Corner { x: 1_510, y: 0 }]);
        assert_eq!(moved.way_home(), [Corner { x: 10, y: 0 }]);
    }

    #[test]
    fn the_part_of_a_plan_for_rooms_needs_each_of_them() {
        let whole = parts(vec![Corner { x: 1_500, y: 0 }]);
        let leg = |room: u128| PlanLeg {
            room: Some(RoomId::from_u128(room)),
            ..whole.legs[0].clone()
        };
        let legs = [1, 2, 3, 2].map(leg).to_vec();
        let plan = CleaningPlan::new(PlanParts {
            legs,
            ..whole.clone()
        })
        .unwrap();
        let part = plan.of_rooms(&[RoomId::from_u128(2)]).unwrap();
        assert_eq!((part.legs(), part.minutes()), ([leg(2), leg(2)].as_slice(), 1.0));
        assert_eq!(plan.of_rooms(&[1, 4].map(RoomId::from_u128)), None);
    }

    #[test]
    fn a_plan_beyond_its_limits_names_the_field_even_when_it_was_stored() {
        let far = CleaningPlan::new(parts(vec![Corner {
            x: 0,
            y: MAX_COORDINATE_MM + 1,
        }]));
        assert_eq!(
            far.unwrap_err().to_string(),
            "plan.legs: must stay within 200000 mm of the dock"
        );
        let long = parts(vec![Corner { x: 0, y: 0 }; MAX_PLAN_POINTS]);
        assert!(CleaningPlan::new(long.clone()).is_err());
        let stored = serde_json::to_string(&long).unwrap();
        assert!(serde_json::from_str::<CleaningPlan>(&stored).is_err());
        let none = PlanParts {
            legs: vec![],
            ..parts(vec![])
        };
        assert_eq!(
            CleaningPlan::new(none).unwrap_err().to_string(),
            "plan.legs: must have 1 to 256 legs, has 0"
        );
    }
}
