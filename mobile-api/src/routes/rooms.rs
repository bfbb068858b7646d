//! The rooms of floors: named, merged and split by those who live there.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::FieldError;
use domain::command::{Corner, MAX_COORDINATE_MM};
use domain::floor_map::FloorMap;
use domain::home::Name;
use domain::id::{FloorId, RoomId};
use domain::room::{RoomChange, RoomType};
use domain::usecase::NewSplit;
use http::HeaderMap;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::corner_body::CornerBody;
use super::floors::{known_map, unless_known};
use super::room_body::{RoomBody, RoomTypeBody, RoomsBody, room_features};
use crate::extract::{AsGuest, AsMember, HomeOf, IfMatch, JsonBody, PathId};
use crate::feature_map::shapes_answer;
use crate::negotiation::{Shapes, negotiate};
use crate::problem::{Code, Problem, ProblemBody};
use crate::state::ApiState;

/// What is changed of a room; what is left out stays, null takes it away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoomRequest {
    /// 1 to 64 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<RoomTypeBody>)]
    r#type: Option<Option<RoomTypeBody>>,
}

/// Two rooms that become one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeRequest {
    /// Exactly two; the first keeps its id and its name.
    rooms: Vec<String>,
}

/// A line that divides a room.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SplitRequest {
    /// Exactly two points; the line is drawn on at both ends until it leaves the room.
    line: Vec<CornerBody>,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(change))
        .routes(routes!(merge))
        .routes(routes!(split))
}

/// Tells a field that is null from one that is left out.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

/// The rooms of a floor, as JSON or as GeoJSON in metres; the ETag changes with the map and with every edit.
#[utoipa::path(
    get, path = "/v1/homes/{home}/floors/{floor}/rooms", tag = "rooms",
    params(
        ("home" = String, Path), ("floor" = String, Path),
        ("If-None-Match" = Option<String>, Header, description = "the ETag of what is known already")
    ),
    responses(
        (status = 200, headers(("ETag" = String)), content(
            (RoomsBody = "application/json"), (serde_json::Value = "application/geo+json")
        )),
        (status = 304, description = "what is known already are the present rooms"),
        (status = "default", body = ProblemBody)
    )
)]
async fn list(
    State(state): State<ApiState>,
    home: HomeOf<AsGuest>,
    PathId(floor): PathId<FloorId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = negotiate(&headers, &Shapes::FORMS)?;
    let map = known_map(&state, &home.scope, floor).await?;
    let revision = map.as_ref().map_or(0, |map| map.revision);
    unless_known(&headers, &form.tag(revision), || {
        Ok(match form {
            Shapes::Json => Json(RoomsBody::new(floor, map.as_ref())).into_response(),
            Shapes::GeoJson => shapes_answer(&map.as_ref().map_or_else(Vec::new, room_features)),
        })
    })
}

/// Give a room another name or type.
#[utoipa::path(
    patch, path = "/v1/homes/{home}/floors/{floor}/rooms/{room}", tag = "rooms",
    params(("home" = String, Path), ("floor" = String, Path), ("room" = String, Path)),
    request_body = RoomRequest,
    responses((status = 200, body = RoomBody), (status = "default", body = ProblemBody))
)]
async fn change(
    State(state): State<ApiState>,
    home: HomeOf<AsMember>,
    PathId(floor): PathId<FloorId>,
    PathId(room): PathId<RoomId>,
    JsonBody(request): JsonBody<RoomRequest>,
) -> Result<Json<RoomBody>, Problem> {
    let keeping = &state.services.room_keeping;
    let map = keeping
        .change(&home.scope, floor, room, &request.change()?)
        .await?;
    RoomBody::of(&map, room)
        .map(Json)
        .ok_or_else(|| Problem::not_found("room"))
}

/// Make two rooms that lie side by side one, if the rooms are still those of the ETag in `If-Match`.
#[utoipa::path(
    post, path = "/v1/homes/{home}/floors/{floor}/rooms/merge", tag = "rooms",
    params(
        ("home" = String, Path), ("floor" = String, Path),
        ("If-Match" = String, Header, description = "the ETag of what was read")
    ),
    request_body = MergeRequest,
    responses(
        (status = 200, body = RoomsBody, headers(("ETag" = String))),
        (status = "default", body = ProblemBody)
    )
)]
async fn merge(
    State(state): State<ApiState>,
    home: HomeOf<AsMember>,
    PathId(floor): PathId<FloorId>,
    IfMatch(expected): IfMatch,
    JsonBody(request): JsonBody<MergeRequest>,
) -> Result<Response, Problem> {
    known_map(&state, &home.scope, floor).await?;
    let rooms = request.pair()?;
    let keeping = &state.services.room_keeping;
    Ok(edited(
        floor,
        &keeping.merge(&home.scope, floor, expected, rooms).await?,
    ))
}

/// Divide a room along a line, if the rooms are still those of the ETag in `If-Match`.
#[utoipa::path(
    post, path = "/v1/homes/{home}/floors/{floor}/rooms/{room}/split", tag = "rooms",
    params(
        ("home" = String, Path), ("floor" = String, Path), ("room" = String, Path),
        ("If-Match" = String, Header, description = "the ETag of what was read")
    ),
    request_body = SplitRequest,
    responses(
        (status = 200, body = RoomsBody, headers(("ETag" = String))),
        (status = "default", body = ProblemBody)
    )
)]
async fn split(
    State(state): State<ApiState>,
    home: HomeOf<AsMember>,
    PathId(floor): PathId<FloorId>,
    PathId(room): PathId<RoomId>,
    IfMatch(expected): IfMatch,
    JsonBody(request): JsonBody<SplitRequest>,
) -> Result<Response, Problem> {
    known_map(&state, &home.scope, floor).await?;
    let split = NewSplit {
        room,
        line: request.line()?,
        part: RoomId::new(state.now(), rand::random()),
    };
    let keeping = &state.services.room_keeping;
    Ok(edited(
        floor,
        &keeping.split(&home.scope, floor, expected, &split).await?,
    ))
}

fn edited(floor: FloorId, map: &FloorMap) -> Response {
    let tag = Shapes::Json.tag(map.revision);
    (
        [(http::header::ETAG, tag)],
        Json(RoomsBody::new(floor, Some(map))),
    )
        .into_response()
}

impl RoomRequest {
    fn change(self) -> Result<RoomChange, FieldError> {
        let named = |name: Option<String>| name.map(|name| Name::new("name", &name)).transpose();
        Ok(RoomChange {
            name: self.name.map(named).transpose()?,
            kind: self.r#type.map(|kind| kind.map(RoomType::from)),
        })
    }
}

impl MergeRequest {
    fn pair(&self) -> Result<(RoomId, RoomId), Problem> {
        let [kept, other] = self.rooms.as_slice() else {
            let reason = format!("must have exactly 2 entries, has {}", self.rooms.len());
            return Err(FieldError::new("rooms", reason).into());
        };
        // A text that is no id is a room that is not there.
        let id = |text: &String| {
            text.parse()
                .map_err(|_| Problem::new(Code::RoomsChanged, NO_ROOM))
        };
        Ok((id(kept)?, id(other)?))
    }
}

const NO_ROOM: &str = "the rooms have changed; read them again";

impl SplitRequest {
    fn line(&self) -> Result<(Corner, Corner), FieldError> {
        let [from, to] = self.line.as_slice() else {
            let reason = format!("must have exactly 2 points, has {}", self.line.len());
            return Err(FieldError::new("line", reason));
        };
        let near = |point: Corner| {
            let farthest = point.x.unsigned_abs().max(point.y.unsigned_abs());
            let reason = || format!("must stay within {MAX_COORDINATE_MM} mm of the dock");
            let is_near = farthest <= MAX_COORDINATE_MM.unsigned_abs();
            is_near
                .then_some(point)
                .ok_or_else(|| FieldError::new("line", reason()))
        };
        Ok((near((*from).into())?, near((*to).into())?))
    }
}
