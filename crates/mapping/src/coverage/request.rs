//! What to plan, and what must hold for it.

use std::collections::BTreeSet;

use geo::{LineString, Polygon};

use crate::class_grid::ClassGrid;
use crate::grid::Grid;

use super::area::{AreaError, MAX_AREAS, cells_within, check_area, check_corners};

/// What a plan must know of a robot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Radius of the robot, in metres.
    pub radius: f64,
    /// Width that the tool cleans, in metres.
    pub tool_width: f64,
    /// Speed straight on, in metres per second.
    pub speed: f64,
    /// Seconds for half a turn.
    pub half_turn_seconds: f64,
}

impl Default for Body {
    /// A common round robot: 34 cm wide, with a 30 cm brush, at 0.3 m/s.
    fn default() -> Self {
        Self {
            radius: 0.17,
            tool_width: 0.30,
            speed: 0.3,
            half_turn_seconds: 2.0,
        }
    }
}

/// How long a robot can drive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Battery {
    /// Minutes of cleaning that a full charge lasts for.
    pub minutes_full: f64,
    /// Minutes of cleaning that the charge of now lasts for, at most `minutes_full`.
    pub minutes_now: f64,
    /// Minutes that charging from empty to full takes.
    pub recharge_minutes: f64,
}

/// What to plan.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a> {
    /// What each cell of the floor is.
    pub classes: &'a ClassGrid,
    /// The room of each cell, 0 for none.
    pub rooms: &'a Grid<u8>,
    /// The rooms to clean; none for the whole floor.
    pub only: Option<&'a BTreeSet<u8>>,
    /// The areas to clean, in metres; without any, everything in the rooms.
    pub zones: &'a [Polygon<f64>],
    /// Areas to stay out of, in metres.
    pub no_go: &'a [Polygon<f64>],
    /// Virtual walls: lines not to be crossed, in metres.
    pub walls: &'a [LineString<f64>],
    /// Where the dock is, in metres.
    pub dock: (f64, f64),
    /// The robot.
    pub body: Body,
    /// How long it can drive; none for as long as it takes.
    pub battery: Option<Battery>,
    /// Minutes that past runs took for each minute planned, see [`super::calibration`]; 1 without experience.
    pub calibration: f64,
}

/// Why there is no plan.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// The robot cannot leave its dock.
    #[error("no floor within {} m of the dock can be driven on", super::MAX_DOCK_METRES)]
    NothingReachable,
    /// The robot cannot get to anything that it shall clean.
    #[error("nothing in the rooms and zones can be reached from the dock")]
    NothingToClean,
    /// A room is not on the floor.
    #[error("there is no room {0} on the floor")]
    NoSuchRoom(u8),
    /// A number is not positive.
    #[error("{0} is not a positive number")]
    NotPositive(&'static str),
    /// There are too many zones, no-go zones or virtual walls.
    #[error("{field} must have at most {MAX_AREAS} entries, has {count}")]
    TooMany {
        /// Which of them.
        field: &'static str,
        /// How many there are.
        count: usize,
    },
    /// A zone, a no-go zone or a virtual wall cannot be used.
    #[error("{field} {index} cannot be used")]
    Area {
        /// Which kind of them.
        field: &'static str,
        /// Its place in the request, from 0 on.
        index: usize,
        /// What is wrong with it.
        #[source]
        source: AreaError,
    },
    /// A full charge does not suffice to go to a room and come back.
    #[error("a charge of {minutes_full} minutes does not suffice for the way to room {room} and back")]
    BatteryTooSmall {
        /// The room.
        room: u8,
        /// Minutes of cleaning that a full charge lasts for.
        minutes_full: f64,
    },
}

impl PlanRequest<'_> {
    /// Checks all that can be checked before planning.
    pub(super) fn check(&self) -> Result<(), PlanError> {
        self.check_numbers()?;
        check_each("zones", self.zones, check_area)?;
        check_each("no_go", self.no_go, check_area)?;
        check_each("walls", self.walls, |wall| check_corners(&wall.0, 2))?;
        check_each("zones", self.zones, |zone| self.check_on_map(zone))?;
        let known: BTreeSet<u8> = self.rooms.cells().iter().copied().collect();
        let mut wanted = self.only.into_iter().flatten();
        match wanted.find(|room| **room == 0 || !known.contains(room)) {
            Some(room) => Err(PlanError::NoSuchRoom(*room)),
            None => Ok(()),
        }
    }

    fn check_numbers(&self) -> Result<(), PlanError> {
        let Body {
            radius,
            tool_width,
            speed,
            half_turn_seconds,
        } = self.body;
        let body = [
            ("radius", radius),
            ("tool_width", tool_width),
            ("speed", speed),
            ("half_turn_seconds", half_turn_seconds),
            ("calibration", self.calibration),
        ];
        let battery = self.battery.map(|battery| {
            [
                ("minutes_full", battery.minutes_full),
                ("minutes_now", battery.minutes_now),
                ("recharge_minutes", battery.recharge_minutes),
            ]
        });
        let mut numbers = body.into_iter().chain(battery.into_iter().flatten());
        match numbers.find(|(_, number)| !(*number > 0.0 && number.is_finite())) {
            Some((name, _)) => Err(PlanError::NotPositive(name)),
            None => Ok(()),
        }
    }

    fn check_on_map(&self, zone: &Polygon<f64>) -> Result<(), AreaError> {
        if cells_within(self.classes.cells(), zone).is_empty() {
            return Err(AreaError::OffMap);
        }
        Ok(())
    }
}

fn check_each<T>(
    field: &'static str,
    areas: &[T],
    check: impl Fn(&T) -> Result<(), AreaError>,
) -> Result<(), PlanError> {
    if areas.len() > MAX_AREAS {
        let count = areas.len();
        return Err(PlanError::TooMany { field, count });
    }
    let mut checked = areas.iter().enumerate();
    checked
        .try_for_each(|(index, area)| check(area).map_err(|source| PlanError::Area { field, index, source }))
}
