//! What stands in a home.

use mapping::CellIndex;

use crate::random::Random;

/// A movable stands where it belongs in at least this share of the runs.
const LEAST_PRESENCE: f64 = 0.4;
/// … and in at most this much more.
const PRESENCE_SPREAD: f64 = 0.5;
/// How far a movable is from its place, as a deviation in cells: half keep it, half are moved about.
const JITTERS: [f64; 2] = [1.0, 6.0];

/// A rectangle of cells that never moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    corner: CellIndex,
    width: i32,
    height: i32,
}

impl Piece {
    /// A piece of 0.4 to 1.9 m by 0.4 to 0.95 m around a cell.
    pub(crate) fn around(cell: CellIndex, random: &mut Random) -> Self {
        let (long, short) = (8 + random.below(30) as i32, 8 + random.below(12) as i32);
        let (width, height) = if random.happens(0.5) {
            (short, long)
        } else {
            (long, short)
        };
        Self {
            corner: cell.offset(-width / 2, -height / 2),
            width,
            height,
        }
    }

    /// The cells it covers.
    pub(crate) fn cells(self) -> impl Iterator<Item = CellIndex> {
        rectangle(self.corner, self.width, self.height)
    }
}

/// The form of a movable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A chair: four legs, 40 cm apart.
    Chair,
    /// A box of 35 cm.
    Crate,
    /// A disc of 50 cm.
    Disc,
}

/// In which share of the runs a movable is there, and how far it is moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Habit {
    presence: f64,
    jitter: f64,
}

impl Habit {
    pub(crate) fn any(random: &mut Random) -> Self {
        Self {
            presence: LEAST_PRESENCE + PRESENCE_SPREAD * random.unit(),
            jitter: if random.happens(0.5) {
                JITTERS[0]
            } else {
                JITTERS[1]
            },
        }
    }

    /// How far from its place along each axis it is in the next run, in cells, if it is there.
    pub(crate) fn displaced(&self, random: &mut Random) -> Option<(f64, f64)> {
        if !random.happens(self.presence) {
            return None;
        }
        Some((self.jitter * random.normal(), self.jitter * random.normal()))
    }
}

/// A thing that is there in some runs, about its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Movable {
    place: (f64, f64),
    form: Form,
    habit: Habit,
}

impl Movable {
    /// Some movable that belongs at a cell.
    pub(crate) fn at(cell: CellIndex, random: &mut Random) -> Self {
        Self {
            place: (f64::from(cell.x), f64::from(cell.y)),
            form: random
                .pick(&[Form::Chair, Form::Crate, Form::Disc])
                .unwrap_or(Form::Crate),
            habit: Habit::any(random),
        }
    }

    /// The cells that it covers in the next run, if it is there.
    pub(crate) fn stand(&self, random: &mut Random) -> Option<Vec<CellIndex>> {
        let (dx, dy) = self.habit.displaced(random)?;
        let centre = CellIndex::new(
            (self.place.0 + dx).round() as i32,
            (self.place.1 + dy).round() as i32,
        );
        Some(self.form.cells(centre))
    }
}

impl Form {
    fn cells(self, centre: CellIndex) -> Vec<CellIndex> {
        match self {
            Self::Chair => [(-4, -4), (4, -4), (-4, 4), (4, 4)]
                .map(|(dx, dy)| centre.offset(dx, dy))
                .to_vec(),
            Self::Crate => rectangle(centre.offset(-3, -3), 7, 7).collect(),
            Self::Disc => rectangle(centre.offset(-5, -5), 11, 11)
                .filter(|cell| (cell.x - centre.x).pow(2) + (cell.y - centre.y).pow(2) <= 25)
                .collect(),
        }
    }
}

fn rectangle(corner: CellIndex, width: i32, height: i32) -> impl Iterator<Item = CellIndex> {
    (0..height).flat_map(move |dy| (0..width).map(move |dx| corner.offset(dx, dy)))
}
