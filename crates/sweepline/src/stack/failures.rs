//! Where events go that a handler failed on again and again: a file each, with the event as it was.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::Timestamp;
use serde_json::{Value, json};

use crate::data_dir::write_durably;

/// The failure queue of the local stack.
#[derive(Clone)]
pub struct Failures {
    dir: PathBuf,
    count: Arc<AtomicU64>,
}

impl Failures {
    /// A queue in `dir`, which is made when the first event comes.
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            count: Arc::default(),
        }
    }

    /// Keeps `event`, on which `function` failed with `reason`.
    pub fn keep(&self, function: &str, event: &Value, reason: &str, now: Timestamp) {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let path = self.dir.join(format!("{}-{number}.json", now.millis()));
        let record = json!({ "function": function, "reason": reason, "event": event });
        let written = std::fs::create_dir_all(&self.dir)
            .and_then(|()| write_durably(&path, record.to_string().as_bytes()));
        match written {
            Ok(()) => tracing::error!(function, reason, "event failed for good and was kept"),
            Err(error) => {
                tracing::error!(function, reason, %error, "event failed for good and could not be kept")
            }
        }
    }
}
