//! How many bytes a run sends and a home keeps, for each 100 m² of its floor.

use mapping::rooms::find_rooms;
use mapping::{FloorView, HomeMap, RunMap, ViewError};
use serde_json::{Value, json};

use crate::score::ratio;

/// Square metres that the figures are for.
const PER_M2: f64 = 100.0;

/// Bytes and area, summed over homes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ByteScore {
    area_m2: f64,
    run_area_m2: f64,
    uplink: usize,
    evidence: usize,
    view: usize,
}

impl ByteScore {
    /// Adds the tiles of one run through a home of this area.
    pub(super) fn sent(&mut self, run: &RunMap, area_m2: f64) {
        self.uplink += run.tiles().map(|(_, tile)| tile.encode().len()).sum::<usize>();
        self.run_area_m2 += area_m2;
    }

    /// Adds what is kept of a home of this area.
    pub(super) fn kept(&mut self, map: &HomeMap, area_m2: f64) -> Result<(), ViewError> {
        let classes = map.classes();
        let view = FloorView::new(&classes, &find_rooms(&classes))?;
        self.evidence += map.tiles().map(|(_, tile)| tile.encode().len()).sum::<usize>();
        self.view += view.encode().len();
        self.area_m2 += area_m2;
        Ok(())
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.area_m2 += other.area_m2;
        self.run_area_m2 += other.run_area_m2;
        self.uplink += other.uplink;
        self.evidence += other.evidence;
        self.view += other.view;
    }

    pub(super) fn figures(&self) -> Value {
        let per = |bytes: usize, area: f64| (ratio(bytes as f64, area) * PER_M2).round() as u64;
        json!({
            "uplink_per_run": per(self.uplink, self.run_area_m2),
            "evidence": per(self.evidence, self.area_m2),
            "view": per(self.view, self.area_m2),
            "per_m2": PER_M2,
        })
    }
}
