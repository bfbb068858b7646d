//! Where the robot is: what it senses is fitted to the permanent layers of its home's floors.
//!
//! A robot that is put on its dock is looked for around where the dock was last; one that is carried is found once its
//! run has seen enough to be told from any other place. Fits cost processor time, so that they are tried again only
//! after twice the evidence, and what a fit needs is thrown away after it.

use std::time::Duration;

use domain::id::FloorId;
use domain::placement::Placed;
use domain::settings::PermanentLayer;
use mapping::align::{AlignError, Aligner, Alignment};
use mapping::class_grid::ClassGrid;
use mapping::grid::GridError;
use mapping::pose::Pose;
use mapping::run_map::RunMap;
use mapping::run_mapper::RunMapper;
use mapping::run_tile::{RunTile, TileError};
use thiserror::Error;

use crate::driver::Sweep;

/// Sweeps of a robot that stands before it is looked for; again after twice as many.
pub const FIRST_SWEEPS: u32 = 5;
/// Time of a run, by the driver's clock, before it is looked for; again after twice as long.
pub const FIRST_LOOK: Duration = Duration::from_secs(20);
/// The latest look in a run, by the driver's clock.
pub const LAST_LOOK: Duration = Duration::from_secs(15 * 60);
/// Free floor that a run must have seen to be looked for anywhere, cells: 10 square metres.
pub const ANYWHERE_CELLS: u32 = 4_000;
/// How much better the best floor must fit than any other.
const BETTER: f64 = 1.15;
/// Two looks that find the robot within this many metres and radians of the same place agree.
const AGREEING: (f64, f64) = (0.3, 0.1);

/// What is known of the robot's place.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Place {
    /// Nothing.
    #[default]
    Unknown,
    /// The robot itself says that its frame is the home's.
    Home,
    /// It was found there.
    On(Placed),
}

impl Place {
    /// The robot's frame in the home frame of `floor`, if it is there as far as is known.
    pub fn frame_on(&self, floor: FloorId) -> Option<Pose> {
        match self {
            Self::Home => Some(Pose::IDENTITY),
            Self::On(located) if located.floor == floor => Some(located.alignment),
            Self::On(_) | Self::Unknown => None,
        }
    }
}

/// Why a layer cannot be located on.
#[derive(Debug, Error)]
enum LayerError {
    #[error("a tile cannot be read")]
    Tile(#[from] TileError),
    #[error("it is too large")]
    Grid(#[from] GridError),
    #[error("it shows nothing")]
    Align(#[from] AlignError),
}

/// Finds out where the robot is.
#[derive(Default)]
pub struct Locating {
    place: Place,
    /// Where the robot's frame lay the last time it was found, floor by floor.
    docks: Vec<Placed>,
    standing: Standing,
    run: RunLooks,
}

/// What a robot sensed since its frame began, while it was not in a run.
#[derive(Default)]
struct Standing {
    mapper: RunMapper,
    sweeps: u32,
    look_at: u32,
}

/// The looks of the run under way.
#[derive(Default)]
struct RunLooks {
    began: Option<Duration>,
    next: Duration,
    /// Found once, not yet found again.
    candidate: Option<Placed>,
    is_settled: bool,
}

impl Locating {
    /// What is known.
    pub fn place(&self) -> Place {
        self.place
    }

    /// A new frame of the robot begins, and nothing is known in it.
    pub fn begin_frame(&mut self) {
        self.standing = Standing::default();
        if self.place != Place::Home {
            self.place = Place::Unknown;
        }
    }

    /// The robot says whether it knows where it is.
    pub fn take_word(&mut self, is_home: bool) {
        match (is_home, self.place) {
            (true, _) => self.place = Place::Home,
            (false, Place::Home) => self.place = Place::Unknown,
            (false, Place::Unknown | Place::On(_)) => {}
        }
    }

    /// A sweep of a robot that is in no run.
    pub fn stand(&mut self, sweep: &Sweep, layers: &[PermanentLayer]) {
        if self.place != Place::Unknown {
            return;
        }
        if let Err(error) = self.standing.mapper.integrate(&sweep.as_scan()) {
            return tracing::warn!(%error, "a sweep was left out");
        }
        self.standing.sweeps += 1;
        if self.standing.sweeps >= self.standing.look_at.max(FIRST_SWEEPS) {
            self.look_around(layers);
        }
    }

    /// Looks for a robot that stands; also after its floors have changed.
    pub fn look_around(&mut self, layers: &[PermanentLayer]) {
        if self.place != Place::Unknown || self.standing.sweeps < FIRST_SWEEPS || layers.is_empty() {
            return;
        }
        self.standing.look_at = 2 * self.standing.sweeps;
        let seen = self.standing.mapper.snapshot();
        if let Some(found) = self.best(layers, |aligner, guess| aligner.align_near(&seen, guess)) {
            self.settle(found);
        }
    }

    /// A run begins.
    pub fn begin_run(&mut self) {
        self.standing = Standing::default();
        self.run = RunLooks::default();
    }

    /// Whether the run under way should be looked for at `at` by the driver's clock.
    pub fn wants_look(&mut self, at: Duration) -> bool {
        let run = &mut self.run;
        let began = *run.began.get_or_insert(at);
        let gone = at.saturating_sub(began);
        if run.is_settled || gone > LAST_LOOK || gone < run.next.max(FIRST_LOOK) {
            return false;
        }
        run.next = 2 * gone;
        true
    }

    /// Looks for the run whose map is `seen`; gives its place once, when it is certain.
    pub fn look(&mut self, seen: &RunMap, layers: &[PermanentLayer]) -> Option<Placed> {
        if let Some(found) = self.best(layers, |aligner, guess| aligner.align_near(seen, guess)) {
            return Some(self.settle(found));
        }
        if self.place != Place::Home {
            self.place = Place::Unknown;
        }
        if seen.counts().free < ANYWHERE_CELLS {
            return None;
        }
        let found = self.best(layers, |aligner, _| aligner.align_anywhere(seen))?;
        let before = self.run.candidate.replace(found);
        before
            .is_some_and(|before| agree(&before, &found))
            .then(|| self.settle(found))
    }

    fn settle(&mut self, found: Placed) -> Placed {
        self.docks.retain(|dock| dock.floor != found.floor);
        self.docks.push(found);
        self.run.is_settled = true;
        if self.place != Place::Home {
            self.place = Place::On(found);
        }
        found
    }

    /// The floor that fits best, if it fits clearly better than any other; each is let go before the next is tried.
    fn best(
        &self,
        layers: &[PermanentLayer],
        fit: impl Fn(&Aligner, Pose) -> Result<Alignment, AlignError>,
    ) -> Option<Placed> {
        let fits = layers.iter().filter_map(|layer| {
            let aligner = match aligner(layer) {
                Ok(aligner) => aligner,
                Err(error) => {
                    tracing::debug!(floor.id = %layer.floor, %error, "a floor cannot be located on");
                    return None;
                }
            };
            let found = fit(&aligner, self.guess(layer.floor)).ok()?;
            Some((found.fit.score(), layer.floor, found.pose))
        });
        let mut fits: Vec<_> = fits.collect();
        fits.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (score, floor, alignment) = *fits.first()?;
        let runner_up = fits.get(1).map_or(0.0, |(score, ..)| *score);
        (score >= BETTER * runner_up).then_some(Placed { floor, alignment })
    }

    /// Where the robot's frame should lie on a floor: where it lay last, or else where the floor's first run began.
    fn guess(&self, floor: FloorId) -> Pose {
        let known = self.docks.iter().find(|dock| dock.floor == floor);
        known.map_or(Pose::IDENTITY, |dock| dock.alignment)
    }
}

fn agree(a: &Placed, b: &Placed) -> bool {
    let turn = a.alignment.relative(&b.alignment).theta.abs();
    a.floor == b.floor && a.alignment.distance(&b.alignment) <= AGREEING.0 && turn <= AGREEING.1
}

fn aligner(layer: &PermanentLayer) -> Result<Aligner, LayerError> {
    let tiles = layer
        .tiles
        .iter()
        .map(|(index, cells)| Ok((*index, RunTile::decode(cells)?)));
    let map: RunMap = tiles.collect::<Result<_, TileError>>()?;
    let classes = ClassGrid::of_run(&map)?;
    Ok(Aligner::new(&classes.cells().map(|cell| cell.class))?)
}
