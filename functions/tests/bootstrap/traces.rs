//! Spans as an OpenTelemetry collector gets them from a function's program.

use std::io::Write;
use std::net::TcpListener;
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::Value;

use crate::host::request;
use crate::{PRESENCE, connected, end_of, function, invoke};

/// What the first invocation of a function hands to a collector, and what the function answered.
fn traced(event: &Value) -> (String, Vec<Span>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let collector = thread::spawn(move || {
        let (mut stream, path, body) = request(&listener);
        assert_eq!(path, "/v1/traces");
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
        ExportTraceServiceRequest::decode(body.as_slice()).unwrap()
    });
    let (path, _) = invoke(PRESENCE, event, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &address)]);
    let resources = collector.join().unwrap().resource_spans;
    let spans = resources.into_iter().flat_map(|of| of.scope_spans);
    (path, spans.flat_map(|of| of.spans).collect())
}

#[test]
fn an_invocation_is_a_span_of_the_trace_that_called_it_before_it_is_answered() {
    let (answered, spans) = traced(&connected());
    assert!(answered.ends_with("/r-1/error"), "{answered}");
    let invocation = spans.iter().find(|span| span.name == "invocation").unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(&invocation.trace_id), "5759e988bd862e3fe1be46a994272793");
    assert_eq!(hex(&invocation.parent_span_id), "53995c3f42cd8ad8");
    let asked = spans
        .iter()
        .find(|span| span.name.starts_with("DynamoDB."))
        .unwrap();
    assert_eq!(asked.trace_id, invocation.trace_id);
    let failed = invocation
        .events
        .iter()
        .any(|event| event.name == "event failed and shall come again");
    assert!(failed, "{:?}", invocation.events);
}

#[test]
fn a_collector_that_is_away_costs_no_event() {
    let away = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")];
    let (path, _) = invoke(PRESENCE, &connected(), &away);
    assert!(path.ends_with("/r-1/error"), "{path}");
}

#[test]
fn a_collectors_address_that_is_none_stops_a_function() {
    let mut command = function(PRESENCE);
    let ended = end_of(
        command
            .envs(crate::GIVEN)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", "collector"),
    );
    let expected =
        "the environment variable OTEL_EXPORTER_OTLP_ENDPOINT must be the http address of a collector";
    assert_eq!(ended, expected);
}
