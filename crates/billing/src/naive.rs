//! The design that tutorials lead to, on the same day: what Sweepline's bill stands beside.
//!
//! During a run the robot publishes a piece of map in JSON every few seconds on a normal topic; all day long it
//! refreshes its shadow and sends a heartbeat. Each message triggers a rule that calls a function in a scripting
//! language, which logs as functions do by default and keeps the message as an item of its own. Starts are jobs.
//! The app asks the API again and again while it is open.

use crate::standard_day::{
    APP_OPENS, CONNECTED_MINUTES, DAYS_PER_YEAR, LIVE_VIEW_MINUTES, MONTHS_PER_YEAR, REMOTE_STARTS,
    RUN_MINUTES, SETTINGS_CHANGES,
};
use crate::{Feature, Unit, Usage, steps};

/// From one piece of map to the next during a run, seconds.
pub const PIECE_EVERY_SECONDS: f64 = 5.0;
/// A piece of map in JSON, bytes.
pub const PIECE_BYTES: usize = 4 * 1024;
/// From one heartbeat to the next, minutes.
pub const HEARTBEAT_EVERY_MINUTES: f64 = 1.0;
/// A heartbeat in JSON, bytes.
pub const HEARTBEAT_BYTES: usize = 1024;
/// From one question of the open app to the next, seconds.
pub const POLL_EVERY_SECONDS: f64 = 2.0;
/// How long the app is open each time, minutes.
pub const APP_MINUTES: f64 = LIVE_VIEW_MINUTES;
/// An answer to the app, bytes.
pub const ANSWER_BYTES: usize = 4 * 1024;
/// The function's memory, GB: what Node.js needs.
pub const FUNCTION_GB: f64 = 0.25;
/// How long an invocation takes, seconds: Node.js on a warm function with one write.
pub const FUNCTION_SECONDS: f64 = 0.02;
/// What an invocation logs by default, bytes: START, END, REPORT and two lines of its own.
pub const LOG_BYTES: usize = 900;
/// How long items are kept, days.
pub const KEPT_DAYS: f64 = 365.0;

const SECONDS_PER_MINUTE: f64 = 60.0;

/// What it uses on the standard day.
pub fn usage_per_day() -> Usage {
    let mut usage = Usage::default().with(Feature::Connection, Unit::ConnectionMinute, CONNECTED_MINUTES);
    let pieces = RUN_MINUTES * SECONDS_PER_MINUTE / PIECE_EVERY_SECONDS;
    let heartbeats = CONNECTED_MINUTES / HEARTBEAT_EVERY_MINUTES;
    messages(&mut usage, Feature::Map, pieces, PIECE_BYTES);
    messages(&mut usage, Feature::Status, heartbeats, HEARTBEAT_BYTES);
    let refreshed = heartbeats * steps::shadow(HEARTBEAT_BYTES);
    usage.add(Feature::Status, Unit::ShadowOperation, refreshed);
    usage.add(Feature::Commands, Unit::RemoteAction, f64::from(REMOTE_STARTS));
    usage.add(Feature::Settings, Unit::ShadowOperation, 2.0 * SETTINGS_CHANGES);
    let questions = f64::from(APP_OPENS) * APP_MINUTES * SECONDS_PER_MINUTE / POLL_EVERY_SECONDS;
    answers(
        &mut usage,
        questions + f64::from(REMOTE_STARTS) + SETTINGS_CHANGES,
    );
    usage
}

/// What its items take in the first year, on average over that year.
pub fn storage_per_year() -> Usage {
    let pieces = RUN_MINUTES * SECONDS_PER_MINUTE / PIECE_EVERY_SECONDS * PIECE_BYTES as f64;
    let heartbeats = CONNECTED_MINUTES / HEARTBEAT_EVERY_MINUTES * HEARTBEAT_BYTES as f64;
    let mean = (pieces + heartbeats) * KEPT_DAYS.min(DAYS_PER_YEAR) / 2.0;
    Usage::default().with(Feature::Storage, Unit::TableGbMonth, mean * MONTHS_PER_YEAR / 1e9)
}

fn messages(usage: &mut Usage, feature: Feature, count: f64, bytes: usize) {
    let charged = count * steps::message(bytes);
    usage.add(feature, Unit::Message, charged);
    usage.add(feature, Unit::RuleTrigger, charged);
    usage.add(feature, Unit::RuleAction, charged);
    invocations(usage, feature, count);
    usage.add(feature, Unit::WriteUnit, count * bytes.div_ceil(1024) as f64);
}

fn answers(usage: &mut Usage, count: f64) {
    usage.add(Feature::App, Unit::ApiRequest, count * steps::api(ANSWER_BYTES));
    invocations(usage, Feature::App, count);
    usage.add(Feature::App, Unit::ReadUnit, count);
    usage.add(
        Feature::App,
        Unit::EgressGb,
        count * steps::gigabytes(ANSWER_BYTES),
    );
}

fn invocations(usage: &mut Usage, feature: Feature, count: f64) {
    usage.add(feature, Unit::FunctionRequest, count);
    usage.add(
        feature,
        Unit::FunctionGbSecond,
        count * FUNCTION_SECONDS * FUNCTION_GB,
    );
    usage.add(feature, Unit::LogGb, count * steps::gigabytes(LOG_BYTES));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bill, Prices};

    #[test]
    fn the_naive_day_is_what_it_says() {
        let usage = usage_per_day();
        // 720 pieces and 1,440 heartbeats.
        assert_eq!(usage.of_unit(Unit::Message), 2_160.0);
        // 720 × 4 and 1,440 × 1.
        assert_eq!(usage.of_unit(Unit::WriteUnit), 4_320.0);
        assert_eq!(usage.of(Feature::Commands, Unit::RemoteAction), 1.0);
        let prices = Prices::published().unwrap();
        let year = Bill::new(&usage.times(DAYS_PER_YEAR), &prices).total();
        assert!((4.0..7.0).contains(&year), "{year}");
    }
}
