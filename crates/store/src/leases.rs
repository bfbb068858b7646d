//! Leases of live views; each expires by itself.

use async_trait::async_trait;
use domain::id::LeaseId;
use domain::lease::Lease;
use domain::ports::{LeaseStore, StoreError};

use crate::TableStore;
use crate::item::{Record, read};
use crate::keys::Key;
use crate::operations::Read;

const LEASE: &str = "lease";

#[async_trait]
impl LeaseStore for TableStore {
    async fn put_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        let record = Record::of(LEASE, Key::lease(lease.id), lease)?;
        self.put(record.expiring(lease.expires_at)).await
    }

    async fn lease(&self, lease: LeaseId) -> Result<Option<Lease>, StoreError> {
        let item = self.get(Key::lease(lease), Read::Consistent).await?;
        item.map(|item| read(LEASE, item)).transpose()
    }
}
