//! The small messages in JSON: status, answers, receipts, renewals, certificates.
#![no_main]

use domain::Timestamp;
use libfuzzer_sys::fuzz_target;
use wire::ack::Ack;
use wire::certificate::Validity;
use wire::receipt;
use wire::renewal::Renewal;
use wire::status::StatusReport;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(report) = StatusReport::decode(bytes) {
        let _ = report.status(Timestamp::from_millis(0));
        assert_eq!(StatusReport::decode(&report.encode()), Ok(report));
    }
    if let Ok(ack) = Ack::decode(bytes) {
        assert_eq!(Ack::decode(&ack.encode()), Ok(ack));
    }
    if let Ok(said) = receipt::decode(bytes) {
        assert_eq!(receipt::decode(&receipt::encode(&said)), Ok(said));
    }
    if let Ok(renewal) = Renewal::decode(bytes) {
        assert_eq!(Renewal::decode(&renewal.encode()), Ok(renewal));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Validity::of(text);
    }
});
