use std::collections::BTreeSet;

use domain::fleet::{FleetFilter, FleetSummary, RobotHealth};
use domain::page::{Cursor, PageRequest};
use domain::ports::{FleetStore, HealthStore, RobotStore, StoreError};
use domain::status::{RobotState, Status};
use store::TableStore;

use crate::paging::pages;
use crate::samples::{paired, presence, robot_id, status, unpaired};

const ROBOTS: u128 = 230;

pub async fn fleet_store(store: &TableStore) {
    for n in 0..ROBOTS {
        let state = if n % 10 == 0 {
            RobotState::Error
        } else {
            RobotState::Docked
        };
        store
            .put_status(
                robot_id(n),
                &Status {
                    state,
                    run: None,
                    ..status(1, 1)
                },
            )
            .await
            .unwrap();
        if n % 2 == 0 {
            store
                .put_presence(robot_id(n), &presence("a", n % 4 == 0), None)
                .await
                .unwrap();
        }
    }
    let silent = paired(ROBOTS, 1);
    store.put_robot(&silent, None).await.unwrap();
    lists(store).await;
    filters(store).await;
    summary(store).await;

    store.put_robot(&unpaired(ROBOTS), Some(&silent)).await.unwrap();
    assert_eq!(store.summary().await.unwrap().total, 231);
}

async fn lists(store: &dyn FleetStore) {
    for limit in [1, 7, 100] {
        let all = FleetFilter::default();
        let listed: Vec<RobotHealth> = pages(limit, |page| store_page(store, &all, page)).await.concat();
        let robots: BTreeSet<_> = listed.iter().map(|health| health.robot).collect();
        assert_eq!(
            (listed.len(), robots.len()),
            (231, 231),
            "each robot once, {limit} on a page"
        );
    }
    for text in ["", "RiM5", "RiN4"] {
        let page = PageRequest::new(1, Some(Cursor(text.into())));
        assert!(
            matches!(
                store.fleet(&FleetFilter::default(), &page).await,
                Err(StoreError::BadCursor)
            ),
            "{text}"
        );
    }
}

async fn filters(store: &dyn FleetStore) {
    let broken = FleetFilter {
        state: Some(RobotState::Error),
        ..FleetFilter::default()
    };
    let listed = pages(10, |page| store_page(store, &broken, page)).await.concat();
    assert_eq!(listed.len(), 23);
    let online = FleetFilter {
        connected: Some(true),
        ..broken
    };
    let listed = pages(10, |page| store_page(store, &online, page)).await.concat();
    assert_eq!(listed.len(), 12);
    assert!(listed.iter().all(RobotHealth::is_connected));
}

async fn summary(store: &dyn FleetStore) {
    let FleetSummary {
        total,
        connected,
        by_state,
        by_firmware,
    } = store.summary().await.unwrap();
    assert_eq!((total, connected), (231, 58));
    assert_eq!(
        by_state,
        [(RobotState::Error, 23), (RobotState::Docked, 207)].into()
    );
    assert_eq!(by_firmware, [("1.4.2".to_owned(), 230)].into());
}

async fn store_page(
    store: &dyn FleetStore,
    filter: &FleetFilter,
    page: PageRequest,
) -> Result<domain::page::Page<RobotHealth>, StoreError> {
    store.fleet(filter, &page).await
}
