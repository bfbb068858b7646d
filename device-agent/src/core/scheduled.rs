//! Runs that begin by the schedule on the robot, whether the cloud can be reached or not.

use domain::Timestamp;
use domain::command::{Rejection, Scope};
use domain::plan::CleaningPlan;
use domain::run::Initiator;

use super::commands::decide_scheduled;
use super::scheduler::{Occurrence, Scheduler};
use super::{Agent, Uptime};
use crate::driver::DriverOrder;

impl Agent {
    /// Begins what is due. Before this boot knows the time nothing is.
    pub(super) fn tick_schedule(&mut self) {
        let Some(now) = self.clock.server_time(self.uptime) else {
            return;
        };
        let due = self.scheduler.look(now);
        if due.is_empty() && (self.state.schedule_seen.is_some() || self.scheduler.next().is_none()) {
            return;
        }
        // On the disk before the motor starts: after a power cut it is too late for the same entry.
        let is_noted = self.save();
        for occurrence in &due {
            match self.begin_scheduled(occurrence, is_noted, now) {
                Ok(()) => self.state.skipped = None,
                Err(reason) => self.skip(occurrence, reason),
            }
        }
        if !due.is_empty() {
            self.save();
        }
    }

    /// When the schedule wants to be looked at, whether connected or not.
    pub(super) fn schedule_tick(&self) -> Option<Uptime> {
        let now = self.clock.server_time(self.uptime)?;
        let next = self.scheduler.next()?;
        Some(self.uptime + next.since(now))
    }

    /// Whether the owner does not want to be disturbed now. A robot that does not know the time does not know.
    pub(super) fn is_quiet(&self) -> bool {
        let now = self.clock.server_time(self.uptime);
        now.is_some_and(|now| self.is_quiet_at(now))
    }

    fn is_quiet_at(&self, at: Timestamp) -> bool {
        let quiet = self.preferences().do_not_disturb;
        self.scheduler.zone().is_some_and(|zone| quiet.holds(zone, at))
    }

    /// Somebody held the robot's button: the buttons work again until the owner chooses anew.
    pub(super) fn lift_lock(&mut self) {
        tracing::info!(robot.id = %self.endpoint.robot, "the child lock was lifted at the robot");
        self.state.lifted_in = Some(self.chosen_in());
        self.save();
        self.configure_driver();
    }

    /// Heeds the schedule of new settings.
    pub(super) fn reschedule(&mut self) {
        let preferences = self.preferences();
        if !preferences.child_lock && !self.is_lock_lifted() {
            self.state.lifted_in = None;
        }
        self.scheduler.replace(&preferences);
    }

    /// The schedule as the agent finds it at its start.
    pub(super) fn resume_schedule(&mut self) {
        self.scheduler = Scheduler::new(&self.preferences(), self.state.schedule_seen);
    }

    fn begin_scheduled(
        &mut self,
        occurrence: &Occurrence,
        is_noted: bool,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        if occurrence.is_over(now) {
            return Err(Rejection::Expired);
        }
        if self.is_quiet_at(occurrence.due_at) {
            return Err(Rejection::QuietHours);
        }
        let scope = &occurrence.entry.scope;
        let plan = self.kept_plan_of(scope);
        decide_scheduled(scope, plan.as_ref(), &self.situation(plan.as_ref()))?;
        if !is_noted {
            return Err(Rejection::Locked);
        }
        let run = self.new_run_id();
        let start = self.start_order(scope, plan.as_ref());
        self.order(DriverOrder::Start(start));
        self.begin_run_as(run, Initiator::Schedule, None);
        Ok(())
    }

    fn kept_plan_of(&self, scope: &Scope) -> Option<CleaningPlan> {
        let plan = self.heeded_plan()?;
        match scope {
            Scope::WholeHome => Some(plan.clone()),
            Scope::Rooms { rooms } => plan.of_rooms(rooms.items()),
            Scope::Zones { .. } => None,
        }
    }

    fn skip(&mut self, occurrence: &Occurrence, reason: Rejection) {
        let entry = &occurrence.entry.id;
        tracing::info!(robot.id = %self.endpoint.robot, entry.id = %entry, ?reason, "a scheduled run was left out");
        self.state.skipped = Some(occurrence.skipped(reason));
    }
}
