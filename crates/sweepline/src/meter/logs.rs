//! What functions log, byte for byte as they would on Lambda.

use std::io;

use billing::{Unit, steps};
use tracing_subscriber::fmt::MakeWriter;

use super::during_work;

/// Takes log lines, counts those that an invocation writes, and forgets them all.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogMeter;

impl io::Write for LogMeter {
    /// One call is one line: the subscriber writes whole lines.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        during_work(|work| {
            let bytes = line.len() + steps::LOG_LINE_OVERHEAD_BYTES;
            work.meter
                .count(work.feature, Unit::LogGb, steps::gigabytes(bytes));
        });
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for LogMeter {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}
