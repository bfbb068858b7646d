//! A floor in one small item: what each cell is and which room it belongs to.

use crate::class_grid::{CellClass, ClassGrid};
use crate::deflate::{InflateError, deflate, inflate};
use crate::grid::{Grid, GridError};
use crate::run_map::CellBounds;
use crate::tile::CellIndex;

/// Most cells that a view may have: a floor 100 m on each side.
pub const MAX_VIEW_CELLS: usize = 2048 * 2048;
/// Largest [`FloorView::encode`] output that [`FloorView::decode`] looks at, in bytes: what one stored item may hold.
pub const MAX_ENCODED_VIEW: usize = 400 * 1024;
/// Number of the room of a cell that is in no room.
pub const NO_ROOM: u8 = 0;

const FORMAT: u8 = 1;
const HEADER_BYTES: usize = 17;
/// Presence is kept in steps of a fifteenth.
const PRESENCE_STEP: u8 = 17;

/// One cell of a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewCell {
    /// What it is.
    pub class: CellClass,
    /// Number of its room, [`NO_ROOM`] for none; walls and unknown cells have none.
    pub room: u8,
    /// Share of the runs in which a movable cell was occupied, 255 for all, in steps of 17; 0 for others.
    pub presence: u8,
}

/// Why bytes are not a view, or a floor cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// More bytes than an item holds.
    #[error("an encoded view of {0} bytes is larger than {MAX_ENCODED_VIEW} bytes")]
    EncodedTooLarge(usize),
    /// The compressed layer is not valid.
    #[error("the view cannot be expanded")]
    Inflate(#[from] InflateError),
    /// The format is of a later version.
    #[error("view format {0} is not known")]
    Format(u8),
    /// The floor is too large.
    #[error("a view of {width} x {height} cells is larger than {MAX_VIEW_CELLS} cells")]
    TooLarge {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The runs do not fill the grid.
    #[error("the view's {plane} end before its cells do, or after")]
    CellCount {
        /// Which of the planes it is.
        plane: &'static str,
    },
    /// The grid cannot be made.
    #[error("the view's grid cannot be made")]
    Grid(#[from] GridError),
}

/// The classes, rooms and presence of a floor, cropped to what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloorView {
    cells: Grid<ViewCell>,
}

impl FloorView {
    /// The view of classified cells with the room of each; cells outside `rooms` are in none.
    ///
    /// # Errors
    /// [`ViewError::TooLarge`] above [`MAX_VIEW_CELLS`].
    pub fn new(classes: &ClassGrid, rooms: &Grid<u8>) -> Result<Self, ViewError> {
        let known = classes
            .cells()
            .iter()
            .filter(|(_, cell)| cell.class != CellClass::Unknown);
        let Some(bounds) = known
            .map(|(cell, _)| CellBounds::of_cell(cell))
            .reduce(CellBounds::union)
        else {
            return Ok(Self { cells: Grid::empty() });
        };
        check_size(bounds.width(), bounds.height())?;
        let blank = Grid::over(bounds, ())?;
        let cells = blank
            .iter()
            .map(|(at, ())| view_cell(classes, rooms, at))
            .collect();
        Ok(Self {
            cells: Grid::from_cells(bounds.min, bounds.width(), bounds.height(), cells)?,
        })
    }

    /// The cells as they lie.
    pub fn cells(&self) -> &Grid<ViewCell> {
        &self.cells
    }

    /// The cell at `at`, unknown outside.
    pub fn get(&self, at: CellIndex) -> ViewCell {
        self.cells.get(at).unwrap_or_default()
    }

    /// Header and three planes of run lengths under raw deflate; equal views give equal bytes.
    pub fn encode(&self) -> Vec<u8> {
        let cells = self.cells.cells();
        let mut plain = vec![FORMAT];
        let CellIndex { x, y } = self.cells.origin();
        plain.extend([x, y].iter().flat_map(|value| value.to_le_bytes()));
        let size = [self.cells.width() as u32, self.cells.height() as u32];
        plain.extend(size.iter().flat_map(|value| value.to_le_bytes()));
        write_runs(&mut plain, cells.iter().map(|cell| cell.class as u8));
        write_runs(&mut plain, roomy(cells).map(|cell| cell.room));
        write_runs(&mut plain, movable(cells).map(|cell| cell.presence));
        deflate(&plain)
    }

    /// Reads what [`FloorView::encode`] wrote.
    ///
    /// # Errors
    /// [`ViewError`] if the bytes are too many, cut short, followed by others, of another format, or do not fill the grid.
    pub fn decode(bytes: &[u8]) -> Result<Self, ViewError> {
        if bytes.len() > MAX_ENCODED_VIEW {
            return Err(ViewError::EncodedTooLarge(bytes.len()));
        }
        // A run takes at least two bytes and a cell has at most three values, so no valid view is larger.
        let plain = inflate(bytes, HEADER_BYTES + 6 * MAX_VIEW_CELLS)?;
        let (origin, width, height, mut runs) = read_header(&plain)?;
        check_size(width, height)?;
        let mut cells = vec![ViewCell::default(); width * height];
        read_runs(&mut runs, "classes", cells.iter_mut(), |cell, value| {
            cell.class = CellClass::from_bits(value)
        })?;
        let roomy = cells.iter_mut().filter(|cell| cell.class.is_traversable());
        read_runs(&mut runs, "rooms", roomy, |cell, value| cell.room = value)?;
        let movable = cells.iter_mut().filter(|cell| cell.class == CellClass::Movable);
        read_runs(&mut runs, "presences", movable, |cell, value| {
            cell.presence = value
        })?;
        if !runs.is_empty() {
            return Err(ViewError::CellCount { plane: "presences" });
        }
        Ok(Self {
            cells: Grid::from_cells(origin, width, height, cells)?,
        })
    }
}

fn view_cell(classes: &ClassGrid, rooms: &Grid<u8>, at: CellIndex) -> ViewCell {
    let cell = classes.get(at);
    let room = if cell.class.is_traversable() {
        rooms.get(at).unwrap_or(NO_ROOM)
    } else {
        NO_ROOM
    };
    let presence = if cell.class == CellClass::Movable {
        cell.presence
    } else {
        0
    };
    ViewCell {
        class: cell.class,
        room,
        presence: presence / PRESENCE_STEP * PRESENCE_STEP,
    }
}

fn roomy(cells: &[ViewCell]) -> impl Iterator<Item = &ViewCell> {
    cells.iter().filter(|cell| cell.class.is_traversable())
}

fn movable(cells: &[ViewCell]) -> impl Iterator<Item = &ViewCell> {
    cells.iter().filter(|cell| cell.class == CellClass::Movable)
}

fn check_size(width: usize, height: usize) -> Result<(), ViewError> {
    let fits = width
        .checked_mul(height)
        .is_some_and(|area| area <= MAX_VIEW_CELLS);
    if fits {
        Ok(())
    } else {
        Err(ViewError::TooLarge { width, height })
    }
}

fn read_header(plain: &[u8]) -> Result<(CellIndex, usize, usize, &[u8]), ViewError> {
    let short = ViewError::CellCount { plane: "classes" };
    let (header, runs) = plain.split_first_chunk::<HEADER_BYTES>().ok_or(short)?;
    let [format, numbers @ ..] = header;
    if *format != FORMAT {
        return Err(ViewError::Format(*format));
    }
    let ([x, y, width, height], _) = numbers.as_chunks::<4>() else {
        return Err(short);
    };
    let origin = CellIndex::new(i32::from_le_bytes(*x), i32::from_le_bytes(*y));
    Ok((
        origin,
        u32::from_le_bytes(*width) as usize,
        u32::from_le_bytes(*height) as usize,
        runs,
    ))
}

/// Writes runs of equal values: the value, then how many follow it, seven bits in each byte, the lowest first.
fn write_runs(plain: &mut Vec<u8>, values: impl Iterator<Item = u8>) {
    let mut values = values.peekable();
    while let Some(value) = values.next() {
        let mut more = 0u32;
        while values.next_if_eq(&value).is_some() {
            more += 1;
        }
        plain.push(value);
        while more >= 0x80 {
            plain.push(more as u8 | 0x80);
            more >>= 7;
        }
        plain.push(more as u8);
    }
}

/// Gives each of `cells` its value from `runs` and leaves in `runs` what follows.
fn read_runs<'c>(
    runs: &mut &[u8],
    plane: &'static str,
    cells: impl Iterator<Item = &'c mut ViewCell>,
    set: impl Fn(&mut ViewCell, u8),
) -> Result<(), ViewError> {
    let (mut value, mut left) = (0, 0);
    for cell in cells {
        if left == 0 {
            (value, left) = read_run(runs).ok_or(ViewError::CellCount { plane })?;
        }
        set(cell, value);
        left -= 1;
    }
    if left == 0 {
        Ok(())
    } else {
        Err(ViewError::CellCount { plane })
    }
}

fn read_run(runs: &mut &[u8]) -> Option<(u8, u64)> {
    let (value, mut rest) = runs.split_first()?;
    let mut more = 0;
    for shift in (0..28).step_by(7) {
        let (byte, after) = rest.split_first()?;
        rest = after;
        more |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            *runs = rest;
            return Some((*value, more + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class_grid::ClassedCell;
    use proptest::prelude::*;

    fn floor(width: usize, cells: &[(u8, u8, u8)]) -> (ClassGrid, Grid<u8>) {
        let height = cells.len() / width;
        let origin = CellIndex::new(-7, 3);
        let classed = cells.iter().map(|(class, _, presence)| ClassedCell {
            class: CellClass::from_bits(*class),
            presence: *presence,
            confidence: 0,
        });
        let grid = Grid::from_cells(origin, width, height, classed.collect()).unwrap();
        let rooms = cells.iter().map(|(_, room, _)| *room).collect();
        (
            grid.into(),
            Grid::from_cells(origin, width, height, rooms).unwrap(),
        )
    }

    #[test]
    fn a_view_is_cropped_to_what_is_known() {
        let (classes, rooms) = floor(
            3,
            &[
                (0, 1, 9),
                (0, 1, 9),
                (0, 1, 9),
                (0, 0, 0),
                (2, 4, 200),
                (3, 4, 255),
            ],
        );
        let view = FloorView::new(&classes, &rooms).unwrap();
        assert_eq!((view.cells().width(), view.cells().height()), (2, 1));
        let chair = view.get(CellIndex::new(-6, 4));
        assert_eq!(
            chair,
            ViewCell {
                class: CellClass::Movable,
                room: 4,
                presence: 187
            }
        );
        assert_eq!(view.get(CellIndex::new(-5, 4)).room, NO_ROOM);
    }

    #[test]
    fn an_empty_floor_has_an_empty_view() {
        let view = FloorView::new(&ClassGrid::empty(), &Grid::empty()).unwrap();
        assert_eq!(FloorView::decode(&view.encode()).unwrap(), view);
    }

    #[test]
    fn a_view_larger_than_a_floor_is_refused() {
        let mut plain = vec![FORMAT];
        plain.extend(
            [0, 0, 100_000u32, 100_000]
                .iter()
                .flat_map(|value| value.to_le_bytes()),
        );
        let too_large = ViewError::TooLarge {
            width: 100_000,
            height: 100_000,
        };
        assert_eq!(FloorView::decode(&deflate(&plain)), Err(too_large));
        assert_eq!(FloorView::decode(&deflate(&[9; 17])), Err(ViewError::Format(9)));
    }

    proptest! {
        #[test]
        fn every_view_survives_its_encoding(
            cells in proptest::collection::vec((0u8..4, 0u8..5, any::<u8>()), 600),
        ) {
            let (classes, rooms) = floor(20, &cells);
            let view = FloorView::new(&classes, &rooms).unwrap();
            prop_assert_eq!(FloorView::decode(&view.encode()).unwrap(), view);
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = FloorView::decode(&bytes);
            let mut plain = vec![FORMAT, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 20, 0, 0, 0];
            plain.extend(&bytes);
            let _ = FloorView::decode(&deflate(&plain));
        }
    }
}
