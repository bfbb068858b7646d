//! The scheduler against a model that walks through the minutes of weeks and looks at the clock on the wall.

use std::collections::BTreeSet;
use std::time::Duration;

use device_agent::core::scheduler::Scheduler;
use domain::Timestamp;
use domain::command::Scope;
use domain::id::EntryId;
use domain::schedule::{ScheduleEntry, TimeOfDay, Weekday, Weekdays};
use domain::settings::Preferences;
use domain::time_zone::ZoneName;
use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use proptest::prelude::*;

const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
];
const MINUTE: Duration = Duration::from_secs(60);
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How long each case goes on.
const DAYS: i64 = 10;

/// A time zone, a schedule, and when the case begins.
#[derive(Debug, Clone)]
struct Home {
    preferences: Preferences,
    begin: Timestamp,
}

fn home() -> impl Strategy<Value = Home> {
    let years = 2005i64..2038;
    let entry = (1u8..128, 0u16..24 * 60, prop::bool::weighted(0.9));
    let entries = prop::collection::vec(entry, 1..5);
    let begin = (years, 0i64..365, prop::option::weighted(0.8, 1..DAYS));
    (prop::sample::select(&ZONES[..]), entries, begin).prop_map(|(zone, entries, begin)| {
        let entries = (1..).zip(entries);
        Home {
            preferences: Preferences {
                time_zone: ZoneName::try_from(zone.to_owned()).unwrap(),
                schedule: entries.map(|(id, entry)| scheduled(id, entry)).collect(),
                ..Preferences::initial()
            },
            begin: beginning(zone, begin),
        }
    })
}

/// A day of a year, or so many days before the change of the clocks that follows it.
fn beginning(zone: &str, (year, day, before_change): (i64, i64, Option<i64>)) -> Timestamp {
    let day = ((year - 1970) * 365 + (year - 1970) / 4 + day) * DAY;
    let zone = TimeZoneDatabase::bundled().get(zone).unwrap();
    let mut changes = zone.following(jiff::Timestamp::from_millisecond(day).unwrap());
    let before = before_change.zip(changes.next());
    let millis = before.map_or(day, |(days, change)| {
        change.timestamp().as_millisecond() - days * DAY
    });
    Timestamp::from_millis(millis.div_euclid(60_000) * 60_000)
}

fn scheduled(id: u128, (days, minutes, enabled): (u8, u16, bool)) -> ScheduleEntry {
    let chosen = (0..).zip(Weekday::ALL).filter(|(bit, _)| days & (1 << bit) != 0);
    let days: Vec<Weekday> = chosen.map(|(_, day)| day).collect();
    ScheduleEntry {
        id: EntryId::from_u128(id),
        enabled,
        days: Weekdays::try_from(days).unwrap(),
        at: TimeOfDay::from_minutes(minutes).unwrap(),
        scope: Scope::WholeHome,
    }
}

/// What begins: which entry, and when.
type Begun = BTreeSet<(Timestamp, u128)>;

/// An entry begins on each of its days in the first minute at which the clock on the wall is not before its time.
fn walked(home: &Home) -> Begun {
    let zone = TimeZoneDatabase::bundled()
        .get(home.preferences.time_zone.as_str())
        .unwrap();
    let entries = home.preferences.schedule.iter().filter(|entry| entry.enabled);
    entries
        .flat_map(|entry| walked_entry(home, entry, &zone))
        .collect()
}

fn walked_entry(home: &Home, entry: &ScheduleEntry, zone: &TimeZone) -> Begun {
    // The walk begins earlier, so that the first day that counts is a whole one.
    let first = home.begin.millis() - 3 * DAY;
    let last = home.begin.millis() + DAYS * DAY;
    let mut date = wall(zone, first).date();
    let mut begun = Begun::new();
    for now in (first..=last).step_by(60_000) {
        while wall(zone, now) >= due(date, entry.at) {
            let is_wanted = entry.days.contains(date.weekday().into());
            if is_wanted && now > home.begin.millis() {
                begun.insert((Timestamp::from_millis(now), entry.id.as_u128()));
            }
            date = date.tomorrow().unwrap();
        }
    }
    begun
}

fn wall(zone: &TimeZone, millis: i64) -> DateTime {
    zone.to_datetime(jiff::Timestamp::from_millisecond(millis).unwrap())
}

fn due(date: Date, at: TimeOfDay) -> DateTime {
    let (hour, minute) = at.hour_and_minute();
    date.at(hour as i8, minute as i8, 0, 0)
}

/// What the scheduler gives by `now`: what it begins, and what it leaves out as too late.
#[derive(Default)]
struct Given {
    begun: Vec<(Timestamp, u128)>,
    left_out: Vec<(Timestamp, u128)>,
}

impl Given {
    fn look(&mut self, scheduler: &mut Scheduler, now: Timestamp) -> bool {
        let due = scheduler.look(now);
        for occurrence in &due {
            let given = (occurrence.due_at, occurrence.entry.id.as_u128());
            if occurrence.is_over(now) {
                self.left_out.push(given);
            } else {
                self.begun.push(given);
            }
        }
        !due.is_empty()
    }

    fn distinct(&self) -> Begun {
        self.begun.iter().chain(&self.left_out).copied().collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_robot_that_is_on_begins_each_entry_at_its_instant(home in home(), late in 0u64..60) {
        let mut scheduler = Scheduler::new(&home.preferences, None);
        let mut given = Given::default();
        let end = home.begin.plus(Duration::from_millis((DAYS * DAY) as u64));
        let mut now = home.begin;
        while now <= end {
            given.look(&mut scheduler, now);
            let next = scheduler.next().unwrap_or(end).max(now.plus(Duration::from_millis(1)));
            now = next.plus(Duration::from_secs(late)).min(end.plus(MINUTE));
        }
        given.begun.retain(|(due_at, _)| *due_at <= end);
        prop_assert_eq!(given.distinct(), walked(&home));
        prop_assert_eq!(given.begun.len(), given.distinct().len());
        prop_assert!(given.left_out.is_empty());
    }

    #[test]
    fn whatever_the_clock_and_the_power_do_an_entry_begins_once_at_most(
        home in home(),
        steps in prop::collection::vec((0u8..10, 0u64..100_000), 1..300),
    ) {
        let all = walked(&home);
        let mut scheduler = Scheduler::new(&home.preferences, None);
        let mut durable = None;
        let (mut given, mut now, mut earliest) = (Given::default(), home.begin, home.begin);
        for (what, seconds) in steps {
            let by = Duration::from_secs(seconds);
            match what {
                // The power fails: what was not noted with an occurrence is forgotten.
                0 => scheduler = Scheduler::new(&home.preferences, durable),
                // The clock is set back by less than a day.
                1 => now = Timestamp::from_millis(now.millis() - by.as_millis() as i64 / 2).max(earliest),
                2 => now = now.plus(by),
                _ => now = now.plus(by / 100),
            }
            let noted = given.look(&mut scheduler, now);
            if noted || durable.is_none() {
                durable = scheduler.seen();
            }
            earliest = earliest.max(Timestamp::from_millis(now.millis() - DAY));
            if now.since(home.begin) > Duration::from_millis((DAYS * DAY) as u64) {
                break;
            }
        }
        given.begun.retain(|(due_at, _)| due_at.since(home.begin) <= Duration::from_millis((DAYS * DAY) as u64));
        prop_assert!(given.begun.iter().all(|one| all.contains(one)));
        prop_assert_eq!(given.begun.len() + given.left_out.len(), given.distinct().len());
    }
}
