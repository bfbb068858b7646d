//! Schedules, quiet hours and what became of the last scheduled run, as the API shows and takes them.

use domain::command::{Chosen, Rejection, Scope};
use domain::id::{EntryId, RoomId};
use domain::schedule::{DoNotDisturb, ScheduleEntry, SkippedRun, TimeOfDay, Weekdays};
use domain::{FieldError, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rfc3339::Rfc3339;

/// What a scheduled run cleans.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum EntryScopeBody {
    /// Everything that the robot can reach.
    WholeHome,
    /// These rooms, 1 to 32, and at most 64 in all entries.
    Rooms { rooms: Vec<String> },
}

/// A run that the robot begins by itself.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryBody {
    /// Given by the API to an entry that comes without.
    #[schema(value_type = Option<String>)]
    id: Option<EntryId>,
    enabled: bool,
    /// Some of `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`, at least one.
    #[schema(value_type = Vec<String>, min_items = 1)]
    days: Weekdays,
    /// By the home's clocks, from 00:00 to 23:59.
    #[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    at: TimeOfDay,
    scope: EntryScopeBody,
}

/// A part of the day, which may pass midnight, in which nothing begins that nobody beside the robot asked for.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DoNotDisturbBody {
    enabled: bool,
    /// Its first minute by the home's clocks.
    #[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    from: TimeOfDay,
    /// The first minute after it; not its first.
    #[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    to: TimeOfDay,
}

/// A scheduled run that did not begin.
#[derive(Serialize, ToSchema)]
pub(crate) struct SkippedBody {
    #[schema(value_type = String)]
    entry: EntryId,
    due_at: Rfc3339,
    /// Why not, in the words for a refused command; `expired` if the robot was off or did not know the time.
    #[schema(value_type = String)]
    reason: Rejection,
}

impl EntryBody {
    /// The entry; one without an id is new at `now`.
    pub(crate) fn entry(self, now: Timestamp) -> Result<ScheduleEntry, FieldError> {
        Ok(ScheduleEntry {
            id: self.id.unwrap_or_else(|| EntryId::new(now, rand::random())),
            enabled: self.enabled,
            days: self.days,
            at: self.at,
            scope: self.scope.scope()?,
        })
    }
}

impl EntryScopeBody {
    fn scope(self) -> Result<Scope, FieldError> {
        let Self::Rooms { rooms } = self else {
            return Ok(Scope::WholeHome);
        };
        let ids: Result<Vec<RoomId>, _> = rooms.iter().map(|room| room.parse()).collect();
        let ids = ids.map_err(|error| FieldError::new("schedule.scope.rooms", error.to_string()))?;
        let rooms = Chosen::new("schedule.scope.rooms", ids)?;
        Ok(Scope::Rooms { rooms })
    }
}

impl From<ScheduleEntry> for EntryBody {
    fn from(entry: ScheduleEntry) -> Self {
        let scope = match entry.scope {
            Scope::Rooms { rooms } => EntryScopeBody::Rooms {
                rooms: rooms.items().iter().map(RoomId::to_string).collect(),
            },
            // A schedule has no zones.
            Scope::WholeHome | Scope::Zones { .. } => EntryScopeBody::WholeHome,
        };
        Self {
            id: Some(entry.id),
            enabled: entry.enabled,
            days: entry.days,
            at: entry.at,
            scope,
        }
    }
}

impl From<DoNotDisturb> for DoNotDisturbBody {
    fn from(DoNotDisturb { enabled, from, to }: DoNotDisturb) -> Self {
        Self { enabled, from, to }
    }
}

impl From<DoNotDisturbBody> for DoNotDisturb {
    fn from(DoNotDisturbBody { enabled, from, to }: DoNotDisturbBody) -> Self {
        Self { enabled, from, to }
    }
}

impl From<SkippedRun> for SkippedBody {
    fn from(skipped: SkippedRun) -> Self {
        Self {
            entry: skipped.entry,
            due_at: skipped.due_at.into(),
            reason: skipped.reason,
        }
    }
}
