use std::time::Duration;

use domain::id::SessionId;
use domain::ports::{Account, AccountStore, PersonStore, SessionStore, StoreError};
use domain::session::Session;

use crate::samples::{AT, person_id};

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
    store.remove_account(person_id(2)).await.unwrap();
    assert!(store.account("anna@example.com").await.unwrap().is_some());
    store.remove_account(person_id(1)).await.unwrap();
    store.remove_account(person_id(1)).await.unwrap();
    assert!(store.account("anna@example.com").await.unwrap().is_none());
}

pub async fn person_store(store: &dyn PersonStore) {
    store
        .bury_person(person_id(1), AT.plus(Duration::from_secs(60)))
        .await
        .unwrap();
    assert!(store.is_gone(person_id(1)).await.unwrap());
    assert!(!store.is_gone(person_id(2)).await.unwrap());
}

pub async fn session_store(store: &dyn SessionStore) {
    let session = Session {
        id: SessionId::new(AT, 1),
        person: person_id(1),
        email: "anna@example.com".into(),
        token_hash: "ab".repeat(32),
        begun_at: AT,
        used_at: AT,
    };
    let (person, id) = (session.person, session.id);
    assert!(store.session(person, id).await.unwrap().is_none());
    store.begin_session(&session).await.unwrap();
    assert!(store.session(person_id(2), id).await.unwrap().is_none());

    let next = session.rotated("cd".repeat(32), AT.plus(Duration::from_secs(900)));
    store.rotate_session(&next, &session.token_hash).await.unwrap();
    let again = store.rotate_session(&next, &session.token_hash).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    assert!(store.session(person, id).await.unwrap() == Some(next.clone()));

    store.end_session(person, id).await.unwrap();
    store.end_session(person, id).await.unwrap();
    assert!(store.session(person, id).await.unwrap().is_none());
    let ended = store.rotate_session(&next, &next.token_hash).await;
    assert!(matches!(ended, Err(StoreError::Conflict { .. })));
}
