//! Accounts of the local issuer, found by e-mail address, and their sessions, which lie with the person.

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::{PersonId, SessionId};
use domain::ports::{Account, AccountStore, PersonStore, SessionStore, StoreError};
use domain::session::Session;

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Record, read, read_text, text};
use crate::keys::{Key, Listing};
use crate::operations::{Read, Step};

const ACCOUNT: &str = "account";
const SESSION: &str = "session";
const PERSON: &str = "person";
const EMAIL: &str = "email";
/// As many as one write takes (DynamoDB).
const DELETED_AT_ONCE: usize = 100;

#[async_trait]
impl AccountStore for TableStore {
    async fn account(&self, email: &str) -> Result<Option<Account>, StoreError> {
        let item = self.get(Key::account(email), Read::Eventual).await?;
        item.map(|item| read(ACCOUNT, item)).transpose()
    }

    async fn add_account(&self, account: &Account) -> Result<(), StoreError> {
        let record = Record::of(ACCOUNT, Key::account(&account.email), account)?;
        let note = Record::new(ACCOUNT, Key::own_account(account.person));
        let note = note.with(EMAIL, text(&account.email));
        let steps = vec![
            Step::Put(record, Some(Expression::absent())),
            Step::Put(note, None),
        ];
        self.transact(ACCOUNT, steps).await
    }

    async fn remove_account(&self, person: PersonId) -> Result<(), StoreError> {
        let sessions = self.all(&Listing::sessions(person)).await?;
        let sessions = sessions.iter().map(|item| Key::of(SESSION, item));
        let sessions = sessions.collect::<Result<Vec<_>, _>>()?;
        for some in sessions.chunks(DELETED_AT_ONCE) {
            let deletions = some.iter().map(|key| Step::Delete(key.clone(), None));
            self.transact(SESSION, deletions.collect()).await?;
        }
        let note = Key::own_account(person);
        if let Some(item) = self.get(note.clone(), Read::Consistent).await? {
            let account = Key::account(read_text(ACCOUNT, &item, EMAIL)?);
            let steps = vec![Step::Delete(account, None), Step::Delete(note, None)];
            self.transact(ACCOUNT, steps).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl PersonStore for TableStore {
    async fn bury_person(&self, person: PersonId, until: Timestamp) -> Result<(), StoreError> {
        self.put(Record::new(PERSON, Key::gone(person)).expiring(until))
            .await
    }

    async fn is_gone(&self, person: PersonId) -> Result<bool, StoreError> {
        let item = self.get(Key::gone(person), Read::Consistent).await?;
        Ok(item.is_some())
    }
}

#[async_trait]
impl SessionStore for TableStore {
    async fn begin_session(&self, session: &Session) -> Result<(), StoreError> {
        self.put(session_record(session)?).await
    }

    async fn session(&self, person: PersonId, session: SessionId) -> Result<Option<Session>, StoreError> {
        let item = self.get(Key::session(person, session), Read::Consistent).await?;
        item.map(|item| read(SESSION, item)).transpose()
    }

    async fn rotate_session(&self, next: &Session, used: &str) -> Result<(), StoreError> {
        let unused = Expression::new("#token_hash = :used").with("used", text(used));
        self.put_if(session_record(next)?, unused)
            .await?
            .or_conflict(SESSION)
    }

    async fn end_session(&self, person: PersonId, session: SessionId) -> Result<(), StoreError> {
        self.transact(SESSION, vec![Step::Delete(Key::session(person, session), None)])
            .await
    }
}

fn session_record(session: &Session) -> Result<Record, StoreError> {
    let record = Record::of(SESSION, Key::session(session.person, session.id), session)?;
    Ok(record.expiring(session.ends_at()))
}
