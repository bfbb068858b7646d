//! What a stolen secret costs: the key of a robot, and the token of a phone.

use anyhow::Context;
use billing::worst_hour::{Attack, PhoneRequest, RobotLimits, Tolerated, of_phone_token, of_robot_key};
use billing::{Prices, Usage};
use domain::command_log::{MAX_REMEMBERED, RATE_WINDOW, STOP_REPEATS_IN_HASTE};
use domain::incident::MAX_KEPT_BYTES;
use domain::quarantine::{MAX_WEIGHT_PER_MINUTE, MESSAGE_WEIGHT, REFUSAL_WEIGHT, TILE_WEIGHT, TOLD_WEIGHT};
use domain::settings::{MAX_RESTRICTION_CORNERS, MAX_RESTRICTIONS};
use infra::Template;
use mapping::run_tile::RunTile;
use mapping::sheet::SHEET_AREA;
use serde_json::{Value, json};
use wire::tile_pack::{MAX_PACK_TILES, TILE_HEADER_BYTES};

use super::day::Household;
use super::phone::Phone;

/// What a refused message leaves in the log, bytes.
const REFUSAL_LOG_BYTES: usize = 400;
/// A tile of cells at random, bytes: two bits for each cell, and what compressing and packing adds.
const NOISY_TILE_BYTES: usize = 1_100;
/// The program whose concurrency bounds what tiles cost.
const INGEST: &str = "map_ingest";
const SETTINGS: &str = "PUT /v1/robots/{robot}/settings";
const EXPORT: &str = "GET /v1/homes/{home}/export";

/// A request, all that it uses, and what bounds how often it is done.
#[derive(Debug, Clone)]
pub struct Tried {
    name: &'static str,
    usage: Usage,
    bound: Bound,
}

/// What keeps a request from being done as fast as it is sent.
#[derive(Debug, Clone, Copy)]
enum Bound {
    /// The robot's log of commands.
    Commands,
    /// The same, with the stops that pass although others have to wait.
    Stops,
    /// The throttle of the route, over all callers.
    Route(&'static str),
    /// The throttle of the stage, over all callers and routes.
    Stage,
}

/// Tries the requests that cause most.
pub async fn dear_requests(household: &mut Household<'_>) -> anyhow::Result<Vec<Tried>> {
    household.phone.sign_in().await?;
    let stop = async |phone: &mut Phone| phone.command(json!({ "type": "stop" })).await.map(drop);
    let locate = async |phone: &mut Phone| phone.command(json!({ "type": "locate" })).await.map(drop);
    let settings = async |phone: &mut Phone| phone.change_settings(fill).await;
    let lease = async |phone: &mut Phone| phone.live("POST", None).await.map(drop);
    let name = async |phone: &mut Phone| phone.rename_room().await;
    let archive = async |phone: &mut Phone| phone.export().await;
    let look = async |phone: &mut Phone| phone.look().await;
    let tried = |name, usage, bound| Tried { name, usage, bound };
    Ok(vec![
        tried("a stop", household.usage_of(stop).await?, Bound::Stops),
        tried("a command", household.usage_of(locate).await?, Bound::Commands),
        tried(
            "the largest settings",
            household.usage_of(settings).await?,
            Bound::Route(SETTINGS),
        ),
        tried("a live view", household.usage_of(lease).await?, Bound::Stage),
        tried("a room's name", household.usage_of(name).await?, Bound::Stage),
        tried(
            "an export",
            household.usage_of(archive).await?,
            Bound::Route(EXPORT),
        ),
        tried("a look at all", household.usage_of(look).await?, Bound::Stage),
    ])
}

/// As many zones with as many corners as settings can have.
fn fill(settings: &mut Value) {
    let corners: Vec<Value> = (0..MAX_RESTRICTION_CORNERS)
        .map(|corner| {
            let angle = corner as f64 / MAX_RESTRICTION_CORNERS as f64 * std::f64::consts::TAU;
            json!({ "x": (100_000.0 * angle.cos()) as i32, "y": (100_000.0 * angle.sin()) as i32 })
        })
        .collect();
    let zone = json!({ "kind": "no_mop_zone", "corners": corners });
    settings["restrictions"] = Value::Array(vec![zone; MAX_RESTRICTIONS]);
}

/// The ways to spend with the key of a robot.
pub fn with_robot_key(template: &Template) -> Vec<Attack> {
    of_robot_key(&RobotLimits {
        tile_bytes: TILE_HEADER_BYTES + RunTile::new().encode().len(),
        tiles_per_message: MAX_PACK_TILES,
        tiles_per_sheet: SHEET_AREA,
        sheet_bytes: SHEET_AREA * NOISY_TILE_BYTES,
        kept_bytes: MAX_KEPT_BYTES,
        log_bytes: REFUSAL_LOG_BYTES,
        concurrency: ingest_concurrency(template),
        tolerated: Tolerated {
            weight_per_minute: MAX_WEIGHT_PER_MINUTE as f64,
            untold_weight: f64::from(TOLD_WEIGHT),
            tile_weight: f64::from(TILE_WEIGHT),
            garbage_weight: f64::from(MESSAGE_WEIGHT + REFUSAL_WEIGHT),
        },
    })
}

/// The ways to spend with the token of a phone.
pub fn with_phone_token(
    template: &Template,
    tried: &[Tried],
    prices: &Prices,
) -> anyhow::Result<Vec<Attack>> {
    let stage = throttle(template, &["DefaultRouteSettings"])?;
    let request = |tried: &Tried| {
        let (per_second, bound) = match tried.bound {
            Bound::Commands => (
                MAX_REMEMBERED as f64 / RATE_WINDOW.as_secs_f64(),
                "the robot's log of commands",
            ),
            Bound::Stops => (
                1.0 / STOP_REPEATS_IN_HASTE.as_secs_f64(),
                "stops that are one with the last",
            ),
            Bound::Route(route) => (
                throttle(template, &["RouteSettings", route])?,
                "the route's throttle",
            ),
            Bound::Stage => (stage, "the stage's throttle"),
        };
        anyhow::Ok(PhoneRequest {
            name: format!("{}, {per_second:.3} per second by {bound}", tried.name),
            usage: tried.usage.clone(),
            per_second,
        })
    };
    let requests = tried.iter().map(request).collect::<Result<Vec<_>, _>>()?;
    Ok(of_phone_token(&requests, stage, prices))
}

/// How many requests a throttle of the API lets in per second, from everybody together.
fn throttle(template: &Template, path: &[&str]) -> anyhow::Result<f64> {
    let rate = template.resources().values().find_map(|resource| {
        let settings = path
            .iter()
            .try_fold(&resource.properties, |value, name| value.get(name))?;
        let rate = settings.get("ThrottlingRateLimit")?;
        rate.as_f64().or_else(|| rate.as_str()?.parse().ok())
    });
    rate.with_context(|| format!("infra/template.yaml: the API has no throttle {}", path.join(" ")))
}

fn ingest_concurrency(template: &Template) -> Option<u32> {
    let ingest = template
        .functions()
        .iter()
        .find(|function| function.binary == INGEST)?;
    let properties = &template.resources().get(&ingest.logical_id)?.properties;
    u32::try_from(properties.get("ReservedConcurrentExecutions")?.as_u64()?).ok()
}
