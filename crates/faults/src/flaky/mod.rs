//! A store whose calls fail as the weather has it, over any store: in the way of a service that throttles, answers too
//! late, or ends between the parts of a batch.

mod fate;
mod mailbox;
mod ports;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::id::{RobotId, RunId};
use domain::placement::Candidates;
use domain::ports::StoreError;
use domain::receipt::Receipt;
use domain::run::{Run, RunState};
use domain::settings::Settings;

use crate::bug::Bug;

pub use fate::{Fate, Weather};

/// Something for a robot.
#[derive(Debug, Clone, PartialEq)]
pub enum Post {
    /// A receipt.
    Receipt(Receipt),
    /// Its settings, which the broker keeps for it.
    Settings(Settings),
}

/// What came out of a store that did not go back to the caller.
#[derive(Debug, Default)]
pub struct Aside {
    /// What robots were sent.
    pub posts: VecDeque<(RobotId, Post)>,
    /// The change stream: runs that were sealed and have not voted.
    pub sealed: VecDeque<(RobotId, RunId)>,
    /// Runs in the order in which they were parked or opened their vote.
    pub decided: Vec<RunId>,
}

/// A store over `inner` whose calls fail.
pub struct FlakyStore<S> {
    inner: S,
    weather: Mutex<Weather>,
    aside: Mutex<Aside>,
    bug: Option<Bug>,
}

impl<S> FlakyStore<S> {
    /// A store over `inner`, with something wrong on purpose or not.
    pub fn new(inner: S, weather: Weather, bug: Option<Bug>) -> Self {
        Self {
            inner,
            weather: Mutex::new(weather),
            aside: Mutex::default(),
            bug,
        }
    }

    /// The store beneath, which never fails.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// What deals out fates.
    pub fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What came out beside the answers.
    pub fn aside(&self) -> MutexGuard<'_, Aside> {
        self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Lets `work` be done as the weather has it; `is_conditional` work may find its own first attempt in its way.
    async fn call<T>(
        &self,
        what: &'static str,
        is_conditional: bool,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let (turns, fate) = {
            let mut weather = self.weather();
            (weather.turns(), weather.next_fate())
        };
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        match fate {
            Fate::Done => work.await,
            Fate::Throttled | Fate::Partial => Err(StoreError::Unavailable("throttled".into())),
            Fate::OwnWriteInTheWay if is_conditional => {
                work.await?;
                Err(StoreError::Conflict { what })
            }
            Fate::AnswerLost | Fate::OwnWriteInTheWay => {
                work.await?;
                Err(StoreError::Unavailable("no answer in time".into()))
            }
        }
    }

    fn note_run(&self, run: &Run) {
        if run.state == RunState::Sealed && run.vote.is_none() {
            self.aside().sealed.push_back((run.robot, run.id));
        }
    }

    fn note_candidates(&self, candidates: &Candidates) {
        let parked = candidates.parked().iter().map(|parked| parked.run);
        let founder = candidates.founder.iter().map(|founder| founder.run);
        parked.chain(founder).for_each(|run| self.note_decided(run));
    }

    fn note_decided(&self, run: RunId) {
        let mut aside = self.aside();
        if !aside.decided.contains(&run) {
            aside.decided.push(run);
        }
    }
}
