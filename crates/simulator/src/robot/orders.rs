//! What the robot is told to do, by the agent and by whoever stands beside it.

use std::collections::VecDeque;

use async_trait::async_trait;
use device_agent::driver::{
    Capability, Driver, DriverError, DriverOrder, Observation, Observed, Profile, StartOrder,
};
use domain::command::Scope;
use domain::plan::CleaningPlan;
use domain::run::{Initiator, Outcome};
use tokio::task::spawn_blocking;
use tokio::time::sleep_until;

use super::outing::{Outing, Stage};
use super::scope::Ground;
use super::{Purpose, SimRobot, Task};

impl SimRobot {
    /// Somebody presses its button: it stops if it cleans, and otherwise cleans everything unless its buttons are
    /// locked.
    pub fn press_button(&mut self) {
        if self.is_in_run() {
            self.stop();
            return self.say_condition();
        }
        if self.preferences.child_lock {
            return;
        }
        let outing = self.outing(Scope::WholeHome, None);
        self.told.push_back(Observation::Started(Initiator::Button));
        self.set_out(outing.stages());
        self.say_condition();
    }

    /// Somebody holds its button until a child lock is lifted.
    pub fn hold_button(&mut self) {
        self.told.push_back(Observation::LockLifted);
    }

    /// Does as it is told.
    ///
    /// # Errors
    /// [`DriverError::Unsupported`] for a start in rooms without a plan, since it knows no rooms, and for a plan
    /// without a run.
    pub fn obey(&mut self, order: DriverOrder) -> Result<(), DriverError> {
        match order {
            DriverOrder::Start(start) => {
                let stages = self.started(start)?.stages();
                self.set_out(stages);
            }
            DriverOrder::Follow(plan) => {
                let stages = self.following(plan)?.stages();
                self.set_out(stages);
            }
            DriverOrder::Pause => self.is_paused = true,
            DriverOrder::Resume => self.is_paused = false,
            DriverOrder::Stop => self.stop(),
            DriverOrder::Dock => {
                self.stop();
                self.head_home(Purpose::Rest);
            }
            DriverOrder::Locate => tracing::info!("the robot makes a sound"),
            DriverOrder::Configure(preferences) => self.preferences = preferences,
        }
        self.wake = None;
        self.say_condition();
        Ok(())
    }

    fn started(&mut self, StartOrder { scope, plan }: StartOrder) -> Result<Outing, DriverError> {
        match (&scope, &plan) {
            (Scope::Rooms { .. }, None) => Err(DriverError::Unsupported {
                order: "start in rooms without a plan",
            }),
            _ => Ok(self.outing(scope, plan)),
        }
    }

    /// The furniture is where it is for this run.
    fn outing(&mut self, scope: Scope, plan: Option<CleaningPlan>) -> Outing {
        self.runs += 1;
        self.layout = self.home.layout(self.runs ^ (self.config.seed << 16), &self.pose);
        self.outing_from_here(scope, plan)
    }

    fn following(&self, plan: CleaningPlan) -> Result<Outing, DriverError> {
        if self.task == Task::Clean {
            Ok(self.outing_from_here(Scope::WholeHome, Some(plan)))
        } else {
            Err(DriverError::Unsupported {
                order: "a plan without a run",
            })
        }
    }

    pub(super) fn outing_from_here(&self, scope: Scope, plan: Option<CleaningPlan>) -> Outing {
        Outing {
            layout: self.layout.clone(),
            start: (self.pose.x, self.pose.y),
            ground: Ground {
                frame: self.frame,
                preferences: self.preferences.clone(),
                scope,
            },
            plan,
        }
    }

    fn set_out(&mut self, stages: VecDeque<Stage>) {
        self.stages = stages;
        self.path.clear();
        self.is_paused = false;
        self.task = Task::Clean;
    }

    pub(super) fn stop(&mut self) {
        if self.is_in_run() {
            self.told.push_back(Observation::Ended(Outcome::Stopped));
        }
        if self.task != Task::Docked {
            self.task = if self.task == Task::Recharge {
                Task::Docked
            } else {
                Task::Idle
            };
        }
        self.is_paused = false;
        self.stages.clear();
        self.path.clear();
        self.set_aside.clear();
    }
}

#[async_trait]
impl Driver for SimRobot {
    fn profile(&self) -> Profile {
        let capabilities = vec![
            Capability::Pause,
            Capability::Rooms,
            Capability::Zones,
            Capability::Locate,
        ];
        Profile {
            model: "sim".into(),
            capabilities,
        }
    }

    /// A path is planned beside the runtime's threads, which robots of a fleet share.
    async fn order(&mut self, order: DriverOrder) -> Result<(), DriverError> {
        let outing = match order {
            DriverOrder::Start(start) => self.started(start)?,
            DriverOrder::Follow(plan) => self.following(plan)?,
            DriverOrder::Pause
            | DriverOrder::Resume
            | DriverOrder::Stop
            | DriverOrder::Dock
            | DriverOrder::Locate
            | DriverOrder::Configure(_) => return self.obey(order),
        };
        let planned = spawn_blocking(move || outing.stages()).await;
        self.set_out(planned.map_err(|error| DriverError::Unreachable(error.into()))?);
        self.wake = None;
        self.say_condition();
        Ok(())
    }

    async fn next(&mut self) -> Option<Observed> {
        self.say_condition();
        loop {
            if let Some(observed) = self.take_told() {
                return Some(observed);
            }
            let wake = self.next_wake();
            sleep_until(wake).await;
            // A late step moves the next one, so that a busy machine slows the simulation instead of piling it up.
            self.wake = None;
            self.step();
        }
    }
}
