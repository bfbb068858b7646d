//! What a robot's tiles topic hands to the function, and the store that knows the robot.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context, ensure};

use crate::project::Project;
use crate::setup::devices;

const PROGRAM: &str = "xtask/cold/events.py";

/// The messages; dropping them ends the stack behind them.
pub struct Messages {
    child: Child,
    /// The endpoint of the store.
    pub store: String,
    /// One event each, with newer tiles than the one before.
    pub events: Vec<String>,
}

impl Messages {
    /// Starts a stack, claims a robot there and makes so many messages for each start of a function.
    pub fn of_a_robot(project: &Project, starts: usize, events: usize) -> anyhow::Result<Self> {
        let python = devices::python(project)?;
        let mut child = project
            .command(&python.to_string_lossy())
            .env("PYTHONPATH", project.root.join(devices::FOLDER))
            .env("SWEEPLINE_BIN", project.sweepline())
            .arg(PROGRAM)
            .args([starts, events].map(|count| count.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("the output is not piped")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let store = lines.next().context("the stack did not start")?;
        let events: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        ensure!(!events.is_empty(), "the robot made no message");
        Ok(Self { child, store, events })
    }

    /// The size of an event in bytes.
    pub fn bytes(&self) -> usize {
        self.events.first().map_or(0, String::len)
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        // Its end of input tells the child to stop its stack and to end.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
