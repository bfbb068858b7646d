//! The way that a robot would take.

use axum::Json;
use axum::extract::State;
use domain::FieldError;
use domain::command::{Chosen, Corner, Scope};
use domain::floor_map::FloorMap;
use domain::id::{FloorId, RoomId};
use domain::page::PageRequest;
use domain::plan::{CleaningPlan, PlanLeg};
use domain::usecase::{NoPlan, PlanWanted, UseCaseError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::floors::known_floor;
use crate::extract::{AsGuest, HomeOf, QueryOf};
use crate::problem::{Problem, ProblemBody};
use crate::rounding::hundredths;
use crate::state::ApiState;

/// What to plan.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct PlanQuery {
    /// The floor; may be left out when the home has only one.
    floor: Option<String>,
    /// Ids of rooms, with commas between them; the whole floor when left out.
    rooms: Option<String>,
}

/// The part of a plan that covers one room.
#[derive(Serialize, ToSchema)]
struct LegBody {
    #[schema(value_type = Option<String>)]
    room: Option<RoomId>,
    name: Option<String>,
    /// Whether the robot charges before it; its path then begins with the way to the dock.
    recharge_first: bool,
    metres: f64,
    minutes: f64,
    /// In the home frame, millimetres: `[x, y]` each.
    #[schema(value_type = Vec<[i32; 2]>)]
    path: Vec<(i32, i32)>,
}

/// A way to clean a floor or some of its rooms.
#[derive(Serialize, ToSchema)]
struct PlanBody {
    #[schema(value_type = String)]
    floor: FloorId,
    /// The vote of the floor that it was made from.
    version: u32,
    rooms_version: u64,
    metres: f64,
    /// With the way home, without charging.
    minutes: f64,
    /// Share of what can be covered that is covered, 0 to 1.
    coverage: f64,
    /// How often the robot charges on the way.
    recharges: usize,
    /// In the order they are driven.
    legs: Vec<LegBody>,
    /// From the end of the last leg to the dock.
    #[schema(value_type = Vec<[i32; 2]>)]
    way_home: Vec<(i32, i32)>,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(show))
}

/// The way that a robot would take through a floor or some of its rooms, with a full battery.
#[utoipa::path(
    get, path = "/v1/homes/{home}/plan", tag = "floors", params(("home" = String, Path), PlanQuery),
    responses((status = 200, body = PlanBody), (status = "default", body = ProblemBody))
)]
async fn show(
    State(state): State<ApiState>,
    home: HomeOf<AsGuest>,
    QueryOf(query): QueryOf<PlanQuery>,
) -> Result<Json<PlanBody>, Problem> {
    let floor = floor(&state, &home, query.floor.as_deref()).await?;
    let planning = &state.services.planning;
    let wanted = PlanWanted {
        scope: &scope(query.rooms.as_deref())?,
        rooms_version: None,
        restrictions: &planning.restrictions(&home.scope, floor).await?,
        battery: None,
    };
    let (plan, map) = planning.plan(&home.scope, floor, &wanted).await?;
    Ok(Json(PlanBody::new(&plan, &map)))
}

/// The floor that is meant.
async fn floor(state: &ApiState, home: &HomeOf<AsGuest>, named: Option<&str>) -> Result<FloorId, Problem> {
    if let Some(text) = named {
        let floor = text.parse().map_err(|_| Problem::not_found("floor"))?;
        return Ok(known_floor(state, &home.scope, floor).await?.id);
    }
    let floors = state
        .services
        .homes
        .floors(&home.scope, &PageRequest::new(2, None))
        .await?;
    match floors.items.as_slice() {
        [only] => Ok(only.id),
        [] => Err(UseCaseError::NoPlan(NoPlan::NoMap).into()),
        _ => Err(FieldError::new("floor", "must be given, since the home has several floors").into()),
    }
}

/// A text that is no id is a room that is not there.
fn scope(rooms: Option<&str>) -> Result<Scope, Problem> {
    let Some(rooms) = rooms else {
        return Ok(Scope::WholeHome);
    };
    let ids: Result<Vec<RoomId>, _> = rooms.split(',').map(|room| room.trim().parse()).collect();
    let ids = ids.map_err(|_| UseCaseError::RoomsChanged)?;
    let rooms = Chosen::new("rooms", ids)?;
    Ok(Scope::Rooms { rooms })
}

impl PlanBody {
    fn new(plan: &CleaningPlan, map: &FloorMap) -> Self {
        Self {
            floor: plan.floor(),
            version: plan.n(),
            rooms_version: plan.rooms_version(),
            metres: hundredths(plan.metres()),
            minutes: hundredths(plan.minutes()),
            coverage: plan.coverage(),
            recharges: plan.recharges(),
            legs: plan.legs().iter().map(|leg| LegBody::new(leg, map)).collect(),
            way_home: pairs(plan.way_home()),
        }
    }
}

impl LegBody {
    fn new(leg: &PlanLeg, map: &FloorMap) -> Self {
        let room = leg.room.and_then(|room| map.rooms.room(room));
        let name = room.and_then(|room| room.name.as_ref());
        Self {
            room: leg.room,
            name: name.map(|name| name.as_str().to_owned()),
            recharge_first: leg.recharge_first,
            metres: hundredths(leg.metres()),
            minutes: hundredths(leg.minutes()),
            path: pairs(&leg.path),
        }
    }
}

fn pairs(path: &[Corner]) -> Vec<(i32, i32)> {
    path.iter().map(|Corner { x, y }| (*x, *y)).collect()
}
