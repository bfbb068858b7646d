//! What AWS rounds up to.

/// Messages, rules and their actions are charged in steps of this, bytes.
pub const MESSAGE_STEP_BYTES: usize = 5 * 1024;
/// Changes of a shadow are charged in steps of this, bytes.
pub const SHADOW_STEP_BYTES: usize = 1024;
/// Requests to the HTTP API are charged in steps of this, bytes.
pub const API_STEP_BYTES: usize = 512 * 1024;
/// Requests to a queue are charged in steps of this, bytes.
pub const QUEUE_STEP_BYTES: usize = 64 * 1024;
/// What every log line is charged for beside its text, bytes.
pub const LOG_LINE_OVERHEAD_BYTES: usize = 26;

const GIGABYTE: f64 = 1e9;

/// How often a message, a trigger or an action of `bytes` is charged.
pub fn message(bytes: usize) -> f64 {
    steps(bytes, MESSAGE_STEP_BYTES)
}

/// How often a change of a shadow of `bytes` is charged.
pub fn shadow(bytes: usize) -> f64 {
    steps(bytes, SHADOW_STEP_BYTES)
}

/// How often a request to the HTTP API is charged whose larger half, question or answer, has `bytes`.
pub fn api(bytes: usize) -> f64 {
    steps(bytes, API_STEP_BYTES)
}

/// How often a request to a queue with `bytes` is charged.
pub fn queue(bytes: usize) -> f64 {
    steps(bytes, QUEUE_STEP_BYTES)
}

/// Bytes as gigabytes.
pub fn gigabytes(bytes: usize) -> f64 {
    bytes as f64 / GIGABYTE
}

/// An empty one is charged as one step.
fn steps(bytes: usize, step: usize) -> f64 {
    bytes.div_ceil(step).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begun_step_is_a_whole_one() {
        let cases = [
            (0, 1.0),
            (1, 1.0),
            (5_119, 1.0),
            (5_120, 1.0),
            (5_121, 2.0),
            (10_240, 2.0),
            (10_241, 3.0),
        ];
        for (bytes, charged) in cases {
            assert_eq!(message(bytes), charged, "{bytes} bytes");
        }
        assert_eq!(message(128 * 1024), 26.0);
    }

    #[test]
    fn each_service_has_its_own_step() {
        assert_eq!((shadow(1_024), shadow(1_025)), (1.0, 2.0));
        assert_eq!((api(512 * 1024), api(512 * 1024 + 1)), (1.0, 2.0));
        assert_eq!((queue(64 * 1024), queue(64 * 1024 + 1)), (1.0, 2.0));
    }
}
