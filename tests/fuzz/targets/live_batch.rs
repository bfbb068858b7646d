//! Batches of live positions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::live::LiveBatch;

fuzz_target!(|bytes: &[u8]| {
    let Ok(batch) = LiveBatch::decode(bytes) else {
        return;
    };
    let _ = batch.pack();
    if let Ok(again) = LiveBatch::decode(&batch.encode()) {
        assert_eq!(again.clock, batch.clock);
    }
});
