//! Floors and their maps.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::access::HomeScope;
use domain::command::Corner;
use domain::floor_map::FloorMap;
use domain::home::{Floor, Name};
use domain::id::FloorId;
use domain::object::ObjectList;
use domain::pace::Pace;
use domain::page::Page;
use domain::room::{Room, RoomList};
use futures_util::future::try_join_all;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderMap, StatusCode};
use mapping::class_grid::ClassGrid;
use mapping::formats::png_map::draw_view;
use mapping::formats::valetudo::{RoomLabel, ValetudoMap};
use mapping::grid::Grid;
use mapping::view::FloorView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::map_body::FloorMapBody;
use crate::binary::Binary;
use crate::extract::{AsGuest, AsMember, HomeOf, JsonBody, PathId, QueryOf};
use crate::feature_map::{GEO_JSON, features, shapes_answer};
use crate::lists::{ListOf, PageQuery};
use crate::negotiation::negotiate;
use crate::problem::{Code, Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// Pixels on each side of a cell in pictures.
pub(crate) const PNG_SCALE: usize = 4;

/// A floor of a home.
#[derive(Serialize, ToSchema)]
pub(crate) struct FloorBody {
    #[schema(value_type = String)]
    id: FloorId,
    name: String,
    created_at: Rfc3339,
    /// How many runs are in its map.
    votes: u32,
}

/// The forms of a map.
#[derive(Clone, Copy)]
enum Form {
    Json,
    Png,
    GeoJson,
    Valetudo,
}

const FORMS: [(&str, Form); 4] = [
    ("application/json", Form::Json),
    ("image/png", Form::Png),
    (GEO_JSON, Form::GeoJson),
    ("application/vnd.valetudo.map+json", Form::Valetudo),
];

/// What is changed of a floor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FloorChange {
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(rename))
        .routes(routes!(map))
}

/// The floor, if the home has it.
pub(crate) async fn known_floor(
    state: &ApiState,
    scope: &HomeScope,
    floor: FloorId,
) -> Result<Floor, Problem> {
    let known = state.services.homes.floor(scope, floor).await?;
    known.ok_or_else(|| Problem::not_found("floor"))
}

/// The map of a floor that the home has; `None` before the first vote.
pub(crate) async fn known_map(
    state: &ApiState,
    scope: &HomeScope,
    floor: FloorId,
) -> Result<Option<FloorMap>, Problem> {
    known_floor(state, scope, floor).await?;
    Ok(state.services.floors.floor_map(scope, floor).await?)
}

/// What `write` gives with its tag, or just the tag, without writing, if the caller has that already.
pub(crate) fn unless_known(
    headers: &HeaderMap,
    tag: &str,
    write: impl FnOnce() -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let caching = [
        (ETAG, tag.to_owned()),
        (VARY, "Accept".to_owned()),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok(if is_known(headers, tag) {
        (StatusCode::NOT_MODIFIED, caching).into_response()
    } else {
        (caching, write()?).into_response()
    })
}

/// The floors of a home, in the order of their ids.
#[utoipa::path(
    get, path = "/v1/homes/{home}/floors", tag = "floors", params(("home" = String, Path), PageQuery),
    responses((status = 200, body = ListOf<FloorBody>), (status = "default", body = ProblemBody))
)]
async fn list(
    State(state): State<ApiState>,
    home: HomeOf<AsGuest>,
    QueryOf(page): QueryOf<PageQuery>,
) -> Result<Json<ListOf<FloorBody>>, Problem> {
    let floors = state.services.homes.floors(&home.scope, &page.request()).await?;
    let folds = floors
        .items
        .iter()
        .map(|floor| state.services.maps.fold_state(&home.scope, floor.id));
    let folds = try_join_all(folds).await?;
    let items = floors.items.iter().zip(folds);
    let items = items.map(|(floor, fold)| FloorBody::new(floor, fold.closed));
    let items = items.collect();
    Ok(Json(
        Page {
            items,
            next: floors.next,
        }
        .into(),
    ))
}

/// Give a floor another name.
#[utoipa::path(
    patch, path = "/v1/homes/{home}/floors/{floor}", tag = "floors",
    params(("home" = String, Path), ("floor" = String, Path)), request_body = FloorChange,
    responses((status = 200, body = FloorBody), (status = "default", body = ProblemBody))
)]
async fn rename(
    State(state): State<ApiState>,
    home: HomeOf<AsMember>,
    PathId(floor): PathId<FloorId>,
    JsonBody(change): JsonBody<FloorChange>,
) -> Result<Json<FloorBody>, Problem> {
    let name = Name::new("name", &change.name)?;
    let known = known_floor(&state, &home.scope, floor).await?;
    state
        .services
        .homes
        .rename_floor(&home.scope, floor, &name)
        .await?;
    let fold = state.services.maps.fold_state(&home.scope, floor).await?;
    Ok(Json(FloorBody::new(&Floor { name, ..known }, fold.closed)))
}

/// The map of a floor with its rooms and movable things, as JSON, a picture, GeoJSON in metres or a Valetudo map; the ETag changes with every run and
/// every change of its rooms.
#[utoipa::path(
    get, path = "/v1/homes/{home}/floors/{floor}/map", tag = "floors",
    params(
        ("home" = String, Path), ("floor" = String, Path),
        ("If-None-Match" = Option<String>, Header, description = "the ETag of what is known already")
    ),
    responses(
        (status = 200, headers(("ETag" = String)), content(
            (FloorMapBody = "application/json"), (Binary = "image/png"),
            (serde_json::Value = "application/geo+json"), (serde_json::Value = "application/vnd.valetudo.map+json")
        )),
        (status = 304, description = "what is known already is the present map"),
        (status = "default", body = ProblemBody)
    )
)]
async fn map(
    State(state): State<ApiState>,
    home: HomeOf<AsGuest>,
    PathId(floor): PathId<FloorId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = negotiate(&headers, &FORMS)?;
    let map = match known_map(&state, &home.scope, floor).await? {
        Some(map) => map,
        None => empty_map()?,
    };
    let tag = form.tag(map.revision);
    let objects = match form {
        Form::Json | Form::GeoJson if !is_known(&headers, &tag) => {
            state.services.floors.objects(&home.scope, floor).await?
        }
        Form::Json | Form::GeoJson | Form::Png | Form::Valetudo => ObjectList::default(),
    };
    unless_known(&headers, &tag, || form.write(floor, &map, objects))
}

/// The map of a floor before its first vote.
fn empty_map() -> Result<FloorMap, Problem> {
    Ok(FloorMap {
        n: 0,
        revision: 0,
        layer: [0; 32],
        dock: Corner { x: 0, y: 0 },
        pace: Pace::default(),
        view: FloorView::new(&ClassGrid::empty(), &Grid::empty()).map_err(|error| no_form(error.into()))?,
        rooms: RoomList::default(),
    })
}

/// Whether the caller has what `tag` stands for; weak comparison, as RFC 9110 section 13.1.2 says.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// The tag of the map as JSON.
pub(crate) fn map_tag(map: &FloorMap) -> String {
    Form::Json.tag(map.revision)
}

fn no_form(error: Box<dyn std::error::Error + Send + Sync>) -> Problem {
    Problem::new(Code::Internal, "the map cannot be shown in this form").because(error)
}

impl Form {
    /// One tag for each form, since equal tags mean equal bytes.
    fn tag(self, revision: u64) -> String {
        match self {
            Self::Json => format!("\"{revision}\""),
            Self::Png => format!("\"{revision}-png\""),
            Self::GeoJson => format!("\"{revision}-geojson\""),
            Self::Valetudo => format!("\"{revision}-valetudo\""),
        }
    }

    fn write(self, floor: FloorId, map: &FloorMap, objects: ObjectList) -> Result<Response, Problem> {
        Ok(match self {
            Self::Json => Json(FloorMapBody::new(floor, map, objects)).into_response(),
            Self::Png => {
                let picture = draw_view(&map.view, PNG_SCALE).map_err(|error| no_form(error.into()))?;
                ([(CONTENT_TYPE, "image/png")], picture).into_response()
            }
            Self::GeoJson => shapes_answer(&features(map, &objects)),
            Self::Valetudo => {
                let json = ValetudoMap::from_view(&map.view, &labels(map))
                    .write()
                    .map_err(|error| no_form(error.into()))?;
                ([(CONTENT_TYPE, "application/vnd.valetudo.map+json")], json).into_response()
            }
        })
    }
}

impl FloorBody {
    /// A floor whose map holds this many runs.
    pub(crate) fn new(floor: &Floor, votes: u32) -> Self {
        Self {
            id: floor.id,
            name: floor.name.as_str().to_owned(),
            created_at: floor.created_at.into(),
            votes,
        }
    }
}

/// The rooms as other maps name them.
fn labels(map: &FloorMap) -> Vec<RoomLabel> {
    let label = |room: &Room| RoomLabel {
        number: room.number,
        id: room.id.to_string(),
        name: room.name.as_ref().map(|name| name.as_str().to_owned()),
    };
    map.rooms.rooms().iter().map(label).collect()
}
