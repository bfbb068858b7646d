//! Finds the cells that are always occupied, without the smear before their surface.
//!
//! Poses are never exact, so what a run hits is smeared across the surface of a wall, and the cell before it may be hit
//! in nearly as many runs as the wall. As where edges are detected (Canny 1986), sure cells come first, others join
//! them, and of a smeared surface one cell remains: the share of the runs that hit a cell falls off over two cells
//! before a surface, and few beams reach two cells behind it. Smear has nothing before it, and the wall behind it.

use crate::grid::Grid;
use crate::home_tile::HomeCell;

/// A cell occupied in at least this share of the runs is permanent, unless it is smear.
const SURE_SHARE: f64 = 0.95;
/// A cell next to a sure one may be permanent from this share on.
const JOINING_SHARE: f64 = 0.42;
/// A cell that so many runs in a row saw free is not permanent, however often it was occupied before.
const VACANT_RUNS: u32 = 2;
/// How much more a surface is hit than what lies around it says, in shares of the runs.
const SURFACE: f64 = 0.47;
/// What one run in all counts that hit the cell before a surface, two before it and two behind it.
const BEFORE: f64 = 0.8;
const FAR_BEFORE: f64 = -1.0;
const FAR_BEHIND: f64 = -0.65;
/// A permanent cell with at most this many permanent ones at its sides juts out …
const JUTTING_SIDES: usize = 2;
/// … of a wall if its eight neighbours were occupied this often, in sums of shares …
const WALL_AROUND: f64 = 4.0;
/// … and is smear if the cell before it was occupied in a smaller share of the runs than this.
const CLEAR_BEFORE: f64 = 0.05;

/// The permanent cells of a floor; `shares` are those of the runs that saw each cell occupied.
pub(crate) fn permanent_cells(evidence: &Grid<HomeCell>, shares: &Grid<f64>) -> Grid<bool> {
    let sight = Sight { evidence, shares };
    let sure = shares.map_slots(|slot, share| share >= SURE_SHARE && !sight.is_vacant(slot));
    let permanent = sure.map_slots(|slot, is_sure| is_sure || sight.joins(&sure, slot));
    permanent.map_slots(|slot, is_permanent| is_permanent && !sight.juts_out(&permanent, slot))
}

/// What the runs saw along the line of sight to a cell: from the side that it was seen from most.
struct Sight<'a> {
    evidence: &'a Grid<HomeCell>,
    shares: &'a Grid<f64>,
}

impl Sight<'_> {
    /// Whether a cell is a surface beside one that is sure.
    fn joins(&self, sure: &Grid<bool>, slot: usize) -> bool {
        let share = self.share(slot);
        let mut around = self.shares.neighbours::<8>(slot);
        let may_join = share >= JOINING_SHARE && !self.is_vacant(slot);
        if !may_join || !around.any(|near| sure.at(near) == Some(true)) {
            return false;
        }
        let (dx, dy) = self.towards_robot(slot);
        let often = |steps: i32| self.often(slot, self.shares.moved(slot, dx * steps, dy * steps));
        share + BEFORE * often(1) + FAR_BEFORE * often(2) + FAR_BEHIND * often(-2) >= SURFACE
    }

    /// Whether a permanent cell is smear that stands out of a wall by itself.
    fn juts_out(&self, permanent: &Grid<bool>, slot: usize) -> bool {
        let sides = permanent.neighbours::<4>(slot);
        if sides.filter(|side| permanent.at(*side) == Some(true)).count() > JUTTING_SIDES {
            return false;
        }
        let (dx, dy) = self.towards_robot(slot);
        let is_clear = self.often(slot, self.shares.moved(slot, dx, dy)) < CLEAR_BEFORE;
        let around = self.shares.neighbours::<8>(slot);
        is_clear && around.map(|near| self.often(slot, Some(near))).sum::<f64>() > WALL_AROUND
    }

    /// The step to the neighbour that was seen and least occupied.
    fn towards_robot(&self, slot: usize) -> (i32, i32) {
        let steps = [(1, 0), (0, 1), (-1, 0), (0, -1)];
        let share = |(dx, dy): &(i32, i32)| {
            let near = self.shares.moved(slot, *dx, *dy)?;
            let was_seen = self.evidence.at(near).is_some_and(|cell| cell.votes() > 0);
            was_seen.then(|| self.share(near))
        };
        let seen = steps.into_iter().filter_map(|step| Some((share(&step)?, step)));
        let clearest = seen.min_by(|a, b| a.0.total_cmp(&b.0));
        clearest.map_or((1, 0), |(_, step)| step)
    }

    /// Whether what was there has left.
    fn is_vacant(&self, slot: usize) -> bool {
        self.evidence
            .at(slot)
            .is_none_or(|cell| cell.free_streak() >= VACANT_RUNS)
    }

    fn share(&self, slot: usize) -> f64 {
        self.shares.at(slot).unwrap_or(0.0)
    }

    /// How many runs saw `other` occupied for each that saw the cell at `slot`, at most one.
    fn often(&self, slot: usize, other: Option<usize>) -> f64 {
        let votes = |slot: usize| self.evidence.at(slot).map_or(0, HomeCell::votes);
        let occupied = other.map_or(0.0, |other| self.share(other) * f64::from(votes(other)));
        (occupied / f64::from(votes(slot).max(1))).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::class_grid::{CellClass, ClassGrid};
    use crate::home_map::HomeMap;
    use crate::run_map::RunMap;
    use crate::run_tile::RunCell;
    use crate::tile::CellIndex;

    /// Ten runs over rows alike, seen from the right: in how many runs each column was occupied, nothing if never seen.
    fn classes(columns: &[Option<u32>]) -> ClassGrid {
        let mut home = HomeMap::new();
        for n in 1..=10 {
            let mut run = RunMap::new();
            for (x, occupied) in columns.iter().enumerate() {
                // Rows are a little out of step, as smear is.
                let state = |y: i32| match occupied {
                    None => RunCell::Unknown,
                    Some(runs) if (n + y as u32) % 10 < *runs => RunCell::Occupied,
                    Some(_) => RunCell::Free,
                };
                (0..20).for_each(|y| run.set(CellIndex::new(x as i32, y), state(y)));
            }
            home.vote_run(&run, n).unwrap();
        }
        home.classes()
    }

    fn row(columns: &[Option<u32>]) -> Vec<CellClass> {
        let classes = classes(columns);
        (0..columns.len() as i32)
            .map(|x| classes.class(CellIndex::new(x, 10)))
            .collect()
    }

    #[test]
    fn smear_before_a_wall_is_not_the_wall() {
        use CellClass::{Free, Permanent};
        let seen = row(&[Some(10), Some(10), Some(8), Some(0), Some(0)]);
        assert_eq!(seen, [Permanent, Permanent, Free, Free, Free]);
    }

    #[test]
    fn a_surface_that_runs_missed_at_times_is_still_the_wall() {
        use CellClass::{Free, Permanent, Unknown};
        let seen = row(&[None, Some(10), Some(8), Some(3), Some(0), Some(0)]);
        assert_eq!(seen, [Unknown, Permanent, Permanent, Free, Free, Free]);
    }

    #[test]
    fn walls_seen_without_any_smear_stay_whole() {
        let thick = [Some(10), Some(10), Some(10), Some(10), Some(0), Some(0)];
        let walls = row(&thick)
            .iter()
            .filter(|class| **class == CellClass::Permanent)
            .count();
        assert_eq!(walls, 4);
        assert_eq!(row(&[Some(0), Some(10), Some(0)])[1], CellClass::Permanent);
    }
}
