//! Floors and their maps.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::id::FloorId;
use domain::page::Page;
use futures_util::future::try_join_all;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderMap, StatusCode};
use mapping::class_grid::ClassGrid;
use mapping::formats::geojson;
use mapping::formats::png_map::draw_view;
use mapping::formats::valetudo::ValetudoMap;
use mapping::grid::Grid;
use mapping::view::FloorView;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::map_body::FloorMapBody;
use crate::extract::{AsGuest, HomeOf, PathId, QueryOf};
use crate::feature_map::features;
use crate::lists::{ListOf, PageQuery};
use crate::negotiation::negotiate;
use crate::problem::{Code, Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// Pixels on each side of a cell in pictures.
pub(crate) const PNG_SCALE: usize = 4;

/// A floor of a home.
#[derive(Serialize, ToSchema)]
struct FloorBody {
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
    ("application/geo+json", Form::GeoJson),
    ("application/vnd.valetudo.map+json", Form::Valetudo),
];

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(map))
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
    let items = floors.items.iter().zip(folds).map(|(floor, fold)| FloorBody {
        id: floor.id,
        name: floor.name.as_str().to_owned(),
        created_at: floor.created_at.into(),
        votes: fold.closed,
    });
    let items = items.collect();
    Ok(Json(
        Page {
            items,
            next: floors.next,
        }
        .into(),
    ))
}

/// The map of a floor, as JSON, a picture, GeoJSON in metres or a Valetudo map; the ETag changes with every run.
#[utoipa::path(
    get, path = "/v1/homes/{home}/floors/{floor}/map", tag = "floors",
    params(
        ("home" = String, Path), ("floor" = String, Path),
        ("If-None-Match" = Option<String>, Header, description = "the ETag of what is known already")
    ),
    responses(
        (status = 200, headers(("ETag" = String)), content(
            (FloorMapBody = "application/json"), (Vec<u8> = "image/png"),
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
    let known = state.services.homes.floor(&home.scope, floor).await?;
    known.ok_or_else(|| Problem::not_found("floor"))?;
    let (version, view) = match state.services.maps.view(&home.scope, floor).await? {
        Some(stored) => stored,
        None => (0, empty_view()?),
    };
    let tag = form.tag(version);
    let caching = [
        (ETAG, tag.clone()),
        (VARY, "Accept".to_owned()),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, form.write(floor, version, &view)?).into_response())
}

/// The view of a floor before its first vote.
fn empty_view() -> Result<FloorView, Problem> {
    FloorView::new(&ClassGrid::empty(), &Grid::empty()).map_err(|error| no_form(error.into()))
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

fn no_form(error: Box<dyn std::error::Error + Send + Sync>) -> Problem {
    Problem::new(Code::Internal, "the map cannot be shown in this form").because(error)
}

impl Form {
    /// One tag for each form, since equal tags mean equal bytes.
    fn tag(self, version: u32) -> String {
        match self {
            Self::Json => format!("\"{version}\""),
            Self::Png => format!("\"{version}-png\""),
            Self::GeoJson => format!("\"{version}-geojson\""),
            Self::Valetudo => format!("\"{version}-valetudo\""),
        }
    }

    fn write(self, floor: FloorId, version: u32, view: &FloorView) -> Result<Response, Problem> {
        Ok(match self {
            Self::Json => Json(FloorMapBody::new(floor, version, view)).into_response(),
            Self::Png => {
                let picture = draw_view(view, PNG_SCALE).map_err(|error| no_form(error.into()))?;
                ([(CONTENT_TYPE, "image/png")], picture).into_response()
            }
            Self::GeoJson => (
                [(CONTENT_TYPE, "application/geo+json")],
                geojson::write(&features(view)),
            )
                .into_response(),
            Self::Valetudo => {
                let json = ValetudoMap::from_view(view, &[])
                    .write()
                    .map_err(|error| no_form(error.into()))?;
                ([(CONTENT_TYPE, "application/vnd.valetudo.map+json")], json).into_response()
            }
        })
    }
}
