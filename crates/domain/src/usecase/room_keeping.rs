//! An owner names, merges and splits the rooms of a floor.
//!
//! Each change is one conditional write on the floor's map, and the next derivation starts from what is stored: a
//! change beside a derivation is written before or after it, and never lost.

use geo::Line;
use mapping::Grid;
use mapping::rooms::{RoomEditError, merge_rooms, split_room};
use mapping::view::FloorView;

use std::sync::Arc;

use super::{Layers, MAX_ATTEMPTS, UseCaseError, unless_conflict};
use crate::access::HomeScope;
use crate::command::Corner;
use crate::floor_map::FloorMap;
use crate::id::{FloorId, RoomId};
use crate::ports::{FloorStore, StoreError};
use crate::room::{Room, RoomChange, RoomList};

/// A room to be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSplit {
    /// The room; the larger part keeps its id.
    pub room: RoomId,
    /// Two points of the line, in the home frame.
    pub line: (Corner, Corner),
    /// The id of the smaller part.
    pub part: RoomId,
}

/// Changes rooms.
#[derive(Clone)]
pub struct RoomKeeping {
    /// Where the floors' maps are.
    pub floors: Arc<dyn FloorStore>,
    /// Tells robots that the list changed.
    pub layers: Layers,
}

impl RoomKeeping {
    /// The floor's map with its rooms; `None` before the first vote.
    pub async fn read(&self, scope: &HomeScope, floor: FloorId) -> Result<Option<FloorMap>, StoreError> {
        self.floors.floor_map(scope, floor).await
    }

    /// Gives a room another name or type; a room that is not there is [`UseCaseError::NotFound`].
    pub async fn change(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        room: RoomId,
        change: &RoomChange,
    ) -> Result<FloorMap, UseCaseError> {
        for _ in 0..MAX_ATTEMPTS {
            let missing = UseCaseError::NotFound { what: "room" };
            let Some(stored) = self.read(scope, floor).await? else {
                return Err(missing);
            };
            let rooms = stored.rooms.changed(room, change).ok_or(missing)?;
            let next = FloorMap {
                revision: stored.revision + 1,
                rooms,
                ..stored
            };
            if self.replace(scope, floor, &next).await? {
                return Ok(next);
            }
        }
        Err(UseCaseError::contended("rooms"))
    }

    /// Makes two rooms that lie side by side one, under the id and name of the first.
    ///
    /// Errors: [`UseCaseError::VersionMismatch`] unless `expected` is the stored revision,
    /// [`UseCaseError::RoomsChanged`] for a room that is not there, [`UseCaseError::RoomEdit`].
    pub async fn merge(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        expected: u64,
        (kept, other): (RoomId, RoomId),
    ) -> Result<FloorMap, UseCaseError> {
        let stored = self.expected(scope, floor, expected).await?;
        let (kept, other) = (number(&stored, kept)?, number(&stored, other)?);
        let labels = merge_rooms(&stored.labels(), kept, other).map_err(refusal)?;
        let rooms = stored.rooms.merged(kept, other);
        self.relabel(scope, floor, stored, &labels, rooms).await
    }

    /// Divides a room along a line.
    ///
    /// Errors: as [`Self::merge`].
    pub async fn split(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        expected: u64,
        split: &NewSplit,
    ) -> Result<FloorMap, UseCaseError> {
        let stored = self.expected(scope, floor, expected).await?;
        let kept = number(&stored, split.room)?;
        let (from, to) = split.line;
        let line = Line::new(from.metres(), to.metres());
        let (labels, part) = split_room(&stored.labels(), kept, line).map_err(refusal)?;
        let rooms = stored.rooms.split(kept, Room::found(split.part, part))?;
        self.relabel(scope, floor, stored, &labels, rooms).await
    }

    async fn expected(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        expected: u64,
    ) -> Result<FloorMap, UseCaseError> {
        let stored = self.read(scope, floor).await?;
        stored
            .filter(|stored| stored.revision == expected)
            .ok_or(UseCaseError::VersionMismatch)
    }

    async fn relabel(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        stored: FloorMap,
        labels: &Grid<u8>,
        rooms: RoomList,
    ) -> Result<FloorMap, UseCaseError> {
        let view = FloorView::new(&stored.classes(), labels).map_err(|error| StoreError::Corrupt {
            what: "floor map",
            reason: error.to_string(),
        })?;
        let next = FloorMap {
            revision: stored.revision + 1,
            view,
            rooms,
            ..stored
        };
        if !self.replace(scope, floor, &next).await? {
            return Err(UseCaseError::VersionMismatch);
        }
        self.layers.renumber(scope, floor, next.rooms.version()).await?;
        Ok(next)
    }

    /// Stores the map in the place of the revision before it; says whether that was still there.
    async fn replace(&self, scope: &HomeScope, floor: FloorId, next: &FloorMap) -> Result<bool, StoreError> {
        let expected = Some(next.revision - 1);
        let written = self.floors.put_floor_map(scope, floor, next, expected).await;
        Ok(unless_conflict(written)?.is_some())
    }
}

fn number(map: &FloorMap, room: RoomId) -> Result<u8, UseCaseError> {
    let room = map.rooms.room(room).ok_or(UseCaseError::RoomsChanged)?;
    Ok(room.number)
}

fn refusal(error: RoomEditError) -> UseCaseError {
    match error {
        RoomEditError::UnknownRoom(_) => UseCaseError::RoomsChanged,
        RoomEditError::SameRoom(_)
        | RoomEditError::NotAdjacent(..)
        | RoomEditError::DoesNotDivide(_)
        | RoomEditError::TooManyRooms => UseCaseError::RoomEdit(error),
    }
}
