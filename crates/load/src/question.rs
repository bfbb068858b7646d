//! What the harness asks the process of the stack, a line of JSON each way.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A question.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Question {
    /// What it took so far.
    Figures,
    /// Which of the runs in a file, which robots were told are stored, are not.
    Lost(PathBuf),
}

/// The first line: where the stack is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ready {
    /// The address of the API.
    pub http: String,
    /// Where robots connect.
    pub mqtt: String,
    /// What robots check the broker with.
    pub ca_pem: String,
    /// The e-mail address of somebody who may sign in.
    pub email: String,
    /// Their password.
    pub password: String,
}

/// What the process of the stack took since it was started.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Processor time, seconds.
    pub cpu_seconds: f64,
    /// Memory that is resident, bytes.
    pub resident_bytes: u64,
    /// Messages of robots that were handed to their handlers.
    pub messages: u64,
    /// CONNECT packets in the busiest second.
    pub peak_connects: u64,
    /// Events on which a handler failed for good.
    pub failures: usize,
}

/// What the oracle found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Lost {
    /// Runs that were looked up.
    pub tried: u64,
    /// Those that are not in the store as they were sent.
    pub runs: Vec<String>,
}
