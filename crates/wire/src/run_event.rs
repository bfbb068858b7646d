//! Run events: started, paused, resumed, and finished with manifest and track.
//!
//! That a robot located itself travels as a run that goes on with `located` beside it, so that whoever knows only the
//! first four events reads one of them.

use domain::id::{FloorId, PairingId, RunId};
use domain::placement::Placed;
use domain::run::{Initiator, MAX_TRACK_POINTS, Manifest, Outcome, Rev, RunEvent, RunEventKind, RunReport};
use domain::{CorrelationId, FieldError, Timestamp};
use mapping::pose::Pose;
use mapping::tile::TileIndex;
use serde::{Deserialize, Serialize};

use crate::{WireError, json};

/// A run event as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RunEventV1 {
    pairing: PairingId,
    run: RunId,
    seq: u32,
    initiator: Initiator,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "json::correlation"
    )]
    correlation: Option<CorrelationId>,
    started_at: Timestamp,
    at: Timestamp,
    #[serde(flatten)]
    kind: KindV1,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum KindV1 {
    Started,
    Paused,
    Resumed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        located: Option<LocatedV1>,
    },
    Finished(ReportV1),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LocatedV1 {
    floor: FloorId,
    /// The origin of the run's frame in the floor's frame, millimetres.
    x: i32,
    y: i32,
    /// How far the run's frame is turned, milliradians.
    heading: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ReportV1 {
    outcome: Outcome,
    area_cm2: u64,
    duration_ms: u64,
    /// `[column, row, revision]`.
    tiles: Vec<(i16, i16, u32)>,
    /// SHA-256 over all tiles, hex.
    digest: String,
    /// First point, then steps, millimetres: `[x, y, dx, dy, …]`.
    track: Vec<i32>,
}

/// The payload of `event`.
pub fn encode(event: &RunEvent) -> Vec<u8> {
    json::encode(&RunEventV1 {
        pairing: event.pairing,
        run: event.run,
        seq: event.seq,
        initiator: event.initiator,
        correlation: event.correlation.clone(),
        started_at: event.started_at,
        at: event.at,
        kind: match &event.kind {
            RunEventKind::Started => KindV1::Started,
            RunEventKind::Paused => KindV1::Paused,
            RunEventKind::Resumed => KindV1::Resumed { located: None },
            RunEventKind::Located(located) => KindV1::Resumed {
                located: Some(located.into()),
            },
            RunEventKind::Finished(report) => KindV1::Finished(report.into()),
        },
    })
}

/// The event in `bytes`.
pub fn decode(bytes: &[u8]) -> Result<RunEvent, WireError> {
    let event: RunEventV1 = json::decode(bytes)?;
    let kind = match event.kind {
        KindV1::Started => RunEventKind::Started,
        KindV1::Paused => RunEventKind::Paused,
        KindV1::Resumed { located: None } => RunEventKind::Resumed,
        KindV1::Resumed {
            located: Some(located),
        } => RunEventKind::Located((&located).into()),
        KindV1::Finished(report) => RunEventKind::Finished(report.try_into()?),
    };
    let RunEventV1 {
        pairing,
        run,
        seq,
        initiator,
        correlation,
        started_at,
        at,
        ..
    } = event;
    Ok(RunEvent {
        run,
        pairing,
        seq,
        initiator,
        correlation,
        started_at,
        at,
        kind,
    })
}

impl From<&Placed> for LocatedV1 {
    fn from(located: &Placed) -> Self {
        let thousandths = |value: f64| (value * 1000.0).round() as i32;
        let Pose { x, y, theta } = located.alignment;
        Self {
            floor: located.floor,
            x: thousandths(x),
            y: thousandths(y),
            heading: thousandths(theta),
        }
    }
}

impl From<&LocatedV1> for Placed {
    fn from(located: &LocatedV1) -> Self {
        let whole = |thousandths: i32| f64::from(thousandths) / 1000.0;
        let alignment = Pose::new(whole(located.x), whole(located.y), whole(located.heading));
        Self {
            floor: located.floor,
            alignment,
        }
    }
}

impl From<&RunReport> for ReportV1 {
    fn from(report: &RunReport) -> Self {
        let tiles = report.manifest.tiles();
        Self {
            outcome: report.outcome,
            area_cm2: report.area_cm2,
            duration_ms: report.duration_ms,
            tiles: tiles
                .iter()
                .map(|(index, rev)| (index.x, index.y, rev.0))
                .collect(),
            digest: hex(&report.manifest.digest()),
            track: steps(&report.track),
        }
    }
}

impl TryFrom<ReportV1> for RunReport {
    type Error = FieldError;

    fn try_from(report: ReportV1) -> Result<Self, FieldError> {
        let digest = unhex(&report.digest)
            .ok_or_else(|| FieldError::new("digest", "must be 64 hexadecimal digits"))?;
        let tiles = report
            .tiles
            .into_iter()
            .map(|(x, y, rev)| (TileIndex { x, y }, Rev(rev)))
            .collect();
        Ok(Self {
            outcome: report.outcome,
            area_cm2: report.area_cm2,
            duration_ms: report.duration_ms,
            manifest: Manifest::new(tiles, digest)?,
            track: points(&report.track)?,
        })
    }
}

/// Small steps are short in JSON.
fn steps(points: &[(i32, i32)]) -> Vec<i32> {
    let mut last = (0i32, 0i32);
    let mut steps = Vec::with_capacity(points.len() * 2);
    for &(x, y) in points {
        steps.extend([x.wrapping_sub(last.0), y.wrapping_sub(last.1)]);
        last = (x, y);
    }
    steps
}

fn points(steps: &[i32]) -> Result<Vec<(i32, i32)>, FieldError> {
    if !steps.len().is_multiple_of(2) || steps.len() > 2 * MAX_TRACK_POINTS {
        let reason = format!(
            "must have pairs of numbers, at most {MAX_TRACK_POINTS}, has {} numbers",
            steps.len()
        );
        return Err(FieldError::new("track", reason));
    }
    let mut last = (0i32, 0i32);
    let walk = steps.chunks_exact(2).map(|step| {
        last = (last.0.wrapping_add(step[0]), last.1.wrapping_add(step[1]));
        last
    });
    Ok(walk.collect())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished() -> RunEvent {
        let manifest = Manifest::new(vec![(TileIndex { x: -1, y: 2 }, Rev(3))], [0xAB; 32]).unwrap();
        RunEvent {
            run: RunId::from_u128(1),
            pairing: PairingId::from_u128(2),
            seq: 4,
            initiator: Initiator::Button,
            correlation: None,
            started_at: Timestamp::from_millis(10),
            at: Timestamp::from_millis(20),
            kind: RunEventKind::Finished(RunReport {
                outcome: Outcome::Completed,
                area_cm2: 10_000,
                duration_ms: 5_000,
                manifest,
                track: vec![(0, 0), (120, -40), (i32::MIN, i32::MAX)],
            }),
        }
    }

    #[test]
    fn an_event_reads_back() {
        for kind in [
            RunEventKind::Started,
            RunEventKind::Paused,
            RunEventKind::Resumed,
            RunEventKind::Located(Placed {
                floor: FloorId::from_u128(3),
                alignment: Pose::new(1.25, -0.5, 0.125),
            }),
            finished().kind,
        ] {
            let event = RunEvent { kind, ..finished() };
            assert_eq!(decode(&encode(&event)), Ok(event));
        }
    }

    #[test]
    fn a_located_run_goes_on_for_whoever_knows_no_floors() {
        let located = Placed {
            floor: FloorId::from_u128(3),
            alignment: Pose::IDENTITY,
        };
        let event = RunEvent {
            kind: RunEventKind::Located(located),
            ..finished()
        };
        let text = String::from_utf8(encode(&event)).unwrap();
        assert!(text.contains(r#""type":"resumed""#), "{text}");
        let bare = text.replace(r#""located""#, r#""unknown""#);
        assert_eq!(decode(bare.as_bytes()).unwrap().kind, RunEventKind::Resumed);
    }

    #[test]
    fn the_request_behind_a_run_travels_and_is_never_needed() {
        let named = RunEvent {
            correlation: Some("c-1".parse().unwrap()),
            ..finished()
        };
        assert_eq!(decode(&encode(&named)), Ok(named.clone()));
        let text = String::from_utf8(encode(&named)).unwrap();
        for other in [r#""correlation":"no id""#, r#""unknown":"c-1""#] {
            let other = text.replace(r#""correlation":"c-1""#, other);
            assert_eq!(decode(other.as_bytes()), Ok(finished()));
        }
    }

    #[test]
    fn a_wrong_digest_or_track_is_named() {
        let text = String::from_utf8(encode(&finished())).unwrap();
        let short = text.replace("abab\"", "\"");
        assert_eq!(decode(short.as_bytes()).unwrap_err().field(), "digest");
        let odd = text.replace("\"track\":[", "\"track\":[1,");
        assert_eq!(decode(odd.as_bytes()).unwrap_err().field(), "track");
    }
}
