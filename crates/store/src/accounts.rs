//! Accounts of the local issuer, found by e-mail address.

use async_trait::async_trait;
use domain::ports::{Account, AccountStore, StoreError};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Record, read};
use crate::keys::Key;
use crate::operations::Read;

const ACCOUNT: &str = "account";

#[async_trait]
impl AccountStore for TableStore {
    async fn account(&self, email: &str) -> Result<Option<Account>, StoreError> {
        let item = self.get(Key::account(email), Read::Eventual).await?;
        item.map(|item| read(ACCOUNT, item)).transpose()
    }

    async fn add_account(&self, account: &Account) -> Result<(), StoreError> {
        let record = Record::of(ACCOUNT, Key::account(&account.email), account)?;
        self.put_if(record, Expression::absent())
            .await?
            .or_conflict(ACCOUNT)
    }
}
