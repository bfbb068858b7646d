//! Leases of live views; each expires by itself.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::id::{LeaseId, PersonId};
use domain::lease::{Lease, VIEWED_AT_MOST};
use domain::page::every;
use domain::ports::{LeaseStore, StoreError};

use crate::TableStore;
use crate::item::{Record, read};
use crate::keys::{Key, Listing};
use crate::lists::Order;
use crate::operations::Read;

const LEASE: &str = "lease";

#[async_trait]
impl LeaseStore for TableStore {
    async fn open_lease(&self, scope: &HomeScope, lease: &Lease) -> Result<(), StoreError> {
        let ends_at = lease.expires_at.plus(VIEWED_AT_MOST);
        let note = Record::of(LEASE, Key::home_lease(scope, lease.person, lease.id), lease)?;
        // First, so that no lease is open that cannot be found.
        self.put(note.expiring(ends_at)).await?;
        self.put_lease(lease).await
    }

    async fn leases_of(&self, scope: &HomeScope, person: PersonId) -> Result<Vec<LeaseId>, StoreError> {
        let list = Listing::leases(scope, person);
        every(|page| {
            let list = list.clone();
            async move {
                let read = |item| read::<Lease>(LEASE, item).map(|lease| lease.id);
                self.consistent_page(LEASE, &list, Order::Ascending, &page, read)
                    .await
            }
        })
        .await
    }

    async fn put_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        let record = Record::of(LEASE, Key::lease(lease.id), lease)?;
        self.put(record.expiring(lease.expires_at)).await
    }

    async fn lease(&self, lease: LeaseId) -> Result<Option<Lease>, StoreError> {
        let item = self.get(Key::lease(lease), Read::Consistent).await?;
        item.map(|item| read(LEASE, item)).transpose()
    }
}
