//! Claims of new robots: by id for the robot, by code for its owner.

use std::time::Duration;

use async_trait::async_trait;
use domain::claim::{Claim, ClaimCode};
use domain::id::ClaimId;
use domain::ports::{ClaimStore, StoreError};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Record, number, read, read_parsed, text, value};
use crate::keys::Key;
use crate::operations::{Read, Step};
use crate::table::TABLE_SPEC;

/// How long a claim is kept after its code ended, so that the robot learns what became of it.
pub const CLAIM_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

const CLAIM: &str = "claim";
const CODE: &str = "claim code";

#[async_trait]
impl ClaimStore for TableStore {
    async fn open_claim(&self, claim: &Claim) -> Result<(), StoreError> {
        let ends = claim.expires_at;
        let code = Record::new(CODE, Key::claim_code(&claim.code))
            .with(CLAIM, text(claim.id))
            .expiring(ends);
        let record = Record::of(CLAIM, Key::claim(claim.id), claim)?.expiring(ends.plus(CLAIM_KEPT));
        let steps = vec![
            Step::Put(code, Some(self.absent_or_expired())),
            Step::Put(record, Some(Expression::absent())),
        ];
        self.transact(CLAIM, steps).await
    }

    async fn claim_by_code(&self, code: &ClaimCode) -> Result<Option<Claim>, StoreError> {
        match self.get(Key::claim_code(code), Read::Consistent).await? {
            Some(item) => self.claim(read_parsed(CODE, &item, CLAIM)?).await,
            None => Ok(None),
        }
    }

    async fn claim(&self, claim: ClaimId) -> Result<Option<Claim>, StoreError> {
        let item = self.get(Key::claim(claim), Read::Consistent).await?;
        item.map(|item| read(CLAIM, item)).transpose()
    }

    async fn settle_claim(&self, claim: &Claim) -> Result<(), StoreError> {
        let change = Expression::new("SET #outcome = :outcome").with("outcome", value(&claim.outcome)?);
        let open = Expression::new("#outcome = :none").with("none", value(&None::<()>)?);
        self.update_if(Key::claim(claim.id), change, open)
            .await?
            .or_conflict(CLAIM)
    }
}

impl TableStore {
    /// Holds when no item has the key, or one whose time has come but that the table still has.
    pub(crate) fn absent_or_expired(&self) -> Expression {
        let (pk, ttl) = (TABLE_SPEC.partition_key, TABLE_SPEC.ttl);
        Expression::new(format!("attribute_not_exists(#{pk}) OR #{ttl} <= :now"))
            .with("now", number(self.now().seconds()))
    }
}
