//! The bill as it is printed: per robot and year, by service, feature and fleet, beside the naive design's.

use std::collections::{BTreeMap, HashMap};

use billing::standard_day::{
    DAYS_PER_YEAR, MAX_USD_WITH_LIVE_VIEW, MAX_USD_WITHOUT_LIVE_VIEW, SETTINGS_CHANGES,
};
use billing::worst_hour::Attack;
use billing::{Bill, FLEET_SIZES, Feature, FixedCosts, Prices, Service, Unit, Usage, naive};
use infra::Template;
use serde::Serialize;
use telemetry::METRICS;

use super::day::Day;
use super::thief::{self, Tried};
use crate::stack::Stack;

/// How many months log lines are kept, roughly: what the template says by default.
const LOG_MONTHS: f64 = 1.0;
/// What cannot be read off the figures.
const NOTES: [&str; 6] = [
    "free tiers are not taken off, and the first price tier holds for every fleet",
    "counted: messages, rules, invocations, read and write units, log lines, requests, bytes; simulated: the clock",
    "modelled: how long an invocation takes (billing::invocation), each as a cold start; what a fold computes is assumed",
    "the page's files stay on the phone from one release to the next",
    "sign-in is not in the total: Cognito takes 0.0055 USD per person and month beyond 10,000 people",
    "storage is the mean of the first year",
];

/// All of it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Where the prices hold.
    pub region: String,
    /// When the oldest and the newest price were read.
    pub prices_read: (String, String),
    /// The day without live view.
    pub without_live_view: Design,
    /// The day with live view.
    pub with_live_view: Design,
    /// What tutorials lead to, with the app open for as long as the live view is.
    pub naive: Design,
    /// What a deployment pays each month without any robot.
    pub fixed_usd_per_month: f64,
    /// The worst hour of a stolen key.
    pub stolen_robot_key: WorstHour,
    /// The worst hour of a stolen token.
    pub stolen_phone_token: WorstHour,
    /// How long invocations took on this machine, by program; no part of the bill.
    pub local_ms_per_invocation: BTreeMap<String, f64>,
    /// What the figures rest on.
    pub notes: [&'static str; 6],
}

/// What one robot costs in a year under one design.
#[derive(Debug, Serialize)]
pub struct Design {
    /// Without its part in what is fixed.
    pub usd_per_robot_year: f64,
    /// What it may be, if a limit is set.
    pub limit: Option<f64>,
    /// By who charges.
    pub by_service: BTreeMap<Service, f64>,
    /// By what it is for.
    pub by_feature: BTreeMap<Feature, f64>,
    /// Counts of a day and dollars of a year, by feature and unit.
    pub lines: BTreeMap<Feature, BTreeMap<Unit, UnitCost>>,
    /// With its part in what is fixed, by the robots that share it.
    pub by_fleet: BTreeMap<u32, f64>,
    /// The day that was played, if one was.
    pub played: Option<Played>,
}

/// One unit's part.
#[derive(Debug, Serialize)]
pub struct UnitCost {
    /// How many on one day.
    pub per_day: f64,
    /// US dollars in a year.
    pub usd_per_year: f64,
}

/// What happened on a day that was played.
#[derive(Debug, Serialize)]
pub struct Played {
    run_minutes: f64,
    run_square_metres: f64,
    robot_messages: u64,
    robot_bytes: u64,
    table_bytes: usize,
}

/// The most that somebody can spend.
#[derive(Debug, Serialize)]
pub struct WorstHour {
    /// By the dearest way.
    pub usd_per_hour: f64,
    /// What that is.
    pub by: String,
    /// Every way that was looked at.
    pub ways: BTreeMap<String, f64>,
}

impl Report {
    /// The report over two days, without and with live view, a `change` of the settings and the `dear` requests.
    pub fn new(
        prices: &Prices,
        stack: &Stack,
        [without, with]: [Day; 2],
        change: &Usage,
        dear: &[Tried],
    ) -> anyhow::Result<Self> {
        let template = stack.template();
        let fixed = fixed_costs(template);
        let of = |day: &Day, limit| Design::of_day(day, change, limit, prices, fixed);
        let with_token = thief::with_phone_token(template, dear, prices)?;
        Ok(Self {
            region: prices.region().to_owned(),
            prices_read: dates(prices),
            without_live_view: of(&without, MAX_USD_WITHOUT_LIVE_VIEW),
            with_live_view: of(&with, MAX_USD_WITH_LIVE_VIEW),
            naive: Design::new(&naive::usage_per_day(), &naive::storage_per_year(), prices, fixed),
            fixed_usd_per_month: fixed.usd_per_month(prices),
            stolen_robot_key: WorstHour::of(&thief::with_robot_key(template), prices),
            stolen_phone_token: WorstHour::of(&with_token, prices),
            local_ms_per_invocation: local_ms(stack),
            notes: NOTES,
        })
    }
}

impl Design {
    fn of_day(day: &Day, change: &Usage, limit: f64, prices: &Prices, fixed: FixedCosts) -> Self {
        let mut usage = day.usage.clone();
        usage.extend(&change.times(SETTINGS_CHANGES));
        Self {
            limit: Some(limit),
            played: Some(Played {
                run_minutes: day.run_minutes,
                run_square_metres: day.run_square_metres,
                robot_messages: day.messages,
                robot_bytes: day.bytes,
                table_bytes: day.table_bytes,
            }),
            ..Self::new(&usage, &day.storage, prices, fixed)
        }
    }

    fn new(day: &Usage, storage: &Usage, prices: &Prices, fixed: FixedCosts) -> Self {
        let mut year = day.times(DAYS_PER_YEAR);
        for (feature, _, gigabytes) in day.iter().filter(|(_, unit, _)| *unit == Unit::LogGb) {
            year.add(feature, Unit::LogGbMonth, gigabytes * DAYS_PER_YEAR * LOG_MONTHS);
        }
        year.extend(storage);
        let bill = Bill::new(&year, prices);
        let shared = |robots: u32| (robots, bill.total() + fixed.usd_per_robot_year(prices, robots));
        let mut lines: BTreeMap<Feature, BTreeMap<Unit, UnitCost>> = BTreeMap::new();
        for line in bill.lines() {
            let cost = UnitCost {
                per_day: line.amount / DAYS_PER_YEAR,
                usd_per_year: line.usd,
            };
            lines.entry(line.feature).or_default().insert(line.unit, cost);
        }
        Self {
            usd_per_robot_year: bill.total(),
            limit: None,
            by_service: bill.by_service(),
            by_feature: bill.by_feature(),
            lines,
            by_fleet: FLEET_SIZES.into_iter().map(shared).collect(),
            played: None,
        }
    }
}

impl WorstHour {
    fn of(attacks: &[Attack], prices: &Prices) -> Self {
        let ways: BTreeMap<String, f64> = attacks
            .iter()
            .map(|attack| (attack.name.clone(), attack.usd_per_hour(prices)))
            .collect();
        let worst = ways.iter().max_by(|one, other| one.1.total_cmp(other.1));
        let (by, usd_per_hour) = worst.map(|(by, usd)| (by.clone(), *usd)).unwrap_or_default();
        Self {
            usd_per_hour,
            by,
            ways,
        }
    }
}

/// What the template and the functions have of things that are paid by the month.
fn fixed_costs(template: &Template) -> FixedCosts {
    let count = |kind: &str| {
        let found = template
            .resources()
            .values()
            .filter(|resource| resource.kind == kind);
        u32::try_from(found.count()).unwrap_or(u32::MAX)
    };
    FixedCosts {
        alarms: count("AWS::CloudWatch::Alarm"),
        metrics: count("AWS::Logs::MetricFilter") + u32::try_from(METRICS.len()).unwrap_or(u32::MAX),
        keys: count("AWS::KMS::Key"),
    }
}

fn dates(prices: &Prices) -> (String, String) {
    let dates = || prices.iter().map(|price| price.date.clone());
    (
        dates().min().unwrap_or_default(),
        dates().max().unwrap_or_default(),
    )
}

fn local_ms(stack: &Stack) -> BTreeMap<String, f64> {
    let walls: HashMap<_, _> = stack.meter.walls();
    walls
        .into_iter()
        .map(|(binary, wall)| (binary, wall.total_ms / wall.invocations.max(1) as f64))
        .collect()
}
