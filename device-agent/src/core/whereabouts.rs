//! What the agent does about where the robot is.

use std::time::Duration;

use domain::run::{Initiator, RunState};

use super::Agent;
use super::locating::Place;
use super::settings::layers_of;
use crate::driver::{DriverOrder, Sweep};

impl Agent {
    /// Enters a sweep into the run; without a run it tells where the robot stands.
    pub(super) fn take_sweep(&mut self, sweep: &Sweep, at: Duration) {
        self.pose = sweep.pose;
        if self.run.is_some() {
            self.sense(at, |run| run.sweep(sweep, at));
            return self.look_for_run(at);
        }
        let before = self.locating.place();
        let layers = layers_of(self.settings.as_ref(), self.endpoint.pairing);
        self.locating.stand(sweep, layers);
        self.note_place(before);
    }

    /// Looks for a robot that stands, now that it knows other floors.
    pub(super) fn look_around(&mut self) {
        if self.run.is_none() {
            let layers = layers_of(self.settings.as_ref(), self.endpoint.pairing);
            self.locating.look_around(layers);
        }
    }

    /// Begins a run that the robot started by itself, on the kept plan if that still holds; ends it at once if its
    /// buttons are locked.
    pub(super) fn begin_own_run(&mut self, initiator: Initiator) {
        if self.run.is_some() {
            return;
        }
        if initiator == Initiator::Button && self.preferences().child_lock {
            tracing::info!(robot.id = %self.endpoint.robot, "a locked button was pressed");
            return self.order(DriverOrder::Stop);
        }
        self.begin_run(initiator);
        match initiator {
            Initiator::Button | Initiator::Schedule => self.follow_kept_plan(),
            Initiator::Command { .. } | Initiator::Replay => {}
        }
    }

    /// Says once where the run under way is driven, as soon as that is certain.
    fn look_for_run(&mut self, at: Duration) {
        let Some(run) = self.run.as_ref().filter(|run| run.state() == RunState::Running) else {
            return;
        };
        let layers = layers_of(self.settings.as_ref(), self.endpoint.pairing);
        if layers.is_empty() || !self.locating.wants_look(at) {
            return;
        }
        let before = self.locating.place();
        let found = self.locating.look(&run.seen(), layers);
        self.note_place(before);
        let now = self.now();
        if let (Some(located), Some(run)) = (found, &mut self.run) {
            tracing::info!(run.id = %run.id, floor.id = %located.floor, "run located");
            let event = run.locate(located, now);
            self.publish_event(&event);
        }
    }

    /// Restrictions lie elsewhere in the robot's frame once that frame is known.
    fn note_place(&mut self, before: Place) {
        if self.locating.place() != before {
            self.configure_driver();
        }
    }
}
