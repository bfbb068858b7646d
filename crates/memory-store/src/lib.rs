//! All ports in memory, with a switch for an outage, a fuse that ends the process after some writes, and reads that
//! are as old as a port allows.

mod floors;
mod labels;
mod maps;
mod registry;
mod robots;
mod runs;
mod unused;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::access::HomeScope;
use domain::command::Command;
use domain::floor_map::FloorMap;
use domain::home::Floor;
use domain::id::{CommandId, FloorId, HomeId, LeaseId, PersonId, RobotId, RunId};
use domain::incident::Incident;
use domain::label::Label;
use domain::lease::Lease;
use domain::object::ObjectList;
use domain::placement::{Candidates, Placed};
use domain::ports::{
    DeviceError, FoldState, IncidentStore, KeptPlan, LeaseStore, RobotMailbox, StoreError, StoredHomeSheet,
    StoredRunTile,
};
use domain::presence::Presence;
use domain::quarantine::{Minute, Quarantine};
use domain::receipt::Receipt;
use domain::robot::Robot;
use domain::run::Run;
use domain::settings::Settings;
use domain::status::Status;
use mapping::SheetIndex;
use mapping::tile::TileIndex;

/// All that is kept.
#[derive(Clone, Default)]
pub struct Shelves {
    /// Robots.
    pub robots: BTreeMap<RobotId, Robot>,
    /// The codes printed on them.
    pub labels: BTreeMap<String, Label>,
    /// Their settings.
    pub settings: BTreeMap<RobotId, Settings>,
    /// Their newest reports.
    pub status: BTreeMap<RobotId, Status>,
    /// Whether they are connected.
    pub presence: BTreeMap<RobotId, Presence>,
    /// Those whose certificates open nothing for now.
    pub suspended: BTreeSet<RobotId>,
    /// Which are cut off.
    pub quarantine: BTreeMap<RobotId, Quarantine>,
    /// What they sent in which minute.
    pub flows: BTreeMap<(RobotId, Minute), u64>,
    /// Commands.
    pub commands: BTreeMap<CommandId, Command>,
    /// Leases of the live view.
    pub leases: BTreeMap<LeaseId, Lease>,
    /// Who opened which live view in which home.
    pub views: BTreeSet<(HomeId, PersonId, LeaseId)>,
    /// Runs.
    pub runs: BTreeMap<RunId, Run>,
    /// Their tiles.
    pub run_tiles: BTreeMap<(RunId, TileIndex), StoredRunTile>,
    /// Floors.
    pub floors: BTreeMap<FloorId, Floor>,
    /// How far the votes of a floor are.
    pub folds: BTreeMap<FloorId, FoldState>,
    /// The evidence of a floor.
    pub home_sheets: BTreeMap<(FloorId, SheetIndex), StoredHomeSheet>,
    /// What was derived of a floor.
    pub floor_maps: BTreeMap<FloorId, FloorMap>,
    /// Its movable things.
    pub objects: BTreeMap<FloorId, ObjectList>,
    /// Its plan.
    pub plans: BTreeMap<FloorId, KeptPlan>,
    /// What a stale read of the plans gives.
    pub plans_before: BTreeMap<FloorId, KeptPlan>,
    /// Where runs vote.
    pub places: BTreeMap<RunId, Placed>,
    /// Runs that fit nowhere.
    pub candidates: Candidates,
    /// What was refused.
    pub incidents: Vec<Incident>,
    /// What robots were told, oldest first.
    pub receipts: Vec<(RobotId, Receipt)>,
    /// Settings that robots were sent, with their version, oldest first.
    pub posted_settings: Vec<(RobotId, u64)>,
    /// Robots whose settings the broker keeps.
    pub retained: BTreeSet<RobotId>,
    /// The certificates that were issued, with whether they are in force.
    pub certificates: BTreeMap<String, bool>,
}

/// The store.
pub struct Memory {
    shelves: Mutex<Shelves>,
    out: AtomicBool,
    stale: AtomicBool,
    /// How many writes succeed before the process ends.
    fuse: AtomicU32,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            shelves: Mutex::default(),
            out: AtomicBool::new(false),
            stale: AtomicBool::new(false),
            fuse: AtomicU32::new(u32::MAX),
        }
    }
}

impl Memory {
    /// Nothing works until it recovers.
    pub fn fail(&self) {
        self.out.store(true, Ordering::SeqCst);
    }

    /// Everything works again.
    pub fn recover(&self) {
        self.out.store(false, Ordering::SeqCst);
        self.fuse.store(u32::MAX, Ordering::SeqCst);
    }

    /// Ends the process after this many writes: nothing works any more until it recovers.
    pub fn fail_after(&self, writes: u32) {
        self.fuse.store(writes, Ordering::SeqCst);
    }

    /// Serves what was stored before the last write wherever the port allows it.
    pub fn read_stale(&self) {
        self.stale.store(true, Ordering::SeqCst);
    }

    fn is_stale(&self) -> bool {
        self.stale.load(Ordering::SeqCst)
    }

    /// Lets whoever waits go first, so that handlers at the same time take turns at every write.
    async fn write(&self) -> Result<MutexGuard<'_, Shelves>, StoreError> {
        tokio::task::yield_now().await;
        let left = self.fuse.load(Ordering::SeqCst);
        match left {
            u32::MAX => {}
            0 => self.fail(),
            _ => self.fuse.store(left - 1, Ordering::SeqCst),
        }
        self.open()
    }

    /// A store with the same things in it.
    pub fn copy(&self) -> Self {
        let copy = Self::default();
        *copy.look() = self.look().clone();
        copy
    }

    /// What is kept, whether the store answers or not.
    pub fn look(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<MutexGuard<'_, Shelves>, StoreError> {
        if self.out.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("switched off".into()));
        }
        Ok(self.look())
    }

    async fn mailbox(&self) -> Result<MutexGuard<'_, Shelves>, DeviceError> {
        self.write()
            .await
            .map_err(|error| DeviceError::Unavailable(error.into()))
    }
}

fn conflict<T>(what: &'static str) -> Result<T, StoreError> {
    Err(StoreError::Conflict { what })
}

#[async_trait]
impl IncidentStore for Memory {
    async fn record(&self, incident: &Incident) -> Result<(), StoreError> {
        self.write().await?.incidents.push(incident.clone());
        Ok(())
    }
}

#[async_trait]
impl LeaseStore for Memory {
    async fn open_lease(&self, scope: &HomeScope, lease: &Lease) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        shelves.views.insert((scope.home(), lease.person, lease.id));
        shelves.leases.insert(lease.id, lease.clone());
        Ok(())
    }

    async fn leases_of(&self, scope: &HomeScope, person: PersonId) -> Result<Vec<LeaseId>, StoreError> {
        let shelves = self.open()?;
        let theirs = shelves
            .views
            .iter()
            .filter(|view| (view.0, view.1) == (scope.home(), person));
        Ok(theirs.map(|view| view.2).collect())
    }

    async fn put_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        self.write().await?.leases.insert(lease.id, lease.clone());
        Ok(())
    }

    async fn lease(&self, lease: LeaseId) -> Result<Option<Lease>, StoreError> {
        Ok(self.open()?.leases.get(&lease).cloned())
    }
}

#[async_trait]
impl RobotMailbox for Memory {
    async fn post_settings(&self, robot: RobotId, settings: &Settings) -> Result<(), DeviceError> {
        let mut shelves = self.mailbox().await?;
        shelves.posted_settings.push((robot, settings.version));
        shelves.retained.insert(robot);
        Ok(())
    }

    async fn clear_settings(&self, robot: RobotId) -> Result<(), DeviceError> {
        self.mailbox().await?.retained.remove(&robot);
        Ok(())
    }

    async fn post_receipt(&self, robot: RobotId, receipt: &Receipt) -> Result<(), DeviceError> {
        self.mailbox().await?.receipts.push((robot, receipt.clone()));
        Ok(())
    }
}
