use domain::home::{Floor, Membership, Role};
use domain::page::PageRequest;
use domain::ports::{HomeStore, StoreError};

use crate::paging::pages;
use crate::samples::{AT, floor_id, home, home_id, name, owner, person_id, scope};

pub async fn home_store(store: &dyn HomeStore) {
    let (home, owner) = (home(1), owner(1, 1));
    assert_eq!(store.home(&scope(1)).await.unwrap(), None);
    store.create_home(&home, &owner).await.unwrap();
    assert_eq!(store.home(&scope(1)).await.unwrap(), Some(home.clone()));
    assert_eq!(
        store.membership(person_id(1), home_id(1)).await.unwrap(),
        Some(owner)
    );
    assert_eq!(store.membership(person_id(2), home_id(1)).await.unwrap(), None);

    a_home_is_made_once_and_by_its_owner(store).await;
    floors(store).await;
    memberships(store).await;
}

async fn a_home_is_made_once_and_by_its_owner(store: &dyn HomeStore) {
    let again = store.create_home(&home(1), &owner(2, 1)).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    assert_eq!(
        store.membership(person_id(2), home_id(1)).await.unwrap(),
        None,
        "half a write"
    );

    let guest = Membership {
        role: Role::Guest,
        ..owner(1, 9)
    };
    assert!(matches!(
        store.create_home(&home(9), &guest).await,
        Err(StoreError::Refused(_))
    ));
    assert!(matches!(
        store.create_home(&home(9), &owner(1, 8)).await,
        Err(StoreError::Refused(_))
    ));
    assert_eq!(store.home(&scope(9)).await.unwrap(), None);
}

async fn floors(store: &dyn HomeStore) {
    let floor = |n| Floor {
        id: floor_id(n),
        name: name("Ground floor"),
        created_at: AT,
    };
    for n in [3, 1, 2] {
        store.add_floor(&scope(1), &floor(n)).await.unwrap();
    }
    let renamed = Floor {
        name: name("Attic"),
        ..floor(1)
    };
    store.add_floor(&scope(1), &renamed).await.unwrap();
    assert_eq!(
        store.floor(&scope(1), floor_id(1)).await.unwrap(),
        Some(floor(1)),
        "left as it is"
    );
    assert_eq!(store.floor(&scope(1), floor_id(4)).await.unwrap(), None);
    store
        .rename_floor(&scope(1), floor_id(1), &name("Attic"))
        .await
        .unwrap();
    assert_eq!(store.floor(&scope(1), floor_id(1)).await.unwrap(), Some(renamed));
    store
        .rename_floor(&scope(1), floor_id(1), &name("Ground floor"))
        .await
        .unwrap();
    for (home, n) in [(1, 4), (2, 1)] {
        let missing = store
            .rename_floor(&scope(home), floor_id(n), &name("Attic"))
            .await;
        assert!(
            matches!(missing, Err(StoreError::Conflict { .. })),
            "floor {n} of home {home}"
        );
    }
    let listed = pages(2, |page| async move { store.floors(&scope(1), &page).await }).await;
    assert_eq!(listed, [vec![floor(1), floor(2)], vec![floor(3)]]);
}

async fn memberships(store: &dyn HomeStore) {
    for n in 2..=4 {
        store.create_home(&home(n), &owner(1, n)).await.unwrap();
    }
    let listed = pages(
        2,
        |page| async move { store.memberships(person_id(1), &page).await },
    )
    .await;
    assert_eq!(
        listed,
        [vec![owner(1, 1), owner(1, 2)], vec![owner(1, 3), owner(1, 4)]]
    );
    assert_eq!(
        store
            .memberships(person_id(2), &PageRequest::first())
            .await
            .unwrap()
            .items,
        []
    );
}

pub async fn homes_do_not_see_each_other(store: &dyn HomeStore) {
    store.create_home(&home(1), &owner(1, 1)).await.unwrap();
    store.create_home(&home(2), &owner(2, 2)).await.unwrap();
    for n in 1..=3 {
        let floor = Floor {
            id: floor_id(n),
            name: name("Floor"),
            created_at: AT,
        };
        store.add_floor(&scope(1), &floor).await.unwrap();
    }
    assert_eq!(store.floor(&scope(2), floor_id(1)).await.unwrap(), None);
    assert_eq!(
        store
            .floors(&scope(2), &PageRequest::first())
            .await
            .unwrap()
            .items,
        []
    );

    let ours = store.floors(&scope(1), &PageRequest::new(1, None)).await.unwrap();
    let stolen = PageRequest::new(1, ours.next);
    assert!(matches!(
        store.floors(&scope(2), &stolen).await,
        Err(StoreError::BadCursor)
    ));
    assert!(matches!(
        store.memberships(person_id(1), &stolen).await,
        Err(StoreError::BadCursor)
    ));
}
