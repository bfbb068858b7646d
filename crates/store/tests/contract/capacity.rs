//! What the hot path costs, in the units that are billed.

use std::future::Future;

use domain::ports::{HealthStore, HomeStore, RobotStore, RunStore, RunTileStore, SentRunTile};
use domain::run::Rev;
use mapping::tile::TileIndex;

use crate::local_table::LocalTable;
use crate::samples::{
    finished, home, home_id, owner, paired, person_id, presence, robot_id, room_tile, run, run_id, scope,
    status,
};

/// Read and write units that `request` uses.
async fn cost<T>(table: &LocalTable, request: impl Future<Output = T>) -> (f64, f64) {
    let (reads, writes) = (table.meter.read_units(), table.meter.write_units());
    request.await;
    (
        table.meter.read_units() - reads,
        table.meter.write_units() - writes,
    )
}

#[tokio::test]
async fn a_sheet_of_tiles_costs_its_kilobytes_and_old_news_a_refused_write() {
    let table = LocalTable::start().await;
    let tile = |x, rev| SentRunTile {
        index: TileIndex::new(x, -2),
        rev: Rev(rev),
        cells: (&room_tile()).into(),
    };
    for rev in [1, 2, 2] {
        let tiles: Vec<_> = (-2..2).map(|x| tile(x, rev)).collect();
        let put = async { table.store.put_tiles(&scope(1), run_id(1), &tiles).await.unwrap() };
        assert_eq!(cost(&table, put).await, (0.0, 1.0));
    }
}

#[tokio::test]
async fn a_status_costs_one_write_unit_and_the_fleet_index_only_the_first() {
    let table = LocalTable::start().await;
    let robot = robot_id(1);
    let first = async { table.store.put_status(robot, &status(1, 1)).await.unwrap() };
    assert_eq!(cost(&table, first).await, (0.0, 2.0));
    let second = async { table.store.put_status(robot, &status(1, 2)).await.unwrap() };
    assert_eq!(cost(&table, second).await, (0.0, 1.0));
    let seen = async {
        table
            .store
            .put_presence(robot, &presence("a", true), None)
            .await
            .unwrap()
    };
    assert_eq!(cost(&table, seen).await, (0.0, 1.0));
}

#[tokio::test]
async fn who_belongs_to_a_home_costs_one_read_unit() {
    let table = LocalTable::start().await;
    table.store.create_home(&home(1), &owner(1, 1)).await.unwrap();
    table.store.put_robot(&paired(1, 1), None).await.unwrap();
    let membership = async { table.store.membership(person_id(1), home_id(1)).await.unwrap() };
    assert_eq!(cost(&table, membership).await, (1.0, 0.0));
    let robot = async { table.store.robot(robot_id(1)).await.unwrap() };
    assert_eq!(cost(&table, robot).await, (1.0, 0.0));
}

#[tokio::test]
async fn a_whole_runs_record_stays_within_a_few_write_units() {
    let table = LocalTable::start().await;
    let running = run(1, 1);
    let done = finished(&running, 150);
    let sealed = done.sealed().unwrap();
    let life = async {
        table.store.put_run(&scope(1), &running, None).await.unwrap();
        table
            .store
            .put_run(&scope(1), &done, Some(&running))
            .await
            .unwrap();
        table
            .store
            .put_run(&scope(1), &sealed, Some(&done))
            .await
            .unwrap();
    };
    let (_, writes) = cost(&table, life).await;
    assert!(writes <= 5.0, "{writes} units");
}
