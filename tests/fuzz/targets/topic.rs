//! Topics: one that is read is written back the same, so that no two texts are one topic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::topic::Downlink;

fuzz_target!(|text: &str| {
    if let Ok(topic) = text.parse::<Downlink>() {
        assert!(topic.to_string().eq_ignore_ascii_case(text), "{topic}");
        assert!(!text.contains(['+', '#', '*', '\0']));
    }
});
