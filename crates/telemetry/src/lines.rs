//! Events as lines.

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::fields::Fields;
use crate::metrics::embedded;
use crate::{Function, Sampling};

/// A layer that writes a JSON object for each event, by one call of the writer.
#[derive(Debug)]
pub struct Lines<W> {
    function: Function,
    sampling: Sampling,
    namespace: Option<String>,
    writer: W,
}

impl<W> Lines<W> {
    /// Lines of `function` to `writer`; of runs that `sampling` leaves out, only warnings, errors and what counts.
    pub const fn new(function: Function, sampling: Sampling, writer: W) -> Self {
        Self {
            function,
            sampling,
            namespace: None,
            writer,
        }
    }

    /// The same with metrics in CloudWatch's `namespace`; without one, what counts is only logged.
    pub fn with_metrics(self, namespace: Option<String>) -> Self {
        Self { namespace, ..self }
    }

    fn line(&self, level: Level, fields: Fields) -> Map<String, Value> {
        let now = Timestamp::now();
        let mut line = fields.values;
        self.function.write(&mut line);
        let namespace = self.namespace.as_deref();
        let metrics =
            namespace.and_then(|namespace| embedded(namespace, &fields.metrics, &line, now.as_millisecond()));
        line.extend(metrics.map(|metrics| ("_aws".to_owned(), metrics)));
        line.insert("sampling_rate".to_owned(), self.sampling.rate().into());
        line.insert("level".to_owned(), level.as_str().into());
        line.insert("timestamp".to_owned(), format!("{now:.3}").into());
        line
    }

    fn is_left_out(&self, level: Level, fields: &Fields) -> bool {
        let run = fields.values.get("run_id").and_then(Value::as_str);
        level > Level::WARN && fields.metrics.is_empty() && run.is_some_and(|run| !self.sampling.takes(run))
    }
}

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(|scope| scope.from_root())
        {
            if let Some(of_span) = span.extensions().get::<Fields>() {
                fields.values.extend(of_span.values.clone());
            }
        }
        event.record(&mut fields);
        let level = *event.metadata().level();
        if self.is_left_out(level, &fields) {
            return;
        }
        let mut line = Value::from(self.line(level, fields)).to_string();
        line.push('\n');
        // Where logs cannot be written, there is no place left to say so.
        let _ = self.writer.make_writer().write_all(line.as_bytes());
    }
}
