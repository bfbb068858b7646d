//! The rooms of a floor: found on its map, named and changed by its owner.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::FieldError;
use crate::home::Name;
use crate::id::RoomId;

/// What a room is for; the names of Matter's common area tags, where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomType {
    /// A living room.
    LivingRoom,
    /// A kitchen.
    Kitchen,
    /// A bedroom.
    Bedroom,
    /// A bathroom.
    Bathroom,
    /// A hallway.
    Hallway,
    /// An office.
    Office,
    /// A dining room.
    DiningRoom,
    /// Another kind of room.
    Other,
}

/// A room of a floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Its id; stays when the map changes.
    pub id: RoomId,
    /// Its number in the cells of the floor's view, from 1.
    pub number: u8,
    /// What its owner calls it.
    pub name: Option<Name>,
    /// What it is for.
    pub kind: Option<RoomType>,
    /// Whether its owner merged or split it, so that it is not divided or joined again.
    pub edited: bool,
}

impl Room {
    /// A room that was just found.
    pub fn found(id: RoomId, number: u8) -> Self {
        Self {
            id,
            number,
            name: None,
            kind: None,
            edited: false,
        }
    }
}

/// What an owner changes of a room; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoomChange {
    /// Another name, or none.
    pub name: Option<Option<Name>>,
    /// Another type, or none.
    pub kind: Option<Option<RoomType>>,
}

/// The rooms of a floor in the order of their numbers; no number is 0, and no number and no id stands twice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "UncheckedList")]
pub struct RoomList {
    version: u64,
    rooms: Vec<Room>,
}

#[derive(Deserialize)]
struct UncheckedList {
    version: u64,
    rooms: Vec<Room>,
}

impl TryFrom<UncheckedList> for RoomList {
    type Error = FieldError;

    fn try_from(UncheckedList { version, rooms }: UncheckedList) -> Result<Self, FieldError> {
        Self::new(version, rooms)
    }
}

impl RoomList {
    /// Checks that every room has a number and that numbers and ids are there once.
    pub fn new(version: u64, mut rooms: Vec<Room>) -> Result<Self, FieldError> {
        rooms.sort_by_key(|room| room.number);
        let numbers: BTreeSet<u8> = rooms.iter().map(|room| room.number).collect();
        let ids: BTreeSet<RoomId> = rooms.iter().map(|room| room.id).collect();
        if numbers.contains(&0) || numbers.len() != rooms.len() || ids.len() != rooms.len() {
            return Err(FieldError::new(
                "rooms",
                "must have numbers from 1 on and ids, each once",
            ));
        }
        Ok(Self { version, rooms })
    }

    /// Changes only when rooms do, not with their names; 0 before the first.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The rooms, in the order of their numbers.
    pub fn rooms(&self) -> &[Room] {
        &self.rooms
    }

    /// The room with this id.
    pub fn room(&self, id: RoomId) -> Option<&Room> {
        self.rooms.iter().find(|room| room.id == id)
    }

    /// The room with this number.
    pub fn numbered(&self, number: u8) -> Option<&Room> {
        self.rooms.iter().find(|room| room.number == number)
    }

    /// The numbers of the rooms that the owner merged or split.
    pub fn edited(&self) -> BTreeSet<u8> {
        let edited = self.rooms.iter().filter(|room| room.edited);
        edited.map(|room| room.number).collect()
    }

    /// The list after the map was read anew: rooms whose number is not among `numbers` are gone, numbers without a
    /// room are new ones under `new_id`. The version changes with either, and when rooms were `reshaped`.
    pub fn carried(
        &self,
        numbers: &BTreeSet<u8>,
        reshaped: bool,
        new_id: impl Fn(u8) -> RoomId,
    ) -> Result<Self, FieldError> {
        let room = |number: &u8| {
            let known = self.numbered(*number).cloned();
            known.unwrap_or_else(|| Room::found(new_id(*number), *number))
        };
        let rooms: Vec<Room> = numbers.iter().map(room).collect();
        let same = self
            .rooms
            .iter()
            .map(|room| room.number)
            .eq(numbers.iter().copied());
        let changed = u64::from(reshaped || !same);
        Self::new(self.version + changed, rooms)
    }

    /// The list with another name or type for one room; `None` if the room is not there.
    pub fn changed(&self, id: RoomId, change: &RoomChange) -> Option<Self> {
        let mut list = self.clone();
        let room = list.rooms.iter_mut().find(|room| room.id == id)?;
        let RoomChange { name, kind } = change.clone();
        room.name = name.unwrap_or_else(|| room.name.take());
        room.kind = kind.unwrap_or(room.kind);
        Some(list)
    }

    /// The list after the room numbered `other` became part of the one numbered `kept`.
    pub fn merged(&self, kept: u8, other: u8) -> Self {
        let mut list = self.edited_list(kept);
        list.rooms.retain(|room| room.number != other);
        list
    }

    /// The list after a part of the room numbered `kept` became the room `part`.
    pub fn split(&self, kept: u8, part: Room) -> Result<Self, FieldError> {
        let mut list = self.edited_list(kept);
        list.rooms.push(Room { edited: true, ..part });
        Self::new(list.version, list.rooms)
    }

    fn edited_list(&self, kept: u8) -> Self {
        let mut list = self.clone();
        list.version += 1;
        let room = list.rooms.iter_mut().find(|room| room.number == kept);
        room.into_iter().for_each(|room| room.edited = true);
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> RoomId {
        RoomId::from_u128(u128::from(number))
    }

    fn list(numbers: &[u8]) -> RoomList {
        RoomList::default()
            .carried(&numbers.iter().copied().collect(), false, id)
            .unwrap()
    }

    fn name(text: &str) -> Name {
        Name::new("name", text).unwrap()
    }

    #[test]
    fn the_version_changes_with_the_rooms_and_not_with_their_names() {
        let two = list(&[1, 2]);
        assert_eq!(two.version(), 1);
        let same = two.carried(&BTreeSet::from([1, 2]), false, id).unwrap();
        assert_eq!(same, two);
        let change = RoomChange {
            name: Some(Some(name("Bath"))),
            kind: Some(Some(RoomType::Bathroom)),
        };
        let named = two.changed(id(2), &change).unwrap();
        assert_eq!(named.version(), 1);
        assert_eq!(
            two.carried(&BTreeSet::from([1, 2]), true, id).unwrap().version(),
            2
        );
        assert_eq!(two.carried(&BTreeSet::from([1]), false, id).unwrap().version(), 2);
        let kept = named.carried(&BTreeSet::from([2, 3]), false, id).unwrap();
        assert_eq!((kept.version(), kept.room(id(2))), (2, named.room(id(2))));
    }

    #[test]
    fn what_a_change_does_not_name_stays() {
        let first = RoomChange {
            name: Some(Some(name("Bath"))),
            kind: Some(Some(RoomType::Bathroom)),
        };
        let named = list(&[1]).changed(id(1), &first).unwrap();
        let without_name = RoomChange {
            name: Some(None),
            kind: None,
        };
        let room = named.changed(id(1), &without_name).unwrap().rooms()[0].clone();
        assert_eq!((room.name, room.kind), (None, Some(RoomType::Bathroom)));
        assert_eq!(named.changed(id(9), &first), None);
    }

    #[test]
    fn merging_and_splitting_mark_what_they_touch() {
        let merged = list(&[1, 2, 3]).merged(1, 2);
        assert_eq!((merged.version(), merged.edited()), (2, BTreeSet::from([1])));
        let split = merged.split(3, Room::found(id(4), 4)).unwrap();
        assert_eq!(split.edited(), BTreeSet::from([1, 3, 4]));
        assert!(split.split(3, Room::found(id(9), 4)).is_err());
    }
}
