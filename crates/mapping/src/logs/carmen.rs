//! Logs of the CARMEN robot navigation toolkit, one message on each line.

use super::{LogError, LogScan, MAX_LOG_RANGES, number};
use crate::pose::Pose;

const MESSAGES: [&str; 6] = ["PARAM", "SYNC", "ODOM", "FLASER", "RLASER", "TRUEPOS"];

/// The `FLASER` lines: `FLASER n r1…rn x y θ odom_x odom_y odom_θ t host t`; other lines are passed over.
pub fn scans(text: &str) -> impl Iterator<Item = Result<LogScan, LogError>> + '_ {
    let lines = text.lines().zip(1..);
    lines.filter_map(|(text, line)| text.strip_prefix("FLASER ").map(|fields| scan(fields, line)))
}

/// Whether a line starts with a message that CARMEN knows.
pub(super) fn is_message(line: &str) -> bool {
    let name = line.split_ascii_whitespace().next();
    name.is_some_and(|name| MESSAGES.contains(&name) || name.starts_with("ROBOTLASER"))
}

fn scan(fields: &str, line: usize) -> Result<LogScan, LogError> {
    let mut fields = fields.split_ascii_whitespace();
    let count = fields
        .next()
        .and_then(|count| count.parse().ok())
        .filter(|count| *count <= MAX_LOG_RANGES);
    let count = count.ok_or(LogError::Field {
        line,
        field: "number of ranges",
        expected: "a number up to 4096",
    })?;
    let range = |fields: &mut _| number(fields, line, "range").map(|range| range as f32);
    let ranges = (0..count).map(|_| range(&mut fields)).collect::<Result<_, _>>()?;
    for field in ["laser x", "laser y", "laser heading"] {
        number(&mut fields, line, field)?;
    }
    let x = number(&mut fields, line, "odometry x")?;
    let y = number(&mut fields, line, "odometry y")?;
    let theta = number(&mut fields, line, "odometry heading")?;
    let t = number(&mut fields, line, "time")?;
    Ok(LogScan {
        t,
        odometry: Pose::new(x, y, theta),
        ranges,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_are_read_and_other_messages_passed_over() {
        let log = "PARAM a 1 host 0\nODOM 0 0 0 0 0 0 0.1 host 0.1\nFLASER 2 1.5 81.83 9 9 9 1 2 0.5 12.25 host 12.3\n";
        let scans: Vec<_> = scans(log).collect::<Result<_, _>>().unwrap();
        assert_eq!(
            scans,
            [LogScan {
                t: 12.25,
                odometry: Pose::new(1.0, 2.0, 0.5),
                ranges: vec![1.5, 81.83]
            }]
        );
    }

    #[test]
    fn a_bad_line_is_named_with_its_field() {
        for (log, message) in [
            ("\nFLASER 2 1.5", "line 2: range is missing or not a number"),
            (
                "FLASER x",
                "line 1: number of ranges is missing or not a number up to 4096",
            ),
            (
                "FLASER 99999 1",
                "line 1: number of ranges is missing or not a number up to 4096",
            ),
            (
                "FLASER 0 1 2 3 4 nan 6 7",
                "line 1: odometry y is missing or not a number",
            ),
        ] {
            let error = scans(log).next().unwrap().unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}
