//! What somebody with a stolen secret can spend in an hour, going as fast as AWS and the template let him.

use crate::{Bill, Feature, Prices, Unit, Usage, invocation, steps};

/// Most messages of one connection, per second (AWS IoT Core, not adjustable; more are discarded).
pub const MESSAGES_PER_SECOND: f64 = 100.0;
/// Most bytes of one connection, per second (AWS IoT Core).
pub const BYTES_PER_SECOND: f64 = 512.0 * 1024.0;
/// Most connections of one client id, per second (AWS IoT Core).
pub const CONNECTS_PER_SECOND: f64 = 1.0;

const WRITE_UNIT_BYTES: usize = 1024;
const READ_UNIT_BYTES: usize = 4 * 1024;
const SECONDS_PER_HOUR: f64 = 3_600.0;
const SECONDS_PER_MINUTE: f64 = 60.0;
/// What base64 in a rule makes of bytes.
const BASE64_GROWTH: f64 = 4.0 / 3.0;
/// The memory of the functions behind the rules, MB.
const RULE_FUNCTION_MB: u32 = 128;
/// What a request to the table takes on one whole processor, milliseconds (measured: 0.179); those of a pack run side
/// by side, so that the processor is what bounds them.
const REQUEST_CPU_MS: f64 = 0.179;
/// What reading and writing a tile of a sheet takes on one whole processor, milliseconds (measured: 0.011 and 0.105; of
/// a tile full of noise more).
const TILE_CPU_MS: f64 = 0.116;
/// A connection costs a CONNECT, a SUBSCRIBE and the settings that wait for it with their acknowledgement.
const MESSAGES_PER_CONNECT: f64 = 4.0;
/// The end of the last connection and the beginning of the next are an event each.
const EVENTS_PER_CONNECT: f64 = 2.0;
/// A change of presence moves the robot in the index of the fleet: item, old and new entry.
const WRITES_PER_EVENT: f64 = 3.0;
/// A refused message is answered: published, delivered, acknowledged.
const MESSAGES_PER_REFUSAL: f64 = 3.0;

/// What a robot's messages can be made to cause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RobotLimits {
    /// Bytes of the smallest tile in a message.
    pub tile_bytes: usize,
    /// Most tiles in a message.
    pub tiles_per_message: usize,
    /// Most tiles of a sheet, which are read and written for the sake of one of them.
    pub tiles_per_sheet: usize,
    /// Most bytes of a sheet.
    pub sheet_bytes: usize,
    /// Most bytes that are kept of a message that cannot be read.
    pub kept_bytes: usize,
    /// Bytes that a refused message leaves in the log.
    pub log_bytes: usize,
    /// How many invocations run at a time behind the rules; none for as many as the account has.
    pub concurrency: Option<u32>,
}

/// One way to spend.
#[derive(Debug, Clone, PartialEq)]
pub struct Attack {
    /// What is done.
    pub name: &'static str,
    /// What it uses per second.
    pub per_second: Usage,
}

impl Attack {
    /// US dollars in an hour.
    pub fn usd_per_hour(&self, prices: &Prices) -> f64 {
        Bill::new(&self.per_second.times(SECONDS_PER_HOUR), prices).total()
    }
}

/// What the key of one robot is good for; a client id has one connection at a time.
pub fn of_robot_key(limits: &RobotLimits) -> Vec<Attack> {
    vec![
        Attack {
            name: "tiles",
            per_second: tiles(limits),
        },
        Attack {
            name: "garbage",
            per_second: garbage(limits),
        },
        Attack {
            name: "live",
            per_second: live(),
        },
    ]
}

/// The request that costs most, as often as the API lets it in.
pub fn of_phone_token(requests_per_second: f64, dearest_request: &Usage) -> Attack {
    Attack {
        name: "requests",
        per_second: dearest_request.times(requests_per_second),
    }
}

/// Messages full of the smallest tiles, each on a sheet of its own that was filled before.
fn tiles(limits: &RobotLimits) -> Usage {
    let offered = BYTES_PER_SECOND / limits.tile_bytes.max(1) as f64;
    let merge_cpu_ms = 2.0 * REQUEST_CPU_MS + limits.tiles_per_sheet as f64 * TILE_CPU_MS;
    let merge_ms = merge_cpu_ms * invocation::WHOLE_PROCESSOR_MB / f64::from(RULE_FUNCTION_MB);
    let stored = limits.concurrency.map_or(offered, |concurrency| {
        offered.min(f64::from(concurrency) * 1000.0 / merge_ms)
    });
    let messages = (stored / limits.tiles_per_message.max(1) as f64).min(MESSAGES_PER_SECOND);
    let rule_steps = stored * limits.tile_bytes as f64 * BASE64_GROWTH / steps::MESSAGE_STEP_BYTES as f64;
    let mut usage = connection();
    rules(&mut usage, messages, rule_steps.max(messages));
    let working = stored * merge_ms / 1000.0;
    let gigabytes = f64::from(RULE_FUNCTION_MB) / 1024.0;
    usage.add(Feature::Map, Unit::FunctionGbSecond, working * gigabytes);
    usage.add(
        Feature::Map,
        Unit::WriteUnit,
        stored * limits.sheet_bytes.div_ceil(WRITE_UNIT_BYTES) as f64,
    );
    usage.add(
        Feature::Map,
        Unit::ReadUnit,
        stored * limits.sheet_bytes.div_ceil(READ_UNIT_BYTES) as f64,
    );
    usage
}

/// Messages that cannot be read: each is kept, logged and answered.
fn garbage(limits: &RobotLimits) -> Usage {
    let bytes = (BYTES_PER_SECOND / MESSAGES_PER_SECOND) as usize;
    let kept = bytes.min(limits.kept_bytes);
    let mut usage = connection();
    let charged = (bytes as f64 * BASE64_GROWTH) as usize;
    rules(
        &mut usage,
        MESSAGES_PER_SECOND,
        MESSAGES_PER_SECOND * steps::message(charged),
    );
    let writes = 1.0 + kept.div_ceil(WRITE_UNIT_BYTES) as f64;
    usage.add(Feature::Map, Unit::WriteUnit, MESSAGES_PER_SECOND * writes);
    usage.add(
        Feature::Map,
        Unit::Message,
        MESSAGES_PER_SECOND * MESSAGES_PER_REFUSAL,
    );
    let logged = limits.log_bytes + steps::LOG_LINE_OVERHEAD_BYTES;
    usage.add(
        Feature::Map,
        Unit::LogGb,
        MESSAGES_PER_SECOND * steps::gigabytes(logged),
    );
    usage
}

/// Messages for phones, on topics that no rule reads.
fn live() -> Usage {
    let steps = (BYTES_PER_SECOND / steps::MESSAGE_STEP_BYTES as f64).max(MESSAGES_PER_SECOND);
    connection().with(Feature::LiveView, Unit::Message, steps)
}

/// Being connected, and connecting again as often as that is possible.
fn connection() -> Usage {
    let mut usage = Usage::default()
        .with(
            Feature::Connection,
            Unit::ConnectionMinute,
            1.0 / SECONDS_PER_MINUTE,
        )
        .with(
            Feature::Connection,
            Unit::Message,
            CONNECTS_PER_SECOND * MESSAGES_PER_CONNECT,
        );
    let events = CONNECTS_PER_SECOND * EVENTS_PER_CONNECT;
    rules(&mut usage, events, events);
    usage.add(Feature::Presence, Unit::WriteUnit, events * WRITES_PER_EVENT);
    usage
}

fn rules(usage: &mut Usage, messages: f64, charged: f64) {
    usage.add(Feature::Map, Unit::RuleTrigger, charged);
    usage.add(Feature::Map, Unit::RuleAction, charged);
    usage.add(Feature::Map, Unit::FunctionRequest, messages);
    let each = invocation::Invocation {
        memory_mb: RULE_FUNCTION_MB,
        requests: 2.0,
        cpu_ms: 0.0,
    };
    usage.add(Feature::Map, Unit::FunctionGbSecond, messages * each.gb_seconds());
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: RobotLimits = RobotLimits {
        tile_bytes: 16,
        tiles_per_message: 1024,
        tiles_per_sheet: 16,
        sheet_bytes: 8 * 1024,
        kept_bytes: 8 * 1024,
        log_bytes: 400,
        concurrency: None,
    };

    fn usd(limits: &RobotLimits, name: &str) -> f64 {
        let attacks = of_robot_key(limits);
        let attack = attacks.iter().find(|attack| attack.name == name).unwrap();
        attack.usd_per_hour(&Prices::published().unwrap())
    }

    #[test]
    fn reserved_concurrency_bounds_what_tiles_cost() {
        let bounded = RobotLimits {
            concurrency: Some(10),
            ..LIMITS
        };
        // 512 KiB of 16 bytes are 32,768 sheets of eight write units per second: 590 dollars in an hour for these alone.
        assert!(usd(&LIMITS, "tiles") > 590.0);
        // A fourteenth of a processor merges 33 sheets per second; ten merge 327: six dollars.
        let usd = usd(&bounded, "tiles");
        assert!((5.5..8.0).contains(&usd), "{usd}");
    }

    #[test]
    fn garbage_is_bounded_by_the_connection() {
        let usd = usd(&LIMITS, "garbage");
        assert!((1.0..5.0).contains(&usd), "{usd}");
    }

    #[test]
    fn a_token_is_bounded_by_the_throttle() {
        let request = Usage::default().with(Feature::App, Unit::ApiRequest, 1.0);
        let usd = of_phone_token(100.0, &request).usd_per_hour(&Prices::published().unwrap());
        assert!((usd - 0.36).abs() < 1e-9);
    }
}
