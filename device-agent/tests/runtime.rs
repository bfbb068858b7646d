//! The whole agent on a recording, over a link in memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use common::recording::recording;
use common::{Cloud, endpoint, start_agent};
use device_agent::agent;
use device_agent::core::message::{Outgoing, Received};
use device_agent::credentials::Credentials;
use device_agent::driver::replay::Replay;
use device_agent::link::{Link, LinkError, LinkEvent};
use domain::receipt::Receipt;
use domain::run::Outcome;
use tokio::sync::mpsc;
use wire::receipt;
use wire::topic::Downlink;

const PATIENCE: Duration = Duration::from_secs(20);

/// A link that is up at once and whose other end is a [`Cloud`].
struct MemoryLink {
    cloud: Arc<Mutex<Cloud>>,
    answers: mpsc::UnboundedReceiver<LinkEvent>,
    answer: mpsc::UnboundedSender<LinkEvent>,
}

impl MemoryLink {
    fn new(cloud: Arc<Mutex<Cloud>>) -> Self {
        let (answer, answers) = mpsc::unbounded_channel();
        answer.send(LinkEvent::Up).unwrap();
        Self {
            cloud,
            answers,
            answer,
        }
    }
}

#[async_trait]
impl Link for MemoryLink {
    async fn next(&mut self) -> LinkEvent {
        self.answers.recv().await.unwrap()
    }

    fn publish(&mut self, message: Outgoing) {
        let Some(kind) = self.cloud.lock().unwrap().take(&message) else {
            return;
        };
        let payload = receipt::encode(&Receipt {
            pairing: Some(endpoint().pairing),
            kind,
        });
        let topic = Downlink::Receipts(endpoint().robot);
        self.answer
            .send(LinkEvent::Received(Received {
                topic,
                payload,
                retained: false,
            }))
            .unwrap();
    }

    fn switch(&mut self, _: &Credentials) -> Result<(), LinkError> {
        Ok(())
    }

    async fn close(&mut self) {}
}

#[tokio::test]
async fn a_recording_becomes_one_confirmed_run() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = Arc::new(Mutex::new(Cloud::default()));
    let driver = Replay::from_bytes(recording(100).as_bytes()).unwrap();
    let link = MemoryLink::new(Arc::clone(&cloud));
    let confirmed = async {
        while cloud.lock().unwrap().finished.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let run = agent::run_with(start_agent(dir.path(), 3), driver, link, confirmed);
    tokio::time::timeout(PATIENCE, run)
        .await
        .expect("the run is confirmed in time");
    let cloud = cloud.lock().unwrap();
    let (run, report) = cloud.finished.iter().next().unwrap();
    assert_eq!(report.outcome, Outcome::Completed);
    assert_eq!(report.manifest.digest(), cloud.map(*run).digest());
    assert!(cloud.map(*run).counts().occupied > 20);
}
