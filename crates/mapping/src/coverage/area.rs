//! Areas and lines that an owner draws: zones to clean, zones to stay out of, virtual walls.

use geo::{Area, BoundingRect, Coord, Polygon, Validation};

use crate::grid::Grid;
use crate::tile::{CELL_METRES, CellIndex};

/// Most areas or lines of each kind in one request.
pub const MAX_AREAS: usize = 64;
/// Most corners of one area or line.
pub const MAX_AREA_CORNERS: usize = 64;
/// How far from the dock an area or a line may reach along each axis, in metres.
pub const MAX_AREA_METRES: f64 = 200.0;

/// What is wrong with an area or a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AreaError {
    /// It has too few or too many corners.
    #[error("must have {least} to {MAX_AREA_CORNERS} corners, has {corners}")]
    Corners {
        /// Corners given.
        corners: usize,
        /// Fewest that there may be.
        least: usize,
    },
    /// A corner is not a number or too far away.
    #[error("must stay within {MAX_AREA_METRES} m of the dock")]
    TooFar,
    /// Its sides cross or touch each other.
    #[error("must not cross itself")]
    CrossesItself,
    /// No cell of the map lies in it.
    #[error("must lie on the map")]
    OffMap,
}

/// Checks that an area is a polygon without holes of 3 to [`MAX_AREA_CORNERS`] corners that does not cross itself.
///
/// # Errors
/// [`AreaError`] naming the limit that it breaks.
pub fn check_area(area: &Polygon<f64>) -> Result<(), AreaError> {
    let ring = &area.exterior().0;
    // The ring of a polygon repeats its first corner at the end.
    check_corners(ring.split_last().map_or(&[], |(_, ring)| ring), 3)?;
    if area.interiors().is_empty() && area.is_valid() && area.unsigned_area() > 0.0 {
        Ok(())
    } else {
        Err(AreaError::CrossesItself)
    }
}

/// Checks that there are `least` to [`MAX_AREA_CORNERS`] corners, all within [`MAX_AREA_METRES`].
pub(super) fn check_corners(corners: &[Coord<f64>], least: usize) -> Result<(), AreaError> {
    let count = corners.len();
    if !(least..=MAX_AREA_CORNERS).contains(&count) {
        return Err(AreaError::Corners {
            corners: count,
            least,
        });
    }
    let is_near = |value: f64| value.is_finite() && value.abs() <= MAX_AREA_METRES;
    if corners
        .iter()
        .all(|corner| is_near(corner.x) && is_near(corner.y))
    {
        Ok(())
    } else {
        Err(AreaError::TooFar)
    }
}

/// The cells of a grid whose centres lie in an area and in none of its holes.
///
/// Row by row between the crossings of the rings, so that the time does not grow with cells times corners.
pub(crate) fn cells_within<T: Copy>(grid: &Grid<T>, area: &Polygon<f64>) -> Vec<CellIndex> {
    let Some(bounds) = area.bounding_rect() else {
        return Vec::new();
    };
    let CellIndex { x: left, y: bottom } = grid.origin();
    let rows = (0..grid.height()).map(|row| bottom + row as i32);
    let middle = |y: i32| CellIndex::new(left, y).centre_metres().1;
    let touched = rows.filter(|y| (bounds.min().y..=bounds.max().y).contains(&middle(*y)));
    let mut cells = Vec::new();
    for y in touched {
        for span in crossings(area, middle(y)).as_chunks::<2>().0 {
            let columns = columns_between(*span, left, grid.width());
            cells.extend(columns.map(|x| CellIndex::new(x, y)));
        }
    }
    cells
}

/// Where the rings of an area cross the line at `y`, in order.
fn crossings(area: &Polygon<f64>, y: f64) -> Vec<f64> {
    let rings = std::iter::once(area.exterior()).chain(area.interiors());
    let sides = rings.flat_map(|ring| ring.lines());
    let mut crossings: Vec<f64> = sides
        .filter(|side| (side.start.y > y) != (side.end.y > y))
        .map(|side| side.start.x + (y - side.start.y) / side.dy() * side.dx())
        .collect();
    crossings.sort_by(f64::total_cmp);
    crossings
}

/// The columns of a grid whose centres lie between two places, in metres.
fn columns_between([from, to]: [f64; 2], left: i32, width: usize) -> std::ops::Range<i32> {
    let column = |x: f64| (x / CELL_METRES - 0.5).ceil();
    let clamped = |x: f64| column(x).clamp(f64::from(left), f64::from(left) + width as f64) as i32;
    clamped(from)..clamped(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn an_area_that_crosses_itself_is_refused() {
        let bow = polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 2.0), (x: 2.0, y: 0.0), (x: 0.0, y: 2.0)];
        assert_eq!(check_area(&bow), Err(AreaError::CrossesItself));
        let flat = polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 0.0), (x: 1.0, y: 0.0)];
        assert_eq!(check_area(&flat), Err(AreaError::CrossesItself));
        let square = polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 0.0), (x: 2.0, y: 2.0), (x: 0.0, y: 2.0)];
        assert_eq!(check_area(&square), Ok(()));
    }

    #[test]
    fn corners_are_counted_and_near() {
        let line = polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 2.0)];
        assert_eq!(
            check_area(&line),
            Err(AreaError::Corners { corners: 2, least: 3 })
        );
        let round = |count: usize, radius: f64| {
            let corner = |i: usize| (i as f64 / count as f64 * std::f64::consts::TAU).sin_cos();
            Polygon::new(
                (0..count)
                    .map(|i| (radius * corner(i).1, radius * corner(i).0))
                    .collect(),
                vec![],
            )
        };
        assert_eq!(check_area(&round(MAX_AREA_CORNERS, 3.0)), Ok(()));
        assert_eq!(
            check_area(&round(MAX_AREA_CORNERS + 1, 3.0)),
            Err(AreaError::Corners {
                corners: 65,
                least: 3
            })
        );
        assert_eq!(check_area(&round(8, 201.0)), Err(AreaError::TooFar));
        assert_eq!(check_area(&round(8, f64::NAN)), Err(AreaError::TooFar));
    }

    #[test]
    fn the_cells_of_an_area_are_those_whose_centres_it_holds() {
        let grid = Grid::filled(CellIndex::new(-2, -2), 10, 10, ()).unwrap();
        let area = polygon![(x: -9.0, y: 0.02), (x: 0.1, y: 0.02), (x: 0.1, y: 0.1), (x: -9.0, y: 0.1)];
        let cells = cells_within(&grid, &area);
        assert_eq!(cells.len(), 8);
        assert!(cells.contains(&CellIndex::new(-2, 0)) && cells.contains(&CellIndex::new(1, 1)));
    }
}
