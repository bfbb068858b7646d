//! Whether the rooms of a floor are found.

use std::path::{Path, PathBuf};

use mapping::components::Components;
use mapping::formats::png_map::read_grey;
use mapping::formats::valetudo::{LayerKind, ValetudoMap};
use mapping::rooms::{find_rooms, find_rooms_on};
use mapping::{CellIndex, Grid, HomeMap, Pose};
use serde_json::{Value, json};

use crate::args::{RoomsArgs, RoomsVariant, check_runs};
use crate::error::EvalError;
use crate::files::{self, Output};
use crate::learning::learn;
use crate::picture::{Picture, room_colour};
use crate::random::Random;
use crate::score::{RoomScore, ratio};
use crate::sim::{Furnishing, Mask, Noise, drive};

/// Pixels brighter than this are floor.
const FLOOR_ABOVE: u8 = 250;
/// How the files of the true rooms end.
const TRUTH_ENDING: &str = "_gt_segmentation.png";
/// Pixels along one side of a cell in pictures of homes, and of larger buildings.
const PICTURE_SCALES: (usize, usize) = (2, 1);
/// Floors with more cells than this are drawn small.
const LARGE_FLOOR: usize = 1_000_000;

pub(super) fn run(args: &RoomsArgs, seed: u64, output: &Output) -> Result<Value, EvalError> {
    let floors = match (&args.maps, &args.valetudo) {
        (Some(folder), _) => pictured(args, folder, seed)?,
        (None, Some(folder)) => vendors(folder)?,
        (None, None) => return Err(EvalError::Nothing("maps")),
    };
    let mut scores = Vec::new();
    for floor in &floors {
        scores.push((floor.name.clone(), RoomScore::of(&floor.truth, &floor.found)));
        floor.draw(output)?;
    }
    let mean = |figure: fn(&RoomScore) -> f64| {
        ratio(
            scores.iter().map(|(_, score)| figure(score)).sum(),
            scores.len() as f64,
        )
    };
    let maps: Vec<Value> = scores.iter().map(|(name, score)| figures(name, score)).collect();
    Ok(json!({
        "recall": mean(|score| score.recall),
        "precision": mean(|score| score.precision),
        "maps": floors.len(),
        "true_rooms": scores.iter().map(|(_, score)| score.true_rooms).sum::<usize>(),
        "found_rooms": scores.iter().map(|(_, score)| score.found_rooms).sum::<usize>(),
        "each": maps,
    }))
}

fn figures(name: &str, score: &RoomScore) -> Value {
    json!({"map": name, "recall": score.recall, "precision": score.precision,
        "true_rooms": score.true_rooms, "found_rooms": score.found_rooms})
}

/// A floor with its true and its found rooms.
struct Floor {
    name: String,
    truth: Grid<u32>,
    found: Grid<u32>,
}

impl Floor {
    /// The true rooms beside those that were found.
    fn draw(&self, output: &Output) -> Result<(), EvalError> {
        if !output.is_wanted() {
            return Ok(());
        }
        let is_large = self.truth.cells().len() > LARGE_FLOOR;
        let scale = if is_large {
            PICTURE_SCALES.1
        } else {
            PICTURE_SCALES.0
        };
        let truth = Picture::of(&self.truth, scale, room_colour)?;
        let both = truth.beside(&Picture::of(&self.found, scale, room_colour)?)?;
        output.write(&format!("rooms-{}.png", self.name), &both.encode()?)
    }
}

/// The floors in pictures of a folder.
fn pictured(args: &RoomsArgs, folder: &Path, seed: u64) -> Result<Vec<Floor>, EvalError> {
    args.runs.map_or(Ok(()), |runs| check_runs("--runs", runs))?;
    let noise = args.noise.noise()?;
    let pattern = folder.join(format!("*{TRUTH_ENDING}"));
    let truths = files::matching(
        &[pattern.to_string_lossy().into_owned()],
        "maps with their true rooms",
    )?;
    let floor = |path: &PathBuf| {
        let name = files::stem(path).replace(TRUTH_ENDING.trim_end_matches(".png"), "");
        let truth = Components::of::<8>(&bright(path)?).labels;
        let bare = folder.join(format!("{name}.png"));
        let furnished = folder.join(format!("{name}_furnitures.png"));
        let found = match (args.runs, args.variant) {
            (Some(runs), _) => {
                let random = Random::named(seed, &name);
                after_runs(&bright(&bare)?, &bright(&furnished)?, runs, noise, random)?
            }
            (None, RoomsVariant::Bare) => find_rooms_on(&bright(&bare)?),
            (None, RoomsVariant::Furnitures) => find_rooms_on(&bright(&furnished)?),
        };
        let found = truth_shaped(&truth, &found)?;
        Ok(Floor { name, truth, found })
    };
    truths.iter().map(floor).collect()
}

/// The bright pixels of a picture, the frame's origin in its middle so that large buildings fit around it.
fn bright(path: &Path) -> Result<Mask, EvalError> {
    let picture = read_grey(&files::read(path)?).map_err(|source| EvalError::Picture {
        path: path.to_owned(),
        source,
    })?;
    let origin = CellIndex::new(-(picture.width() as i32) / 2, -(picture.height() as i32) / 2);
    let cells = picture.cells().iter().map(|grey| *grey > FLOOR_ABOVE).collect();
    Ok(Grid::from_cells(
        origin,
        picture.width(),
        picture.height(),
        cells,
    )?)
}

/// The rooms in the map that some runs have learnt, with the furniture moved between them.
fn after_runs(
    bare: &Mask,
    furnished: &Mask,
    runs: u32,
    noise: Noise,
    mut random: Random,
) -> Result<Grid<u8>, EvalError> {
    let home = Furnishing::new(bare, furnished, &mut random);
    let mut map = HomeMap::new();
    for n in 1..=runs {
        let occupied = home.arrange(&mut random);
        let run = drive(&occupied, noise, Pose::IDENTITY, &mut random)?.map();
        learn(&mut map, &run, n)?;
    }
    Ok(find_rooms(&map.classes()))
}

/// Found rooms as far as the truth reaches.
fn truth_shaped(truth: &Grid<u32>, found: &Grid<u8>) -> Result<Grid<u32>, EvalError> {
    let cells = truth
        .iter()
        .map(|(cell, _)| u32::from(found.get(cell).unwrap_or(0)));
    Ok(Grid::from_cells(
        truth.origin(),
        truth.width(),
        truth.height(),
        cells.collect(),
    )?)
}

/// The floors in the ValetudoMaps of a folder, with the vendors' rooms as the true ones.
fn vendors(folder: &Path) -> Result<Vec<Floor>, EvalError> {
    let pattern = folder.join("*.json").to_string_lossy().into_owned();
    let mut floors = Vec::new();
    for path in files::matching(&[pattern], "ValetudoMaps")? {
        let map = ValetudoMap::read(&files::read(&path)?).map_err(|source| EvalError::Valetudo {
            path: path.clone(),
            source,
        })?;
        floors.extend(vendor(files::stem(&path), &map)?);
    }
    if floors.is_empty() {
        return Err(EvalError::Nothing("ValetudoMaps with two rooms or more"));
    }
    Ok(floors)
}

/// A vendor's map as a floor, if it has two rooms or more.
fn vendor(name: String, map: &ValetudoMap) -> Result<Option<Floor>, EvalError> {
    let side = |centimetres: u32| centimetres.div_ceil(map.pixel_centimetres.max(1)) as usize;
    let (width, height) = (side(map.size_centimetres.0), side(map.size_centimetres.1));
    let mut floor = Grid::filled(CellIndex::new(0, 0), width, height, false)?;
    let mut truth = floor.map(|_| 0u32);
    let mut rooms = 0;
    for layer in &map.layers {
        let is_room = layer.kind == LayerKind::Segment;
        rooms += u32::from(is_room);
        for (x, y) in layer.pixels.pixels().filter(|_| layer.kind != LayerKind::Wall) {
            let cell = CellIndex::new(x as i32, height as i32 - 1 - y as i32);
            floor.set(cell, true);
            if is_room {
                truth.set(cell, rooms);
            }
        }
    }
    if rooms < 2 {
        return Ok(None);
    }
    let found = truth_shaped(&truth, &find_rooms_on(&floor))?;
    Ok(Some(Floor { name, truth, found }))
}
