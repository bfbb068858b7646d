//! A function's program under AWS's emulator.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use end_to_end::until::until;
use serde_json::Value;

/// How long the emulator may take to listen, and a function to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running emulator with one function; dropping it ends both, since the function asks the emulator for events.
pub struct Function {
    emulator: Child,
    url: String,
    log: PathBuf,
}

/// What became of an event.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Function {
    /// Starts `program` with nothing but `variables` in its environment, if the emulator is on this machine.
    pub fn start(program: &str, variables: &[(&str, &str)]) -> Option<Self> {
        let Some(emulator) = std::env::var_os("SWEEPLINE_RIE") else {
            println!("skipped: SWEEPLINE_RIE does not name an aws-lambda-rie");
            return None;
        };
        let [invocations, runtime] = free_addresses();
        let log =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{program}-{}.log", &invocations[10..]));
        let output = File::create(&log).unwrap();
        let mut command = Command::new(emulator);
        command
            .args(["--runtime-interface-emulator-address", &invocations])
            .args(["--runtime-api-address", &runtime])
            .arg(built(program))
            .env_clear()
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output);
        Some(Self {
            emulator: command.spawn().unwrap(),
            url: format!("http://{invocations}/2015-03-31/functions/function/invocations"),
            log,
        })
    }

    /// What the function gives back for `event`.
    pub async fn call(&self, event: &Value) -> Value {
        let answer = self.ask(event).await;
        assert_eq!(answer.status, 200, "{}{}", answer.body, self.log());
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Hands `event` over, as soon as the emulator listens.
    pub async fn ask(&self, event: &Value) -> Answer {
        let (url, body) = (self.url.clone(), event.to_string());
        tokio::task::spawn_blocking(move || post(&url, &body))
            .await
            .unwrap()
    }

    /// What the emulator and the function have printed.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

/// Asks once the emulator listens, and only once.
fn post(url: &str, body: &str) -> Answer {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE));
    let agent: ureq::Agent = config.build().into();
    let answered = until("the emulator listens", PATIENCE, || {
        match agent.post(url).send(body) {
            Ok(answer) => Ok(Some(answer)),
            Err(ureq::Error::Io(error)) if error.kind() == ErrorKind::ConnectionRefused => Ok(None),
            Err(error) => Err(error.into()),
        }
    });
    let mut answer = answered.unwrap();
    Answer {
        status: answer.status().as_u16(),
        body: answer.body_mut().read_to_string().unwrap(),
    }
}

/// The program in the folder that cargo built this test into.
fn built(program: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join(program);
    assert!(
        path.is_file(),
        "{program} is not built: run `cargo build --workspace --bins` first"
    );
    path
}

/// Both are held until both are known, so that they differ.
fn free_addresses() -> [String; 2] {
    let held = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().to_string())
}
