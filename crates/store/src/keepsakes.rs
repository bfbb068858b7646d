//! Floors that come from another installation: first their evidence, which nobody looks for before the floor is
//! listed, then all that makes them visible in one write.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::keepsake::Keepsake;
use domain::ports::{KeepsakeStore, MapStore, StoreError, StoredHomeSheet};
use mapping::SheetIndex;

use crate::TableStore;
use crate::expression::Expression;
use crate::floors::{objects_record, record_of};
use crate::item::Record;
use crate::keys::Key;
use crate::maps::closed_record;
use crate::operations::Step;

const KEEPSAKE: &str = "home";
const FLOOR: &str = "floor";

#[async_trait]
impl KeepsakeStore for TableStore {
    async fn bring_floors(&self, scope: &HomeScope, floors: &[Keepsake]) -> Result<(), StoreError> {
        for brought in floors {
            for sheet in sheets(brought) {
                self.put_home_sheet(scope, brought.floor().id, &sheet).await?;
            }
        }
        let once = Record::new(KEEPSAKE, Key::keepsake(scope));
        let mut steps = vec![Step::Put(once, Some(Expression::absent()))];
        for brought in floors {
            let (floor, map) = (brought.floor(), brought.map());
            for record in [
                Record::of(FLOOR, Key::floor(scope, floor.id), floor)?,
                closed_record(scope, floor.id, map.n),
                record_of(scope, floor.id, map)?,
                objects_record(scope, floor.id, brought.objects())?,
            ] {
                steps.push(Step::Put(record, Some(Expression::absent())));
            }
        }
        self.transact(KEEPSAKE, steps).await
    }
}

fn sheets(brought: &Keepsake) -> impl Iterator<Item = StoredHomeSheet> + use<> {
    let mut sheets: BTreeMap<SheetIndex, StoredHomeSheet> = BTreeMap::new();
    for (index, tile) in brought.evidence().tiles() {
        let sheet = SheetIndex::from(index);
        let sheet = sheets.entry(sheet).or_insert_with(|| StoredHomeSheet::new(sheet));
        sheet.n = brought.map().n;
        sheet.tiles.insert(index, tile.clone());
    }
    sheets.into_values()
}
