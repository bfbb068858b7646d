//! What the agent costs its robot: memory, processor and disk.
//!
//! A second process runs the agent, connected over mutual TLS, on ten minutes of sweeps of a home of 60 m² at 5 Hz
//! with 360 beams, and locates itself on the floor that it knows, among others. It is fed faster than a robot would; the
//! processor time is set against the ten minutes. Prints one
//! JSON line: `rss_bytes` (peak), `cpu_percent` (of one core), `binary_bytes` (of `sweepline-agent` in the profile of the
//! bench: `cargo bench --profile release` measures what is shipped).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

#[path = "../tests/link/broker.rs"]
#[allow(dead_code)]
mod broker;

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use async_trait::async_trait;
use broker::{Broker, PUBLISH, SUBSCRIBE};
use device_agent::agent::{self, AgentConfig};
use device_agent::driver::{
    Driver, DriverError, DriverOrder, Observation, Observed, Profile, RobotCondition, Sweep,
};
use domain::id::{FloorId, PairingId};
use domain::run::Initiator;
use domain::settings::{PermanentLayer, Settings};
use domain::status::{Battery, RobotError, RobotState};
use mapping::pose::Pose;
use mapping::run_mapper::RunMapper;

const DIR: &str = "SWEEPLINE_FOOTPRINT_DIR";
const SWEEPS: u32 = 3_000;
const SWEEP_EVERY: Duration = Duration::from_millis(200);
const BEAMS: usize = 360;
const HOME: (f64, f64) = (10.0, 6.0);
/// Kernel clock ticks per second, the same on every Linux that matters.
const TICKS_PER_SECOND: f64 = 100.0;

fn main() {
    match std::env::var_os(DIR) {
        Some(dir) => run_agent(Path::new(&dir)),
        None => measure(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn measure() {
    let broker = Broker::start("localhost").await;
    let dir = tempfile::tempdir().unwrap();
    broker.identity().save(dir.path()).unwrap();
    let settings = wire::settings::encode(&settings(broker.identity().endpoint.pairing)).unwrap();
    std::fs::write(dir.path().join("settings.json"), settings).unwrap();
    tokio::spawn(async move {
        let (mut session, _) = broker.accept_mqtt(false).await;
        let subscribe = session.expect(SUBSCRIBE).await;
        session.grant(&subscribe).await;
        while let Some(message) = session.until_gone(PUBLISH).await {
            let topic = usize::from(u16::from_be_bytes([message.body[0], message.body[1]]));
            session.send(0x40, &message.body[2 + topic..4 + topic]).await;
        }
    });
    let path = dir.path().to_owned();
    let agent = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().unwrap())
            .env(DIR, path)
            .output()
            .unwrap()
    });
    let output = agent.await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let binary = std::fs::metadata(env!("CARGO_BIN_EXE_sweepline-agent"))
        .unwrap()
        .len();
    let figures = String::from_utf8(output.stdout).unwrap();
    println!("{{{},\"binary_bytes\":{binary}}}", figures.trim());
}

#[tokio::main(flavor = "current_thread")]
async fn run_agent(dir: &Path) {
    let before = cpu_seconds();
    let (done, finished) = tokio::sync::oneshot::channel();
    let driver = Walk {
        told: 0,
        done: Some(done),
        sweeps: (0..100).map(sweep).collect(),
    };
    let config = AgentConfig::new(PathBuf::from(dir));
    agent::run(&config, driver, async { finished.await.unwrap() })
        .await
        .unwrap();
    let share = (cpu_seconds() - before) / (SWEEP_EVERY * SWEEPS).as_secs_f64();
    println!(
        "\"rss_bytes\":{},\"cpu_percent\":{:.2}",
        peak_rss(),
        share * 100.0
    );
}

/// A robot that goes round its home.
struct Walk {
    told: u32,
    done: Option<tokio::sync::oneshot::Sender<()>>,
    sweeps: Vec<Sweep>,
}

#[async_trait]
impl Driver for Walk {
    fn profile(&self) -> Profile {
        Profile {
            model: "bench".into(),
            capabilities: Vec::new(),
        }
    }

    async fn order(&mut self, _: DriverOrder) -> Result<(), DriverError> {
        Ok(())
    }

    async fn next(&mut self) -> Option<Observed> {
        // Fast, but with room for the link, as on a robot.
        tokio::time::sleep(Duration::from_millis(2)).await;
        let at = SWEEP_EVERY * self.told;
        let what = match self.told {
            0 => Observation::State(RobotCondition {
                state: RobotState::Running,
                error: RobotError::NoError,
                vendor_error: None,
                battery: Battery::try_from(90).unwrap(),
            }),
            1 => Observation::Started(Initiator::Button),
            n => Observation::Sweep(self.sweeps[n as usize % self.sweeps.len()].clone()),
        };
        self.told += 1;
        if self.told == SWEEPS {
            self.done.take().map(|done| done.send(()));
        }
        Some(Observed { at, what })
    }
}

/// The sweep at one of a hundred places on a round.
fn sweep(place: u32) -> Sweep {
    let angle = f64::from(place) / 100.0 * TAU;
    let pose = Pose::new(0.4 * HOME.0 * angle.cos(), 0.4 * HOME.1 * angle.sin(), angle);
    let angle_step = TAU / BEAMS as f64;
    let ranges = (0..BEAMS)
        .map(|i| range(&pose, pose.theta + i as f64 * angle_step) as f32)
        .collect();
    Sweep {
        pose,
        start_angle: 0.0,
        angle_step,
        max_range: 6.0,
        ranges,
    }
}

/// The home as it was learnt, and three others that are a little wider.
fn settings(pairing: PairingId) -> Settings {
    let start = Settings::initial(pairing);
    (0..4)
        .rev()
        .fold(start, |settings, floor| settings.with_layer(layer(floor)))
}

fn layer(floor: u32) -> PermanentLayer {
    let mut mapper = RunMapper::new();
    for sweep in (0..100).map(sweep) {
        let ranges = sweep.ranges.iter().map(|range| range + floor as f32).collect();
        mapper.integrate(&Sweep { ranges, ..sweep }.as_scan()).unwrap();
    }
    let map = mapper.finish();
    PermanentLayer {
        floor: FloorId::from_u128(floor.into()),
        n: 3,
        rooms_version: 1,
        tiles: map.tiles().map(|(index, tile)| (index, tile.encode())).collect(),
    }
}

/// Metres to the walls around the home.
fn range(pose: &Pose, angle: f64) -> f64 {
    let to_wall = |at: f64, slope: f64, half: f64| {
        if slope == 0.0 {
            9.0
        } else {
            (half.copysign(slope) - at) / slope
        }
    };
    let (sin, cos) = angle.sin_cos();
    to_wall(pose.x, cos, HOME.0 / 2.0)
        .min(to_wall(pose.y, sin, HOME.1 / 2.0))
        .clamp(0.05, 6.0)
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11..13]
        .iter()
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum::<f64>()
        / TICKS_PER_SECOND
}

fn peak_rss() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}
