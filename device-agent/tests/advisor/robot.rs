//! The robot's own program in a directory of its own, with a recording in the place of wheels.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use device_agent::identity::RobotIdentity;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::broker::{Broker, PUBLISH, Packet, SUBSCRIBE, Session};

/// The shortest that the program takes, so that silence is noticed soon.
pub const KEEP_ALIVE: Duration = Duration::from_secs(5);

const PATIENCE: Duration = Duration::from_secs(60);

pub struct Robot {
    child: Child,
    dir: TempDir,
}

impl Robot {
    /// A robot that trusts `broker`.
    pub fn of(broker: &Broker) -> Self {
        Self::with(&broker.identity(), |_| ())
    }

    /// A robot with this identity, in a directory that is prepared before its program starts.
    pub fn with(identity: &RobotIdentity, prepare: impl FnOnce(&Path)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        identity.save(dir.path()).unwrap();
        prepare(dir.path());
        let recording = dir.path().join("recording.log");
        std::fs::write(&recording, crate::recording::recording(10)).unwrap();
        let log = std::fs::File::create(dir.path().join("stderr")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_sweepline-agent"))
            .arg("replay")
            .arg(&recording)
            .arg("--dir")
            .arg(dir.path())
            .args(["--keep-alive", &KEEP_ALIVE.as_secs().to_string()])
            .env("NO_COLOR", "1")
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { child, dir }
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// What the program has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("stderr")).unwrap()
    }
}

/// The robot's next connection, which has said what it wants to hear and was granted it.
pub async fn listening(broker: &Broker) -> Session {
    let (mut session, _) = broker.accept_mqtt(false).await;
    let subscribe = session.expect(SUBSCRIBE).await;
    session.grant(&subscribe).await;
    session
}

/// The robot's next message on a topic with this end; each one is acknowledged.
pub async fn published(session: &mut Session, end: &str) -> Packet {
    let found = async {
        loop {
            let packet = session.expect(PUBLISH).await;
            session.acknowledge(&packet).await;
            if packet.topic().ends_with(end) {
                return packet;
            }
        }
    };
    timeout(PATIENCE, found).await.expect("a message in time")
}
