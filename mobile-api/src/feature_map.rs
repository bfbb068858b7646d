//! A floor as shapes: walls, and the things that are there at times.

use mapping::class_grid::CellClass;
use mapping::components::Components;
use mapping::formats::geojson::{FeatureKind, MapFeature};
use mapping::outline::outlines;
use mapping::view::FloorView;

/// The presence of a cell that was always occupied.
const ALWAYS: f64 = 255.0;

/// The walls and the movable things of a floor, each as one polygon in metres.
pub(crate) fn features(view: &FloorView) -> Vec<MapFeature> {
    let walls = view.cells().map(|cell| cell.class == CellClass::Permanent);
    let things = view.cells().map(|cell| cell.class == CellClass::Movable);
    let presences = presences(view, &Components::of::<4>(&things));
    let walls = outlines(&walls)
        .into_iter()
        .map(|polygon| (FeatureKind::Wall, None, polygon));
    let things = outlines(&things).into_iter().zip(presences);
    let things = things.map(|(polygon, presence)| (FeatureKind::Object, Some(presence), polygon));
    walls
        .chain(things)
        .map(|(kind, presence, polygon)| MapFeature {
            id: None,
            kind,
            name: None,
            presence,
            polygon,
        })
        .collect()
}

/// The mean presence of each part, 0 to 1.
fn presences(view: &FloorView, parts: &Components) -> Vec<f64> {
    let mut sums = vec![0.0; parts.sizes.len()];
    for (cell, label) in parts.labels.iter() {
        let sum = (label as usize)
            .checked_sub(1)
            .and_then(|part| sums.get_mut(part));
        if let Some(sum) = sum {
            *sum += f64::from(view.get(cell).presence) / ALWAYS;
        }
    }
    let mean = |(sum, size): (f64, &usize)| sum / *size as f64;
    sums.into_iter().zip(&parts.sizes).map(mean).collect()
}
