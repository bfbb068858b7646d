//! The JSON documents of an archive.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::command::Corner;
use domain::floor_map::FloorMap;
use domain::home::{Floor, Home, Name, Role};
use domain::id::FloorId;
use domain::keepsake::Keepsake;
use domain::object::ObjectList;
use domain::pace::Pace;
use domain::room::RoomList;
use domain::run::Run;
use domain::settings::Preferences;
use domain::{FieldError, Timestamp};
use mapping::home_map::HomeMap;
use mapping::home_tile::HomeTile;
use mapping::tile::TileIndex;
use mapping::view::FloorView;
use serde::{Deserialize, Serialize};

use super::FORM;

/// What the numbers of the documents mean.
const UNITS: Units = Units {
    length: "millimetres",
    frame: "at the dock of the floor's first run: x forward out of the dock, y left",
    cell_metres: 0.05,
    time: "milliseconds since 1970-01-01T00:00:00Z",
    evidence: "base64 of raw deflate: the tile's last vote (u32, little endian), votes of each of 64 x 64 cells, rows \
               from the smallest y, a byte each; of each cell with votes how many saw it occupied; of each that was \
               seen both ways its latest eight votes, the newest in the lowest bit",
};

#[derive(Serialize)]
struct Units {
    length: &'static str,
    frame: &'static str,
    cell_metres: f64,
    time: &'static str,
    evidence: &'static str,
}

/// `home.json`.
#[derive(Serialize)]
pub(crate) struct HomeDocument {
    form: u32,
    units: Units,
    exported_at: Timestamp,
    pub(crate) home: Home,
    /// Without names and addresses, which are other people's.
    pub(crate) members: Vec<MemberDocument>,
    pub(crate) robots: Vec<RobotDocument>,
    /// The floors that have a file of their own.
    pub(crate) floors: Vec<FloorId>,
    /// Whether the runs have their tracks; without them the archive would be too large, and the API has each.
    tracks: bool,
    /// Each with its track and the manifest of its tiles.
    pub(crate) runs: Vec<Run>,
}

/// A member.
#[derive(Serialize)]
pub(crate) struct MemberDocument {
    pub(crate) role: Role,
    pub(crate) ends_at: Option<Timestamp>,
}

/// A robot.
#[derive(Serialize)]
pub(crate) struct RobotDocument {
    pub(crate) id: domain::id::RobotId,
    pub(crate) name: Name,
    pub(crate) paired_at: Timestamp,
    pub(crate) preferences: Option<Preferences>,
}

impl HomeDocument {
    /// A document without anything but the home.
    pub(crate) fn new(home: Home, exported_at: Timestamp) -> Self {
        Self {
            form: FORM,
            units: UNITS,
            exported_at,
            home,
            members: Vec::new(),
            robots: Vec::new(),
            floors: Vec::new(),
            tracks: true,
            runs: Vec::new(),
        }
    }

    /// The same without the runs' tracks.
    pub(crate) fn without_tracks(mut self) -> Self {
        self.tracks = false;
        for run in &mut self.runs {
            run.report = None;
        }
        self
    }
}

/// `floors/{floor}/floor.json`.
#[derive(Serialize, Deserialize)]
pub(crate) struct FloorDocument {
    form: u32,
    id: FloorId,
    name: String,
    created_at: Timestamp,
    /// How many runs have voted.
    votes: u32,
    /// SHA-256, hex, of the evidence: equal for equal maps.
    map_sha256: String,
    revision: u64,
    /// Hex.
    layer_sha256: String,
    dock: Corner,
    pace: Pace,
    /// Base64 of what phones read: the class and the room of each cell.
    view: String,
    rooms: RoomList,
    objects: ObjectList,
    tiles: Vec<TileDocument>,
}

#[derive(Serialize, Deserialize)]
struct TileDocument {
    x: i16,
    y: i16,
    evidence: String,
}

impl FloorDocument {
    pub(crate) fn new(floor: &Floor, evidence: &HomeMap, map: &FloorMap, objects: ObjectList) -> Self {
        let tile = |(TileIndex { x, y }, tile): (TileIndex, &HomeTile)| TileDocument {
            x,
            y,
            evidence: STANDARD.encode(tile.encode()),
        };
        Self {
            form: FORM,
            id: floor.id,
            name: floor.name.as_str().to_owned(),
            created_at: floor.created_at,
            votes: map.n,
            map_sha256: hex(&evidence.digest()),
            revision: map.revision,
            layer_sha256: hex(&map.layer),
            dock: map.dock,
            pace: map.pace,
            view: STANDARD.encode(map.view.encode()),
            rooms: map.rooms.clone(),
            objects,
            tiles: evidence.tiles().map(tile).collect(),
        }
    }

    /// The floor under another id, after everything in it was checked.
    pub(crate) fn keepsake(self, id: FloorId) -> Result<Keepsake, FieldError> {
        if self.form != FORM {
            return Err(FieldError::new(
                "form",
                format!("must be {FORM}, is {}", self.form),
            ));
        }
        let evidence = self.evidence()?;
        if hex(&evidence.digest()) != self.map_sha256 {
            return Err(FieldError::new("map_sha256", "is not that of the tiles"));
        }
        let view = decoded("view", &self.view)?;
        let view = FloorView::decode(&view).map_err(|error| FieldError::new("view", error.to_string()))?;
        let floor = Floor {
            id,
            name: Name::new("name", &self.name)?,
            created_at: self.created_at,
        };
        let map = FloorMap {
            n: self.votes,
            revision: self.revision,
            layer: digest("layer_sha256", &self.layer_sha256)?,
            dock: self.dock,
            pace: self.pace,
            view,
            rooms: self.rooms,
        };
        Keepsake::new(floor, evidence, map, self.objects)
    }

    fn evidence(&self) -> Result<HomeMap, FieldError> {
        let refused = |error: &dyn std::error::Error| FieldError::new("tiles", error.to_string());
        let mut map = HomeMap::new();
        for TileDocument { x, y, evidence } in &self.tiles {
            let index = TileIndex::new(*x, *y);
            let tile = HomeTile::decode(&decoded("tiles", evidence)?).map_err(|error| refused(&error))?;
            if map.tile(index).is_some() {
                return Err(FieldError::new("tiles", "must name each tile once"));
            }
            map.insert(index, tile).map_err(|error| refused(&error))?;
        }
        Ok(map)
    }
}

fn decoded(field: &str, text: &str) -> Result<Vec<u8>, FieldError> {
    STANDARD
        .decode(text)
        .map_err(|_| FieldError::new(field, "must be base64"))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(field: &str, text: &str) -> Result<[u8; 32], FieldError> {
    let wrong = || FieldError::new(field, "must be 64 hexadecimal digits");
    let mut digest = [0; 32];
    if text.len() != 2 * digest.len() || !text.is_ascii() {
        return Err(wrong());
    }
    for (place, byte) in digest.iter_mut().enumerate() {
        let digits = text.get(2 * place..2 * place + 2).ok_or_else(wrong)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
    }
    Ok(digest)
}
