//! Which entry of the schedule is due. The time is passed in, and may jump.
//!
//! Everything up to one instant, `seen`, is dealt with for good: it never goes back by less than [`MAX_SETBACK`], so
//! that a clock that is set back begins nothing again, and it is on the disk before the robot moves.

use std::time::Duration;

use domain::Timestamp;
use domain::schedule::{ScheduleEntry, SkippedRun};
use domain::settings::Preferences;
use domain::time_zone::{Zone, ZoneName};

/// How late a scheduled run may begin; a robot that was off or did not know the time for longer leaves it out.
pub const GRACE: Duration = Duration::from_secs(10 * 60);
/// A clock that goes back by more was wrong before, and what it brought forward comes again.
pub const MAX_SETBACK: Duration = Duration::from_secs(24 * 60 * 60);

/// An entry whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The entry.
    pub entry: ScheduleEntry,
    /// When it should begin.
    pub due_at: Timestamp,
}

impl Occurrence {
    /// Whether it is too late for it at `now`.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now.since(self.due_at) > GRACE
    }

    /// The report that it did not begin.
    pub fn skipped(&self, reason: domain::command::Rejection) -> SkippedRun {
        SkippedRun {
            entry: self.entry.id,
            due_at: self.due_at,
            reason,
        }
    }
}

/// A schedule, and up to when it is dealt with.
pub struct Scheduler {
    zone_name: ZoneName,
    zone: Option<Zone>,
    entries: Vec<ScheduleEntry>,
    seen: Option<Timestamp>,
    is_new: bool,
    next: Option<Timestamp>,
}

impl Scheduler {
    /// The schedule of `preferences`, dealt with up to `seen`; without it, up to the first look.
    pub fn new(preferences: &Preferences, seen: Option<Timestamp>) -> Self {
        let zone = preferences.time_zone.zone();
        if zone.is_none() {
            tracing::warn!("this agent does not know the home's time zone; its schedule rests");
        }
        Self {
            zone_name: preferences.time_zone.clone(),
            zone,
            entries: preferences.schedule.clone(),
            seen,
            is_new: false,
            next: seen,
        }
    }

    /// Goes on with the schedule of `preferences`. Of one that changed, nothing counts as due before the next look.
    pub fn replace(&mut self, preferences: &Preferences) {
        if (&self.zone_name, &self.entries) != (&preferences.time_zone, &preferences.schedule) {
            *self = Self {
                is_new: true,
                ..Self::new(preferences, self.seen)
            };
        }
    }

    /// The home's time zone, if this agent knows it.
    pub fn zone(&self) -> Option<&Zone> {
        self.zone.as_ref()
    }

    /// Up to when the schedule is dealt with; what is due after it comes with the next look.
    pub fn seen(&self) -> Option<Timestamp> {
        self.seen
    }

    /// When the next entry is due, as far as the last look told.
    pub fn next(&self) -> Option<Timestamp> {
        self.next
    }

    /// The last occurrence of each entry since the look before, earliest first; each is given once.
    pub fn look(&mut self, now: Timestamp) -> Vec<Occurrence> {
        let seen = self.seen_before(now);
        let is_settled = !self.is_new && self.seen == Some(seen);
        if is_settled && self.next.is_none_or(|next| now < next) {
            return Vec::new();
        }
        let mut due: Vec<Occurrence> = self.occurrences(seen, now);
        due.sort_by_key(|occurrence| occurrence.due_at);
        let seen = seen.max(now);
        self.seen = Some(seen);
        self.is_new = false;
        self.next = self.next_after(seen);
        due
    }

    fn seen_before(&self, now: Timestamp) -> Timestamp {
        match self.seen {
            Some(seen) if seen > now.plus(MAX_SETBACK) => now,
            Some(seen) if self.is_new => seen.max(now),
            Some(seen) => seen,
            None => now,
        }
    }

    fn occurrences(&self, seen: Timestamp, now: Timestamp) -> Vec<Occurrence> {
        let last = |entry: &ScheduleEntry| {
            let due_at = self.zone.as_ref()?.last(entry.days, entry.at, now)?;
            let entry = entry.clone();
            (due_at > seen).then_some(Occurrence { entry, due_at })
        };
        self.heeded().filter_map(last).collect()
    }

    fn next_after(&self, seen: Timestamp) -> Option<Timestamp> {
        let zone = self.zone.as_ref()?;
        let next = |entry: &ScheduleEntry| zone.next(entry.days, entry.at, seen);
        self.heeded().filter_map(next).min()
    }

    fn heeded(&self) -> impl Iterator<Item = &ScheduleEntry> {
        self.entries.iter().filter(|entry| entry.enabled)
    }
}
