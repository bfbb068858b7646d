//! The day that a bill is made for: always connected, one run, two looks at the phone, one start from afar.

/// How long the robot is connected, minutes.
pub const CONNECTED_MINUTES: f64 = 24.0 * 60.0;
/// How long the day's run takes, minutes.
pub const RUN_MINUTES: f64 = 60.0;
/// What the day's run cleans, square metres.
pub const RUN_SQUARE_METRES: f64 = 100.0;
/// How often the owner opens the app.
pub const APP_OPENS: u32 = 2;
/// How long each of these lasts unless it watches, seconds.
pub const APP_LOOK_SECONDS: f64 = 10.0;
/// How long one of these watches the robot live, on the day with live view, minutes.
pub const LIVE_VIEW_MINUTES: f64 = 3.0;
/// How often the owner starts the robot from afar.
pub const REMOTE_STARTS: u32 = 1;
/// How often the owner changes the schedule or other settings, per day.
pub const SETTINGS_CHANGES: f64 = 1.0 / 7.0;
/// Days of a year.
pub const DAYS_PER_YEAR: f64 = 365.0;
/// Months of a year.
pub const MONTHS_PER_YEAR: f64 = 12.0;

/// What a robot may cost in a year without live view, US dollars: 1.6 times its connection minutes.
pub const MAX_USD_WITHOUT_LIVE_VIEW: f64 = 0.067;
/// What a robot may cost in a year with live view, US dollars.
pub const MAX_USD_WITH_LIVE_VIEW: f64 = 0.09;
