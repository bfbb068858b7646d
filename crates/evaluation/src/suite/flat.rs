//! What several real scans of one flat foretell of another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mapping::formats::valetudo::{LayerKind, ValetudoMap};
use mapping::{CellClass, CellIndex, ClassGrid, HomeMap, RunCell, RunMap};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args::FlatArgs;
use crate::error::EvalError;
use crate::files::{self, Output};
use crate::learning::learn;
use crate::score::ratio;

/// Scans by this model were made of the same walls, so they are held out together.
const HELD_TOGETHER: &str = "l10su";
/// Pixels for each cell in pictures.
const PICTURE_SCALE: usize = 4;

/// The rigid transforms of maps into the frame of one of them.
#[derive(Deserialize)]
struct Transforms {
    maps: BTreeMap<String, Transform>,
}

/// `x' = a x + b y + c` and `y' = d x + e y + f`, in pixels with y down.
#[derive(Clone, Copy, Deserialize)]
struct Transform {
    a_b_c_d_e_f: [i32; 6],
}

/// One scan in the common frame, y up.
struct FlatScan {
    name: String,
    run: RunMap,
}

pub(super) fn run(args: &FlatArgs, output: &Output) -> Result<Value, EvalError> {
    let scans = load(args)?;
    let mut total = FlatScore::default();
    let mut folds = Vec::new();
    for (i, held_out) in scans.iter().enumerate() {
        let others = scans.iter().filter(|scan| !held_out.goes_with(scan));
        let classes = fused(others)?;
        let score = FlatScore::of(&held_out.run, &classes);
        folds.push(json!({"held_out": held_out.name, "figures": score.figures()}));
        total.add(score);
        draw(&classes, &format!("without-{}-{i}", held_out.name), output)?;
    }
    draw(&fused(&scans)?, "fused", output)?;
    Ok(json!({"flat": total.figures(), "scans": scans.len(), "folds": folds}))
}

fn load(args: &FlatArgs) -> Result<Vec<FlatScan>, EvalError> {
    let path = &args.alignment;
    let json = |source| EvalError::Json {
        path: path.clone(),
        source,
    };
    let transforms: Transforms = serde_json::from_slice(&files::read(path)?).map_err(json)?;
    let files = files::matching(&args.maps, "ValetudoMaps")?;
    let find = |name: &String| files.iter().find(|file| files::stem(file) == *name);
    let scans = transforms.maps.iter().filter_map(|(name, transform)| {
        let file = find(name)?;
        Some(FlatScan::read(name, file, *transform))
    });
    let scans = scans.collect::<Result<Vec<_>, _>>()?;
    let models = scans
        .iter()
        .filter(|scan| !scans.first().is_some_and(|first| first.goes_with(scan)));
    if models.count() == 0 {
        return Err(EvalError::Missing {
            path: PathBuf::from(path),
            missing: "two or more of the maps given".to_owned(),
        });
    }
    Ok(scans)
}

impl FlatScan {
    fn read(name: &str, path: &Path, transform: Transform) -> Result<Self, EvalError> {
        let map = ValetudoMap::read(&files::read(path)?).map_err(|source| EvalError::Valetudo {
            path: path.to_owned(),
            source,
        })?;
        let [a, b, c, d, e, f] = transform.a_b_c_d_e_f;
        let mut run = RunMap::new();
        for (kind, state) in [(false, RunCell::Free), (true, RunCell::Occupied)] {
            let layers = map
                .layers
                .iter()
                .filter(|layer| (layer.kind == LayerKind::Wall) == kind);
            for (x, y) in layers.flat_map(|layer| layer.pixels.pixels()) {
                let (x, y) = (x as i32, y as i32);
                run.set(CellIndex::new(a * x + b * y + c, -(d * x + e * y + f)), state);
            }
        }
        Ok(Self {
            name: name.to_owned(),
            run,
        })
    }

    fn goes_with(&self, other: &Self) -> bool {
        let is_one_of = |scan: &Self| scan.name.starts_with(HELD_TOGETHER);
        self.name == other.name || (is_one_of(self) && is_one_of(other))
    }
}

fn fused<'a>(scans: impl IntoIterator<Item = &'a FlatScan>) -> Result<ClassGrid, EvalError> {
    let mut map = HomeMap::new();
    for (scan, n) in scans.into_iter().zip(1..) {
        learn(&mut map, &scan.run, n)?;
    }
    Ok(map.classes())
}

fn draw(classes: &ClassGrid, name: &str, output: &Output) -> Result<(), EvalError> {
    if !output.is_wanted() {
        return Ok(());
    }
    let picture = mapping::formats::png_map::draw_classes(classes, PICTURE_SCALE)?;
    output.write(&format!("flat-{name}.png"), &picture)
}

/// Cells of held-out scans, and what the map said of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct FlatScore {
    floor: usize,
    called_free: usize,
    called_permanent: usize,
    occupied: usize,
    called_occupied: usize,
}

impl FlatScore {
    /// Scores a held-out scan with one cell's tolerance: unknown is a miss.
    fn of(held_out: &RunMap, classes: &ClassGrid) -> Self {
        let mut score = Self::default();
        for (cell, state) in held_out.known() {
            let called = |class| around(cell).any(|near| classes.class(near) == class);
            match state {
                RunCell::Unknown => {}
                RunCell::Free => {
                    let at_wall = around(cell).any(|near| held_out.get(near).is_obstacle());
                    score.floor += 1;
                    score.called_free += usize::from(called(CellClass::Free));
                    let is_permanent = classes.class(cell) == CellClass::Permanent;
                    score.called_permanent += usize::from(is_permanent && !at_wall);
                }
                RunCell::Occupied | RunCell::Touched => {
                    let is_called = called(CellClass::Permanent) || called(CellClass::Movable);
                    score.occupied += 1;
                    score.called_occupied += usize::from(is_called);
                }
            }
        }
        score
    }

    fn add(&mut self, other: Self) {
        self.floor += other.floor;
        self.called_free += other.called_free;
        self.called_permanent += other.called_permanent;
        self.occupied += other.occupied;
        self.called_occupied += other.called_occupied;
    }

    fn figures(&self) -> Value {
        let share = |part: usize, whole: usize| ratio(part as f64, whole as f64);
        json!({
            "free": share(self.called_free, self.floor),
            "occupied": share(self.called_occupied, self.occupied),
            "false_permanent": share(self.called_permanent, self.floor),
        })
    }
}

fn around(cell: CellIndex) -> impl Iterator<Item = CellIndex> {
    (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx| cell.offset(dx, dy)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &str) -> RunMap {
        let mut run = RunMap::new();
        for (letter, x) in cells.chars().zip(0..) {
            match letter {
                '.' => run.set(CellIndex::new(x, 0), RunCell::Free),
                '#' => run.set(CellIndex::new(x, 0), RunCell::Occupied),
                _ => {}
            }
        }
        run
    }

    fn classes(cells: &str) -> ClassGrid {
        let mut map = HomeMap::new();
        (1..=6).for_each(|n| map.vote_run(&row(cells), n).unwrap());
        map.classes()
    }

    #[test]
    fn unknown_is_a_miss_and_a_wall_one_cell_off_is_none() {
        let score = FlatScore::of(&row("#........."), &classes(".#....    "));
        assert_eq!((score.floor, score.occupied), (9, 1));
        assert_eq!((score.called_free, score.called_occupied), (6, 1));
        assert_eq!(score.called_permanent, 0);
    }

    #[test]
    fn floor_under_a_permanent_thing_is_counted() {
        let score = FlatScore::of(&row(".........."), &classes("...####..."));
        assert_eq!(score.called_permanent, 4);
    }
}
