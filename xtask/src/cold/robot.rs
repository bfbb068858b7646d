//! What the functions are given, and the store that knows the robot that it is about.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context, ensure};

use crate::project::Project;
use crate::setup::devices;

const PROGRAM: &str = "xtask/cold/events.py";

/// The events; dropping them ends the stack behind them.
pub struct Events {
    child: Child,
    /// The endpoint of the store.
    pub store: String,
    by_name: BTreeMap<String, Vec<String>>,
}

impl Events {
    /// Starts a stack, claims a robot there and makes so many events of each kind for each start of a program; those of
    /// the names `ingesting` are packs of tiles.
    pub fn of_a_robot(
        project: &Project,
        starts: usize,
        events: usize,
        ingesting: &[&str],
    ) -> anyhow::Result<Self> {
        let python = devices::python(project)?;
        let mut child = project
            .command(&python.to_string_lossy())
            .env("PYTHONPATH", project.root.join(devices::FOLDER))
            .env("SWEEPLINE_BIN", project.sweepline())
            .arg(PROGRAM)
            .args([starts, events].map(|count| count.to_string()))
            .args(ingesting)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("the output is not piped")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let store = lines.next().context("the stack did not start")?;
        let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in lines.take_while(|line| !line.is_empty()) {
            let (name, event) = line.split_once(' ').context("an event without a name")?;
            by_name.entry(name.to_owned()).or_default().push(event.to_owned());
        }
        ensure!(!by_name.is_empty(), "the robot made no event");
        Ok(Self {
            child,
            store,
            by_name,
        })
    }

    /// The events for `name`, each with news after the one before; none for who is never given one.
    pub fn of(&self, name: &str) -> &[String] {
        self.by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        // Its end of input tells the child to stop its stack and to end.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
