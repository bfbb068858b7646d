//! When a robot cleans by itself, and when it shall not disturb. The robot keeps both and needs no cloud for them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::command::{Rejection, Scope};
use crate::id::EntryId;
use crate::time_zone::Zone;
use crate::{FieldError, Timestamp};

/// The most entries of a schedule.
pub const MAX_SCHEDULE_ENTRIES: usize = 16;
/// The most rooms that all entries name, so that the settings still fit a message.
pub const MAX_SCHEDULED_ROOMS: usize = 64;
/// The minutes of a day.
pub const MINUTES_OF_DAY: u16 = 24 * 60;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// Every day, from Monday.
    pub const ALL: [Self; 7] = [
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
    ];

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl From<jiff::civil::Weekday> for Weekday {
    fn from(day: jiff::civil::Weekday) -> Self {
        match day {
            jiff::civil::Weekday::Monday => Self::Mon,
            jiff::civil::Weekday::Tuesday => Self::Tue,
            jiff::civil::Weekday::Wednesday => Self::Wed,
            jiff::civil::Weekday::Thursday => Self::Thu,
            jiff::civil::Weekday::Friday => Self::Fri,
            jiff::civil::Weekday::Saturday => Self::Sat,
            jiff::civil::Weekday::Sunday => Self::Sun,
        }
    }
}

/// Days of the week, at least one; on the wire a list from Monday on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Weekday>", into = "Vec<Weekday>")]
pub struct Weekdays(u8);

impl Weekdays {
    /// Every day.
    pub fn all() -> Self {
        Self(Weekday::ALL.iter().fold(0, |days, day| days | day.bit()))
    }

    /// Whether `day` is one of them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & day.bit() != 0
    }
}

impl TryFrom<Vec<Weekday>> for Weekdays {
    type Error = FieldError;

    fn try_from(days: Vec<Weekday>) -> Result<Self, FieldError> {
        match days.iter().fold(0, |days, day| days | day.bit()) {
            0 => Err(FieldError::new("schedule.days", "must have 1 to 7 days, has 0")),
            days => Ok(Self(days)),
        }
    }
}

impl From<Weekdays> for Vec<Weekday> {
    fn from(days: Weekdays) -> Self {
        let all = Weekday::ALL.into_iter();
        all.filter(|day| days.contains(*day)).collect()
    }
}

/// What a clock shows, from `00:00` to `23:59`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// The time so many minutes after midnight, below [`MINUTES_OF_DAY`].
    pub const fn from_minutes(minutes: u16) -> Result<Self, TimeOfDayError> {
        if minutes < MINUTES_OF_DAY {
            Ok(Self(minutes))
        } else {
            Err(TimeOfDayError)
        }
    }

    /// Hour and minute.
    pub fn hour_and_minute(self) -> (u16, u16) {
        (self.0 / 60, self.0 % 60)
    }
}

/// Why a text is not a time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time from 00:00 to 23:59")]
pub struct TimeOfDayError;

impl FromStr for TimeOfDay {
    type Err = TimeOfDayError;

    fn from_str(text: &str) -> Result<Self, TimeOfDayError> {
        let part = |digits: &str, limit: u16| {
            let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            let number = is_number.then(|| digits.parse::<u16>().ok()).flatten();
            number.filter(|number| *number < limit).ok_or(TimeOfDayError)
        };
        let (hour, minute) = text.split_once(':').ok_or(TimeOfDayError)?;
        Self::from_minutes(part(hour, 24)? * 60 + part(minute, 60)?)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = self.hour_and_minute();
        write!(f, "{hour:02}:{minute:02}")
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = TimeOfDayError;

    fn try_from(text: String) -> Result<Self, TimeOfDayError> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

/// A run that begins by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleEntry {
    /// Its name for as long as it is there.
    pub id: EntryId,
    /// Whether it is heeded.
    pub enabled: bool,
    /// On which days of the home's week.
    pub days: Weekdays,
    /// When, by the home's clocks.
    pub at: TimeOfDay,
    /// What is cleaned: the whole home or rooms.
    pub scope: Scope,
}

impl ScheduleEntry {
    fn rooms(&self) -> usize {
        match &self.scope {
            Scope::Rooms { rooms } => rooms.items().len(),
            Scope::WholeHome | Scope::Zones { .. } => 0,
        }
    }
}

/// Checks that there are at most [`MAX_SCHEDULE_ENTRIES`], each with an id of its own, none in zones, and at most
/// [`MAX_SCHEDULED_ROOMS`].
pub fn check(entries: &[ScheduleEntry]) -> Result<(), FieldError> {
    if entries.len() > MAX_SCHEDULE_ENTRIES {
        let reason = format!(
            "must have at most {MAX_SCHEDULE_ENTRIES} entries, has {}",
            entries.len()
        );
        return Err(FieldError::new("schedule", reason));
    }
    for (before, entry) in entries.iter().enumerate() {
        if entries.iter().take(before).any(|other| other.id == entry.id) {
            return Err(FieldError::new("schedule.id", "must differ from entry to entry"));
        }
        check_scope(&entry.scope)?;
    }
    let rooms: usize = entries.iter().map(ScheduleEntry::rooms).sum();
    if rooms > MAX_SCHEDULED_ROOMS {
        let reason = format!("must name at most {MAX_SCHEDULED_ROOMS} rooms in all entries, names {rooms}");
        return Err(FieldError::new("schedule.scope", reason));
    }
    Ok(())
}

fn check_scope(scope: &Scope) -> Result<(), FieldError> {
    match scope.clone().checked() {
        Ok(Scope::WholeHome | Scope::Rooms { .. }) => Ok(()),
        Ok(Scope::Zones { .. }) => {
            let reason = "must be the whole home or rooms; zones are for single runs";
            Err(FieldError::new("schedule.scope", reason))
        }
        Err(error) => Err(FieldError::new(format!("schedule.{}", error.field), error.reason)),
    }
}

/// A part of the day in which nothing begins that nobody beside the robot asked for. It may pass midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoNotDisturb {
    /// Whether it is heeded.
    pub enabled: bool,
    /// Its first minute, by the home's clocks.
    pub from: TimeOfDay,
    /// The first minute after it.
    pub to: TimeOfDay,
}

impl Default for DoNotDisturb {
    /// Off; from 22:00 to 07:00 when it is switched on.
    fn default() -> Self {
        Self {
            enabled: false,
            from: TimeOfDay(22 * 60),
            to: TimeOfDay(7 * 60),
        }
    }
}

impl DoNotDisturb {
    /// Checks that it neither is empty nor lasts for ever.
    pub fn check(&self) -> Result<(), FieldError> {
        if self.from == self.to {
            return Err(FieldError::new(
                "do_not_disturb.to",
                "must differ from its `from`",
            ));
        }
        Ok(())
    }

    /// Whether it holds at `now`.
    pub fn holds(&self, zone: &Zone, now: Timestamp) -> bool {
        let within = |time: TimeOfDay| {
            if self.from < self.to {
                (self.from..self.to).contains(&time)
            } else {
                time >= self.from || time < self.to
            }
        };
        self.enabled && zone.time_of_day(now).is_some_and(within)
    }
}

/// A scheduled run that did not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedRun {
    /// The entry of the schedule.
    pub entry: EntryId,
    /// When it should have begun.
    pub due_at: Timestamp,
    /// Why not; [`Rejection::Expired`] if the robot was off or did not know the time until it was too late.
    pub reason: Rejection,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Chosen, Corner, Zone as CleaningZone};
    use crate::time_zone::ZoneName;

    fn entry(id: u128) -> ScheduleEntry {
        ScheduleEntry {
            id: EntryId::from_u128(id),
            enabled: true,
            days: Weekdays::all(),
            at: TimeOfDay(9 * 60),
            scope: Scope::WholeHome,
        }
    }

    #[test]
    fn an_entry_reads_back_in_words() {
        let text = serde_json::to_value(entry(1)).unwrap();
        assert_eq!(text["at"], "09:00");
        assert_eq!(text["days"][6], "sun");
        assert_eq!(serde_json::from_value::<ScheduleEntry>(text).unwrap(), entry(1));
    }

    #[test]
    fn only_times_of_a_day_are_read() {
        for wrong in ["24:00", "9:00", "12:60", "1200", "-1:00", "+1:00", "12:00:00", ""] {
            assert_eq!(wrong.parse::<TimeOfDay>(), Err(TimeOfDayError), "{wrong}");
        }
        assert_eq!("23:59".parse(), TimeOfDay::from_minutes(1439));
        assert!(serde_json::from_str::<Weekdays>("[]").is_err());
    }

    #[test]
    fn a_schedule_beyond_its_limits_names_the_field() {
        let many: Vec<_> = (0..17).map(entry).collect();
        assert_eq!(
            check(&many).unwrap_err().to_string(),
            "schedule: must have at most 16 entries, has 17"
        );
        assert_eq!(check(&[entry(1), entry(1)]).unwrap_err().field, "schedule.id");
        let corners = [(0, 0), (900, 0), (0, 900)].map(|(x, y)| Corner { x, y });
        let zone = CleaningZone::try_from(corners.to_vec()).unwrap();
        let in_zone = ScheduleEntry {
            scope: Scope::Zones {
                zones: Chosen::new("zones", vec![zone]).unwrap(),
            },
            ..entry(1)
        };
        assert_eq!(check(&[in_zone]).unwrap_err().field, "schedule.scope");
        assert_eq!(check(&many[..16]), Ok(()));
    }

    #[test]
    fn quiet_hours_may_pass_midnight() {
        let zone = ZoneName::default().zone().unwrap();
        let at = |hour: i64| Timestamp::from_millis(hour * 3_600_000);
        let night = DoNotDisturb {
            enabled: true,
            ..DoNotDisturb::default()
        };
        let noon = DoNotDisturb {
            enabled: true,
            from: "12:00".parse().unwrap(),
            to: "14:00".parse().unwrap(),
        };
        let hours =
            |quiet: DoNotDisturb| -> Vec<i64> { (0..24).filter(|h| quiet.holds(&zone, at(*h))).collect() };
        assert_eq!(hours(night), [0, 1, 2, 3, 4, 5, 6, 22, 23]);
        assert_eq!(hours(noon), [12, 13]);
        assert_eq!(hours(DoNotDisturb::default()), [0; 0]);
        let empty = DoNotDisturb {
            to: noon.from,
            ..noon
        };
        assert_eq!(empty.check().unwrap_err().field, "do_not_disturb.to");
    }
}
