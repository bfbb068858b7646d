//! Status reports: on change, on every connection, and once a day.

use std::time::Duration;

use domain::id::RunId;
use domain::schedule::SkippedRun;
use wire::status::StatusReport;
use wire::topic::Uplink;

use super::{Agent, Uptime};
use crate::driver::RobotCondition;

/// How often the status is reported without a change.
pub const REPORT_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// A change of the charge that is worth a report, percent.
pub const BATTERY_STEP: u8 = 20;
/// How long a change waits for others, so that one report tells of all. An error does not wait, and neither does what a
/// command changes: that a run begins, pauses, goes on and ends.
pub const SETTLE: Duration = Duration::from_secs(5);

/// What a report said, as far as a change of it is worth another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    condition: RobotCondition,
    settings_version: u64,
    run: Option<RunId>,
    skipped: Option<SkippedRun>,
    lock_lifted: bool,
}

impl Said {
    /// Whether who believes `last` has to know at once.
    fn is_urgent_after(&self, last: &Self) -> bool {
        let (now, before) = (&self.condition, &last.condition);
        let of_a_run = now.state.is_busy() || before.state.is_busy();
        now.error != before.error || (of_a_run && now.state != before.state)
    }

    fn is_worth_saying_after(&self, last: &Self) -> bool {
        let (charge, before) = (u8::from(self.condition.battery), u8::from(last.condition.battery));
        let same_charge = Self {
            condition: RobotCondition {
                battery: last.condition.battery,
                ..self.condition.clone()
            },
            ..self.clone()
        };
        charge.abs_diff(before) >= BATTERY_STEP || same_charge != *last
    }
}

/// What was reported, and when the next report is due.
#[derive(Default)]
pub struct StatusLog {
    seq: u32,
    last: Option<Said>,
    due: Uptime,
    /// When a change that was not reported is reported.
    news_due: Option<Uptime>,
}

impl StatusLog {
    /// When a report is due, of a change or without one.
    pub fn due(&self) -> Uptime {
        self.news_due.map_or(self.due, |news_due| news_due.min(self.due))
    }

    /// Takes note of what there is to say at `uptime`.
    fn look(&mut self, said: &Said, uptime: Uptime) {
        self.news_due = match &self.last {
            None => Some(uptime),
            Some(last) if said.is_urgent_after(last) => Some(uptime),
            Some(last) if said.is_worth_saying_after(last) => self.news_due.or(Some(uptime + SETTLE)),
            Some(_) => None,
        };
    }
}

impl Agent {
    /// Reports the status if it has changed or is due.
    pub(super) fn tick_status(&mut self) {
        let Some(said) = self.said().filter(|_| self.connected) else {
            return;
        };
        self.status.look(&said, self.uptime);
        let asks = self.clock.ask_at().is_some_and(|at| self.uptime >= at);
        if asks || self.uptime >= self.status.due() {
            self.report_status();
        }
    }

    /// Reports the status, asking for the time if it is not known or was asked long ago; a robot that has not said
    /// how it is has none.
    pub(super) fn report_status(&mut self) {
        let Some(said) = self.said() else { return };
        let asks = self.clock.ask_at().is_some() || self.uptime >= self.status.due;
        let nonce = asks.then(|| format!("{:032x}", self.entropy()));
        if let Some(nonce) = &nonce {
            self.clock.ask(self.uptime, nonce.clone());
        }
        let report = self.status_report(said.condition.clone(), nonce);
        self.publish(Uplink::Status, report.encode());
        self.status.seq += 1;
        self.status.last = Some(said);
        self.status.due = self.uptime + REPORT_EVERY;
        self.status.news_due = None;
    }

    fn said(&self) -> Option<Said> {
        let condition = self.condition.clone()?;
        let run = self.run.as_ref().map(|run| run.id);
        Some(Said {
            condition,
            settings_version: self.settings_version(),
            run,
            skipped: self.state.skipped,
            lock_lifted: self.is_lock_lifted(),
        })
    }

    fn status_report(&self, condition: RobotCondition, nonce: Option<String>) -> StatusReport {
        let RobotCondition {
            state,
            error,
            vendor_error,
            battery,
        } = condition;
        StatusReport {
            pairing: Some(self.endpoint.pairing),
            boot: self.state.boot,
            seq: self.status.seq,
            state,
            battery: battery.into(),
            error,
            vendor_error,
            firmware: crate::VERSION.to_owned(),
            model: self.profile.model.clone(),
            capabilities: self
                .profile
                .capabilities
                .iter()
                .map(|one| one.as_str().to_owned())
                .collect(),
            settings_version: self.settings_version(),
            run: self.run.as_ref().map(|run| run.id),
            waiting: u32::try_from(self.storage.waiting()).unwrap_or(u32::MAX),
            dropped: self.state.dropped,
            skipped: self.state.skipped,
            lock_lifted: self.is_lock_lifted(),
            nonce,
        }
    }
}
