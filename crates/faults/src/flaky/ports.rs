//! The ports that handlers use, each call under the weather.

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::command::{Command, CommandNumber, CommandState};
use domain::command_log::CommandLog;
use domain::fleet::RobotHealth;
use domain::floor_map::FloorMap;
use domain::home::{Floor, Home, Membership, Name};
use domain::id::{CommandId, FloorId, HomeId, PersonId, RobotId, RunId};
use domain::incident::Incident;
use domain::object::ObjectList;
use domain::page::{Page, PageRequest};
use domain::placement::{Candidates, Placed};
use domain::ports::{
    CommandStore, FloorStore, FlowStore, FoldState, HealthStore, HomeStore, IncidentStore, KeptPlan,
    MapStore, OpenFold, PlacementStore, RobotStore, RunStore, RunTileStore, SentRunTile, SettingsStore,
    StoreError, StoredHomeSheet, StoredRunTile,
};
use domain::presence::Presence;
use domain::quarantine::{Minute, Quarantine};
use domain::robot::Robot;
use domain::run::{Rev, Run, RunState};
use domain::settings::Settings;
use domain::status::Status;

use super::{Fate, FlakyStore};
use crate::bug::Bug;

/// One read of a run in so many comes without its vote, with [`Bug::ForgetsVotes`].
const FORGETS_EVERY: u64 = 4;

/// Ports of which nothing but the fate of their calls is special; `true` marks those with a
/// condition on what is stored.
macro_rules! ports {
    ($($port:ident {
        $($method:ident($($argument:ident: $type:ty),*) -> $answer:ty, $is_conditional:literal;)+
    })+) => {$(
        #[async_trait]
        impl<S: $port> $port for FlakyStore<S> {
            $(async fn $method(&self, $($argument: $type),*) -> Result<$answer, StoreError> {
                let work = self.inner.$method($($argument),*);
                self.call(stringify!($method), $is_conditional, work).await
            })+
        }
    )+};
}

ports! {
    RobotStore {
        robot(robot: RobotId) -> Option<Robot>, false;
        put_robot(robot: &Robot, expected: Option<&Robot>) -> (), true;
        robots(scope: &HomeScope, page: &PageRequest) -> Page<Robot>, false;
    }
    SettingsStore {
        settings(robot: RobotId) -> Option<Settings>, false;
        put_settings(robot: RobotId, settings: &Settings, expected: Option<u64>) -> (), true;
    }
    HealthStore {
        health(robot: RobotId) -> RobotHealth, false;
        put_status(robot: RobotId, status: &Status) -> bool, false;
        put_presence(robot: RobotId, presence: &Presence, expected: Option<&Presence>) -> (), true;
        put_quarantine(robot: RobotId, quarantine: Option<&Quarantine>) -> (), false;
    }
    FlowStore {
        add_flow(robot: RobotId, minute: Minute, weight: u32) -> u64, false;
    }
    HomeStore {
        create_home(home: &Home, owner: &Membership) -> (), true;
        home(scope: &HomeScope) -> Option<Home>, false;
        memberships(person: PersonId, page: &PageRequest) -> Page<Membership>, false;
        membership(person: PersonId, home: HomeId) -> Option<Membership>, false;
        add_floor(scope: &HomeScope, floor: &Floor) -> (), false;
        rename_floor(scope: &HomeScope, floor: FloorId, name: &Name) -> (), true;
        floors(scope: &HomeScope, page: &PageRequest) -> Page<Floor>, false;
        floor(scope: &HomeScope, floor: FloorId) -> Option<Floor>, false;
    }
    FloorStore {
        floor_map(scope: &HomeScope, floor: FloorId) -> Option<FloorMap>, false;
        put_floor_map(scope: &HomeScope, floor: FloorId, map: &FloorMap, expected: Option<u64>) -> (), true;
        objects(scope: &HomeScope, floor: FloorId) -> ObjectList, false;
        put_objects(scope: &HomeScope, floor: FloorId, objects: &ObjectList) -> (), false;
        plan(scope: &HomeScope, floor: FloorId) -> Option<KeptPlan>, false;
        put_plan(scope: &HomeScope, floor: FloorId, plan: &KeptPlan) -> (), false;
    }
    CommandStore {
        command_log(robot: RobotId) -> CommandLog, false;
        add_command(scope: &HomeScope, command: &Command, log: &CommandLog, last: Option<CommandNumber>) -> (), true;
        command(scope: &HomeScope, robot: RobotId, command: CommandId) -> Option<Command>, false;
        set_command_state(scope: &HomeScope, command: &Command, from: CommandState, to: CommandState) -> (), true;
    }
}

#[async_trait]
impl<S: RunStore> RunStore for FlakyStore<S> {
    async fn run(&self, scope: &HomeScope, robot: RobotId, run: RunId) -> Result<Option<Run>, StoreError> {
        let mut found = self.call("run", false, self.inner.run(scope, robot, run)).await?;
        if self.has(Bug::ForgetsVotes)
            && self.weather().calls().is_multiple_of(FORGETS_EVERY)
            && let Some(run) = &mut found
        {
            run.vote = None;
        }
        Ok(found)
    }

    async fn put_run(&self, scope: &HomeScope, run: &Run, expected: Option<&Run>) -> Result<(), StoreError> {
        if self.has(Bug::StoreForgets) && run.state == RunState::Sealed {
            return Ok(());
        }
        let work = async {
            self.inner.put_run(scope, run, expected).await?;
            self.note_run(run);
            Ok(())
        };
        self.call("run", true, work).await
    }

    async fn runs(
        &self,
        scope: &HomeScope,
        robot: RobotId,
        page: &PageRequest,
    ) -> Result<Page<Run>, StoreError> {
        self.call("runs", false, self.inner.runs(scope, robot, page))
            .await
    }
}

#[async_trait]
impl<S: RunTileStore> RunTileStore for FlakyStore<S> {
    /// Half of the tiles are stored before a partial failure.
    async fn put_tiles(
        &self,
        scope: &HomeScope,
        run: RunId,
        tiles: &[SentRunTile],
    ) -> Result<usize, StoreError> {
        let fate = self.weather().next_fate();
        let kept = match fate {
            Fate::Done | Fate::AnswerLost | Fate::OwnWriteInTheWay => tiles,
            Fate::Partial => tiles.get(..tiles.len() / 2).unwrap_or_default(),
            Fate::Throttled => &[],
        };
        let mut kept = kept.to_vec();
        if self.has(Bug::IgnoresRevisions) {
            kept.iter_mut().for_each(|tile| tile.rev = Rev(u32::MAX));
        }
        let stored = self.inner.put_tiles(scope, run, &kept).await?;
        match fate {
            Fate::Done => Ok(stored),
            Fate::Throttled | Fate::AnswerLost | Fate::OwnWriteInTheWay | Fate::Partial => {
                Err(StoreError::Unavailable("no answer in time".into()))
            }
        }
    }

    async fn tiles(&self, scope: &HomeScope, run: RunId) -> Result<Vec<StoredRunTile>, StoreError> {
        self.call("tiles", false, self.inner.tiles(scope, run)).await
    }
}

#[async_trait]
impl<S: MapStore> MapStore for FlakyStore<S> {
    async fn fold_state(&self, scope: &HomeScope, floor: FloorId) -> Result<FoldState, StoreError> {
        self.call("fold", false, self.inner.fold_state(scope, floor))
            .await
    }

    async fn open_fold(&self, scope: &HomeScope, floor: FloorId, fold: &OpenFold) -> Result<(), StoreError> {
        let work = async {
            self.inner.open_fold(scope, floor, fold).await?;
            self.note_decided(fold.run);
            Ok(())
        };
        self.call("fold", true, work).await
    }

    async fn close_fold(&self, scope: &HomeScope, floor: FloorId, n: u32) -> Result<(), StoreError> {
        self.call("fold", true, self.inner.close_fold(scope, floor, n))
            .await
    }

    async fn home_sheets(
        &self,
        scope: &HomeScope,
        floor: FloorId,
    ) -> Result<Vec<StoredHomeSheet>, StoreError> {
        self.call("sheets", false, self.inner.home_sheets(scope, floor))
            .await
    }

    async fn put_home_sheet(
        &self,
        scope: &HomeScope,
        floor: FloorId,
        sheet: &StoredHomeSheet,
    ) -> Result<(), StoreError> {
        let put = self.call("sheet", true, self.inner.put_home_sheet(scope, floor, sheet));
        match put.await {
            Err(StoreError::Unavailable(_)) if self.has(Bug::SwallowsErrors) => Ok(()),
            other => other,
        }
    }
}

#[async_trait]
impl<S: PlacementStore> PlacementStore for FlakyStore<S> {
    async fn place(&self, scope: &HomeScope, run: RunId) -> Result<Option<Placed>, StoreError> {
        self.call("place", false, self.inner.place(scope, run)).await
    }

    async fn settle_place(
        &self,
        scope: &HomeScope,
        run: RunId,
        placed: &Placed,
    ) -> Result<Placed, StoreError> {
        self.call("place", false, self.inner.settle_place(scope, run, placed))
            .await
    }

    async fn candidates(&self, scope: &HomeScope) -> Result<Candidates, StoreError> {
        self.call("candidates", false, self.inner.candidates(scope)).await
    }

    async fn put_candidates(&self, scope: &HomeScope, candidates: &Candidates) -> Result<(), StoreError> {
        let work = async {
            self.inner.put_candidates(scope, candidates).await?;
            self.note_candidates(candidates);
            Ok(())
        };
        self.call("candidates", true, work).await
    }
}

#[async_trait]
impl<S: IncidentStore> IncidentStore for FlakyStore<S> {
    async fn record(&self, incident: &Incident) -> Result<(), StoreError> {
        let mut kept = incident.clone();
        if self.has(Bug::DropsPoison) {
            kept.payload.clear();
        }
        self.call("incident", false, self.inner.record(&kept)).await
    }
}
