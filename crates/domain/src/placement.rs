//! Where runs belong: on a floor that is known, or parked until another run agrees with them.

use mapping::pose::Pose;
use serde::{Deserialize, Serialize};

use crate::id::{FloorId, RobotId, RunId};
use crate::run::Vote;

/// The most runs of a home that wait for another one to agree with them; the oldest is left out beyond.
pub const MAX_PARKED: usize = 8;

/// A run's place on a floor, decided once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// The floor.
    pub floor: FloorId,
    /// The run's frame in the floor's.
    pub alignment: Pose,
}

impl From<Vote> for Placed {
    fn from(Vote { floor, alignment, .. }: Vote) -> Self {
        Self { floor, alignment }
    }
}

/// A run by its robot and its id, which its record is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRef {
    /// The robot that drove it.
    pub robot: RobotId,
    /// The run.
    pub run: RunId,
}

impl RunRef {
    /// The floor in the frame of this run; it has the run's own number, so that every attempt makes the same.
    pub fn founded_floor(&self) -> FloorId {
        FloorId::from_u128(self.run.as_u128())
    }
}

/// The runs of a home that floors may be made from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Candidates {
    /// Grows with every change; 0 before the first.
    pub revision: u64,
    /// The run that the home's first floor is made from.
    pub founder: Option<RunRef>,
    /// Runs that fit no floor, the newest last.
    parked: Vec<RunRef>,
}

impl Candidates {
    /// Runs that fit no floor, the newest last; at most [`MAX_PARKED`].
    pub fn parked(&self) -> &[RunRef] {
        &self.parked
    }

    /// The next revision, with the run that the first floor is made from.
    pub fn with_founder(&self, founder: Option<RunRef>) -> Self {
        Self {
            revision: self.revision + 1,
            founder,
            parked: self.parked.clone(),
        }
    }

    /// The next revision with `run` parked; `None` if it is already.
    pub fn with_parked(&self, run: RunRef) -> Option<Self> {
        if self.parked.contains(&run) {
            return None;
        }
        let mut next = self.with_founder(self.founder);
        next.parked.push(run);
        let beyond = next.parked.len().saturating_sub(MAX_PARKED);
        next.parked.drain(..beyond);
        Some(next)
    }

    /// The next revision without `run`; `None` if it is not parked.
    pub fn without(&self, run: RunRef) -> Option<Self> {
        if !self.parked.contains(&run) {
            return None;
        }
        let mut next = self.with_founder(self.founder);
        next.parked.retain(|parked| *parked != run);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(n: u128) -> RunRef {
        RunRef {
            robot: RobotId::from_u128(1),
            run: RunId::from_u128(n),
        }
    }

    #[test]
    fn the_oldest_parked_run_makes_room() {
        let count = MAX_PARKED as u128 + 2;
        let full = (0..count).fold(Candidates::default(), |candidates, n| {
            candidates.with_parked(run(n)).unwrap()
        });
        assert_eq!((full.parked().len(), full.parked()[0]), (MAX_PARKED, run(2)));
        assert_eq!(full.revision, count as u64);
        assert_eq!((full.with_parked(run(5)), full.without(run(0))), (None, None));
        assert_eq!(full.without(run(9)).unwrap().parked().last(), Some(&run(8)));
    }
}
