//! How much floor a run has cleaned.

use std::collections::HashMap;

use mapping::pose::Pose;
use mapping::tile::{CELL_METRES, CellIndex, TILE_CELLS, TileIndex};

/// How far from its middle a robot cleans, metres.
pub const CLEANING_RADIUS_METRES: f64 = 0.16;
/// Positions further apart than this are not joined: the robot was carried, or its log has a gap.
const MAX_STEP_METRES: f64 = 1.0;
const CELL_AREA_CM2: u64 = 25;

/// The set of cells that the robot has driven over; 0.5 KB for each tile.
#[derive(Debug, Default)]
pub struct Coverage {
    tiles: HashMap<TileIndex, Box<[u64; TILE_CELLS]>>,
    cells: u64,
    last: Option<Pose>,
}

impl Coverage {
    /// The robot cleaned its way to `pose`.
    pub fn clean_to(&mut self, pose: &Pose) {
        let from = self
            .last
            .filter(|last| last.distance(pose) <= MAX_STEP_METRES)
            .unwrap_or(*pose);
        let steps = (from.distance(pose) / CELL_METRES).ceil().max(1.0);
        for step in 1..=steps as u32 {
            let part = f64::from(step) / steps;
            self.clean_around(
                from.x + part * (pose.x - from.x),
                from.y + part * (pose.y - from.y),
            );
        }
        self.last = Some(*pose);
    }

    /// The robot did not clean until now.
    pub fn lift(&mut self) {
        self.last = None;
    }

    /// The cleaned area, square centimetres.
    pub fn area_cm2(&self) -> u64 {
        self.cells * CELL_AREA_CM2
    }

    fn clean_around(&mut self, x: f64, y: f64) {
        let reach = (CLEANING_RADIUS_METRES / CELL_METRES).ceil() as i32;
        let centre = CellIndex::of_metres(x, y);
        let square = (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| centre.offset(dx, dy)));
        for cell in square {
            let (cx, cy) = cell.centre_metres();
            if (cx - x).hypot(cy - y) <= CLEANING_RADIUS_METRES {
                self.mark(cell);
            }
        }
    }

    fn mark(&mut self, cell: CellIndex) {
        let (col, row) = cell.within_tile();
        let rows = self
            .tiles
            .entry(cell.into())
            .or_insert_with(|| Box::new([0; TILE_CELLS]));
        if let Some(bits) = rows.get_mut(row) {
            self.cells += u64::from(*bits >> col & 1 == 0);
            *bits |= 1 << col;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_cleaned_once_however_often_it_is_driven() {
        let mut coverage = Coverage::default();
        for _ in 0..2 {
            (0..=40).for_each(|i| coverage.clean_to(&Pose::new(f64::from(i) * 0.1, 0.0, 0.0)));
            coverage.lift();
        }
        let square_metres = coverage.area_cm2() as f64 / 10_000.0;
        let lane = 4.0 * 2.0 * CLEANING_RADIUS_METRES;
        assert!(
            (square_metres - lane).abs() < 0.2,
            "{square_metres} m² of {lane} m²"
        );
    }
}
