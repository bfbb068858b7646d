//! Homes, their floors, and who belongs to them.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::home::{Floor, Home, Membership, Name, Role};
use domain::id::{FloorId, HomeId, PersonId};
use domain::member::Member;
use domain::page::{Page, PageRequest};
use domain::ports::{HomeStore, StoreError};
use thiserror::Error;

use crate::TableStore;
use crate::erasures::ERASED_AT;
use crate::error::misuse;
use crate::expression::Expression;
use crate::item::{Record, read, value};
use crate::keys::{Key, Listing};
use crate::lists::Order;
use crate::members::member_steps;
use crate::operations::{Read, Step};

const HOME: &str = "home";
const FLOOR: &str = "floor";
const MEMBERSHIP: &str = "membership";

#[derive(Debug, Error)]
#[error("the membership is not that of an owner of {home}")]
struct NotItsOwner {
    home: HomeId,
}

#[async_trait]
impl HomeStore for TableStore {
    async fn create_home(&self, home: &Home, owner: &Membership) -> Result<(), StoreError> {
        let scope = HomeScope::of_member(owner, Role::Owner).filter(|scope| scope.home() == home.id);
        let scope = scope.ok_or_else(|| misuse(NotItsOwner { home: home.id }))?;
        let home = Record::of(HOME, Key::home(&scope), home)?;
        let mut steps = vec![Step::Put(home, Some(Expression::absent()))];
        steps.extend(member_steps(
            &scope,
            &Member::founder(owner),
            Expression::absent(),
        )?);
        self.transact(HOME, steps).await
    }

    async fn home(&self, scope: &HomeScope) -> Result<Option<Home>, StoreError> {
        let item = self.get(Key::home(scope), Read::Eventual).await?;
        let living = item.filter(|item| !item.contains_key(ERASED_AT));
        living.map(|item| read(HOME, item)).transpose()
    }

    async fn memberships(
        &self,
        person: PersonId,
        page: &PageRequest,
    ) -> Result<Page<Membership>, StoreError> {
        let list = Listing::memberships(person);
        self.page(MEMBERSHIP, &list, Order::Ascending, page, |item| {
            read(MEMBERSHIP, item)
        })
        .await
    }

    async fn membership(&self, person: PersonId, home: HomeId) -> Result<Option<Membership>, StoreError> {
        let item = self.get(Key::membership(person, home), Read::Consistent).await?;
        item.map(|item| read(MEMBERSHIP, item)).transpose()
    }

    async fn add_floor(&self, scope: &HomeScope, floor: &Floor) -> Result<(), StoreError> {
        let record = Record::of(FLOOR, Key::floor(scope, floor.id), floor)?;
        self.put_if(record, Expression::absent()).await?;
        Ok(())
    }

    async fn rename_floor(&self, scope: &HomeScope, floor: FloorId, name: &Name) -> Result<(), StoreError> {
        let change = Expression::new("SET #name = :name").with("name", value(name)?);
        self.update_if(Key::floor(scope, floor), change, Expression::present())
            .await?
            .or_conflict(FLOOR)
    }

    async fn floors(&self, scope: &HomeScope, page: &PageRequest) -> Result<Page<Floor>, StoreError> {
        let list = Listing::floors(scope);
        self.consistent_page(FLOOR, &list, Order::Ascending, page, |item| read(FLOOR, item))
            .await
    }

    async fn floor(&self, scope: &HomeScope, floor: FloorId) -> Result<Option<Floor>, StoreError> {
        let item = self.get(Key::floor(scope, floor), Read::Eventual).await?;
        item.map(|item| read(FLOOR, item)).transpose()
    }
}
