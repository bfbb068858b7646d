//! Erased homes: a tombstone in the place of each, and a receipt that counts what was deleted.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::Timestamp;
use domain::access::HomeScope;
use domain::erasure::{ERASURE_KEPT, ErasedCounts, ErasedKind, Erasure};
use domain::home::Role;
use domain::id::{HomeId, PersonId};
use domain::ports::{ErasureStore, StoreError};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Item, Record, number, read, read_number, text, value};
use crate::keys::{Key, Listing, kind_of, partitions};
use crate::operations::{Read, Step};

/// The items that are deleted at once: even of the largest, together less than the 4 MB of one write.
const DELETED_AT_ONCE: usize = 10;
/// When the home ended; only a tombstone has it.
pub(crate) const ERASED_AT: &str = "erased_at";

const ERASURE: &str = "erasure";
const HOME: &str = "home";
const DONE_AT: &str = "done_at";

#[async_trait]
impl ErasureStore for TableStore {
    async fn bury(&self, scope: &HomeScope, erasure: &Erasure) -> Result<(), StoreError> {
        let members = self.all(&Listing::members(scope)).await?;
        let robots = self.all(&Listing::robots(scope)).await?;
        let counts = ErasedCounts::from([
            (ErasedKind::Members, members.len() as u64),
            (ErasedKind::Robots, robots.len() as u64),
        ]);
        let mut steps = vec![
            Step::Put(tombstone(scope, erasure), Some(is_living())),
            Step::Put(receipt(erasure, &counts)?, Some(self.absent_or_expired())),
        ];
        for member in &members {
            let key = Key::of(ERASURE, member)?;
            let half = key.other_half(scope);
            let is_owner = half == Some(Key::membership(erasure.person, scope.home()));
            let condition = is_owner.then(owner).transpose()?;
            steps.extend(half.map(|half| Step::Delete(half, condition)));
            steps.push(Step::Delete(key, None));
        }
        self.transact(HOME, steps).await
    }

    async fn erasure(&self, person: PersonId, home: HomeId) -> Result<Option<Erasure>, StoreError> {
        let item = self.get(Key::erasure(person, home), Read::Consistent).await?;
        item.map(erasure_of).transpose()
    }

    async fn sweep(&self, scope: &HomeScope, person: PersonId) -> Result<u64, StoreError> {
        let mut deleted = 0;
        for partition in partitions(scope) {
            let keys = self.keys_within(ERASURE, &partition).await?;
            let keys: Vec<_> = keys.into_iter().filter(|key| !stays(scope, key)).collect();
            for some in keys.chunks(DELETED_AT_ONCE) {
                self.transact(ERASURE, deletion(scope, person, some)).await?;
                deleted += some.len() as u64;
            }
        }
        Ok(deleted)
    }

    async fn close_erasure(&self, person: PersonId, home: HomeId, at: Timestamp) -> Result<(), StoreError> {
        let change = Expression::new(format!("SET #{DONE_AT} = :at")).with("at", value(&at)?);
        let open = Expression::new(format!("#{DONE_AT} = :none")).with("none", value(&None::<()>)?);
        self.update_if(Key::erasure(person, home), change, open).await?;
        Ok(())
    }
}

/// The tombstone, and robots until they are unpaired.
fn stays(scope: &HomeScope, key: &Key) -> bool {
    *key == Key::home(scope) || Listing::robots(scope).contains(key)
}

fn tombstone(scope: &HomeScope, erasure: &Erasure) -> Record {
    Record::new(HOME, Key::home(scope))
        .with(ERASED_AT, number(erasure.asked_at.millis()))
        .expiring(erasure.asked_at.plus(ERASURE_KEPT))
}

fn is_living() -> Expression {
    Expression::present().then(format!(" AND attribute_not_exists(#{ERASED_AT})"))
}

fn owner() -> Result<Expression, StoreError> {
    Ok(Expression::new("#role = :owner").with("owner", value(&Role::Owner)?))
}

/// `kind` is what the stream's filter finds it by.
fn receipt(erasure: &Erasure, counts: &ErasedCounts) -> Result<Record, StoreError> {
    let record = Record::of(ERASURE, Key::erasure(erasure.person, erasure.home), erasure)?
        .with("kind", text(ERASURE))
        .expiring(erasure.asked_at.plus(ERASURE_KEPT));
    Ok(counts.iter().fold(record, |record, (kind, count)| {
        record.with(kind.name(), number(count))
    }))
}

fn erasure_of(item: Item) -> Result<Erasure, StoreError> {
    let mut counts = ErasedCounts::new();
    for kind in ErasedKind::ALL {
        if matches!(item.get(kind.name()), Some(AttributeValue::N(_))) {
            counts.insert(kind, read_number(ERASURE, &item, kind.name())?);
        }
    }
    let erasure: Erasure = read(ERASURE, item)?;
    Ok(Erasure { counts, ..erasure })
}

/// Deletes the items with their other halves and counts them; one that somebody else deleted is a conflict.
fn deletion(scope: &HomeScope, person: PersonId, keys: &[Key]) -> Vec<Step> {
    let mut counts: BTreeMap<ErasedKind, u64> = BTreeMap::new();
    let mut steps = Vec::new();
    for key in keys {
        *counts.entry(kind_of(scope, key)).or_default() += 1;
        steps.extend(key.other_half(scope).map(|half| Step::Delete(half, None)));
        steps.push(Step::Delete(key.clone(), Some(Expression::present())));
    }
    let added: Vec<_> = counts
        .keys()
        .map(|kind| format!("#{0} :{0}", kind.name()))
        .collect();
    let change = counts.iter().fold(
        Expression::new(format!("ADD {}", added.join(", "))),
        |change, (kind, count)| change.with(kind.name(), number(count)),
    );
    steps.push(Step::Change(Key::erasure(person, scope.home()), change));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{PARTITION, SORT};

    #[test]
    fn a_tombstone_says_nothing_but_when() {
        let at = Timestamp::from_millis(1_790_000_000_000);
        let (home, person) = (HomeId::new(at, 1), PersonId::new(at, 2));
        let scope = HomeScope::of_stored_record(home);
        let mut names: Vec<_> = tombstone(&scope, &Erasure::asked(home, person, at))
            .item
            .into_keys()
            .collect();
        names.sort();
        assert_eq!(names, [ERASED_AT, PARTITION, SORT, "ttl"]);
    }
}
