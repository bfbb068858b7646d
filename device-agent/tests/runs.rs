//! Runs on a bad line: whatever is lost or repeated, the cloud ends up with the map that the robot made.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::Duration;

use common::{Cloud, Table, command, condition, endpoint, sweep};
use device_agent::core::message::Received;
use device_agent::core::status::SETTLE;
use device_agent::core::{AFTER_TILES, Input};
use device_agent::driver::Observation;
use domain::command::{CommandKind, Failure};
use domain::id::LeaseId;
use domain::receipt::ReceiptKind;
use domain::run::{Outcome, RunEventKind};
use domain::settings::Preferences;
use domain::status::RobotState;
use mapping::run_mapper::RunMapper;
use proptest::prelude::*;
use wire::ack::Answer;
use wire::command::{LiveRequest, RobotRequest};
use wire::live::LiveBatch;
use wire::tile_pack::TilePack;
use wire::topic::Downlink;

fn begin(table: &mut Table) {
    table.command(&command(1, CommandKind::Start));
    table.observe(Observation::State(condition(RobotState::Running)));
}

fn end(table: &mut Table) {
    table.observe(Observation::Ended(Outcome::Completed));
    table.observe(Observation::State(condition(RobotState::Docked)));
}

/// Lets cloud and robot talk over a line that loses and repeats, until nothing waits any more.
fn settle(table: &mut Table, cloud: &mut Cloud, mut fate: impl FnMut() -> u8) -> bool {
    let mut seen = 0;
    for _ in 0..500 {
        while seen < table.said.len() {
            let message = table.said[seen].clone();
            seen += 1;
            for _ in 0..copies(fate()) {
                let answer = cloud.take(&message);
                for _ in 0..copies(fate()) {
                    answer
                        .clone()
                        .into_iter()
                        .for_each(|answer| table.receipt(answer));
                }
            }
        }
        if !table.agent.is_busy() {
            return true;
        }
        table.wait(Duration::from_secs(30));
    }
    false
}

/// One in three messages is lost, one in three comes twice.
fn copies(fate: u8) -> u8 {
    fate % 3
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_run_over_a_lossy_line_ends_confirmed_with_the_robots_map(fates in proptest::collection::vec(any::<u8>(), 200)) {
        let dir = tempfile::tempdir().unwrap();
        let (mut table, mut cloud) = (Table::ready(dir.path()), Cloud::default());
        begin(&mut table);
        table.drive();
        table.put(Input::Disconnected);
        table.drive();
        table.put(Input::Connected);
        table.drive();
        end(&mut table);
        let mut fates = fates.into_iter().cycle();
        prop_assert!(settle(&mut table, &mut cloud, || fates.next().unwrap()));
        let (run, report) = cloud.finished.iter().next().unwrap();
        let map = cloud.map(*run);
        prop_assert_eq!(report.manifest.digest(), map.digest());
        let mut mapper = RunMapper::new();
        (0..3).flat_map(|_| 0..100).for_each(|step| mapper.integrate(&sweep(f64::from(step) * 0.04).as_scan()).unwrap());
        prop_assert_eq!(mapper.finish().digest(), map.digest());
    }
}

#[test]
fn a_finished_run_tells_its_area_its_time_and_its_track() {
    let dir = tempfile::tempdir().unwrap();
    let (mut table, mut cloud) = (Table::ready(dir.path()), Cloud::default());
    begin(&mut table);
    table.drive();
    end(&mut table);
    assert!(settle(&mut table, &mut cloud, || 1));
    let report = cloud.finished.values().next().unwrap();
    assert_eq!(report.outcome, Outcome::Completed);
    assert!(
        (19_000..=20_000).contains(&report.duration_ms),
        "{} ms",
        report.duration_ms
    );
    assert!(
        (12_000..16_000).contains(&report.area_cm2),
        "{} cm²",
        report.area_cm2
    );
    assert_eq!(report.track, [(0, 0), (3960, 0)]);
}

#[test]
fn nothing_leaves_the_outbox_before_the_cloud_confirms_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    begin(&mut table);
    table.drive();
    end(&mut table);
    drop(table);
    let (mut table, mut cloud) = (Table::ready(dir.path()), Cloud::default());
    assert!(settle(&mut table, &mut cloud, || 1));
    assert_eq!(
        cloud
            .finished
            .values()
            .map(|report| report.outcome)
            .collect::<Vec<_>>(),
        [Outcome::Completed]
    );
    drop(table);
    assert!(!Table::ready(dir.path()).agent.is_busy());
}

#[test]
fn a_run_that_a_power_cut_ended_is_closed_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    begin(&mut table);
    table.drive();
    table.drive();
    drop(table);
    let (mut table, mut cloud) = (Table::ready(dir.path()), Cloud::default());
    assert!(settle(&mut table, &mut cloud, || 1));
    let (run, report) = cloud.finished.iter().next().unwrap();
    assert_eq!(report.outcome, Outcome::Interrupted);
    assert!(!cloud.map(*run).is_blank());
    assert_eq!(report.manifest.digest(), cloud.map(*run).digest());
    let answer = table
        .acks()
        .into_iter()
        .find(|ack| ack.command == command(1, CommandKind::Start).id)
        .unwrap();
    assert_eq!(
        answer.answer,
        Answer::Failed {
            reason: Failure::Interrupted
        }
    );
}

#[test]
fn a_refused_run_is_set_aside_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    begin(&mut table);
    table.drive();
    end(&mut table);
    let run = table.events().last().unwrap().run;
    table.receipt(ReceiptKind::Refused {
        run,
        field: "tiles".into(),
        reason: "too many".into(),
    });
    table.put(Input::Connected);
    let status = table.statuses().pop().unwrap();
    assert_eq!((status.waiting, status.dropped), (0, 1));
}

#[test]
fn a_robot_without_consent_sends_no_map() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    let private = Preferences {
        upload_map: false,
        ..Preferences::initial()
    };
    table.choose(2, private);
    table.wait(SETTLE);
    assert_eq!(table.statuses().pop().unwrap().settings_version, 2);
    begin(&mut table);
    table.drive();
    end(&mut table);
    table.wait(AFTER_TILES);
    assert!(
        table
            .said
            .iter()
            .all(|message| !message.topic.ends_with("/tiles"))
    );
    let RunEventKind::Finished(report) = table.events().pop().unwrap().kind else {
        panic!("not finished")
    };
    assert!(report.manifest.tiles().is_empty() && report.track.is_empty() && report.area_cm2 > 0);
}

#[test]
fn a_watcher_sees_the_whole_run_at_once_and_then_what_changes() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    begin(&mut table);
    table.drive();
    let lease = LeaseId::from_u128(4);
    let request = RobotRequest::Live(LiveRequest {
        pairing: endpoint().pairing,
        lease,
        for_ms: 60_000,
    });
    let topic = Downlink::Commands(endpoint().robot);
    table.said.clear();
    table.put(Input::Received(Received {
        topic,
        payload: request.encode(),
        retained: false,
    }));
    let batches = |table: &Table| -> Vec<LiveBatch> {
        let said = table.said.iter();
        let live = said.filter(|message| message.topic.ends_with("/pose"));
        live.map(|message| LiveBatch::decode(&message.payload).unwrap())
            .collect()
    };
    table.wait(Duration::from_secs(1));
    let first = batches(&table).pop().unwrap();
    assert!(first.is_whole);
    let apart = table
        .said
        .iter()
        .filter(|message| message.topic.starts_with("live/"));
    let packs = apart.filter_map(|message| TilePack::decode(&message.payload).ok());
    let packs = packs.chain(first.pack().unwrap());
    let shown: usize = packs.map(|pack| pack.tiles.len()).sum();
    assert!(shown >= 4, "{shown} tiles");
    table.said.clear();
    for step in 0..200 {
        table.uptime += Duration::from_millis(100);
        table.robot_time += Duration::from_millis(100);
        table.observe(Observation::Sweep(sweep(f64::from(step) * 0.03)));
    }
    let changes = batches(&table);
    assert_eq!(changes.len(), 2);
    for batch in changes {
        assert!(!batch.is_whole && batch.pack().unwrap().unwrap().run == first.run.unwrap());
    }
    table.wait(Duration::from_secs(61));
    table.said.clear();
    table.drive();
    assert!(batches(&table).is_empty());
}

#[test]
fn the_status_is_told_when_it_changes_and_when_the_link_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::ready(dir.path());
    let first = table.statuses().len();
    table.observe(Observation::State(condition(RobotState::Docked)));
    assert_eq!(table.statuses().len(), first);
    table.observe(Observation::State(condition(RobotState::Stopped)));
    table.observe(Observation::State(condition(RobotState::Charging)));
    assert_eq!(table.statuses().len(), first);
    table.wait(SETTLE);
    let told = table.statuses();
    assert_eq!((told.len(), told[first].state), (first + 1, RobotState::Charging));
    table.put(Input::Disconnected);
    table.observe(Observation::State(condition(RobotState::Docked)));
    assert_eq!(table.statuses().len(), first + 1);
    table.put(Input::Connected);
    let statuses = table.statuses();
    assert_eq!(statuses.len(), first + 2);
    assert!(
        statuses
            .windows(2)
            .all(|pair| pair[0].seq < pair[1].seq && pair[0].boot == pair[1].boot)
    );
    drop(table);
    assert!(Table::ready(dir.path()).statuses()[0].boot > statuses[0].boot);
}
