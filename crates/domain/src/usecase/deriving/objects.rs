//! The movable things of a floor after a vote.

use geo::Area;
use mapping::class_grid::ClassGrid;
use mapping::grid::Grid;
use mapping::home_tile::{HomeCell, RECENT_RUNS};
use mapping::objects::{self, find_objects, match_objects};

use super::{Deriving, Voted};
use crate::Timestamp;
use crate::access::HomeScope;
use crate::id::ObjectId;
use crate::object::{MovableObject, ObjectList};
use crate::ports::StoreError;
use crate::shape::{outline, polygon};
use crate::usecase::derived_entropy;

impl Deriving {
    /// Stores the things of the vote under the ids of the earlier ones that they are.
    pub(super) async fn derive_objects(
        &self,
        scope: &HomeScope,
        voted: &Voted,
        classes: &ClassGrid,
        evidence: &Grid<HomeCell>,
    ) -> Result<(), StoreError> {
        let earlier = self.floors.objects(scope, voted.vote.floor).await?;
        if earlier.n >= voted.vote.n {
            return Ok(());
        }
        let list = next_list(&earlier, &find_objects(classes, evidence), voted);
        self.floors.put_objects(scope, voted.vote.floor, &list).await
    }
}

fn next_list(earlier: &ObjectList, found: &[objects::MovableObject], voted: &Voted) -> ObjectList {
    let mut runs_ended = vec![voted.ended];
    runs_ended.extend(&earlier.runs_ended);
    runs_ended.truncate(RECENT_RUNS as usize);
    let known: Vec<_> = earlier.objects.iter().map(as_found).collect();
    let matched = match_objects(found, &known);
    let things = found.iter().zip(matched).zip(0u32..);
    let objects = things.map(|((thing, before), place)| {
        let before = before.and_then(|before| earlier.objects.get(before));
        object(thing, before, &runs_ended, voted, place)
    });
    ObjectList {
        n: voted.vote.n,
        objects: objects.collect(),
        runs_ended,
    }
}

fn object(
    thing: &objects::MovableObject,
    before: Option<&MovableObject>,
    runs_ended: &[Timestamp],
    voted: &Voted,
    place: u32,
) -> MovableObject {
    let ended = |runs_ago: u32| {
        let known = runs_ended.get(runs_ago as usize).or(runs_ended.last());
        known.copied().unwrap_or(voted.ended)
    };
    let last_seen = ended(thing.runs_since_seen);
    let new_id = || {
        let entropy = derived_entropy("object", voted.vote.floor, voted.vote.n, place);
        ObjectId::new(voted.ended, entropy)
    };
    MovableObject {
        id: before.map_or_else(new_id, |before| before.id),
        outline: outline(thing.polygon.exterior()),
        presence: (thing.presence * 100.0).round() as u8,
        first_seen: before.map_or(ended(thing.runs_since_first), |before| before.first_seen),
        last_seen: before.map_or(last_seen, |before| last_seen.max(before.last_seen)),
    }
}

/// What is kept of a thing in the form that things are compared in.
fn as_found(kept: &MovableObject) -> objects::MovableObject {
    let polygon = polygon(&kept.outline);
    objects::MovableObject {
        area_m2: polygon.unsigned_area(),
        polygon,
        presence: f64::from(kept.presence) / 100.0,
        runs_since_seen: 0,
        runs_since_first: 0,
    }
}
