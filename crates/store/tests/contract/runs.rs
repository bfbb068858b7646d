use domain::page::PageRequest;
use domain::ports::{RunStore, StoreError};
use domain::run::{MAX_TRACK_POINTS, Run, RunState, Vote};
use mapping::pose::Pose;

use crate::local_table::{LocalTable, TABLE};
use crate::paging::pages;
use crate::samples::{finished, floor_id, robot_id, run, run_id, scope};

pub async fn run_store(store: &dyn RunStore) {
    let running = run(1, 1);
    assert_eq!(store.run(&scope(1), robot_id(1), run_id(1)).await.unwrap(), None);
    store.put_run(&scope(1), &running, None).await.unwrap();
    assert!(matches!(
        store.put_run(&scope(1), &running, None).await,
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(
        store.run(&scope(1), robot_id(1), run_id(1)).await.unwrap(),
        Some(running.clone())
    );
    assert_eq!(store.run(&scope(2), robot_id(1), run_id(1)).await.unwrap(), None);
    assert_eq!(store.run(&scope(1), robot_id(2), run_id(1)).await.unwrap(), None);

    let done = finished(&running, 400);
    let paused = Run {
        state: RunState::Paused,
        seq: 1,
        ..running.clone()
    };
    let home = scope(1);
    let put = |run, expected| store.put_run(&home, run, expected);
    let (first, second) = tokio::join!(put(&done, Some(&running)), put(&paused, Some(&running)));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    if second.is_ok() {
        put(&done, Some(&paused)).await.unwrap();
    }
    assert!(matches!(
        put(&paused, Some(&running)).await,
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(
        store.run(&scope(1), robot_id(1), run_id(1)).await.unwrap(),
        Some(done.clone())
    );

    let sealed = done.sealed().unwrap();
    put(&sealed, Some(&done)).await.unwrap();
    let alignment = Pose::new(0.123_456_789_012_345, -7.5, 1.0e-17);
    let voted = Run {
        vote: Some(Vote {
            floor: floor_id(1),
            n: 3,
            alignment,
        }),
        ..sealed.clone()
    };
    put(&voted, Some(&sealed)).await.unwrap();
    assert_eq!(
        store.run(&scope(1), robot_id(1), run_id(1)).await.unwrap(),
        Some(voted)
    );
}

pub async fn runs_page_newest_first(store: &dyn RunStore) {
    for n in [2, 5, 1, 4, 3] {
        store.put_run(&scope(1), &run(n, 1), None).await.unwrap();
    }
    store.put_run(&scope(1), &run(6, 2), None).await.unwrap();
    let listed = pages(2, |page| async move {
        store.runs(&scope(1), robot_id(1), &page).await
    })
    .await;
    assert_eq!(
        listed,
        [
            vec![run(5, 1), run(4, 1)],
            vec![run(3, 1), run(2, 1)],
            vec![run(1, 1)]
        ]
    );

    let ours = store
        .runs(&scope(1), robot_id(1), &PageRequest::new(1, None))
        .await
        .unwrap();
    let stolen = PageRequest::new(1, ours.next);
    assert!(matches!(
        store.runs(&scope(1), robot_id(2), &stolen).await,
        Err(StoreError::BadCursor)
    ));
    assert!(matches!(
        store.runs(&scope(2), robot_id(1), &stolen).await,
        Err(StoreError::BadCursor)
    ));
    assert_eq!(
        store
            .runs(&scope(2), robot_id(1), &PageRequest::first())
            .await
            .unwrap()
            .items,
        []
    );
}

#[tokio::test]
async fn the_longest_track_is_stored_and_lists_of_such_runs_page_on() {
    let table = LocalTable::start().await;
    for n in 0..60 {
        let mut run = finished(&run(n, 1), MAX_TRACK_POINTS as i32);
        if let Some(report) = &mut run.report {
            // Steps of which none is like the one before, which is what compresses least.
            let scattered = |(x, y): &mut (i32, i32)| (*x, *y) = (*x * *x % 9_973, *x * 7_919 % 9_967);
            report.track.iter_mut().for_each(scattered);
        }
        table.store.put_run(&scope(1), &run, None).await.unwrap();
    }
    let store = &table.store;
    let listed = pages(100, |page| async move {
        store.runs(&scope(1), robot_id(1), &page).await
    })
    .await;
    assert!(listed.len() > 1, "more than one megabyte");
    let ids: Vec<_> = listed.concat().iter().map(|run| run.id).collect();
    assert_eq!(ids, (0..60).rev().map(run_id).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_change_stream_can_tell_a_sealed_run_that_waits_for_its_vote() {
    let table = LocalTable::start().await;
    let sealed = finished(&run(1, 1), 10).sealed().unwrap();
    table.store.put_run(&scope(1), &sealed, None).await.unwrap();
    let records = table.client().scan().table_name(TABLE).send().await.unwrap();
    let [record] = records.items() else {
        panic!("one record")
    };
    assert_eq!(record["kind"].as_s().unwrap(), "run");
    assert_eq!(record["state"].as_s().unwrap(), "sealed");
    assert!(record["vote"].as_null().unwrap());
    let key = store::RunKey::parse(record["pk"].as_s().unwrap(), record["sk"].as_s().unwrap()).unwrap();
    assert_eq!(
        key,
        store::RunKey {
            scope: scope(1),
            robot: robot_id(1),
            run: run_id(1)
        }
    );
}
