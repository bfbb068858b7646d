//! The real `sweepline` program as a child process, with its data in a folder that outlives it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::api::Api;
use crate::until::until;

/// The longest that a stack may take to be ready; the promise is two seconds, on a machine that does nothing else.
pub const START_LIMIT: Duration = Duration::from_secs(60);
/// The longest that a stack may take to stop.
pub const STOP_LIMIT: Duration = Duration::from_secs(30);
/// The arguments that every stack of the tests gets: free ports, one robot, fast time.
pub const ARGUMENTS: [&str; 8] = [
    "--http",
    "127.0.0.1:0",
    "--mqtt",
    "127.0.0.1:0",
    "--robots",
    "1",
    "--speed",
    "50",
];

/// How somebody signs in.
#[derive(Debug, Clone, Deserialize)]
pub struct Login {
    /// The name.
    pub email: String,
    /// The secret.
    pub password: String,
}

/// The line with which a stack says that it is ready.
#[derive(Debug, Clone, Deserialize)]
pub struct Ready {
    /// Always `true`.
    pub ready: bool,
    /// Where the API and the pages are, such as `http://127.0.0.1:8080`.
    pub http: String,
    /// Where the broker is, such as `mqtts://127.0.0.1:8883`.
    pub mqtt: String,
    /// The owner of the demo home.
    pub owner: Login,
    /// The operator of the fleet.
    pub operator: Login,
}

/// A running stack; dropping it kills it.
pub struct Stack {
    child: Child,
    log: PathBuf,
    /// What it said when it was ready.
    pub ready: Ready,
}

/// How a stack that did not start ended.
#[derive(Debug)]
pub struct Refusal {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it printed on standard output.
    pub output: String,
    /// What it printed on standard error.
    pub errors: String,
}

impl Stack {
    /// Starts a stack on `data` with [`ARGUMENTS`] and waits for its ready line.
    pub fn start(data: &Path) -> anyhow::Result<Self> {
        Self::spawn(Command::new(program()?), data, &[])
    }

    /// Starts a stack whose robot lives on the floor plan `plan`, a PNG as the simulator's are.
    pub fn start_on(data: &Path, plan: &Path) -> anyhow::Result<Self> {
        let plan = plan.to_str().context("the plan's path is no text")?;
        Self::spawn(Command::new(program()?), data, &["--plans", plan])
    }

    /// Starts a stack that adds what functions log to the file at `logs`.
    pub fn start_logging(data: &Path, logs: &Path) -> anyhow::Result<Self> {
        let logs = logs.to_str().context("the path of the logs is no text")?;
        Self::spawn(Command::new(program()?), data, &["--function-logs", logs])
    }

    /// Starts a stack that can make no file larger than `kibibytes`, as if the disk were full beyond.
    pub fn start_on_full_disk(data: &Path, kibibytes: u64) -> anyhow::Result<Self> {
        let mut shell = Command::new("bash");
        // Without the trap, the first write too many would end the program.
        let script = format!(r#"trap "" XFSZ; ulimit -f {kibibytes}; exec "$0" "$@""#);
        shell.arg("-c").arg(script).arg(program()?);
        Self::spawn(shell, data, &[])
    }

    fn spawn(mut command: Command, data: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let log = data.with_extension("log");
        let errors = File::options().create(true).append(true).open(&log)?;
        up_on(&mut command, data)
            .args(ARGUMENTS)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(errors);
        let mut child = command.spawn()?;
        let line = first_line(&mut child);
        let ready = line.and_then(|line| serde_json::from_str(&line).context(format!("ready line {line:?}")));
        match ready {
            Ok(ready) => Ok(Self { child, log, ready }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(error.context(tail(&log)))
            }
        }
    }

    /// Starts a stack that is expected to refuse, with `arguments` beside its data folder, and waits for its end.
    pub fn refuse(data: &Path, arguments: &[&str]) -> anyhow::Result<Refusal> {
        let mut command = Command::new(program()?);
        up_on(&mut command, data)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let ended = until("the stack refuses", START_LIMIT, || Ok(child.try_wait()?));
        if ended.is_err() {
            child.kill()?;
        }
        let output = child.wait_with_output()?;
        let (text, errors) = (output.stdout, output.stderr);
        ended.context(String::from_utf8_lossy(&errors).into_owned())?;
        Ok(Refusal {
            status: output.status,
            output: String::from_utf8_lossy(&text).into_owned(),
            errors: String::from_utf8_lossy(&errors).into_owned(),
        })
    }

    /// A client of its API that has not signed in.
    pub fn api(&self) -> Api {
        Api::new(&self.ready.http)
    }

    /// Interrupts it as Ctrl-C does and waits until it has stopped.
    pub fn stop(mut self) -> anyhow::Result<ExitStatus> {
        let told = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status()?;
        if !told.success() {
            bail!("the stack could not be interrupted: {told}");
        }
        let stopped = until("the stack stops", STOP_LIMIT, || Ok(self.child.try_wait()?));
        stopped.with_context(|| tail(&self.log))
    }

    /// Kills it as `kill -9` does: it cannot do anything more.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Of a child that has already ended there is nothing left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn up_on<'a>(command: &'a mut Command, data: &Path) -> &'a mut Command {
    command.arg("up").arg("--data").arg(data).stdin(Stdio::null())
}

/// The program that `SWEEPLINE_BIN` names, or the one in the folder that cargo built this test into. Cargo builds it
/// there whenever it builds the tests of the whole workspace.
pub fn program() -> anyhow::Result<OsString> {
    if let Some(program) = std::env::var_os("SWEEPLINE_BIN") {
        return Ok(program);
    }
    let test = std::env::current_exe()?;
    let built = test.ancestors().nth(2).map(|folder| folder.join("sweepline"));
    built.filter(|program| program.is_file()).map(PathBuf::into_os_string).context(
        "the sweepline program is not built: test the whole workspace, or run `cargo build` first, or set SWEEPLINE_BIN",
    )
}

/// The child's first line; a thread reads on after it, so that the child never waits for a reader.
fn first_line(child: &mut Child) -> anyhow::Result<String> {
    let stdout = child.stdout.take().context("the output is not piped")?;
    let (found, line) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // Nobody listens any more after the first line.
            let _ = found.send(line);
        }
    });
    line.recv_timeout(START_LIMIT)
        .context("the stack printed no ready line")
}

/// The last lines of a log, for a failed test to show.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines
        .get(lines.len().saturating_sub(40)..)
        .unwrap_or_default()
        .join("\n")
}
