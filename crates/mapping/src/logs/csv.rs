//! Laser logs as comma-separated values: `t, odom x, y, θ, reference x, y, θ, ranges…`, comments after `#`.

use super::{LogError, LogScan, MAX_LOG_RANGES, number};
use crate::pose::Pose;

/// Fields before the ranges.
pub(super) const LEADING_FIELDS: usize = 7;

/// The lines as scans. The reference is never read: it is what a localizer is measured against.
pub fn scans(text: &str) -> impl Iterator<Item = Result<LogScan, LogError>> + '_ {
    let lines = text
        .lines()
        .zip(1..)
        .filter(|(text, _)| !text.trim().is_empty() && !text.starts_with('#'));
    lines.map(|(text, line)| scan(text, line))
}

fn scan(text: &str, line: usize) -> Result<LogScan, LogError> {
    let mut fields = text.split(',');
    let t = number(&mut fields, line, "time")?;
    let x = number(&mut fields, line, "odometry x")?;
    let y = number(&mut fields, line, "odometry y")?;
    let theta = number(&mut fields, line, "odometry heading")?;
    let ranges = text.split(',').skip(LEADING_FIELDS);
    if ranges.clone().count() > MAX_LOG_RANGES {
        return Err(LogError::Field {
            line,
            field: "number of ranges",
            expected: "up to 4096",
        });
    }
    let ranges =
        ranges.map(|range| number(&mut std::iter::once(range), line, "range").map(|range| range as f32));
    Ok(LogScan {
        t,
        odometry: Pose::new(x, y, theta),
        ranges: ranges.collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_not_read() {
        let log = "# t,...\n5.5,1,2,0.5,not,read,here,1.25,3\n\n";
        let scans: Vec<_> = scans(log).collect::<Result<_, _>>().unwrap();
        assert_eq!(
            scans,
            [LogScan {
                t: 5.5,
                odometry: Pose::new(1.0, 2.0, 0.5),
                ranges: vec![1.25, 3.0]
            }]
        );
    }

    #[test]
    fn a_bad_line_is_named_with_its_field() {
        let error = scans("# head\n1,2,x,0").next().unwrap().unwrap_err();
        assert_eq!(error.to_string(), "line 2: odometry y is missing or not a number");
        let error = scans("1,2,3,0,0,0,0,1,?").next().unwrap().unwrap_err();
        assert_eq!(error.to_string(), "line 1: range is missing or not a number");
    }
}
