//! The store ports of [`domain::ports`] on one DynamoDB table.
//!
//! [`TableStore`] implements every port, one file each. Keys are made in `keys` alone, and a home's keys only from a
//! [`HomeScope`](domain::access::HomeScope). Whatever can race is a conditional write; nothing scans the table.
//! The provider's types and errors end here: callers see domain types and
//! [`StoreError`](domain::ports::StoreError).

mod access_log;
mod accounts;
mod capacity;
mod claims;
mod commands;
mod connect;
mod cursor;
mod erasures;
mod error;
mod expression;
mod fleet;
mod floors;
mod flows;
mod health;
mod homes;
mod incidents;
mod item;
mod keepsakes;
mod keys;
mod labels;
mod leases;
mod lists;
mod maps;
mod members;
mod operations;
mod placements;
mod robots;
mod run_sheet;
mod run_tiles;
mod runs;
mod settings;
mod sheets;
mod table;

use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use domain::Timestamp;

pub use capacity::{CapacityListener, CapacityMeter};
pub use connect::{ConnectConfig, StaticCredentials, connect};
pub use item::MAX_ITEM_BYTES;
pub use keys::{ErasureKey, RunKey, robot_of_record};
pub use table::{IndexSpec, TABLE_SPEC, TableSpec};

/// Tells the time, by which expired items are left out although the table still has them.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// All stores of Sweepline, on one DynamoDB table that looks like [`TABLE_SPEC`].
#[derive(Clone)]
pub struct TableStore {
    client: Client,
    table: String,
    now: Clock,
}

impl TableStore {
    fn now(&self) -> Timestamp {
        (self.now)()
    }
}

impl fmt::Debug for TableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableStore")
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}
