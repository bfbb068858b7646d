//! What somebody with a stolen secret can spend in an hour, going as fast as AWS, the template and the code let him.

use crate::{Bill, Feature, Prices, Unit, Usage, invocation, steps};

/// Most messages of one connection, per second (AWS IoT Core, not adjustable; more are discarded).
pub const MESSAGES_PER_SECOND: f64 = 100.0;
/// Most bytes of one connection, per second (AWS IoT Core).
pub const BYTES_PER_SECOND: f64 = 512.0 * 1024.0;
/// Most connections of one client id, per second (AWS IoT Core).
pub const CONNECTS_PER_SECOND: f64 = 1.0;

/// A robot that sends at these rates is cut off within this time (tested in `crates/sweepline/tests/stolen`).
pub const QUARANTINED_WITHIN_SECONDS: f64 = 60.0;

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
    /// What a robot that is not cut off can send.
    pub tolerated: Tolerated,
}

/// What a robot can send without being put in quarantine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerated {
    /// The most weight within a minute.
    pub weight_per_minute: f64,
    /// What each process lets pass within a minute before it tells the others.
    pub untold_weight: f64,
    /// What a message with one tile weighs, at the least for each tile.
    pub tile_weight: f64,
    /// What a message that cannot be read weighs.
    pub garbage_weight: f64,
}

impl Tolerated {
    /// How much of what weighs so much passes per second, before `processes` at a time.
    fn per_second(&self, weight: f64, processes: f64) -> f64 {
        (self.weight_per_minute + processes * self.untold_weight) / weight / SECONDS_PER_MINUTE
    }
}

/// One way to spend.
#[derive(Debug, Clone, PartialEq)]
pub struct Attack {
    /// What is done, and what bounds it.
    pub name: String,
    /// What it uses in an hour.
    pub per_hour: Usage,
}

impl Attack {
    fn lasting(name: &str, seconds: f64, per_second: &Usage) -> Self {
        Self {
            name: name.to_owned(),
            per_hour: per_second.times(seconds),
        }
    }

    /// US dollars in an hour.
    pub fn usd_per_hour(&self, prices: &Prices) -> f64 {
        Bill::new(&self.per_hour, prices).total()
    }
}

/// What the key of one robot is good for; a client id has one connection at a time. A robot that is cut off can do nothing
/// more.
pub fn of_robot_key(limits: &RobotLimits) -> Vec<Attack> {
    let flood = |name, per_second| Attack::lasting(name, QUARANTINED_WITHIN_SECONDS, &per_second);
    let below = |name, mut per_second: Usage| {
        // Positions for phones pass no rule, so that nobody weighs them.
        per_second.extend(&live());
        Attack::lasting(name, SECONDS_PER_HOUR, &per_second)
    };
    let tolerated = &limits.tolerated;
    let working = limits.concurrency.map_or(MESSAGES_PER_SECOND, f64::from);
    let tiles_below = tolerated.per_second(tolerated.tile_weight, working);
    let garbage_below = tolerated.per_second(tolerated.garbage_weight, MESSAGES_PER_SECOND);
    vec![
        flood("a flood of tiles, until quarantine", tiles(limits, f64::INFINITY)),
        flood(
            "a flood of garbage, until quarantine",
            garbage(limits, f64::INFINITY),
        ),
        below(
            "tiles just below quarantine, and positions at AWS IoT's rate",
            tiles(limits, tiles_below),
        ),
        below(
            "garbage just below quarantine, and positions at AWS IoT's rate",
            garbage(limits, garbage_below),
        ),
    ]
}

/// A request of a phone, what it uses, and how often it is let in.
#[derive(Debug, Clone, PartialEq)]
pub struct PhoneRequest {
    /// What is asked for, and what bounds it.
    pub name: String,
    /// What it uses.
    pub usage: Usage,
    /// How often in a second.
    pub per_second: f64,
}

/// What the token of one phone is good for: each request alone as often as it is let in, and as the last all together,
/// the dearest first, as many in a second as the API lets in at all.
pub fn of_phone_token(requests: &[PhoneRequest], per_second: f64, prices: &Prices) -> Vec<Attack> {
    let usd = |request: &PhoneRequest| Bill::new(&request.usage, prices).total();
    let mut dearest_first: Vec<&PhoneRequest> = requests.iter().collect();
    dearest_first.sort_by(|one, other| usd(other).total_cmp(&usd(one)));
    let (mut left, mut together) = (per_second, Usage::default());
    for request in &dearest_first {
        let rate = request.per_second.min(left);
        together.extend(&request.usage.times(rate));
        left -= rate;
    }
    let alone = |request: &&PhoneRequest| {
        let rate = request.per_second.min(per_second);
        Attack::lasting(&request.name, SECONDS_PER_HOUR, &request.usage.times(rate))
    };
    let mut attacks: Vec<Attack> = dearest_first.iter().map(alone).collect();
    attacks.push(Attack::lasting(
        "all of them together, within the stage's throttle",
        SECONDS_PER_HOUR,
        &together,
    ));
    attacks
}

/// Messages full of the smallest tiles, `at_most` so many in a second, each on a sheet of its own that was filled before.
fn tiles(limits: &RobotLimits, at_most: f64) -> Usage {
    let offered = (BYTES_PER_SECOND / limits.tile_bytes.max(1) as f64).min(at_most);
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

/// Messages that cannot be read, `at_most` so many in a second: each is kept, logged and answered.
fn garbage(limits: &RobotLimits, at_most: f64) -> Usage {
    let sent = MESSAGES_PER_SECOND.min(at_most);
    let bytes = (BYTES_PER_SECOND / MESSAGES_PER_SECOND) as usize;
    let kept = bytes.min(limits.kept_bytes);
    let mut usage = connection();
    let charged = (bytes as f64 * BASE64_GROWTH) as usize;
    rules(&mut usage, sent, sent * steps::message(charged));
    let writes = 1.0 + kept.div_ceil(WRITE_UNIT_BYTES) as f64;
    usage.add(Feature::Map, Unit::WriteUnit, sent * writes);
    usage.add(Feature::Map, Unit::Message, sent * MESSAGES_PER_REFUSAL);
    let logged = limits.log_bytes + steps::LOG_LINE_OVERHEAD_BYTES;
    usage.add(Feature::Map, Unit::LogGb, sent * steps::gigabytes(logged));
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
        tolerated: Tolerated {
            weight_per_minute: 1_200.0,
            untold_weight: 64.0,
            tile_weight: 4.0,
            garbage_weight: 24.0,
        },
    };

    fn usd(limits: &RobotLimits, name: &str) -> f64 {
        let attacks = of_robot_key(limits);
        let attack = attacks
            .iter()
            .find(|attack| attack.name.starts_with(name))
            .unwrap();
        attack.usd_per_hour(&Prices::published().unwrap())
    }

    #[test]
    fn reserved_concurrency_bounds_what_a_flood_of_tiles_costs() {
        let bounded = RobotLimits {
            concurrency: Some(10),
            ..LIMITS
        };
        // 512 KiB of 16 bytes are 32,768 sheets of eight write units per second: ten dollars in a minute for these alone.
        assert!(usd(&LIMITS, "a flood of tiles") > 590.0 / 60.0);
        // A fourteenth of a processor merges 33 sheets per second; ten merge 327: ten cents in a minute.
        let usd = usd(&bounded, "a flood of tiles");
        assert!((0.09..0.14).contains(&usd), "{usd}");
    }

    #[test]
    fn garbage_is_bounded_by_the_connection_and_then_by_quarantine() {
        let usd = usd(&LIMITS, "a flood of garbage");
        assert!((0.01..0.09).contains(&usd), "{usd}");
    }

    #[test]
    fn what_stays_below_quarantine_is_bounded_by_it() {
        let lax = RobotLimits {
            tolerated: Tolerated {
                weight_per_minute: 12_000.0,
                ..LIMITS.tolerated
            },
            ..LIMITS
        };
        for way in ["tiles just below", "garbage just below"] {
            assert!(usd(&lax, way) > 1.2 * usd(&LIMITS, way), "{way}");
        }
    }

    #[test]
    fn a_token_is_bounded_by_each_throttle_and_by_that_of_all() {
        let prices = Prices::published().unwrap();
        let request = |name: &str, amount, per_second| PhoneRequest {
            name: name.to_owned(),
            usage: Usage::default().with(Feature::App, Unit::ApiRequest, amount),
            per_second,
        };
        let requests = [request("cheap", 1.0, 100.0), request("dear", 10.0, 2.0)];
        let attacks = of_phone_token(&requests, 5.0, &prices);
        let usd: Vec<f64> = attacks
            .iter()
            .map(|attack| attack.usd_per_hour(&prices))
            .collect();
        for (found, expected) in usd.iter().zip([0.072, 0.018, 0.0828]) {
            assert!((found - expected).abs() < 1e-9, "{usd:?}");
        }
    }
}
