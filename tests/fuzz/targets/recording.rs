//! Recorded logs, gzipped or not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapping::logs;

/// More lines than a fuzzer needs to find what is wrong with one.
const LINES: usize = 64;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(log) = logs::open_bytes(bytes) {
        if let Ok(scans) = log.scans() {
            scans.take(LINES).for_each(drop);
        }
    }
});
