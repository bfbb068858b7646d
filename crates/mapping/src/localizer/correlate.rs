//! Correlative scan matching in two resolutions around a guess (Olson 2009).

use crate::grid::Grid;
use crate::pose::Pose;
use crate::run_map::CellBounds;
use crate::tile::{CELL_METRES, CellIndex};

use super::surface::SurfacePoint;

/// Cells to each side of a point that agree with it, less and less.
const SPREAD: i32 = 2;
/// Deviation of the agreement around a point, in cells.
const SIGMA_CELLS: f64 = 1.2;
/// Cells along each side of a coarse step.
const COARSE: i32 = 4;
/// Points that the search uses; more would not change which pose is best.
const SEARCH_POINTS: usize = 120;
/// Step of the heading, in radians.
const TURN: f64 = std::f64::consts::PI / 180.0;
/// How much of the agreement is lost at the edge of the window, so that what is not seen stays where it was guessed.
const EDGE_LOSS: f64 = 0.3;

/// How far around a guess to search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    /// Metres along each axis.
    pub(super) metres: f64,
    /// Radians to each side.
    pub(super) radians: f64,
}

/// A picture of the surfaces that points are laid on.
pub(super) struct Raster {
    fine: Grid<u8>,
    /// The best of the `COARSE` × `COARSE` cells from each on.
    coarse: Grid<u8>,
}

impl Raster {
    /// Draws points; nothing if there are none, or if they lie too far apart for a grid.
    pub(super) fn new(points: &[SurfacePoint]) -> Option<Self> {
        let cell = |point: &SurfacePoint| CellIndex::of_metres(point.place().0, point.place().1);
        let bounds = points
            .iter()
            .map(|point| CellBounds::of_cell(cell(point)))
            .reduce(CellBounds::union)?;
        let margin = SPREAD + COARSE;
        let bounds = CellBounds {
            min: bounds.min.offset(-margin, -margin),
            max: bounds.max.offset(SPREAD, SPREAD),
        };
        let mut fine = Grid::over(bounds, 0u8).ok()?;
        let stamp = stamp();
        for centre in points.iter().map(cell) {
            for (dx, dy, agreement) in &stamp {
                let place = centre.offset(*dx, *dy);
                if fine.get(place).is_some_and(|old| old < *agreement) {
                    fine.set(place, *agreement);
                }
            }
        }
        let coarse = best_from_each_on(&fine);
        Some(Self { fine, coarse })
    }

    /// The pose near `guess` at which the points agree best, and how well, 0 to 1.
    pub(super) fn best(&self, points: &[SurfacePoint], guess: Pose, reach: Reach) -> (Pose, f64) {
        let search = Search::new(points, guess, reach);
        let mut open = search.coarse(&self.coarse);
        open.sort_by(|a, b| b.bound.total_cmp(&a.bound));
        let mut best = (guess, f64::NEG_INFINITY);
        for place in &open {
            if place.bound <= best.1 {
                break;
            }
            let found = search.fine(&self.fine, place);
            if found.1 > best.1 {
                best = found;
            }
        }
        (best.0, best.1.max(0.0))
    }
}

fn stamp() -> Vec<(i32, i32, u8)> {
    let cells = (-SPREAD..=SPREAD).flat_map(|dy| (-SPREAD..=SPREAD).map(move |dx| (dx, dy)));
    let agreement = |dx: i32, dy: i32| {
        let square = f64::from(dx * dx + dy * dy) / (SIGMA_CELLS * SIGMA_CELLS);
        (255.0 * (-0.5 * square).exp()) as u8
    };
    cells.map(|(dx, dy)| (dx, dy, agreement(dx, dy))).collect()
}

/// The best of the cells from each on, along rows and then along columns.
fn best_from_each_on(fine: &Grid<u8>) -> Grid<u8> {
    let mut best = fine.clone();
    let (width, side) = (fine.width(), COARSE as usize);
    let cells = best.cells_mut();
    for i in 0..cells.len() {
        let row_end = (i / width.max(1) + 1) * width;
        let end = (i + side).min(row_end);
        let top = cells.get(i..end).and_then(|run| run.iter().max()).copied();
        if let (Some(cell), Some(top)) = (cells.get_mut(i), top) {
            *cell = top;
        }
    }
    for i in 0..cells.len() {
        let column = (0..side).filter_map(|k| cells.get(i + k * width));
        let top = column.max().copied();
        if let (Some(cell), Some(top)) = (cells.get_mut(i), top) {
            *cell = top;
        }
    }
    best
}

/// A coarse place with the best that its cells can have.
struct Place {
    bound: f64,
    heading: usize,
    shift: (i32, i32),
}

struct Search {
    guess: Pose,
    reach: Reach,
    /// Cells of the window to each side.
    cells: i32,
    /// Each heading with the cells of the points turned that way.
    headings: Vec<(f64, Vec<CellIndex>)>,
}

impl Search {
    fn new(points: &[SurfacePoint], guess: Pose, reach: Reach) -> Self {
        let step = points.len().div_ceil(SEARCH_POINTS).max(1);
        let count = (reach.radians / TURN).ceil() as i32;
        let turned = |turn: f64| {
            let pose = Pose::new(guess.x, guess.y, guess.theta + turn);
            let places = points
                .iter()
                .step_by(step)
                .map(|point| pose.transform(point.place()));
            places.map(|(x, y)| CellIndex::of_metres(x, y)).collect()
        };
        let turns = (-count..=count).map(|i| f64::from(i) * TURN);
        Self {
            guess,
            reach,
            cells: (reach.metres / CELL_METRES).ceil() as i32,
            headings: turns.map(|turn| (turn, turned(turn))).collect(),
        }
    }

    fn coarse(&self, raster: &Grid<u8>) -> Vec<Place> {
        let side = COARSE as usize;
        let shifts = || (-self.cells..=self.cells).step_by(side);
        let mut places = Vec::new();
        for (heading, (turn, cells)) in self.headings.iter().enumerate() {
            for shift in shifts().flat_map(|y| shifts().map(move |x| (x, y))) {
                let nearest = |shift: i32| shift.max(0).max(-(shift + COARSE - 1)).min(shift.abs());
                let near = (nearest(shift.0), nearest(shift.1));
                let bound = agreement(raster, cells, shift) * self.prior(*turn, near);
                places.push(Place {
                    bound,
                    heading,
                    shift,
                });
            }
        }
        places
    }

    /// The best of the cells of a coarse place.
    fn fine(&self, raster: &Grid<u8>, place: &Place) -> (Pose, f64) {
        let mut best = (self.guess, f64::NEG_INFINITY);
        let Some((turn, cells)) = self.headings.get(place.heading) else {
            return best;
        };
        for (dx, dy) in (0..COARSE).flat_map(|dy| (0..COARSE).map(move |dx| (dx, dy))) {
            let shift = (place.shift.0 + dx, place.shift.1 + dy);
            let value = agreement(raster, cells, shift) * self.prior(*turn, shift);
            if value > best.1 {
                let metres = |cells: i32| f64::from(cells) * CELL_METRES;
                let pose = Pose::new(
                    self.guess.x + metres(shift.0),
                    self.guess.y + metres(shift.1),
                    self.guess.theta + turn,
                );
                best = (pose, value);
            }
        }
        best
    }

    /// What the guess says of a pose, 1 at the guess.
    fn prior(&self, turn: f64, (x, y): (i32, i32)) -> f64 {
        let cells = f64::from(self.cells.max(1));
        let square = (f64::from(x) / cells).powi(2)
            + (f64::from(y) / cells).powi(2)
            + (turn / self.reach.radians.max(TURN)).powi(2);
        1.0 - EDGE_LOSS * square.min(3.0)
    }
}

/// How well cells agree with a raster when they are shifted, 0 to 1.
fn agreement(raster: &Grid<u8>, cells: &[CellIndex], shift: (i32, i32)) -> f64 {
    let at = |cell: &CellIndex| raster.get(cell.offset(shift.0, shift.1)).map_or(0, u32::from);
    let sum: u32 = cells.iter().map(at).sum();
    f64::from(sum) / (255.0 * cells.len().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The corner of two walls, 3 m and 2 m long.
    fn corner() -> Vec<SurfacePoint> {
        let walls = (0..60).map(|i| [i as f32 * 0.05, 0.0]);
        let walls = walls.chain((0..40).map(|i| [0.0, i as f32 * 0.05]));
        walls.map(|at| SurfacePoint { at, normal: [0.0; 2] }).collect()
    }

    #[test]
    fn a_corner_is_found_again() {
        let raster = Raster::new(&corner()).unwrap();
        let moved = Pose::new(0.31, -0.22, 0.2);
        let points: Vec<_> = corner()
            .iter()
            .map(|point| point.moved(&moved.inverse()))
            .collect();
        let reach = Reach {
            metres: 0.5,
            radians: 0.35,
        };
        let (found, agreement) = raster.best(&points, Pose::IDENTITY, reach);
        assert!(found.distance(&moved) < 0.08, "{found:?}");
        assert!(found.relative(&moved).theta.abs() < 0.03, "{found:?}");
        assert!(agreement > 0.4);
    }

    #[test]
    fn what_nothing_holds_stays_where_it_was_guessed() {
        let wall: Vec<_> = corner().into_iter().take(60).collect();
        let raster = Raster::new(&wall).unwrap();
        let reach = Reach {
            metres: 0.5,
            radians: 0.1,
        };
        let middle: Vec<_> = wall.iter().copied().skip(20).take(20).collect();
        let (found, _) = raster.best(&middle, Pose::new(0.0, 0.1, 0.0), reach);
        assert!(found.x.abs() < 0.06 && found.y.abs() < 0.06, "{found:?}");
    }
}
