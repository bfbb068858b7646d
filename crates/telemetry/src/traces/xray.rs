//! The header of AWS X-Ray: `Root=1-<8 hex digits>-<24 hex digits>;Parent=<16 hex digits>;Sampled=1`.

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

/// The span that the header names; `None` when it names none.
///
/// Whether X-Ray itself keeps the trace says nothing about the collector, whose sampler decides for itself.
pub fn parent(header: &str) -> Option<SpanContext> {
    let field = |name: &str| {
        header.split(';').find_map(|field| {
            let (key, value) = field.trim().split_once('=')?;
            (key == name).then_some(value)
        })
    };
    let (time, random) = field("Root")?.strip_prefix("1-")?.split_once('-')?;
    let trace = TraceId::from_hex(&format!("{time}{random}")).ok()?;
    let span = SpanId::from_hex(field("Parent")?).ok()?;
    let parent = SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::NONE);
    parent.is_valid().then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_span_that_called_is_the_parent() {
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0";
        let parent = parent(header).unwrap();
        assert_eq!(parent.trace_id().to_string(), "5759e988bd862e3fe1be46a994272793");
        assert_eq!(parent.span_id().to_string(), "53995c3f42cd8ad8");
    }

    #[test]
    fn a_header_that_names_no_span_is_no_parent() {
        for header in [
            "",
            "Root=1-5759e988-bd862e3fe1be46a994272793",
            "Root=2-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8",
            "Root=1-5759e988-bd862e3fe1be46a99427279x;Parent=53995c3f42cd8ad8",
            "Root=1-00000000-000000000000000000000000;Parent=53995c3f42cd8ad8",
        ] {
            assert_eq!(parent(header), None, "{header}");
        }
    }
}
