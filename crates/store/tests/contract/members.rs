use std::time::Duration;

use domain::home::{Membership, Role};
use domain::member::{Invitation, InvitationCode, Member, Stay};
use domain::page::PageRequest;
use domain::ports::{HomeStore, MemberChange, MemberStore, StoreError};

use crate::local_table::LocalTable;
use crate::samples::{AT, home, home_id, name, owner, person_id, scope};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn invitation(code: u64, stay: Stay) -> Invitation {
    Invitation {
        code: InvitationCode::new(code),
        home: home_id(1),
        name: name("Oma"),
        stay,
        expires_at: AT.plus(DAY),
    }
}

pub async fn member_store<S: HomeStore + MemberStore>(store: &S) {
    store.create_home(&home(1), &owner(1, 1)).await.unwrap();
    let founder = Member::founder(&owner(1, 1));
    let listed = store.members(&scope(1), &PageRequest::first()).await.unwrap();
    assert_eq!(listed.items, std::slice::from_ref(&founder));

    let member = accepted(store).await;
    handed_on(store, &founder, &member).await;
    let left = MemberChange {
        before: founder.with_role(Role::Member),
        after: None,
    };
    store
        .change_members(&scope(1), std::slice::from_ref(&left))
        .await
        .unwrap();
    assert_eq!(store.membership(person_id(1), home_id(1)).await.unwrap(), None);
    let again = store.change_members(&scope(1), &[left]).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    assert_eq!(
        store
            .members(&scope(2), &PageRequest::first())
            .await
            .unwrap()
            .items,
        []
    );
}

/// An invitation lets one person in, once.
async fn accepted<S: HomeStore + MemberStore>(store: &S) -> Member {
    let (first, other) = (invitation(1, Stay::Member), invitation(2, Stay::Member));
    for invitation in [&first, &other] {
        store.open_invitation(invitation).await.unwrap();
    }
    let twice = store.open_invitation(&first).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })));
    let member = first.accepted_by(person_id(2));
    store.accept_invitation(&first, &member).await.unwrap();
    assert_eq!(store.invitation(&first.code).await.unwrap(), None);
    for (invitation, person) in [(&first, 3), (&other, 2)] {
        let refused = store
            .accept_invitation(invitation, &invitation.accepted_by(person_id(person)))
            .await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{person}");
    }
    assert_eq!(store.invitation(&other.code).await.unwrap(), Some(other));
    assert_eq!(
        store.member(&scope(1), person_id(2)).await.unwrap(),
        Some(member.clone())
    );
    assert_eq!(store.member(&scope(1), person_id(3)).await.unwrap(), None);
    member
}

/// Both roles change or neither.
async fn handed_on<S: HomeStore + MemberStore>(store: &S, owner: &Member, heir: &Member) {
    let change = |before: &Member, role| MemberChange {
        before: before.clone(),
        after: Some(before.with_role(role)),
    };
    let stale = change(&heir.with_role(Role::Guest), Role::Owner);
    let refused = store
        .change_members(&scope(1), &[change(owner, Role::Member), stale])
        .await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })));
    let role = async |person| {
        store
            .membership(person_id(person), home_id(1))
            .await
            .unwrap()
            .unwrap()
            .role
    };
    assert_eq!((role(1).await, role(2).await), (Role::Owner, Role::Member));
    let changes = [change(owner, Role::Member), change(heir, Role::Owner)];
    store.change_members(&scope(1), &changes).await.unwrap();
    assert_eq!((role(1).await, role(2).await), (Role::Member, Role::Owner));
}

#[tokio::test]
async fn a_guest_is_found_until_the_stay_ends() {
    let table = LocalTable::start().await;
    let store = &table.store;
    store.create_home(&home(1), &owner(1, 1)).await.unwrap();
    let invitation = invitation(1, Stay::Guest(AT.plus(DAY)));
    store.open_invitation(&invitation).await.unwrap();
    let guest = invitation.accepted_by(person_id(2));
    store.accept_invitation(&invitation, &guest).await.unwrap();
    let expected = Membership {
        home: home_id(1),
        person: person_id(2),
        role: Role::Guest,
    };
    let first = PageRequest::first();
    assert_eq!(
        store.memberships(person_id(2), &first).await.unwrap().items,
        [expected]
    );
    table.pass(DAY);
    assert_eq!(store.memberships(person_id(2), &first).await.unwrap().items, []);
    assert_eq!(store.membership(person_id(2), home_id(1)).await.unwrap(), None);
    assert_eq!(store.member(&scope(1), person_id(2)).await.unwrap(), None);
    assert_eq!(store.members(&scope(1), &first).await.unwrap().items.len(), 1);
}
