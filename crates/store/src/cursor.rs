//! Cursors: the key of the last item that a page gave out, checked when it comes back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::RobotId;
use domain::page::Cursor;
use domain::ports::StoreError;

use crate::item::Item;
use crate::keys::{FLEET_SHARDS, FleetKey, Key, Listing};

/// Stands in no key of a list.
const SEPARATOR: char = '\n';

impl Listing {
    /// The cursor after `key`.
    pub(crate) fn cursor(key: &Key) -> Cursor {
        seal(&format!("{}{SEPARATOR}{}", key.pk, key.sk))
    }

    /// The key to go on after, if the cursor is one of this list.
    pub(crate) fn resume(&self, cursor: &Cursor) -> Result<Key, StoreError> {
        let text = open(cursor)?;
        let (pk, sk) = text.split_once(SEPARATOR).ok_or(StoreError::BadCursor)?;
        let key = Key {
            pk: pk.to_owned(),
            sk: sk.to_owned(),
        };
        if self.contains(&key) {
            Ok(key)
        } else {
            Err(StoreError::BadCursor)
        }
    }
}

/// Where the list of the fleet goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FleetPosition {
    /// At the first robot of a shard.
    Shard(u8),
    /// After a robot, in its shard.
    After(FleetKey),
}

impl FleetPosition {
    /// After `robot`, in its shard.
    pub(crate) fn after(robot: RobotId) -> Self {
        Self::After(FleetKey::of(robot))
    }

    /// At the shard that follows; `None` after the last.
    pub(crate) fn after_shard(shard: u8) -> Option<Self> {
        (shard + 1 < FLEET_SHARDS).then_some(Self::Shard(shard + 1))
    }

    pub(crate) fn shard(&self) -> u8 {
        match self {
            Self::Shard(shard) => *shard,
            Self::After(key) => key.shard,
        }
    }

    /// The key from which a query of the shard goes on.
    pub(crate) fn into_start(self) -> Option<Item> {
        match self {
            Self::Shard(_) => None,
            Self::After(key) => Some(key.into_start()),
        }
    }

    pub(crate) fn cursor(&self) -> Cursor {
        match self {
            Self::Shard(shard) => seal(&format!("F#{shard}")),
            Self::After(key) => seal(&format!("F#{}", key.robot)),
        }
    }

    pub(crate) fn resume(cursor: &Cursor) -> Result<Self, StoreError> {
        let text = open(cursor)?;
        let place = text.strip_prefix("F#").ok_or(StoreError::BadCursor)?;
        if let Ok(robot) = place.parse::<RobotId>() {
            return Ok(Self::after(robot));
        }
        let shard = place.parse().ok().filter(|shard| *shard < FLEET_SHARDS);
        shard.map(Self::Shard).ok_or(StoreError::BadCursor)
    }
}

fn seal(text: &str) -> Cursor {
    Cursor(URL_SAFE_NO_PAD.encode(text))
}

fn open(cursor: &Cursor) -> Result<String, StoreError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(&cursor.0)
        .map_err(|_| StoreError::BadCursor)?;
    String::from_utf8(bytes).map_err(|_| StoreError::BadCursor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;
    use domain::id::{HomeId, PersonId};

    const AT: Timestamp = Timestamp::from_millis(7);

    #[test]
    fn a_cursor_goes_on_in_its_own_list_alone() {
        let (person, other) = (PersonId::new(AT, 1), PersonId::new(AT, 2));
        let key = Key::membership(person, HomeId::new(AT, 3));
        let cursor = Listing::cursor(&key);
        assert_eq!(Listing::memberships(person).resume(&cursor).unwrap(), key);
        assert!(matches!(
            Listing::memberships(other).resume(&cursor),
            Err(StoreError::BadCursor)
        ));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let list = Listing::memberships(PersonId::new(AT, 1));
        for text in ["", "!", "AAAA", "_____w"] {
            let cursor = Cursor(text.into());
            assert!(
                matches!(list.resume(&cursor), Err(StoreError::BadCursor)),
                "{text}"
            );
            assert!(
                matches!(FleetPosition::resume(&cursor), Err(StoreError::BadCursor)),
                "{text}"
            );
        }
    }

    #[test]
    fn the_fleet_goes_on_after_a_robot_or_at_a_shard() {
        let key = FleetKey::of(RobotId::new(AT, 13));
        for place in [FleetPosition::After(key), FleetPosition::Shard(7)] {
            assert_eq!(FleetPosition::resume(&place.cursor()).unwrap(), place);
        }
        assert!(FleetPosition::resume(&FleetPosition::Shard(8).cursor()).is_err());
    }
}
