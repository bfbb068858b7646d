//! Folds the scans of one run into run tiles.

use std::collections::HashMap;

use crate::pose::Pose;
use crate::ray::cells_on_ray;
use crate::run_map::RunMap;
use crate::run_tile::{RunCell, RunTile};
use crate::scan::{Scan, ScanError, check_pose};
use crate::tile::{CELL_METRES, CellIndex, TILE_AREA, TILE_CELLS, TileIndex};

/// Most tiles that one run may cover: about 42,000 m².
pub const MAX_RUN_TILES: usize = 4_096;

/// How far beyond a measured range the obstacle's surface is entered, in metres, so that it lands inside the obstacle.
const HIT_DEPTH: f64 = 0.3 * CELL_METRES;
/// How much of a beam before an obstacle says nothing, in metres: range noise reaches that far.
const FREE_MARGIN: f64 = 1.5 * CELL_METRES;
/// Observations that a cell needs before it counts as seen.
const MIN_OBSERVATIONS: u8 = 2;
/// A cell hit by more than one in this many of its beams is an obstacle.
const HITS_PER_BEAM: u16 = 4;

/// What the beams of one run said of one cell.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    hits: u8,
    misses: u8,
    touched: bool,
}

impl Tally {
    /// Halves both counts when one is full, so that their ratio stays.
    fn make_room(&mut self) {
        if self.hits == u8::MAX || self.misses == u8::MAX {
            self.hits /= 2;
            self.misses /= 2;
        }
    }

    fn hit(&mut self) {
        self.make_room();
        self.hits += 1;
    }

    fn miss(&mut self) {
        self.make_room();
        self.misses += 1;
    }

    /// A touch outlives what the sensor says: chair legs and glass are what it misses.
    fn decide(self) -> RunCell {
        let (hits, beams) = (
            u16::from(self.hits),
            u16::from(self.hits) + u16::from(self.misses),
        );
        if self.touched {
            RunCell::Touched
        } else if self.hits >= MIN_OBSERVATIONS && hits * HITS_PER_BEAM > beams {
            RunCell::Occupied
        } else if self.misses >= MIN_OBSERVATIONS {
            RunCell::Free
        } else {
            RunCell::Unknown
        }
    }
}

struct TileTallies {
    index: TileIndex,
    tallies: Box<[Tally; TILE_AREA]>,
    tile: RunTile,
    stale: bool,
}

impl TileTallies {
    fn new(index: TileIndex) -> Self {
        Self {
            index,
            tallies: Box::new([Tally::default(); TILE_AREA]),
            tile: RunTile::new(),
            stale: false,
        }
    }

    /// Decides every cell again; says whether one changed.
    fn refresh(&mut self) -> bool {
        if !std::mem::take(&mut self.stale) {
            return false;
        }
        let mut changed = false;
        for (slot, tally) in self.tallies.iter().enumerate() {
            let state = tally.decide();
            if state != self.tile.at(slot) {
                self.tile.set_at(slot, state);
                changed = true;
            }
        }
        changed
    }
}

/// Builds the run tiles of one run from its scans and bumps.
///
/// Memory is 13 KB for each tile seen. A cell is occupied when at least two beams ended in it and they are more
/// than a quarter of those that reached it; else free when two went through; touched cells stay touched.
#[derive(Default)]
pub struct RunMapper {
    tiles: Vec<TileTallies>,
    places: HashMap<TileIndex, usize>,
    unusable_ranges: u64,
}

impl RunMapper {
    /// A mapper that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Enters one scan; ranges that are no positive number are left out and counted.
    ///
    /// # Errors
    /// [`ScanError`], and nothing is entered, if a field is out of its limits or the run would have too many tiles.
    pub fn integrate(&mut self, scan: &Scan<'_>) -> Result<(), ScanError> {
        scan.check()?;
        self.check_room(&scan.pose, scan.max_range + HIT_DEPTH)?;
        self.unusable_ranges += scan.unusable_ranges() as u64;
        let from = (scan.pose.x, scan.pose.y);
        let mut place = 0;
        for beam in scan.beams() {
            let free = if beam.hit {
                beam.range - FREE_MARGIN
            } else {
                beam.range
            };
            if free > 0.0 {
                let (sin, cos) = beam.angle.sin_cos();
                let to = (from.0 + free * cos, from.1 + free * sin);
                cells_on_ray(from, to).for_each(|cell| self.enter(&mut place, cell, Tally::miss));
            }
            if beam.hit {
                let (x, y) = beam.end(&scan.pose, HIT_DEPTH);
                self.enter(&mut place, CellIndex::of_metres(x, y), Tally::hit);
            }
        }
        Ok(())
    }

    /// Marks the cell at `at` as touched: bumped into, or a cliff.
    ///
    /// # Errors
    /// [`ScanError`] if the pose is off the map or the run would have too many tiles.
    pub fn touch(&mut self, at: &Pose) -> Result<(), ScanError> {
        check_pose(at)?;
        self.check_room(at, 0.0)?;
        self.enter(&mut 0, CellIndex::of_metres(at.x, at.y), |tally| {
            tally.touched = true
        });
        Ok(())
    }

    /// The tiles whose cells changed since this was last called, in order.
    pub fn changed_tiles(&mut self) -> Vec<TileIndex> {
        let changed = self
            .tiles
            .iter_mut()
            .filter_map(|tile| tile.refresh().then_some(tile.index));
        let mut changed: Vec<_> = changed.collect();
        changed.sort_unstable();
        changed
    }

    /// The tile at `index` as of the last call of [`RunMapper::changed_tiles`].
    pub fn tile(&self, index: TileIndex) -> Option<&RunTile> {
        self.places
            .get(&index)
            .and_then(|place| self.tiles.get(*place))
            .map(|tile| &tile.tile)
    }

    /// How many ranges were left out because they are no positive number.
    pub fn unusable_ranges(&self) -> u64 {
        self.unusable_ranges
    }

    /// The map as it is now, with everything entered so far.
    pub fn snapshot(&mut self) -> RunMap {
        self.tiles.iter_mut().for_each(|tile| _ = tile.refresh());
        let known = self.tiles.iter().filter(|tile| !tile.tile.is_blank());
        known.map(|tile| (tile.index, tile.tile.clone())).collect()
    }

    /// Ends the run and gives its map.
    pub fn finish(mut self) -> RunMap {
        self.snapshot()
    }

    /// Checks that every tile within `reach` metres of `pose` could be added.
    fn check_room(&self, pose: &Pose, reach: f64) -> Result<(), ScanError> {
        let low = TileIndex::from(CellIndex::of_metres(pose.x - reach, pose.y - reach));
        let high = TileIndex::from(CellIndex::of_metres(pose.x + reach, pose.y + reach));
        let around = (low.x..=high.x).flat_map(|x| (low.y..=high.y).map(move |y| TileIndex::new(x, y)));
        let missing = around.filter(|index| !self.places.contains_key(index)).count();
        if self.tiles.len() + missing > MAX_RUN_TILES {
            Err(ScanError::TooManyTiles)
        } else {
            Ok(())
        }
    }

    /// Changes the tally of `cell`; `place` is the tile used last, which most often is the one needed again.
    #[inline]
    fn enter(&mut self, place: &mut usize, cell: CellIndex, change: impl FnOnce(&mut Tally)) {
        let index = TileIndex::from(cell);
        if self.tiles.get(*place).is_none_or(|tile| tile.index != index) {
            *place = self.place_of(index);
        }
        let (col, row) = cell.within_tile();
        if let Some(tile) = self.tiles.get_mut(*place)
            && let Some(tally) = tile.tallies.get_mut(row * TILE_CELLS + col)
        {
            tile.stale = true;
            change(tally);
        }
    }

    fn place_of(&mut self, index: TileIndex) -> usize {
        *self.places.entry(index).or_insert_with(|| {
            self.tiles.push(TileTallies::new(index));
            self.tiles.len() - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALL_AHEAD: [f32; 3] = [2.0, 2.0, 2.0];

    fn scan<'a>(ranges: &'a [f32]) -> Scan<'a> {
        Scan {
            pose: Pose::new(0.01, 0.01, 0.0),
            start_angle: -0.001,
            angle_step: 0.001,
            max_range: 6.0,
            ranges,
        }
    }

    #[test]
    fn a_wall_is_occupied_and_the_way_to_it_free() {
        let mut mapper = RunMapper::new();
        mapper.integrate(&scan(&WALL_AHEAD)).unwrap();
        let map = mapper.finish();
        assert_eq!(map.get(CellIndex::of_metres(2.03, 0.01)), RunCell::Occupied);
        assert_eq!(map.get(CellIndex::of_metres(1.0, 0.01)), RunCell::Free);
        assert_eq!(map.get(CellIndex::of_metres(3.0, 0.01)), RunCell::Unknown);
    }

    #[test]
    fn only_tiles_whose_cells_changed_are_reported() {
        let mut mapper = RunMapper::new();
        mapper.integrate(&scan(&WALL_AHEAD)).unwrap();
        assert_eq!(mapper.changed_tiles(), [TileIndex::new(0, 0)]);
        mapper.integrate(&scan(&WALL_AHEAD)).unwrap();
        assert!(mapper.changed_tiles().is_empty());
        mapper.touch(&Pose::new(-1.0, 0.0, 0.0)).unwrap();
        assert_eq!(mapper.changed_tiles(), [TileIndex::new(-1, 0)]);
    }

    #[test]
    fn a_touched_cell_stays_touched_when_beams_go_through_it() {
        let mut mapper = RunMapper::new();
        mapper.touch(&Pose::new(1.0, 0.01, 0.0)).unwrap();
        (0..300).for_each(|_| mapper.integrate(&scan(&WALL_AHEAD)).unwrap());
        assert_eq!(
            mapper.finish().get(CellIndex::of_metres(1.0, 0.01)),
            RunCell::Touched
        );
    }

    #[test]
    fn bad_ranges_are_counted_and_a_bad_pose_enters_nothing() {
        let mut mapper = RunMapper::new();
        mapper.integrate(&scan(&[f32::NAN, f32::INFINITY, -1.0])).unwrap();
        assert_eq!(mapper.unusable_ranges(), 3);
        let astray = Scan {
            pose: Pose::new(2_000.0, 0.0, 0.0),
            ..scan(&WALL_AHEAD)
        };
        assert!(mapper.integrate(&astray).is_err());
        assert!(mapper.finish().is_blank());
    }

    #[test]
    fn a_run_over_too_many_tiles_is_refused() {
        let mut mapper = RunMapper::new();
        let centre = |tile: i32| 1.6 + 3.2 * f64::from(tile);
        let touched = (0..5_000).map(|i| mapper.touch(&Pose::new(centre(i % 100), centre(i / 100), 0.0)));
        assert_eq!(touched.filter(Result::is_ok).count(), MAX_RUN_TILES);
    }
}
