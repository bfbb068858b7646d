//! The outbox on a disk that has rotted: it opens with what is whole, and takes more. A file that says that it is of a
//! later version is left as it is.
#![no_main]

use std::sync::LazyLock;

use device_agent::outbox::{LogError, Outbox, OutboxError};
use domain::id::RunId;
use libfuzzer_sys::fuzz_target;

static FILE: LazyLock<std::path::PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("outbox-{}.log", std::process::id())));

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(&*FILE, bytes).unwrap();
    let mut outbox = match Outbox::open(&FILE) {
        Err(OutboxError::Log(LogError::Newer { .. })) => {
            assert_eq!(std::fs::read(&*FILE).unwrap(), bytes);
            return;
        }
        opened => opened.unwrap(),
    };
    let _ = outbox.open_runs();
    for run in outbox.finished() {
        outbox.finished_payload(run).unwrap().unwrap();
        outbox.tiles(run, &[]).unwrap();
    }
    let run = RunId::from_u128(7);
    outbox.put_finished(run, b"more".to_vec()).unwrap();
    drop(outbox);
    let again = Outbox::open(&FILE).unwrap();
    assert_eq!(
        again.finished_payload(run).unwrap().as_deref(),
        Some(&b"more"[..])
    );
});
