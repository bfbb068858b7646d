//! What the core must know to be on the disk before it acts.

use std::path::{Path, PathBuf};

use domain::id::RunId;
use domain::settings::Settings;
use mapping::tile::TileIndex;
use thiserror::Error;
use wire::tile_pack::PackedTile;
use wire::{WireError, settings};

use crate::credentials::Credentials;
use crate::identity::{IdentityError, RobotIdentity};
use crate::kept_plan::{KeptPlan, KeptPlanError};
use crate::outbox::{OpenRun, Outbox, OutboxError, Progress, RunHead};
use crate::private_file;
use crate::renewal::{Renewal, RenewalError};
use crate::state::{AgentState, StateError};

const STATE_FILE: &str = "state.json";
const SETTINGS_FILE: &str = "settings.json";
const PLAN_FILE: &str = "plan.json";
const OUTBOX_FILE: &str = "outbox.log";

/// Why something is not stored.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The state.
    #[error(transparent)]
    State(#[from] StateError),
    /// The outbox.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The plan.
    #[error(transparent)]
    Plan(#[from] KeptPlanError),
    /// The renewal of the certificate.
    #[error(transparent)]
    Renewal(#[from] RenewalError),
    /// The identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The settings do not fit their form.
    #[error(transparent)]
    Settings(#[from] WireError),
    /// The settings' file.
    #[error("settings {path}: cannot be read or written")]
    SettingsFile {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
}

/// Durable memory of the agent. What a method has taken MUST survive a kill and a power cut once it returns `Ok`.
pub trait Storage: Send {
    /// Replaces the agent's state.
    ///
    /// # Errors
    /// [`StorageError::State`]; the old state MUST then still be there.
    fn save_state(&mut self, state: &AgentState) -> Result<(), StorageError>;

    /// Replaces the settings.
    ///
    /// # Errors
    /// [`StorageError`]; the old settings MUST then still be there.
    fn save_settings(&mut self, settings: &Settings) -> Result<(), StorageError>;

    /// Replaces the plan kept for runs that begin without the cloud.
    ///
    /// # Errors
    /// [`StorageError::Plan`]; the old plan MUST then still be there.
    fn save_plan(&mut self, plan: &KeptPlan) -> Result<(), StorageError>;

    /// Replaces what is known of the certificate's renewal.
    ///
    /// # Errors
    /// [`StorageError::Renewal`]; the stage before MUST then still be there.
    fn save_renewal(&mut self, renewal: &Renewal) -> Result<(), StorageError>;

    /// Ends a renewal that came to nothing; the old credentials stay.
    ///
    /// # Errors
    /// [`StorageError::Renewal`].
    fn drop_renewal(&mut self) -> Result<(), StorageError>;

    /// Ends a renewal with its credentials in the place of the old ones.
    ///
    /// # Errors
    /// [`StorageError::Identity`]; the renewed ones MUST be in use all the same.
    fn finish_renewal(&mut self, renewed: &Credentials) -> Result<(), StorageError>;

    /// Takes note that a run began; gives the runs that were dropped to make room, as do the next two.
    ///
    /// # Errors
    /// [`StorageError::Outbox`].
    fn begin_run(&mut self, run: RunId, head: RunHead) -> Result<Vec<RunId>, StorageError>;

    /// Keeps tiles and progress of a run.
    ///
    /// # Errors
    /// [`StorageError::Outbox`].
    fn put_tiles(
        &mut self,
        run: RunId,
        tiles: Vec<PackedTile>,
        progress: Progress,
    ) -> Result<Vec<RunId>, StorageError>;

    /// Keeps the payload of a run's last event.
    ///
    /// # Errors
    /// [`StorageError::Outbox`].
    fn finish_run(&mut self, run: RunId, payload: Vec<u8>) -> Result<Vec<RunId>, StorageError>;

    /// Lets a run go, for the cloud confirmed or refused it.
    ///
    /// # Errors
    /// [`StorageError::Outbox`].
    fn remove_run(&mut self, run: RunId) -> Result<(), StorageError>;

    /// The payload of a run's last event, if the run is kept and over.
    ///
    /// # Errors
    /// [`StorageError::Outbox`].
    fn finished_payload(&mut self, run: RunId) -> Result<Option<Vec<u8>>, StorageError>;

    /// Those of `wanted` that are kept of a run.
    ///
    /// # Errors
    /// [`StorageError::Outbox`].
    fn tiles(&mut self, run: RunId, wanted: &[TileIndex]) -> Result<Vec<PackedTile>, StorageError>;

    /// Tiles and last events that wait for a confirmation.
    fn waiting(&self) -> usize;
}

/// What was found in the agent's directory at its start.
#[derive(Default)]
pub struct Memory {
    /// The state.
    pub state: AgentState,
    /// The settings applied last.
    pub settings: Option<Settings>,
    /// The plan kept last.
    pub plan: Option<KeptPlan>,
    /// The renewal of the certificate that was begun.
    pub renewal: Option<Renewal>,
    /// Runs that were under way.
    pub open_runs: Vec<OpenRun>,
    /// Runs that wait for their confirmation.
    pub finished_runs: Vec<RunId>,
    /// Records of the outbox that were damaged.
    pub damaged: u32,
}

/// Storage in files of the agent's directory.
pub struct DiskStorage {
    dir: PathBuf,
    outbox: Outbox,
}

impl DiskStorage {
    /// Opens the directory, making it if needed, and reads what is there.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn open(dir: &Path) -> Result<(Self, Memory), StorageError> {
        private_file::create_dir(dir).map_err(|source| StateError::Io {
            path: dir.to_owned(),
            source,
        })?;
        let mut outbox = Outbox::open(&dir.join(OUTBOX_FILE))?;
        let orphans = outbox.orphans();
        orphans.iter().try_for_each(|run| outbox.remove(*run))?;
        let memory = Memory {
            state: AgentState::load(&dir.join(STATE_FILE))?,
            settings: load_settings(&dir.join(SETTINGS_FILE))?,
            plan: KeptPlan::load(&dir.join(PLAN_FILE))?,
            renewal: Renewal::load(dir)?,
            open_runs: outbox.open_runs()?,
            finished_runs: outbox.finished(),
            damaged: outbox.refused() + orphans.len() as u32,
        };
        Ok((
            Self {
                dir: dir.to_owned(),
                outbox,
            },
            memory,
        ))
    }

    /// Removes the files of `dir` that hold runs, settings, plan and state; files of others stay.
    ///
    /// # Errors
    /// What the file system says.
    pub fn wipe(dir: &Path) -> std::io::Result<()> {
        private_file::remove(dir, &[OUTBOX_FILE, SETTINGS_FILE, PLAN_FILE, STATE_FILE])
    }
}

impl Storage for DiskStorage {
    fn save_state(&mut self, state: &AgentState) -> Result<(), StorageError> {
        Ok(state.save(&self.dir.join(STATE_FILE))?)
    }

    fn save_settings(&mut self, settings: &Settings) -> Result<(), StorageError> {
        let path = self.dir.join(SETTINGS_FILE);
        let bytes = settings::encode(settings)?;
        private_file::write_atomically(&path, &bytes)
            .map_err(|source| StorageError::SettingsFile { path, source })
    }

    fn save_plan(&mut self, plan: &KeptPlan) -> Result<(), StorageError> {
        Ok(plan.save(&self.dir.join(PLAN_FILE))?)
    }

    fn save_renewal(&mut self, renewal: &Renewal) -> Result<(), StorageError> {
        Ok(renewal.save(&self.dir)?)
    }

    fn drop_renewal(&mut self) -> Result<(), StorageError> {
        Ok(Renewal::forget(&self.dir)?)
    }

    fn finish_renewal(&mut self, renewed: &Credentials) -> Result<(), StorageError> {
        Ok(RobotIdentity::replace_credentials(&self.dir, renewed)?)
    }

    fn begin_run(&mut self, run: RunId, head: RunHead) -> Result<Vec<RunId>, StorageError> {
        Ok(self.outbox.put_head(run, head)?)
    }

    fn put_tiles(
        &mut self,
        run: RunId,
        tiles: Vec<PackedTile>,
        progress: Progress,
    ) -> Result<Vec<RunId>, StorageError> {
        Ok(self.outbox.put_tiles(run, tiles, progress)?)
    }

    fn finish_run(&mut self, run: RunId, payload: Vec<u8>) -> Result<Vec<RunId>, StorageError> {
        Ok(self.outbox.put_finished(run, payload)?)
    }

    fn remove_run(&mut self, run: RunId) -> Result<(), StorageError> {
        Ok(self.outbox.remove(run)?)
    }

    fn finished_payload(&mut self, run: RunId) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.outbox.finished_payload(run)?)
    }

    fn tiles(&mut self, run: RunId, wanted: &[TileIndex]) -> Result<Vec<PackedTile>, StorageError> {
        Ok(self.outbox.tiles(run, wanted)?)
    }

    fn waiting(&self) -> usize {
        self.outbox.waiting()
    }
}

/// Damaged settings count as none: the cloud sends them again when it sees the version.
fn load_settings(path: &Path) -> Result<Option<Settings>, StorageError> {
    let bytes = private_file::read_if_there(path).map_err(|source| StorageError::SettingsFile {
        path: path.to_owned(),
        source,
    })?;
    Ok(bytes.and_then(|bytes| settings::decode(&bytes).ok()))
}
