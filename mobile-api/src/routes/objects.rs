//! The movable things of floors.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::id::{FloorId, ObjectId};
use domain::object::{MovableObject, ObjectList};
use domain::shape::polygon;
use http::HeaderMap;
use mapping::formats::geojson::{FeatureKind, MapFeature};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::corner_body::CornerBody;
use super::floors::{known_floor, unless_known};
use crate::extract::{AsGuest, HomeOf, PathId};
use crate::feature_map::shapes_answer;
use crate::negotiation::{Shapes, negotiate};
use crate::problem::{Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// A thing that is there at times.
#[derive(Serialize, ToSchema)]
pub(crate) struct ObjectBody {
    #[schema(value_type = String)]
    id: ObjectId,
    /// In the home frame.
    outline: Vec<CornerBody>,
    /// Percent of the latest runs in which it was there.
    presence: u8,
    first_seen: Rfc3339,
    last_seen: Rfc3339,
}

/// The movable things of a floor.
#[derive(Serialize, ToSchema)]
struct ObjectsBody {
    #[schema(value_type = String)]
    floor: FloorId,
    /// How many runs they were found from; 0 before the first.
    version: u32,
    /// The largest first.
    items: Vec<ObjectBody>,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The movable things of a floor, as JSON or as GeoJSON in metres.
#[utoipa::path(
    get, path = "/v1/homes/{home}/floors/{floor}/objects", tag = "floors",
    params(
        ("home" = String, Path), ("floor" = String, Path),
        ("If-None-Match" = Option<String>, Header, description = "the ETag of what is known already")
    ),
    responses(
        (status = 200, headers(("ETag" = String)), content(
            (ObjectsBody = "application/json"), (serde_json::Value = "application/geo+json")
        )),
        (status = 304, description = "what is known already are the present things"),
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
    known_floor(&state, &home.scope, floor).await?;
    let list = state.services.floors.objects(&home.scope, floor).await?;
    unless_known(&headers, &form.tag(list.n.into()), || {
        Ok(match form {
            Shapes::Json => Json(ObjectsBody::new(floor, list)).into_response(),
            Shapes::GeoJson => shapes_answer(&object_features(&list)),
        })
    })
}

/// The things as shapes, in metres.
pub(crate) fn object_features(list: &ObjectList) -> Vec<MapFeature> {
    let feature = |object: &MovableObject| MapFeature {
        id: Some(object.id.to_string()),
        kind: FeatureKind::Object,
        name: None,
        presence: Some(f64::from(object.presence) / 100.0),
        polygon: polygon(&object.outline),
    };
    list.objects.iter().map(feature).collect()
}

/// The things, the largest first.
pub(crate) fn object_bodies(list: ObjectList) -> Vec<ObjectBody> {
    list.objects.into_iter().map(ObjectBody::from).collect()
}

impl ObjectsBody {
    fn new(floor: FloorId, list: ObjectList) -> Self {
        Self {
            floor,
            version: list.n,
            items: object_bodies(list),
        }
    }
}

impl From<MovableObject> for ObjectBody {
    fn from(object: MovableObject) -> Self {
        Self {
            id: object.id,
            outline: object.outline.into_iter().map(CornerBody::from).collect(),
            presence: object.presence,
            first_seen: object.first_seen.into(),
            last_seen: object.last_seen.into(),
        }
    }
}
