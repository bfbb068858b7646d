use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::FloorId;
use domain::ports::{FoldState, MapStore, OpenFold, StoreError, StoredHomeSheet};

use super::{Memory, conflict};

#[async_trait]
impl MapStore for Memory {
    async fn fold_state(&self, _: &HomeScope, floor: FloorId) -> Result<FoldState, StoreError> {
        Ok(self.open()?.folds.get(&floor).copied().unwrap_or_default())
    }

    async fn open_fold(&self, _: &HomeScope, floor: FloorId, fold: &OpenFold) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        let state = shelves.folds.entry(floor).or_default();
        if state.open.is_some() || fold.n != state.closed + 1 {
            return conflict("fold");
        }
        state.open = Some(*fold);
        Ok(())
    }

    async fn close_fold(&self, _: &HomeScope, floor: FloorId, n: u32) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        let state = shelves.folds.entry(floor).or_default();
        match state.open {
            Some(open) if open.n == n => {
                *state = FoldState {
                    closed: n,
                    open: None,
                }
            }
            Some(_) => return conflict("fold"),
            None => {}
        }
        Ok(())
    }

    async fn home_sheets(&self, _: &HomeScope, floor: FloorId) -> Result<Vec<StoredHomeSheet>, StoreError> {
        let shelves = self.open()?;
        let of_floor = shelves
            .home_sheets
            .iter()
            .filter(|((owner, _), _)| *owner == floor);
        Ok(of_floor.map(|(_, sheet)| sheet.clone()).collect())
    }

    async fn put_home_sheet(
        &self,
        _: &HomeScope,
        floor: FloorId,
        sheet: &StoredHomeSheet,
    ) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        let key = (floor, sheet.index);
        if shelves
            .home_sheets
            .get(&key)
            .is_some_and(|stored| stored.n >= sheet.n)
        {
            return conflict("sheet of home tiles");
        }
        shelves.home_sheets.insert(key, sheet.clone());
        Ok(())
    }
}
