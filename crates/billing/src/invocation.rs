//! How long AWS bills an invocation, modelled from counts, since a clock on another machine says nothing about it.
//!
//! Every invocation is billed as if it found no warm function, which is true for one robot and too dear for many.
//! Requests to other services wait for the network at any memory; computing is as slow as the memory is small.

/// What initialization takes, milliseconds: the mean of a Rust function on arm64 (lambda-perf, 2026-07 and 08: 15.0)
/// and the start of the SDK (measured: 5).
pub const INIT_MS: f64 = 20.0;
/// What one request to another service takes, milliseconds: the median of a warm Rust function of 128 MB that makes
/// one (AWS's serverless-rust-demo, 2022: 5.13).
pub const REQUEST_MS: f64 = 5.13;
/// What reading an event and answering takes on one whole processor, milliseconds (measured: 0.2 with one request).
pub const HANDLING_CPU_MS: f64 = 0.2;
/// With this memory a function has one whole processor, MB; with less, its share.
pub const WHOLE_PROCESSOR_MB: f64 = 1769.0;

const MB_PER_GB: f64 = 1024.0;
const MS_PER_SECOND: f64 = 1000.0;

/// What an invocation did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Invocation {
    /// The function's memory, MB.
    pub memory_mb: u32,
    /// Requests to the table and to robots, one after the other.
    pub requests: f64,
    /// Computing beside [`HANDLING_CPU_MS`] on one whole processor, milliseconds.
    pub cpu_ms: f64,
}

impl Invocation {
    /// How long AWS bills, whole milliseconds.
    pub fn billed_ms(&self) -> f64 {
        let share = (f64::from(self.memory_mb) / WHOLE_PROCESSOR_MB).min(1.0);
        let computing = (HANDLING_CPU_MS + self.cpu_ms) / share;
        (INIT_MS + self.requests * REQUEST_MS + computing).ceil()
    }

    /// What AWS bills, seconds of a gigabyte.
    pub fn gb_seconds(&self) -> f64 {
        self.billed_ms() / MS_PER_SECOND * f64::from(self.memory_mb) / MB_PER_GB
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_function_waits_as_long_and_computes_longer() {
        let small = Invocation {
            memory_mb: 128,
            requests: 2.0,
            cpu_ms: 0.0,
        };
        // 20 + 10.26 + 0.2 / (128 / 1769) = 33.02
        assert_eq!(small.billed_ms(), 34.0);
        assert!((small.gb_seconds() - 0.034 / 8.0).abs() < 1e-12);

        let fold = Invocation {
            memory_mb: 512,
            requests: 0.0,
            cpu_ms: 100.0,
        };
        let whole = Invocation {
            memory_mb: 1769,
            ..fold
        };
        assert_eq!((fold.billed_ms(), whole.billed_ms()), (367.0, 121.0));
    }
}
