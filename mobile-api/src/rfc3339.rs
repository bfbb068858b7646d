//! Times as RFC 3339 texts in UTC with milliseconds.

use std::fmt;

use domain::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// A point in time as it is sent, such as `2026-11-22T18:17:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub(crate) struct Rfc3339(Timestamp);

impl From<Timestamp> for Rfc3339 {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl fmt::Display for Rfc3339 {
    /// A time before the year -9999 or after 9999 is written as the nearest that has a form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nearest = if self.0.millis() < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        };
        let at = jiff::Timestamp::from_millisecond(self.0.millis()).unwrap_or(nearest);
        f.write_str(&PRINTER.timestamp_to_string(&at))
    }
}

impl Serialize for Rfc3339 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_with_milliseconds() {
        for (millis, text) in [
            (0, "\"1970-01-01T00:00:00.000Z\""),
            (1_795_371_420_007, "\"2026-11-22T18:17:00.007Z\""),
            (i64::MAX, "\"9999-12-30T22:00:00.999Z\""),
        ] {
            let at = Rfc3339::from(Timestamp::from_millis(millis));
            assert_eq!(serde_json::to_string(&at).unwrap(), text);
        }
    }
}
