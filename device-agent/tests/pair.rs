//! Pairing with an API that says what the test tells it to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::VecDeque;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use device_agent::identity::RobotIdentity;
use device_agent::pair::{self, Api, PairError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const OPENED: (u16, &str) = (
    201,
    r#"{"id":"claim_00000000000000000000000001","robot":"robot_00000000000000000000000002",
        "code":"ABCD-1234","secret":"s3cret","expires_at":"2026-01-01T00:00:00.000Z"}"#,
);
const WAITING: (u16, &str) = (202, r#"{"state":"waiting"}"#);
const EXPIRED: (u16, &str) = (410, "{}");
const CLAIMED: (u16, &str) = (
    200,
    r#"{"state":"claimed","robot":"robot_00000000000000000000000002","pairing":"pair_00000000000000000000000003",
        "certificate":"CERT","ca":"CA","mqtt":{"host":"broker.example","port":8883},"stage":"prod"}"#,
);

/// An API with its answers in order; the last one is given again and again.
struct FakeApi {
    api: Api,
    requests: Arc<Mutex<Vec<String>>>,
}

impl FakeApi {
    async fn start(answers: &[(u16, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Api::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (heard, mut answers) = (Arc::clone(&requests), VecDeque::from(answers.to_vec()));
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 16 * 1024];
                let length = stream.read(&mut request).await.unwrap();
                heard
                    .lock()
                    .unwrap()
                    .push(String::from_utf8_lossy(&request[..length]).into_owned());
                let (status, body) = if answers.len() > 1 {
                    answers.pop_front().unwrap()
                } else {
                    answers[0]
                };
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n", body.len());
                stream
                    .write_all(format!("{head}{body}").as_bytes())
                    .await
                    .unwrap();
            }
        });
        Self { api, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_claimed_robot_has_an_identity_that_only_it_can_read() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("robot");
    let server = FakeApi::start(&[OPENED, WAITING, CLAIMED]).await;
    let mut shown = None;
    pair::pair(&server.api, &dir, |claim| shown = Some(claim.code.clone()))
        .await
        .unwrap();
    assert_eq!(shown.as_deref(), Some("ABCD-1234"));
    let identity = RobotIdentity::load(&dir).unwrap();
    assert_eq!(
        (identity.endpoint.host.as_str(), identity.endpoint.port),
        ("broker.example", 8883)
    );
    assert!(identity.credentials.key_pem.contains("PRIVATE KEY"));
    assert_eq!(identity.credentials.certificate_pem, "CERT");
    let requests = server.requests();
    assert!(requests[0].contains("CERTIFICATE REQUEST"));
    assert!(requests[1].contains("authorization: Claim s3cret"));
    assert!(requests.iter().all(|request| !request.contains("PRIVATE KEY")));
    assert_eq!(mode(&dir), 0o700);
    let files: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 4, "{files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600));
}

#[tokio::test]
async fn pairing_goes_on_with_the_same_code_after_a_power_cut() {
    let dir = tempfile::tempdir().unwrap();
    let server = FakeApi::start(&[OPENED, WAITING]).await;
    let cut = tokio::time::timeout(
        std::time::Duration::from_secs(1),
        pair::pair(&server.api, dir.path(), |_| {}),
    );
    assert!(cut.await.is_err());
    let server = FakeApi::start(&[WAITING, CLAIMED]).await;
    pair::pair(&server.api, dir.path(), |claim| {
        assert_eq!(claim.code, "ABCD-1234")
    })
    .await
    .unwrap();
    assert!(server.requests().iter().all(|request| request.starts_with("GET")));
}

#[tokio::test]
async fn a_code_that_nobody_used_in_time_gives_way_to_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let server = FakeApi::start(&[OPENED, EXPIRED]).await;
    let error = pair::pair(&server.api, dir.path(), |_| {}).await.unwrap_err();
    assert!(matches!(error, PairError::Expired));
    let server = FakeApi::start(&[OPENED, CLAIMED]).await;
    pair::pair(&server.api, dir.path(), |_| {}).await.unwrap();
}

#[tokio::test]
async fn a_paired_robot_is_reset_before_it_is_paired_again() {
    let dir = tempfile::tempdir().unwrap();
    let server = FakeApi::start(&[OPENED, CLAIMED]).await;
    pair::pair(&server.api, dir.path(), |_| {}).await.unwrap();
    let error = pair::pair(&server.api, dir.path(), |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("sweepline-agent reset"), "{error}");
    std::fs::write(dir.path().join("outbox.log"), b"an owner's runs").unwrap();
    std::fs::write(dir.path().join("notes.txt"), b"not ours").unwrap();
    pair::reset(dir.path()).unwrap();
    let left: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["notes.txt"]);
}

#[tokio::test]
async fn an_answer_that_is_not_understood_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for answer in [(201, "hello"), (201, "{}"), (500, "{}")] {
        let server = FakeApi::start(&[answer]).await;
        assert!(pair::pair(&server.api, dir.path(), |_| {}).await.is_err());
        assert!(!RobotIdentity::exists(dir.path()));
    }
}
