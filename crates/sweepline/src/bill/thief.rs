//! What a stolen secret costs: the key of a robot, and the token of a phone.

use anyhow::Context;
use billing::worst_hour::{Attack, RobotLimits, of_phone_token, of_robot_key};
use billing::{Bill, Prices, Usage};
use domain::incident::MAX_KEPT_BYTES;
use domain::settings::{MAX_RESTRICTION_CORNERS, MAX_RESTRICTIONS};
use infra::Template;
use mapping::run_tile::RunTile;
use mapping::sheet::SHEET_AREA;
use serde_json::{Value, json};
use wire::tile_pack::{MAX_PACK_TILES, TILE_HEADER_BYTES};

use super::day::Household;
use super::phone::{Phone, Question};

/// What a refused message leaves in the log, bytes.
const REFUSAL_LOG_BYTES: usize = 400;
/// A tile of cells at random, bytes: two bits for each cell, and what compressing and packing adds.
const NOISY_TILE_BYTES: usize = 1_100;
/// The program whose concurrency bounds what tiles cost.
const INGEST: &str = "map_ingest";

/// A request and all that it uses.
#[derive(Debug, Clone)]
pub struct Dearest {
    /// What is asked for.
    pub name: &'static str,
    /// What it uses.
    pub usage: Usage,
}

/// Tries the requests that cause most, and finds the one that costs most.
pub async fn dearest_request(household: &mut Household<'_>, prices: &Prices) -> anyhow::Result<Dearest> {
    household.phone.sign_in().await?;
    let locate = async |phone: &mut Phone| phone.command(json!({ "type": "locate" })).await.map(drop);
    let settings = async |phone: &mut Phone| phone.change_settings(fill).await;
    let lease = async |phone: &mut Phone| phone.live("POST", None).await.map(drop);
    let page = async |phone: &mut Phone| phone.ask(Question::get("/openapi.json")).await.map(drop);
    let tried = [
        ("a command", household.usage_of(locate).await?),
        ("the largest settings", household.usage_of(settings).await?),
        ("a live view", household.usage_of(lease).await?),
        ("the largest document", household.usage_of(page).await?),
    ];
    let dearest = tried
        .into_iter()
        .max_by(|(_, one), (_, other)| usd(one, prices).total_cmp(&usd(other, prices)));
    let (name, usage) = dearest.context("no request was tried")?;
    Ok(Dearest { name, usage })
}

fn usd(usage: &Usage, prices: &Prices) -> f64 {
    Bill::new(usage, prices).total()
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
    })
}

/// The way to spend with the token of a phone.
pub fn with_phone_token(template: &Template, dearest: &Dearest) -> anyhow::Result<Attack> {
    Ok(of_phone_token(requests_per_second(template)?, &dearest.usage))
}

/// How many requests the stage of the API lets in per second, from everybody together.
pub fn requests_per_second(template: &Template) -> anyhow::Result<f64> {
    let rate = template.resources().values().find_map(|resource| {
        resource
            .properties
            .pointer("/DefaultRouteSettings/ThrottlingRateLimit")?
            .as_f64()
    });
    rate.context("infra/template.yaml: the API has no throttle")
}

fn ingest_concurrency(template: &Template) -> Option<u32> {
    let ingest = template
        .functions()
        .iter()
        .find(|function| function.binary == INGEST)?;
    let properties = &template.resources().get(&ingest.logical_id)?.properties;
    u32::try_from(properties.get("ReservedConcurrentExecutions")?.as_u64()?).ok()
}
