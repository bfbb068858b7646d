//! What functions log, byte for byte as they would on Lambda.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use billing::{Unit, steps};
use telemetry::Function;
use tracing::Span;
use tracing_subscriber::fmt::MakeWriter;

use super::during_work;

/// Takes log lines and counts those that an invocation writes; keeps these in a file, or none.
#[derive(Debug, Clone, Default)]
pub struct LogMeter {
    file: Option<Arc<File>>,
}

/// A function's name as CloudFormation makes it from the stack's name and the logical id, of common length.
const FUNCTION_NAME: &str = "sweepline-MapIngestFunction-0123456789AB";
/// Its memory, MB.
const FUNCTION_MEMORY_MB: u32 = 128;
/// An id that Lambda gives to a request.
const REQUEST_ID: &str = "8f507cfc-xmpl-4697-b07a-ac58fc914c95";
/// What Lambda says of the request's trace.
const TRACE_ID: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0";

impl LogMeter {
    /// Adds the lines to the file at `path`, if there is one.
    ///
    /// # Errors
    /// What the file system says.
    pub fn keeping(path: Option<&Path>) -> io::Result<Self> {
        let file = path.map(|path| File::options().create(true).append(true).open(path));
        Ok(Self {
            file: file.transpose()?.map(Arc::new),
        })
    }

    /// The function that the lines are billed as: its keys stand in each of them.
    pub fn function() -> Function {
        Function {
            name: Some(FUNCTION_NAME.to_owned()),
            memory_mb: Some(FUNCTION_MEMORY_MB),
        }
    }

    /// The span of an invocation, whose keys stand in each line as well.
    pub(super) fn invocation() -> Span {
        telemetry::invocation(REQUEST_ID, Some(TRACE_ID))
    }
}

impl Write for LogMeter {
    /// One call is one line: the subscriber writes whole lines.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut written = Ok(());
        during_work(|work| {
            let bytes = line.len() + steps::LOG_LINE_OVERHEAD_BYTES;
            work.meter
                .count(work.feature, Unit::LogGb, steps::gigabytes(bytes));
            if let Some(file) = &self.file {
                written = file.as_ref().write_all(line);
            }
        });
        written.map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for LogMeter {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
