//! A fresh local stack for the tests of one step.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context, bail};

use crate::project::Project;

/// Free ports, and time fast enough that a run ends within a minute.
const OPTIONS: [&str; 6] = ["--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", "--speed", "20"];

/// A running stack on an empty data folder under the target folder; dropping it ends it.
pub struct Stack {
    child: Child,
    /// The line of JSON that it printed when it was ready.
    pub ready: String,
}

impl Stack {
    /// Starts a stack whose data and log are named after the step that it is for.
    pub fn start(project: &Project, step: &str) -> anyhow::Result<Self> {
        let folder = project.target.join("xtask");
        fs::create_dir_all(&folder)?;
        let log = folder.join(format!("{step}.log"));
        let mut sweepline = project.built("sweepline");
        sweepline
            .args(["up", "--fresh"])
            .args(OPTIONS)
            .arg("--data")
            .arg(folder.join(format!("{step}-data")));
        sweepline
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let mut child = sweepline.spawn().context("the sweepline program is not built")?;
        let ready = first_line(&mut child)?;
        let stack = Self { child, ready };
        if stack.ready.is_empty() {
            bail!("the stack did not start, see {}", log.display());
        }
        Ok(stack)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Of a child that has already ended there is nothing left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Nothing more than the ready line is ever printed, so nobody has to read on.
fn first_line(child: &mut Child) -> anyhow::Result<String> {
    let mut line = String::new();
    let output = child.stdout.as_mut().context("the output is not piped")?;
    BufReader::new(output).read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
