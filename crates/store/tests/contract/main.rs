//! What every store port promises, held against [`store::TableStore`] over an in-process DynamoDB engine and the real
//! client. Each port's contract is one function over the port, so that another store could be held to it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod accounts;
mod capacity;
mod claims;
mod commands;
mod failures;
mod fleet;
mod floors;
mod health;
mod homes;
mod incidents;
mod labels;
mod leases;
mod local_table;
mod maps;
mod members;
mod paging;
mod placements;
mod presence;
mod robots;
mod run_tiles;
mod runs;
mod samples;
mod settings;

use local_table::LocalTable;

macro_rules! contracts {
    ($($name:ident: $contract:path),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            $contract(&LocalTable::start().await.store).await;
        })+
    };
}

contracts! {
    account_store: accounts::account_store,
    person_store: accounts::person_store,
    session_store: accounts::session_store,
    claim_store: claims::claim_store,
    command_store: commands::command_store,
    commands_stay_in_their_home: commands::commands_stay_in_their_home,
    fleet_store: fleet::fleet_store,
    floor_store: floors::floor_store,
    floors_stay_in_their_home: floors::floors_stay_in_their_home,
    flow_store: health::flow_store,
    health_store: health::health_store,
    home_store: homes::home_store,
    homes_do_not_see_each_other: homes::homes_do_not_see_each_other,
    incident_store: incidents::incident_store,
    label_store: labels::label_store,
    lease_store: leases::lease_store,
    map_store: maps::map_store,
    maps_stay_in_their_home: maps::maps_stay_in_their_home,
    member_store: members::member_store,
    placement_store: placements::placement_store,
    two_places_one_is_settled: placements::two_places_one_is_settled,
    robot_store: robots::robot_store,
    robots_move_between_homes: robots::robots_move_between_homes,
    run_store: runs::run_store,
    runs_page_newest_first: runs::runs_page_newest_first,
    run_tile_store: run_tiles::run_tile_store,
    settings_store: settings::settings_store,
    two_writers_one_wins: commands::two_writers_one_wins,
    two_folds_one_opens: maps::two_folds_one_opens,
}
