//! Where runs belong: the place of each, settled once, and the runs that floors may be made from.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::RunId;
use domain::placement::{Candidates, Placed};
use domain::ports::{PlacementStore, StoreError};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Record, number, read};
use crate::keys::Key;
use crate::operations::{Attempt, Read};
use crate::run_tiles::RUN_TILES_KEPT;

const PLACE: &str = "place of the run";
const CANDIDATES: &str = "candidates";

#[async_trait]
impl PlacementStore for TableStore {
    async fn place(&self, scope: &HomeScope, run: RunId) -> Result<Option<Placed>, StoreError> {
        let item = self.get(Key::place(scope, run), Read::Consistent).await?;
        item.map(|item| read(PLACE, item)).transpose()
    }

    async fn settle_place(
        &self,
        scope: &HomeScope,
        run: RunId,
        placed: &Placed,
    ) -> Result<Placed, StoreError> {
        let record = Record::of(PLACE, Key::place(scope, run), placed)?;
        let record = record.expiring(self.now().plus(RUN_TILES_KEPT));
        match self.put_if(record, self.absent_or_expired()).await? {
            Attempt::Done => Ok(*placed),
            Attempt::Refused(item) => read(PLACE, item),
        }
    }

    async fn candidates(&self, scope: &HomeScope) -> Result<Candidates, StoreError> {
        let item = self.get(Key::candidates(scope), Read::Consistent).await?;
        item.map_or(Ok(Candidates::default()), |item| read(CANDIDATES, item))
    }

    async fn put_candidates(&self, scope: &HomeScope, candidates: &Candidates) -> Result<(), StoreError> {
        let record = Record::of(CANDIDATES, Key::candidates(scope), candidates)?;
        let condition = match candidates.revision.checked_sub(1) {
            None => return Err(StoreError::Conflict { what: CANDIDATES }),
            Some(0) => Expression::absent(),
            Some(before) => Expression::new("#revision = :before").with("before", number(before)),
        };
        self.put_if(record, condition).await?.or_conflict(CANDIDATES)
    }
}
