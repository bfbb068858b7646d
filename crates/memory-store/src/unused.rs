//! What no handler calls.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::home::{Floor, Home, Membership, Name};
use domain::id::{FloorId, HomeId, PersonId};
use domain::page::{Page, PageRequest};
use domain::ports::{HomeStore, StoreError};

use super::Memory;

pub fn unused<T>() -> Result<T, StoreError> {
    Err(StoreError::Refused("no handler calls this".into()))
}

#[async_trait]
impl HomeStore for Memory {
    async fn create_home(&self, _: &Home, _: &Membership) -> Result<(), StoreError> {
        unused()
    }

    async fn home(&self, _: &HomeScope) -> Result<Option<Home>, StoreError> {
        unused()
    }

    async fn memberships(&self, _: PersonId, _: &PageRequest) -> Result<Page<Membership>, StoreError> {
        unused()
    }

    async fn membership(&self, _: PersonId, _: HomeId) -> Result<Option<Membership>, StoreError> {
        unused()
    }

    async fn add_floor(&self, _: &HomeScope, floor: &Floor) -> Result<(), StoreError> {
        self.write()
            .await?
            .floors
            .entry(floor.id)
            .or_insert_with(|| floor.clone());
        Ok(())
    }

    async fn rename_floor(&self, _: &HomeScope, _: FloorId, _: &Name) -> Result<(), StoreError> {
        unused()
    }

    async fn floors(&self, _: &HomeScope, _: &PageRequest) -> Result<Page<Floor>, StoreError> {
        let items = self.open()?.floors.values().cloned().collect();
        Ok(Page { items, next: None })
    }

    async fn floor(&self, _: &HomeScope, floor: FloorId) -> Result<Option<Floor>, StoreError> {
        Ok(self.open()?.floors.get(&floor).cloned())
    }
}
