//! The system's clock, read only at the edges.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use domain::Timestamp;

/// How far this program's time is ahead of the system's, milliseconds.
static AHEAD_MS: AtomicI64 = AtomicI64::new(0);

/// The time now.
pub fn now() -> Timestamp {
    let millis = Timestamp::from(SystemTime::now()).millis();
    Timestamp::from_millis(millis.saturating_add(AHEAD_MS.load(Ordering::Relaxed)))
}

/// Lets time pass at once, for the whole program: for days that are simulated faster than they go by.
pub fn skip(time: Duration) {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    AHEAD_MS.fetch_add(millis, Ordering::Relaxed);
}
