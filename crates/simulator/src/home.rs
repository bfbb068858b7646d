//! A home: a floor plan, a dock at a wall, and furniture that comes and goes.

use std::f64::consts::{FRAC_PI_2, TAU};

use mapping::floor_plan::FloorPlan;
use mapping::pose::Pose;
use mapping::tile::{CELL_METRES, CellIndex};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use thiserror::Error;

use crate::furniture::Item;
use crate::layout::Layout;
use crate::path::ROBOT_RADIUS_METRES;

/// Square metres for each movable thing.
pub const AREA_PER_ITEM_M2: f64 = 8.0;
/// The most movable things in a home.
pub const MAX_ITEMS: usize = 64;
/// How far a docked robot's middle is from the wall, metres.
pub const DOCK_DEPTH_METRES: f64 = 0.2;
/// Furniture keeps this far from the dock, metres.
const DOCK_CLEARANCE_METRES: f64 = 1.0;
const ITEM_TRIES: usize = 400;

/// Why a plan is no home.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HomeError {
    /// No wall has the room that a dock needs.
    #[error("plan: has no wall with room for a dock, needs 0.8 m of wall and 0.6 m before it")]
    NoPlaceForDock,
}

/// A home without its residents.
#[derive(Debug, Clone)]
pub struct Home {
    walls: Layout,
    dock: Pose,
    items: Vec<Item>,
    seed: u64,
}

impl Home {
    /// A home on `plan`; `seed` decides what stands in it and how often.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn new(plan: &FloorPlan, seed: u64) -> Result<Self, HomeError> {
        let walls = Layout::new(plan.free().clone());
        let dock = place_dock(&walls).ok_or(HomeError::NoPlaceForDock)?;
        let count = ((plan.area_m2() / AREA_PER_ITEM_M2) as usize).min(MAX_ITEMS);
        let items = place_items(&walls, &dock, count, &mut StdRng::seed_from_u64(seed));
        Ok(Self {
            walls,
            dock,
            items,
            seed,
        })
    }

    /// The pose of a docked robot in the plan's frame, looking out of the dock.
    pub fn dock(&self) -> Pose {
        self.dock
    }

    /// The movable things.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The home as it is at the robot's `run`th run; nothing stands where the robot is.
    pub fn layout(&self, run: u64, robot: &Pose) -> Layout {
        let mut random = StdRng::seed_from_u64(self.seed ^ run.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut layout = self.walls.clone();
        for item in &self.items {
            let Some(middle) = item.placed(&mut random) else {
                continue;
            };
            let distance = (middle.0 - robot.x).hypot(middle.1 - robot.y);
            if distance > item.reach() + 2.0 * ROBOT_RADIUS_METRES {
                layout.block(&item.cells(middle));
            }
        }
        layout
    }
}

/// The place at a wall from which a robot sees most, among those with room.
fn place_dock(walls: &Layout) -> Option<Pose> {
    let mut best: Option<(f64, Pose)> = None;
    for (cell, _) in walls
        .free()
        .iter()
        .filter(|(cell, free)| *free && (cell.x + cell.y) % 2 == 0)
    {
        for quarter in 0..4 {
            let Some(pose) = dock_at(walls, cell, f64::from(quarter) * FRAC_PI_2) else {
                continue;
            };
            let seen = view(walls, &pose);
            if best.is_none_or(|(most, _)| seen > most) {
                best = Some((seen, pose));
            }
        }
    }
    best.map(|(_, pose)| pose)
}

/// A docked robot with its middle at `cell`, if a wall is right behind it and the way out is free.
fn dock_at(walls: &Layout, cell: CellIndex, heading: f64) -> Option<Pose> {
    let (x, y) = cell.centre_metres();
    let pose = Pose::new(x, y, heading);
    let behind = |y: f64| {
        let (x, y) = pose.transform((-DOCK_DEPTH_METRES - CELL_METRES / 2.0, y));
        !walls.is_free(CellIndex::of_metres(x, y))
    };
    let is_at_wall = [-0.4, -0.2, 0.0, 0.2, 0.4].into_iter().all(behind);
    let is_reachable = [0.0, 0.3, 0.6].into_iter().all(|ahead| {
        let radius = if ahead == 0.0 {
            DOCK_DEPTH_METRES - CELL_METRES / 4.0
        } else {
            0.3
        };
        walls.has_room(pose.transform((ahead, 0.0)), radius)
    });
    (is_at_wall && is_reachable).then_some(pose)
}

/// Square metres seen from a pose, roughly.
fn view(walls: &Layout, pose: &Pose) -> f64 {
    const BEAMS: u32 = 24;
    let beams = (0..BEAMS).map(|i| walls.sight((pose.x, pose.y), f64::from(i) * TAU / f64::from(BEAMS), 6.0));
    beams.map(|range| range * range).sum::<f64>() * TAU / 2.0 / f64::from(BEAMS)
}

fn place_items(walls: &Layout, dock: &Pose, count: usize, random: &mut StdRng) -> Vec<Item> {
    let bounds = walls.free();
    let size = (
        bounds.width() as f64 * CELL_METRES,
        bounds.height() as f64 * CELL_METRES,
    );
    let mut items: Vec<Item> = Vec::new();
    for _ in 0..ITEM_TRIES {
        if items.len() == count {
            break;
        }
        let place = (random.random_range(0.0..size.0), random.random_range(0.0..size.1));
        let item = Item::at(place, random);
        let far = |other: (f64, f64), gap: f64| (place.0 - other.0).hypot(place.1 - other.1) > gap;
        let apart = items.iter().all(|other| far(other.place, 1.0));
        if apart && far((dock.x, dock.y), DOCK_CLEARANCE_METRES) && walls.has_room(place, item.reach() + 0.1)
        {
            items.push(item);
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::DemoPlan;

    #[test]
    fn a_dock_stands_at_a_wall_and_looks_into_the_room() {
        for plan in DemoPlan::ALL {
            let home = Home::new(&plan.floor_plan().unwrap(), 1).unwrap();
            let (dock, walls) = (home.dock(), home.layout(0, &home.dock()));
            let ahead = walls.sight((dock.x, dock.y), dock.theta, 6.0);
            let behind = walls.sight((dock.x, dock.y), dock.theta + std::f64::consts::PI, 6.0);
            assert!(
                ahead > 0.8 && behind < 0.3,
                "{}: {ahead} m ahead, {behind} m behind",
                plan.name()
            );
            assert!(home.items().len() >= 3);
        }
    }

    #[test]
    fn the_same_run_looks_the_same_and_another_differs() {
        let home = Home::new(&DemoPlan::Flat.floor_plan().unwrap(), 5).unwrap();
        let at = home.dock();
        assert_eq!(home.layout(3, &at).free(), home.layout(3, &at).free());
        assert!((0..5).any(|run| home.layout(run, &at).free() != home.layout(run + 1, &at).free()));
    }

    #[test]
    fn a_plan_without_a_wall_to_dock_at_is_refused() {
        let picture = mapping::grid::Grid::filled(CellIndex::new(0, 0), 30, 30, 255).unwrap();
        let plan = FloorPlan::from_picture(&picture).unwrap();
        assert_eq!(Home::new(&plan, 1).err(), Some(HomeError::NoPlaceForDock));
    }
}
