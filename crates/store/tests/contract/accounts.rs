use domain::ports::{Account, AccountStore, StoreError};

use crate::samples::person_id;

pub async fn account_store(store: &dyn AccountStore) {
    let account = Account {
        person: person_id(1),
        email: "anna@example.com".into(),
        password_hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".into(),
        operator: true,
    };
    assert!(store.account("anna@example.com").await.unwrap().is_none());
    store.add_account(&account).await.unwrap();
    assert!(store.account("anna@example.com").await.unwrap() == Some(account.clone()));
    assert!(store.account("bert@example.com").await.unwrap().is_none());

    let usurper = Account {
        person: person_id(2),
        ..account.clone()
    };
    assert!(matches!(
        store.add_account(&usurper).await,
        Err(StoreError::Conflict { .. })
    ));
    assert!(store.account("anna@example.com").await.unwrap() == Some(account));
}
