//! A plan as it grows, room by room and charge by charge.

use crate::grid::Grid;

use super::drive::{Drive, Path, length};
use super::pace::minutes;
use super::request::{Battery, PlanError, PlanRequest};
use super::space::Space;
use super::{CoveragePlan, RechargeStop, RoomLeg};

/// Share of a charge that no plan uses, so that a robot delayed by a chair still comes home.
const RESERVE: f64 = 0.05;

/// A robot underway with what it has planned so far.
pub(super) struct Trip<'r, 's> {
    request: &'r PlanRequest<'r>,
    space: &'s Space,
    drive: Drive<'s>,
    /// Minutes driven since the battery was last charged, and those that it lasted for then.
    driven: f64,
    charge: f64,
    legs: Vec<RoomLeg>,
    stops: Vec<RechargeStop>,
}

impl<'r, 's> Trip<'r, 's> {
    pub(super) fn new(request: &'r PlanRequest<'r>, space: &'s Space, driven: &[(f64, f64)]) -> Self {
        let minutes = |battery: Battery| battery.minutes_now.min(battery.minutes_full);
        Self {
            request,
            space,
            drive: Drive::new(space, request.body.tool_width, driven),
            driven: 0.0,
            charge: request.battery.map_or(f64::INFINITY, minutes),
            legs: Vec::new(),
            stops: Vec::new(),
        }
    }

    /// The cell that the robot is in.
    pub(super) fn here(&self) -> usize {
        self.drive.here()
    }

    /// How many cells of some rooms are still to be covered.
    pub(super) fn left_in<'g>(&self, rooms: impl Iterator<Item = &'g Grid<bool>>) -> usize {
        rooms.map(|room| self.drive.left_in(room)).sum()
    }

    /// Cleans a room, on the way to `next`; charges before it, and in the middle of it, where the battery would not last.
    pub(super) fn clean(&mut self, room: u8, cells: &Grid<bool>, next: usize) -> Result<(), PlanError> {
        let before = self.drive.clone();
        let mut path = self.drive.cover_room(cells, next);
        if self.lasts_for(&path) < path.len() && self.can_charge() {
            self.drive = before;
            self.recharge();
            path = self.drive.cover_room(cells, next);
        }
        let mut driven_before = 1;
        loop {
            let part = self.lasts_for(&path);
            if part >= path.len() {
                self.push(room, path);
                return Ok(());
            }
            if part <= driven_before {
                let minutes_full = self.charge;
                return Err(PlanError::BatteryTooSmall { room, minutes_full });
            }
            (path, driven_before) = self.interrupt(room, path, part);
        }
    }

    /// The plan, with the way home.
    pub(super) fn finish(mut self, coverage: f64, unreachable: Vec<u8>) -> CoveragePlan {
        let way_home = self.drive.go_home();
        let mut order: Vec<u8> = self.legs.iter().map(|leg| leg.room).collect();
        order.dedup();
        let driven = self.legs.iter().map(|leg| (leg.metres, leg.minutes));
        let to_charge = self
            .stops
            .iter()
            .map(|stop| (length(&stop.way), minutes(self.request, &stop.way)));
        let home = (length(&way_home), minutes(self.request, &way_home));
        let (metres, minutes) = driven
            .chain(to_charge)
            .fold(home, |sum, part| (sum.0 + part.0, sum.1 + part.1));
        CoveragePlan {
            order,
            legs: self.legs,
            stops: self.stops,
            way_home,
            metres,
            minutes,
            coverage,
            unreachable,
        }
    }

    /// How many points of a path the battery lasts for, with the way to the dock from there.
    fn lasts_for(&self, path: &Path) -> usize {
        if self.charge.is_infinite() {
            return path.len();
        }
        let slots: Vec<usize> = path.iter().map(|point| self.space.slot_at(*point)).collect();
        let usable = (1.0 - RESERVE) * self.charge - self.driven;
        let home = self.space.distances(self.space.start(), &slots);
        let mut lasts = home.iter().enumerate().filter(|(place, metres)| {
            let back = **metres / self.request.body.speed / 60.0 * self.request.calibration;
            let there = path
                .get(..=*place)
                .map_or(f64::INFINITY, |part| minutes(self.request, part));
            there + back <= usable
        });
        lasts.next_back().map_or(0, |(place, _)| place + 1)
    }

    /// Whether a stop would help: not when the battery has just been charged.
    fn can_charge(&self) -> bool {
        let full = self
            .request
            .battery
            .map_or(f64::INFINITY, |battery| battery.minutes_full);
        self.driven > 0.0 || self.charge < full
    }

    /// Cleans the first points of a path and charges; gives the rest of it from the dock on, and how many of its points
    /// are the way back.
    fn interrupt(&mut self, room: u8, mut path: Path, part: usize) -> (Path, usize) {
        let rest = path.split_off(part);
        let after = self.drive.here();
        let here = path.last().map_or(after, |point| self.space.slot_at(*point));
        self.push(room, path);
        self.drive.jump(here);
        self.recharge();
        let mut path = self.drive.drive_to(here);
        let way_back = path.len();
        path.extend(rest);
        self.drive.jump(after);
        (path, way_back)
    }

    fn push(&mut self, room: u8, path: Path) {
        if path.len() < 2 {
            return;
        }
        let (metres, minutes) = (length(&path), minutes(self.request, &path));
        self.driven += minutes;
        self.legs.push(RoomLeg {
            room,
            path,
            metres,
            minutes,
        });
    }

    /// Goes to the dock and charges.
    fn recharge(&mut self) {
        let way = self.drive.go_home();
        let Some(battery) = self.request.battery else {
            return;
        };
        let left = (self.charge - self.driven - minutes(self.request, &way)).clamp(0.0, battery.minutes_full);
        self.stops.push(RechargeStop {
            before_leg: self.legs.len(),
            way,
            minutes: (1.0 - left / battery.minutes_full) * battery.recharge_minutes,
        });
        (self.driven, self.charge) = (0.0, battery.minutes_full);
    }
}
