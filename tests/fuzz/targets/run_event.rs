//! Events of runs, and the manifest in them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::run_event;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(event) = run_event::decode(bytes) {
        assert_eq!(run_event::decode(&run_event::encode(&event)), Ok(event));
    }
});
