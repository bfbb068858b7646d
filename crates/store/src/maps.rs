//! The votes of floors: how far the fold has come, and the tiles with their evidence, by sheets.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::{FloorId, RobotId, RunId};
use domain::ports::{FoldState, MapStore, OpenFold, StoreError, StoredHomeSheet};
use mapping::home_tile::HomeTile;
use mapping::pose::Pose;
use serde::{Deserialize, Serialize};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Item, Record, binary, corrupt, number, read, read_number, value};
use crate::keys::{Key, Listing};
use crate::operations::{Attempt, Read};
use crate::sheets::{TILES, pack, unpack};

const FOLD: &str = "fold";
const SHEET: &str = "sheet of home tiles";
const N: &str = "n";

#[derive(Default, Serialize, Deserialize)]
struct StoredFold {
    #[serde(default)]
    closed: u32,
    open: Option<StoredOpenFold>,
}

#[derive(Serialize, Deserialize)]
struct StoredOpenFold {
    n: u32,
    robot: RobotId,
    run: RunId,
    alignment: Pose,
}

#[async_trait]
impl MapStore for TableStore {
    async fn fold_state(&self, scope: &HomeScope, floor: FloorId) -> Result<FoldState, StoreError> {
        let item = self.get(Key::fold(scope, floor), Read::Consistent).await?;
        item.map_or(Ok(FoldState::default()), fold_of)
    }

    async fn open_fold(&self, scope: &HomeScope, floor: FloorId, fold: &OpenFold) -> Result<(), StoreError> {
        let OpenFold {
            n,
            robot,
            run,
            alignment,
        } = *fold;
        let condition = match n {
            0 => return Err(StoreError::Conflict { what: FOLD }),
            1 => Expression::absent(),
            _ => {
                Expression::new("attribute_not_exists(#open) AND #closed = :last").with("last", number(n - 1))
            }
        };
        let open = value(&StoredOpenFold {
            n,
            robot,
            run,
            alignment,
        })?;
        let change = Expression::new("SET #open = :open").with("open", open);
        self.update_if(Key::fold(scope, floor), change, condition)
            .await?
            .or_conflict(FOLD)
    }

    async fn close_fold(&self, scope: &HomeScope, floor: FloorId, n: u32) -> Result<(), StoreError> {
        let change = Expression::new("SET #closed = :n REMOVE #open");
        let condition = Expression::new("#open.#n = :n").with(N, number(n));
        match self.update_if(Key::fold(scope, floor), change, condition).await? {
            Attempt::Done => Ok(()),
            Attempt::Refused(item) => {
                let is_closed = fold_of(item)?.closed >= n;
                if is_closed {
                    Ok(())
                } else {
                    Err(StoreError::Conflict { what: FOLD })
                }
            }
        }
    }

    async fn home_sheets(
        &self,
        scope: &HomeScope,
        floor: FloorId,
    ) -> Result<Vec<StoredHomeSheet>, StoreError> {
        let items = self.all(&Listing::home_sheets(scope, floor)).await?;
        items.iter().map(stored_sheet).collect()
    }

    async fn put_home_sheet(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        sheet: &StoredHomeSheet,
    ) -> Result<(), StoreError> {
        let record = Record::new(SHEET, Key::home_sheet(scope, floor, sheet.index))
            .with(N, number(sheet.n))
            .with(TILES, binary(pack(SHEET, &sheet.tiles, HomeTile::encode)?));
        self.put_if(record, later_than_stored(sheet.n))
            .await?
            .or_conflict(SHEET)
    }
}

/// A floor whose votes up to `n` are closed.
pub(crate) fn closed_record(scope: &HomeScope, floor: FloorId, n: u32) -> Record {
    Record::new(FOLD, Key::fold(scope, floor)).with("closed", number(n))
}

/// Holds when nothing is stored, or something from a vote before `n`.
pub(crate) fn later_than_stored(n: u32) -> Expression {
    Expression::new("attribute_not_exists(#n) OR #n < :n").with(N, number(n))
}

fn fold_of(item: Item) -> Result<FoldState, StoreError> {
    let StoredFold { closed, open } = read(FOLD, item)?;
    let open = open.map(
        |StoredOpenFold {
             n,
             robot,
             run,
             alignment,
         }| OpenFold {
            n,
            robot,
            run,
            alignment,
        },
    );
    Ok(FoldState { closed, open })
}

fn stored_sheet(item: &Item) -> Result<StoredHomeSheet, StoreError> {
    let decode = |bytes: &[u8]| HomeTile::decode(bytes).map_err(|error| corrupt(SHEET, TILES, error));
    let (index, tiles) = unpack(SHEET, item, decode)?;
    let n = read_number(SHEET, item, N)?;
    Ok(StoredHomeSheet { index, n, tiles })
}
