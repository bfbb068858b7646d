//! What is derived from the votes of floors: the map with its rooms, the movable things, and the plan.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::command::Corner;
use domain::floor_map::FloorMap;
use domain::id::FloorId;
use domain::object::ObjectList;
use domain::pace::Pace;
use domain::ports::{FloorStore, KeptPlan, StoreError};
use mapping::view::FloorView;
use serde::{Deserialize, Serialize};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{
    Item, Record, binary, corrupt, number, packed, read, read_binary, read_number, read_packed,
};
use crate::keys::Key;
use crate::maps::later_than_stored;
use crate::operations::Read;

const MAP: &str = "floor map";
const OBJECTS: &str = "objects";
const PLAN: &str = "plan";
const CELLS: &str = "cells";
const LAYER: &str = "layer";
const ROOMS: &str = "rooms";
const KEY: &str = "key";
const N: &str = "n";

/// What is small of a floor's map, attribute by attribute.
#[derive(Serialize, Deserialize)]
struct StoredMap {
    n: u32,
    revision: u64,
    dock: Corner,
    pace: Pace,
}

#[async_trait]
impl FloorStore for TableStore {
    async fn floor_map(&self, scope: &HomeScope, floor: FloorId) -> Result<Option<FloorMap>, StoreError> {
        let item = self.get(Key::view(scope, floor), Read::Consistent).await?;
        // A view that was stored before floors had rooms is derived anew by the next vote.
        let item = item.filter(|item| item.contains_key(ROOMS));
        item.map(map_of).transpose()
    }

    async fn put_floor_map(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        map: &FloorMap,
        expected: Option<u64>,
    ) -> Result<(), StoreError> {
        let condition = match expected {
            Some(revision) => Expression::new("#revision = :expected").with("expected", number(revision)),
            None => Expression::new("attribute_not_exists(#revision)"),
        };
        self.put_if(record_of(scope, floor, map)?, condition)
            .await?
            .or_conflict(MAP)
    }

    async fn objects(&self, scope: &HomeScope, floor: FloorId) -> Result<ObjectList, StoreError> {
        let item = self.get(Key::objects(scope, floor), Read::Consistent).await?;
        item.map_or(Ok(ObjectList::default()), |item| {
            read_packed(OBJECTS, &item, OBJECTS)
        })
    }

    async fn put_objects(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        objects: &ObjectList,
    ) -> Result<(), StoreError> {
        let record = objects_record(scope, floor, objects)?;
        self.put_if(record, later_than_stored(objects.n)).await?;
        Ok(())
    }

    async fn plan(&self, scope: &HomeScope, floor: FloorId) -> Result<Option<KeptPlan>, StoreError> {
        let item = self.get(Key::plan(scope, floor), Read::Eventual).await?;
        item.as_ref().map(plan_of).transpose()
    }

    async fn put_plan(&self, scope: &HomeScope, floor: FloorId, plan: &KeptPlan) -> Result<(), StoreError> {
        let n = plan.plan.n();
        let record = Record::new(PLAN, Key::plan(scope, floor))
            .with(N, number(n))
            .with(KEY, binary(plan.key.to_vec()))
            .with(PLAN, packed(&plan.plan)?);
        let not_older = Expression::new("attribute_not_exists(#n) OR #n <= :n").with(N, number(n));
        self.put_if(record, not_older).await?;
        Ok(())
    }
}

pub(crate) fn objects_record(
    scope: &HomeScope,
    floor: FloorId,
    objects: &ObjectList,
) -> Result<Record, StoreError> {
    Ok(Record::new(OBJECTS, Key::objects(scope, floor))
        .with(N, number(objects.n))
        .with(OBJECTS, packed(objects)?))
}

pub(crate) fn record_of(scope: &HomeScope, floor: FloorId, map: &FloorMap) -> Result<Record, StoreError> {
    let FloorMap {
        n,
        revision,
        layer,
        dock,
        pace,
        view,
        rooms,
    } = map;
    let small = StoredMap {
        n: *n,
        revision: *revision,
        dock: *dock,
        pace: *pace,
    };
    Ok(Record::of(MAP, Key::view(scope, floor), &small)?
        .with(LAYER, binary(layer.to_vec()))
        .with(CELLS, binary(view.encode()))
        .with(ROOMS, packed(rooms)?))
}

fn map_of(item: Item) -> Result<FloorMap, StoreError> {
    let cells = read_binary(MAP, &item, CELLS)?;
    let view = FloorView::decode(cells).map_err(|error| corrupt(MAP, CELLS, error))?;
    let layer = read_digest(MAP, &item, LAYER)?;
    let rooms = read_packed(MAP, &item, ROOMS)?;
    let StoredMap {
        n,
        revision,
        dock,
        pace,
    } = read(MAP, item)?;
    Ok(FloorMap {
        n,
        revision,
        layer,
        dock,
        pace,
        view,
        rooms,
    })
}

fn plan_of(item: &Item) -> Result<KeptPlan, StoreError> {
    let _: u32 = read_number(PLAN, item, N)?;
    Ok(KeptPlan {
        key: read_digest(PLAN, item, KEY)?,
        plan: read_packed(PLAN, item, PLAN)?,
    })
}

fn read_digest(what: &'static str, item: &Item, name: &str) -> Result<[u8; 32], StoreError> {
    let bytes = read_binary(what, item, name)?;
    bytes.try_into().map_err(|error| corrupt(what, name, error))
}
