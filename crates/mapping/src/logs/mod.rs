//! Recorded laser logs and maps, whatever they are packed in.

pub mod carmen;
pub mod csv;

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::pose::Pose;

/// Largest log, once expanded, in bytes.
pub const MAX_LOG_BYTES: usize = 256 * 1024 * 1024;
/// Most ranges that one line may hold.
pub const MAX_LOG_RANGES: usize = 4_096;

/// What a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogKind {
    /// A CARMEN log: `FLASER` lines among others.
    Carmen,
    /// Comma-separated values: time, odometry, reference, ranges.
    Csv,
    /// A ValetudoMap in JSON: a map and no log.
    ValetudoMap,
}

/// One scan of a log. Beams are evenly spread over half a turn from -90°.
#[derive(Clone, Debug, PartialEq)]
pub struct LogScan {
    /// Seconds of the log's clock.
    pub t: f64,
    /// Where the robot's odometry says that it is.
    pub odometry: Pose,
    /// Distances in metres; those beyond the sensor's range are recorded as something large.
    pub ranges: Vec<f32>,
}

impl LogScan {
    /// Angle of the first beam, in radians from the robot's heading.
    pub const START_ANGLE: f64 = -std::f64::consts::FRAC_PI_2;

    /// Angle from one beam to the next, in radians: an odd number of beams includes both ends of the half turn.
    pub fn angle_step(&self) -> f64 {
        let count = self.ranges.len().max(1);
        let steps = if count % 2 == 1 { (count - 1).max(1) } else { count };
        std::f64::consts::PI / steps as f64
    }
}

/// Why a recording was refused.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The packed bytes are not valid.
    #[error("the recording cannot be unpacked")]
    Unpack(#[source] std::io::Error),
    /// More than [`MAX_LOG_BYTES`] once expanded.
    #[error("the recording is larger than {MAX_LOG_BYTES} bytes")]
    TooLarge,
    /// The bytes are no text.
    #[error("the recording is not text")]
    NotText(#[from] std::string::FromUtf8Error),
    /// The text is none of the known kinds.
    #[error("the recording is neither a CARMEN log, nor a CSV log, nor a ValetudoMap")]
    UnknownKind,
    /// The recording is a map and holds no scans.
    #[error("a {0:?} recording holds no scans")]
    NoScans(LogKind),
    /// A field of a line is missing or wrong.
    #[error("line {line}: {field} is missing or not {expected}")]
    Field {
        /// Number of the line, from 1.
        line: usize,
        /// The field's name.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

/// A recording, unpacked.
#[derive(Clone, Debug)]
pub struct Log {
    /// What it is.
    pub kind: LogKind,
    /// Its text.
    pub text: String,
}

impl Log {
    /// The scans in the order of the log; each bad line gives an error that names it.
    ///
    /// # Errors
    /// [`LogError::NoScans`] if the recording is a map.
    pub fn scans(&self) -> Result<Box<dyn Iterator<Item = Result<LogScan, LogError>> + '_>, LogError> {
        match self.kind {
            LogKind::Carmen => Ok(Box::new(carmen::scans(&self.text))),
            LogKind::Csv => Ok(Box::new(csv::scans(&self.text))),
            LogKind::ValetudoMap => Err(LogError::NoScans(self.kind)),
        }
    }
}

/// Unpacks a recording, if it is gzipped, and tells its kind from its first lines.
///
/// # Errors
/// [`LogError`] if it cannot be unpacked, is too large, is no text or of no known kind.
pub fn open_bytes(bytes: &[u8]) -> Result<Log, LogError> {
    let text = unpack(bytes)?;
    let kind = sniff(&text).ok_or(LogError::UnknownKind)?;
    Ok(Log { kind, text })
}

/// The text of a file, gzipped or not.
///
/// # Errors
/// [`LogError`] if it cannot be unpacked, is too large or is no text.
pub fn unpack(bytes: &[u8]) -> Result<String, LogError> {
    let plain = if bytes.starts_with(&[0x1f, 0x8b]) {
        gunzip(bytes)?
    } else {
        bytes.to_vec()
    };
    if plain.len() > MAX_LOG_BYTES {
        return Err(LogError::TooLarge);
    }
    Ok(String::from_utf8(plain)?)
}

fn gunzip(bytes: &[u8]) -> Result<Vec<u8>, LogError> {
    let mut plain = Vec::new();
    let limit = MAX_LOG_BYTES as u64 + 1;
    MultiGzDecoder::new(bytes)
        .take(limit)
        .read_to_end(&mut plain)
        .map_err(LogError::Unpack)?;
    Ok(plain)
}

fn sniff(text: &str) -> Option<LogKind> {
    if text.trim_start().starts_with('{') {
        return text.contains("\"ValetudoMap\"").then_some(LogKind::ValetudoMap);
    }
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = lines.next()?;
    if first.split(',').count() > csv::LEADING_FIELDS {
        return Some(LogKind::Csv);
    }
    carmen::is_message(first).then_some(LogKind::Carmen)
}

/// The next field as a finite number.
fn number<'a>(
    fields: &mut impl Iterator<Item = &'a str>,
    line: usize,
    field: &'static str,
) -> Result<f64, LogError> {
    let number = fields
        .next()
        .and_then(|text| text.trim().parse().ok())
        .filter(|number: &f64| number.is_finite());
    number.ok_or(LogError::Field {
        line,
        field,
        expected: "a number",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_kind_is_told_from_the_text() {
        let kind = |text: &str| open_bytes(text.as_bytes()).map(|log| log.kind);
        assert_eq!(kind("# note\nPARAM a 1 host 0\n").unwrap(), LogKind::Carmen);
        assert_eq!(kind("# t,x\n1,0,0,0,0,0,0,1.5\n").unwrap(), LogKind::Csv);
        assert_eq!(
            kind(r#" {"__class":"ValetudoMap"}"#).unwrap(),
            LogKind::ValetudoMap
        );
        assert!(matches!(kind("hello"), Err(LogError::UnknownKind)));
        assert!(matches!(kind("{}"), Err(LogError::UnknownKind)));
    }

    #[test]
    fn a_map_holds_no_scans() {
        let log = open_bytes(br#"{"__class":"ValetudoMap"}"#).unwrap();
        assert!(matches!(
            log.scans(),
            Err(LogError::NoScans(LogKind::ValetudoMap))
        ));
    }

    #[test]
    fn an_odd_number_of_beams_covers_both_ends() {
        let scan = |count| LogScan {
            t: 0.0,
            odometry: Pose::IDENTITY,
            ranges: vec![1.0; count],
        };
        assert!((scan(180).angle_step().to_degrees() - 1.0).abs() < 1e-9);
        assert!((scan(181).angle_step().to_degrees() - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = open_bytes(&bytes);
            let _ = open_bytes(&[&[0x1f, 0x8b, 8, 0], bytes.as_slice()].concat());
        }
    }
}
