//! A plan from a floor's map.

use std::collections::BTreeSet;

use geo::{LineString, Polygon};
use mapping::coverage::{Battery, Body, CoveragePlan, PlanError, PlanRequest, RoomLeg, plan};

use super::{MINUTES_PER_CHARGE, NoPlan, PlanWanted, minutes_left};
use crate::FieldError;
use crate::command::{Corner, Scope, Zone};
use crate::floor_map::FloorMap;
use crate::id::{FloorId, RoomId};
use crate::plan::{CleaningPlan, PlanLeg, PlanParts, WHOLE_PERMILLE};
use crate::settings::Restriction;
use crate::shape::{line, polygon};
use crate::usecase::UseCaseError;

/// Minutes that charging from empty to full is taken to last.
const RECHARGE_MINUTES: f64 = 180.0;

/// The plan for what is wanted on the floor's map.
pub(super) fn make(
    floor: FloorId,
    map: &FloorMap,
    wanted: &PlanWanted<'_>,
) -> Result<CleaningPlan, UseCaseError> {
    let only = chosen_rooms(map, wanted.scope)?;
    if map.rooms.rooms().is_empty() {
        return Err(UseCaseError::NoPlan(NoPlan::NoRooms));
    }
    let (no_go, walls) = forbidden(wanted.restrictions);
    let request = PlanRequest {
        classes: &map.classes(),
        rooms: &map.labels(),
        only: only.as_ref(),
        zones: &chosen_zones(wanted.scope),
        no_go: &no_go,
        walls: &walls,
        dock: map.dock.metres(),
        body: Body::default(),
        battery: Some(Battery {
            minutes_full: MINUTES_PER_CHARGE,
            minutes_now: minutes_left(wanted.battery),
            recharge_minutes: RECHARGE_MINUTES,
        }),
        calibration: map.pace.factor(),
    };
    let plan = plan(&request).map_err(refusal)?;
    CleaningPlan::new(parts(floor, map, &plan)).map_err(|error| UseCaseError::NoPlan(NoPlan::TooLarge(error)))
}

/// The numbers of the rooms that are chosen; all when absent.
fn chosen_rooms(map: &FloorMap, scope: &Scope) -> Result<Option<BTreeSet<u8>>, UseCaseError> {
    let Scope::Rooms { rooms } = scope else {
        return Ok(None);
    };
    let number = |id: &RoomId| map.rooms.room(*id).map(|room| room.number);
    let numbers: Option<BTreeSet<u8>> = rooms.items().iter().map(number).collect();
    numbers.map(Some).ok_or(UseCaseError::RoomsChanged)
}

/// The zones that are chosen, in metres; none when everything is.
fn chosen_zones(scope: &Scope) -> Vec<Polygon<f64>> {
    let area = |zone: &Zone| polygon(&Vec::from(zone.clone()));
    match scope {
        Scope::Zones { zones } => zones.items().iter().map(area).collect(),
        Scope::WholeHome | Scope::Rooms { .. } => Vec::new(),
    }
}

/// No-go zones and virtual walls in metres; where not to mop does not matter to the way.
fn forbidden(restrictions: &[Restriction]) -> (Vec<Polygon<f64>>, Vec<LineString<f64>>) {
    let mut no_go = Vec::new();
    let mut walls = Vec::new();
    for restriction in restrictions {
        match restriction {
            Restriction::NoGoZone { corners } => no_go.push(polygon(corners)),
            Restriction::VirtualWall { corners } => walls.push(line(corners)),
            Restriction::NoMopZone { .. } => {}
        }
    }
    (no_go, walls)
}

fn refusal(error: PlanError) -> UseCaseError {
    match error {
        PlanError::Area {
            field: "zones",
            source,
            ..
        } => FieldError::new("scope.zones", source.to_string()).into(),
        PlanError::NoSuchRoom(_) => UseCaseError::RoomsChanged,
        PlanError::NothingReachable
        | PlanError::NothingToClean
        | PlanError::NotPositive(_)
        | PlanError::TooMany { .. }
        | PlanError::Area { .. }
        | PlanError::BatteryTooSmall { .. } => UseCaseError::NoPlan(NoPlan::Impossible(error)),
    }
}

/// The plan with the ids of its rooms, in millimetres and seconds; the way to a charging stop belongs to the leg before
/// it.
fn parts(floor: FloorId, map: &FloorMap, plan: &CoveragePlan) -> PlanParts {
    let stop_before = |place: usize| plan.stops.iter().find(|stop| stop.before_leg == place);
    let leg = |(place, leg): (usize, &RoomLeg)| {
        let way = stop_before(place + 1).map_or(&[][..], |stop| &stop.way);
        let mut path: Vec<Corner> = corners(&leg.path).chain(corners(way)).collect();
        path.dedup();
        PlanLeg {
            room: map.rooms.numbered(leg.room).map(|room| room.id),
            recharge_first: stop_before(place).is_some(),
            path,
            length_mm: (leg.metres * 1000.0).round() as u32,
            seconds: (leg.minutes * 60.0).round() as u32,
        }
    };
    PlanParts {
        floor,
        n: map.n,
        rooms_version: map.rooms.version(),
        legs: plan.legs.iter().enumerate().map(leg).collect(),
        way_home: corners(&plan.way_home).collect(),
        length_mm: (plan.metres * 1000.0).round() as u32,
        seconds: (plan.minutes * 60.0).round() as u32,
        coverage_permille: (plan.coverage.clamp(0.0, 1.0) * f64::from(WHOLE_PERMILLE)).round() as u16,
    }
}

fn corners(path: &[(f64, f64)]) -> impl Iterator<Item = Corner> {
    path.iter().map(|(x, y)| Corner::of_metres(*x, *y))
}
