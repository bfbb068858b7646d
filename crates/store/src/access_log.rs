//! Access logs, with the homes that they are about.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::access_log::{ACCESS_LOG_KEPT, AccessEntry};
use domain::page::{Page, PageRequest};
use domain::ports::{AccessLogStore, StoreError};

use crate::TableStore;
use crate::item::{Record, read};
use crate::keys::{Key, Listing};
use crate::lists::Order;

const ENTRY: &str = "access entry";

#[async_trait]
impl AccessLogStore for TableStore {
    async fn add_access_entry(
        &self,
        scope: &HomeScope,
        entry: &AccessEntry,
        entropy: u64,
    ) -> Result<(), StoreError> {
        let record = Record::of(ENTRY, Key::access_entry(scope, entry.at, entropy), entry)?;
        self.put(record.expiring(entry.at.plus(ACCESS_LOG_KEPT))).await
    }

    async fn access_log(
        &self,
        scope: &HomeScope,
        page: &PageRequest,
    ) -> Result<Page<AccessEntry>, StoreError> {
        let list = Listing::access_log(scope);
        self.page(ENTRY, &list, Order::Descending, page, |item| read(ENTRY, item))
            .await
    }
}
