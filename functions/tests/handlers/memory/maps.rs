use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::FloorId;
use domain::ports::{FoldState, MapStore, OpenFold, StoreError, StoredHomeTile};
use mapping::tile::TileIndex;

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

    async fn home_tile(
        &self,
        _: &HomeScope,
        floor: FloorId,
        index: TileIndex,
    ) -> Result<Option<StoredHomeTile>, StoreError> {
        Ok(self.open()?.home_tiles.get(&(floor, index)).cloned())
    }

    async fn home_tiles(&self, _: &HomeScope, floor: FloorId) -> Result<Vec<StoredHomeTile>, StoreError> {
        let shelves = self.open()?;
        let of_floor = shelves
            .home_tiles
            .iter()
            .filter(|((owner, _), _)| *owner == floor);
        Ok(of_floor.map(|(_, tile)| tile.clone()).collect())
    }

    async fn put_home_tile(
        &self,
        _: &HomeScope,
        floor: FloorId,
        tile: &StoredHomeTile,
    ) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        if shelves
            .home_tiles
            .get(&(floor, tile.index))
            .is_some_and(|stored| stored.n >= tile.n)
        {
            return conflict("home tile");
        }
        shelves.home_tiles.insert((floor, tile.index), tile.clone());
        Ok(())
    }
}
