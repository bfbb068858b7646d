//! The process of the stack, as the harness sees it: started, asked, killed, started again.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow};
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use crate::bug::Bug;
use crate::oracle::Confirmed;
use crate::question::{Figures, Lost, Question, Ready};

/// What the stack writes, below its folder.
const LOG: &str = "stack.log";
/// How long it may take to start, with all of a fleet to register.
const STARTED_WITHIN: Duration = Duration::from_secs(900);
/// How long it may take to answer, with all runs of a row to look up.
const ANSWERED_WITHIN: Duration = Duration::from_secs(300);

/// The stack in a process of its own, on a folder that is gone afterwards.
pub struct Server {
    /// Where it is.
    pub ready: Ready,
    robots: usize,
    bug: Option<Bug>,
    folder: TempDir,
    process: Process,
}

struct Process {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

impl Server {
    /// Starts a stack that knows `robots` robots.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start(robots: usize, bug: Option<Bug>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let (process, ready) = Process::start(folder.path(), free, robots, bug)?;
        Ok(Self {
            ready,
            robots,
            bug,
            folder,
            process,
        })
    }

    /// Where its data is.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Kills it without a warning.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.process.child.kill()?;
        self.process.child.wait()?;
        Ok(())
    }

    /// Starts it again where it was, on the same data.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        let mqtt = self.ready.mqtt.parse()?;
        (self.process, self.ready) = Process::start(self.folder.path(), mqtt, self.robots, self.bug)?;
        Ok(())
    }

    /// What it took since it was started last.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn figures(&mut self) -> anyhow::Result<Figures> {
        self.process.ask(&Question::Figures)
    }

    /// Which of the runs, which robots were told are stored, are not.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn lost(&mut self, confirmed: &[Confirmed]) -> anyhow::Result<Lost> {
        let file = self.folder.path().join("confirmed.json");
        fs::write(&file, serde_json::to_vec(confirmed)?)?;
        self.process.ask(&Question::Lost(file))
    }
}

impl Process {
    fn start(
        folder: &Path,
        mqtt: SocketAddr,
        robots: usize,
        bug: Option<Bug>,
    ) -> anyhow::Result<(Self, Ready)> {
        let log = File::options().create(true).append(true).open(folder.join(LOG))?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg("--folder").arg(folder);
        command.args(["--mqtt", &mqtt.to_string(), "--robots", &robots.to_string()]);
        if let Some(Bug::Unbounded) = bug {
            command.args(["--bug", "unbounded"]);
        }
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.stderr(log).spawn()?;
        let questions = child.stdin.take().context("the stack has no input")?;
        let answers = child.stdout.take().context("the stack has no output")?;
        let mut process = Self {
            child,
            questions,
            answers: lines(answers),
        };
        let ready = process
            .answer(STARTED_WITHIN)
            .with_context(|| last_words(folder))?;
        Ok((process, ready))
    }

    fn ask<T: DeserializeOwned>(&mut self, question: &Question) -> anyhow::Result<T> {
        serde_json::to_writer(&mut self.questions, question)?;
        writeln!(self.questions)?;
        self.questions.flush()?;
        self.answer(ANSWERED_WITHIN)
    }

    fn answer<T: DeserializeOwned>(&mut self, limit: Duration) -> anyhow::Result<T> {
        let line = self.answers.recv_timeout(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => anyhow!("the stack did not answer within {limit:?}"),
            RecvTimeoutError::Disconnected => anyhow!("the stack ended"),
        });
        Ok(serde_json::from_str(&line?)?)
    }
}

/// The lines as they come; a thread waits for them, since a pipe cannot be waited for with a limit.
fn lines(output: ChildStdout) -> Receiver<String> {
    let (tell, lines) = mpsc::channel();
    thread::spawn(move || {
        let read = BufReader::new(output).lines().map_while(Result::ok);
        // Who no longer listens has dropped the process.
        read.map(|line| tell.send(line)).all(|told| told.is_ok())
    });
    lines
}

/// The end of what the stack wrote in its log.
fn last_words(folder: &Path) -> String {
    const LINES: usize = 5;
    let log = fs::read_to_string(folder.join(LOG)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines
        .get(lines.len().saturating_sub(LINES)..)
        .unwrap_or_default()
        .join("\n")
}

impl Drop for Process {
    fn drop(&mut self) {
        // Of a process that has already ended there is nothing left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
