//! Time zones of homes: names of the IANA database, and what their clocks show.
//!
//! The database is bundled, so that a robot without one of its own knows the same zones as the cloud.

use std::sync::OnceLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp as Instant};
use serde::{Deserialize, Serialize};

use crate::schedule::{TimeOfDay, Weekdays};
use crate::{FieldError, Timestamp};

/// The most characters of a time zone's name.
pub const MAX_ZONE_NAME: usize = 64;

/// The name of a time zone, such as `Europe/Berlin`; 1 to [`MAX_ZONE_NAME`] letters, digits and `/_+-`.
///
/// Whether there is such a zone is asked of [`ZoneName::zone`]: a robot may know fewer than the cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName(String);

impl ZoneName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The zone of that name, if this version knows it.
    pub fn zone(&self) -> Option<Zone> {
        static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
        let zones = ZONES.get_or_init(TimeZoneDatabase::bundled);
        zones.get(&self.0).ok().map(Zone)
    }
}

impl Default for ZoneName {
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

impl TryFrom<String> for ZoneName {
    type Error = FieldError;

    fn try_from(name: String) -> Result<Self, FieldError> {
        let is_known = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        if !(1..=MAX_ZONE_NAME).contains(&name.len()) || !name.chars().all(is_known) {
            let reason = format!("must be the name of a time zone of at most {MAX_ZONE_NAME} characters");
            return Err(FieldError::new("time_zone", reason));
        }
        Ok(Self(name))
    }
}

impl From<ZoneName> for String {
    fn from(name: ZoneName) -> Self {
        name.0
    }
}

/// A time zone with its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The last instant up to `now` at which clocks here showed `at` on one of `days`; days are looked at a week back.
    ///
    /// A time that a change of the clocks left out is the first instant after it; one that came twice is the first.
    pub fn last(&self, days: Weekdays, at: TimeOfDay, now: Timestamp) -> Option<Timestamp> {
        let instants = self.instants(days, at, now, -8..=1);
        instants.filter(|instant| *instant <= now).max()
    }

    /// The first instant after `now` at which clocks here will show `at` on one of `days`, within a week.
    pub fn next(&self, days: Weekdays, at: TimeOfDay, now: Timestamp) -> Option<Timestamp> {
        let instants = self.instants(days, at, now, -1..=8);
        instants.filter(|instant| *instant > now).min()
    }

    /// What clocks here show at `now`, to the minute.
    pub fn time_of_day(&self, now: Timestamp) -> Option<TimeOfDay> {
        let local = self.local(now)?;
        let minutes = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        TimeOfDay::from_minutes(minutes).ok()
    }

    fn instants(
        &self,
        days: Weekdays,
        at: TimeOfDay,
        now: Timestamp,
        offsets: std::ops::RangeInclusive<i64>,
    ) -> impl Iterator<Item = Timestamp> {
        let today = self.local(now).map(DateTime::date);
        offsets.filter_map(move |offset| {
            let date = today?.checked_add(Span::new().try_days(offset).ok()?).ok()?;
            let is_wanted = days.contains(date.weekday().into());
            is_wanted.then(|| self.instant(date, at)).flatten()
        })
    }

    fn instant(&self, date: Date, at: TimeOfDay) -> Option<Timestamp> {
        let (hour, minute) = at.hour_and_minute();
        let wanted = date.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0);
        let found = self.0.to_ambiguous_timestamp(wanted);
        let instant = match found.offset() {
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => found.earlier().ok()?,
            AmbiguousOffset::Gap { .. } => {
                let before = found.earlier().ok()?;
                self.0.following(before).next()?.timestamp()
            }
        };
        Some(Timestamp::from_millis(instant.as_millisecond()))
    }

    fn local(&self, now: Timestamp) -> Option<DateTime> {
        let instant = Instant::from_millisecond(now.millis()).ok()?;
        Some(self.0.to_datetime(instant))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn zone(name: &str) -> Zone {
        ZoneName::try_from(name.to_owned()).unwrap().zone().unwrap()
    }

    fn utc(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<Instant>().unwrap().as_millisecond())
    }

    fn at(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    #[test]
    fn local_times_follow_the_changes_of_the_clocks() {
        let all = Weekdays::all();
        for (name, time, after, expected) in [
            (
                "Europe/Berlin",
                "09:00",
                "2027-03-27T08:30:00Z",
                "2027-03-28T07:00:00Z",
            ),
            // 02:30 does not exist that night: it is the instant at which clocks went from 02:00 to 03:00.
            (
                "Europe/Berlin",
                "02:30",
                "2027-03-27T12:00:00Z",
                "2027-03-28T01:00:00Z",
            ),
            // 02:30 comes twice that night: the first one counts, and the next is tomorrow's.
            (
                "Europe/Berlin",
                "02:30",
                "2027-10-30T12:00:00Z",
                "2027-10-31T00:30:00Z",
            ),
            (
                "Europe/Berlin",
                "02:30",
                "2027-10-31T00:30:00Z",
                "2027-11-01T01:30:00Z",
            ),
            (
                "America/New_York",
                "02:15",
                "2027-03-14T00:00:00Z",
                "2027-03-14T07:00:00Z",
            ),
            // Half an hour is left out.
            (
                "Australia/Lord_Howe",
                "02:10",
                "2027-10-02T12:00:00Z",
                "2027-10-02T15:30:00Z",
            ),
            (
                "Asia/Kathmandu",
                "06:00",
                "2027-01-01T00:00:00Z",
                "2027-01-01T00:15:00Z",
            ),
        ] {
            let next = zone(name).next(all, at(time), utc(after));
            assert_eq!(next, Some(utc(expected)), "{name} {time} after {after}");
        }
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let monday = Weekdays::try_from(vec![crate::schedule::Weekday::Mon]).unwrap();
        let auckland = zone("Pacific/Auckland");
        // Monday the 23rd there, while it is Sunday in UTC.
        let expected = utc("2026-11-22T20:00:00Z");
        assert_eq!(
            auckland.next(monday, at("09:00"), utc("2026-11-20T00:00:00Z")),
            Some(expected)
        );
        assert_eq!(auckland.last(monday, at("09:00"), expected), Some(expected));
        let before = expected.plus(Duration::from_secs(6 * 24 * 3600));
        assert_eq!(auckland.last(monday, at("09:00"), before), Some(expected));
    }

    #[test]
    fn a_name_is_checked_before_it_is_looked_up() {
        for wrong in ["", "Europe/Bärlin", &"a".repeat(MAX_ZONE_NAME + 1)] {
            let error = ZoneName::try_from(wrong.to_owned()).unwrap_err();
            assert_eq!(error.field, "time_zone");
        }
        let unknown = ZoneName::try_from("Mars/Olympus_Mons".to_owned()).unwrap();
        assert_eq!(unknown.zone(), None);
        assert_eq!(
            zone("Asia/Kathmandu").time_of_day(utc("2027-01-01T00:15:59Z")),
            Some(at("06:00"))
        );
    }
}
