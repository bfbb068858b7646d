//! Maps as the API gives them in JSON: a rectangle of cells with one byte each.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::Value;

/// The byte of a cell of which nothing is known.
pub const UNKNOWN: u8 = 0;
/// The byte of a free cell.
pub const FREE: u8 = 1;

#[derive(Deserialize)]
struct Rectangle {
    origin: Corner,
    width: usize,
    height: usize,
    cells: String,
}

#[derive(Deserialize)]
struct Corner {
    x: i64,
    y: i64,
}

/// The known cells of a map, by column and row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellMap(BTreeMap<(i64, i64), u8>);

impl CellMap {
    /// Reads the JSON of a run's or a floor's map.
    pub fn read(json: &Value) -> anyhow::Result<Self> {
        let map = Rectangle::deserialize(json).with_context(|| format!("no map: {json}"))?;
        let bytes = BASE64_STANDARD.decode(&map.cells).context("cells")?;
        ensure!(
            bytes.len() == map.width * map.height,
            "{} cells in {}x{}",
            bytes.len(),
            map.width,
            map.height
        );
        let rows = bytes.chunks(map.width.max(1)).zip(map.origin.y..);
        let cells = rows.flat_map(|(row, y)| {
            row.iter()
                .zip(map.origin.x..)
                .map(move |(cell, x)| ((x, y), *cell))
        });
        Ok(Self(cells.filter(|(_, cell)| *cell != UNKNOWN).collect()))
    }

    /// How many cells are known.
    pub fn known(&self) -> usize {
        self.0.len()
    }

    /// How many cells have this byte.
    pub fn count(&self, class: u8) -> usize {
        self.0.values().filter(|cell| **cell == class).count()
    }

    /// Whether every cell that `other` knows is known here too.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.keys().all(|cell| self.0.contains_key(cell))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_stand_where_the_origin_says() {
        let cells = BASE64_STANDARD.encode([0, 1, 2, 0, 0, 1]);
        let json = json!({"origin": {"x": -1, "y": 5}, "width": 3, "height": 2, "cells": cells});
        let map = CellMap::read(&json).unwrap();
        assert_eq!(map.0, BTreeMap::from([((0, 5), 1), ((1, 5), 2), ((1, 6), 1)]));
        assert_eq!((map.known(), map.count(FREE)), (3, 2));
        assert!(map.covers(&CellMap(BTreeMap::from([((0, 5), 2)]))));
        assert!(!map.covers(&CellMap(BTreeMap::from([((9, 9), 1)]))));
    }
}
