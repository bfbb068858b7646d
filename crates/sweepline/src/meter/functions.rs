//! The functions as they are billed: for which feature, with how much memory, with which lines of Lambda's own.

use std::collections::HashMap;

use billing::Feature;
use infra::Template;
use infra::function::FunctionSpec;

/// What Lambda itself logs of an invocation unless the template stops it: start, end and report, bytes.
pub const PLATFORM_LOG_BYTES: usize = 900;
/// What a fold is taken to compute on one whole processor, milliseconds, most of it for the alignment: assumed, not
/// measured.
pub const FOLD_CPU_MS: f64 = 120.0;
/// The memory of a function that the template does not know, MB.
const LEAST_MEMORY_MB: u32 = 128;

/// A function as it is billed.
#[derive(Debug, Clone, PartialEq)]
pub struct BilledFunction {
    /// The program that it runs.
    pub binary: String,
    /// What it is for.
    pub feature: Feature,
    /// Its memory, MB.
    pub memory_mb: u32,
    /// What it computes beside handling its event, milliseconds of one whole processor.
    pub cpu_ms: f64,
    /// What Lambda logs of each invocation, bytes.
    pub platform_log_bytes: usize,
}

impl Default for BilledFunction {
    fn default() -> Self {
        Self {
            binary: String::new(),
            feature: Feature::Operations,
            memory_mb: LEAST_MEMORY_MB,
            cpu_ms: 0.0,
            platform_log_bytes: PLATFORM_LOG_BYTES,
        }
    }
}

/// The functions of the template by logical id.
pub(super) fn of(template: &Template) -> HashMap<String, BilledFunction> {
    let functions = template.functions().iter();
    functions
        .map(|function| (function.logical_id.clone(), billed(template, function)))
        .collect()
}

fn billed(template: &Template, function: &FunctionSpec) -> BilledFunction {
    BilledFunction {
        binary: function.binary.clone(),
        feature: feature_of(&function.binary),
        memory_mb: function.memory_mb,
        cpu_ms: if function.binary == "fold" {
            FOLD_CPU_MS
        } else {
            0.0
        },
        platform_log_bytes: if is_quiet(template, &function.logical_id) {
            0
        } else {
            PLATFORM_LOG_BYTES
        },
    }
}

/// Whether the template keeps Lambda's own lines, which are of the level INFO, out of the log.
fn is_quiet(template: &Template, logical_id: &str) -> bool {
    let level = template.resources().get(logical_id).and_then(|resource| {
        resource
            .properties
            .pointer("/LoggingConfig/SystemLogLevel")?
            .as_str()
    });
    level == Some("WARN")
}

fn feature_of(binary: &str) -> Feature {
    match binary {
        "map_ingest" | "fold" => Feature::Map,
        "run_events" => Feature::Runs,
        "status" => Feature::Status,
        "command_outcome" => Feature::Commands,
        "presence" => Feature::Presence,
        "live_authorizer" => Feature::LiveView,
        "mobile-api" => Feature::App,
        _ => Feature::Operations,
    }
}
