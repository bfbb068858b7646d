//! A home's data leaves with its owner, and comes to another installation.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::FieldError;
use domain::access::HomeScope;
use domain::access_log::AccessAction;
use domain::home::Floor;
use domain::id::FloorId;
use domain::keepsake::{Keepsake, MAX_BROUGHT_FLOORS};
use domain::page::every;
use domain::ports::StoreError;
use domain::robot::Robot;
use domain::run::Run;
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use mapping::formats::geojson;
use mapping::formats::png_map::draw_view;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access_log::note;
use super::floors::PNG_SCALE;
use crate::archive::document::{FloorDocument, HomeDocument, MemberDocument, RobotDocument, hex};
use crate::archive::{FloorFiles, MAX_ARCHIVE_BYTES, ReadError, WriteError, read, write};
use crate::binary::Binary;
use crate::extract::{AsOwner, HomeOf};
use crate::feature_map::features;
use crate::problem::{Code, Problem, ProblemBody};
use crate::state::ApiState;

const ZIP: &str = "application/zip";

/// What was brought into a home.
#[derive(Serialize, ToSchema)]
struct Imported {
    floors: Vec<ImportedFloor>,
}

/// A floor that was brought.
#[derive(Serialize, ToSchema)]
struct ImportedFloor {
    #[schema(value_type = String)]
    id: FloorId,
    name: String,
    /// SHA-256, hex, of its map's evidence: the one that its archive named.
    map_sha256: String,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(export))
        .routes(routes!(import))
}

/// All data of a home of one's own in one zip archive: the home, its members' roles, its robots and their settings, its
/// runs with their tracks (`home.json`), and each floor with all evidence (`floor.json`), as GeoJSON and as a picture.
#[utoipa::path(
    get, path = "/v1/homes/{home}/export", tag = "homes", params(("home" = String, Path)),
    responses((status = 200, body = Binary, content_type = "application/zip"), (status = "default", body = ProblemBody))
)]
async fn export(State(state): State<ApiState>, home: HomeOf<AsOwner>) -> Result<Response, Problem> {
    let archive = archive(&state, &home.scope).await?;
    note(&state, &home.scope, &home.principal, AccessAction::Exported, None).await;
    let headers = [
        (CONTENT_TYPE, ZIP.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.zip\"", home.scope.home()),
        ),
    ];
    Ok((headers, archive).into_response())
}

/// Bring the floors of an archive into a home of one's own that has none, with their maps as they were.
///
/// Robots, runs and members stay where they are. A home that has floors is a `conflict`.
#[utoipa::path(
    post, path = "/v1/homes/{home}/import", tag = "homes", params(("home" = String, Path)),
    request_body(content = Binary, content_type = "application/zip"),
    responses((status = 201, body = Imported), (status = "default", body = ProblemBody))
)]
async fn import(
    State(state): State<ApiState>,
    home: HomeOf<AsOwner>,
    body: Body,
) -> Result<(StatusCode, Json<Imported>), Problem> {
    let services = &state.services;
    if !floors(&state, &home.scope).await?.is_empty() {
        return Err(Problem::new(Code::Conflict, "the home has floors already"));
    }
    let too_large = |_| Problem::from(ReadError::TooLarge);
    let bytes = to_bytes(body, MAX_ARCHIVE_BYTES).await.map_err(too_large)?;
    let documents = read(&bytes)?;
    if documents.is_empty() || documents.len() > MAX_BROUGHT_FLOORS {
        let reason = format!(
            "must hold 1 to {MAX_BROUGHT_FLOORS} floors, holds {}",
            documents.len()
        );
        return Err(FieldError::new("body", reason).into());
    }
    let keepsakes = documents
        .into_iter()
        .map(|floor| floor.keepsake(FloorId::new(state.now(), rand::random())))
        .collect::<Result<Vec<_>, _>>()?;
    services.keepsakes.bring_floors(&home.scope, &keepsakes).await?;
    note(&state, &home.scope, &home.principal, AccessAction::Imported, None).await;
    let floors = keepsakes.iter().map(ImportedFloor::from).collect();
    Ok((StatusCode::CREATED, Json(Imported { floors })))
}

async fn archive(state: &ApiState, scope: &HomeScope) -> Result<Vec<u8>, Problem> {
    let services = &state.services;
    let home = services.homes.home(scope).await?;
    let home = home.ok_or_else(|| Problem::not_found("home"))?;
    let mut document = HomeDocument::new(home, state.now());
    document.members = members(state, scope).await?;
    let robots = every(|page| async move { services.robots.robots(scope, &page).await }).await?;
    for robot in &robots {
        document.robots.extend(robot_document(state, robot).await?);
        document.runs.extend(runs(state, scope, robot).await?);
    }
    let floors = floors(state, scope).await?;
    document.floors = floors.iter().map(|floor| floor.id).collect();
    let mut files = Vec::with_capacity(floors.len());
    for floor in &floors {
        files.extend(floor_files(state, scope, floor).await?);
    }
    match write(&document, &files) {
        Err(WriteError::TooLarge) => Ok(write(&document.without_tracks(), &files)?),
        written => Ok(written?),
    }
}

/// What the archive has of a floor; nothing of one without a map.
async fn floor_files(
    state: &ApiState,
    scope: &HomeScope,
    floor: &Floor,
) -> Result<Option<FloorFiles>, Problem> {
    let services = &state.services;
    let Some(map) = services.floors.floor_map(scope, floor.id).await? else {
        return Ok(None);
    };
    let evidence = services.deriving.votes(scope, floor.id).await?;
    let objects = services.floors.objects(scope, floor.id).await?;
    let picture = draw_view(&map.view, PNG_SCALE)
        .map_err(|error| Problem::new(Code::Internal, "the map cannot be drawn").because(error))?;
    Ok(Some(FloorFiles {
        id: floor.id,
        geojson: geojson::write(&features(&map, &objects)),
        picture,
        document: FloorDocument::new(floor, &evidence, &map, objects),
    }))
}

async fn floors(state: &ApiState, scope: &HomeScope) -> Result<Vec<Floor>, StoreError> {
    let homes = &state.services.homes;
    every(|page| async move { homes.floors(scope, &page).await }).await
}

async fn members(state: &ApiState, scope: &HomeScope) -> Result<Vec<MemberDocument>, Problem> {
    let members = state.services.members.members(scope).await?;
    let of = members.into_iter().map(|member| MemberDocument {
        role: member.role,
        ends_at: member.ends_at,
    });
    Ok(of.collect())
}

async fn robot_document(state: &ApiState, robot: &Robot) -> Result<Option<RobotDocument>, Problem> {
    let Some(pairing) = &robot.pairing else {
        return Ok(None);
    };
    let settings = state.services.settings.settings(robot.id).await?;
    Ok(Some(RobotDocument {
        id: robot.id,
        name: pairing.name.clone(),
        paired_at: pairing.paired_at,
        preferences: settings.map(|settings| settings.preferences),
    }))
}

/// The runs with their reports, which lists leave out.
async fn runs(state: &ApiState, scope: &HomeScope, robot: &Robot) -> Result<Vec<Run>, Problem> {
    let runs = &state.services.runs;
    let all: Vec<Run> = every(|page| async move { runs.runs(scope, robot.id, &page).await }).await?;
    Ok(all)
}

impl From<&Keepsake> for ImportedFloor {
    fn from(keepsake: &Keepsake) -> Self {
        let floor = keepsake.floor();
        Self {
            id: floor.id,
            name: floor.name.as_str().to_owned(),
            map_sha256: hex(&keepsake.evidence().digest()),
        }
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::TooLarge => Self::new(Code::PayloadTooLarge, error.to_string()),
            WriteError::Document(_) | WriteError::Archive(_) | WriteError::File(_) => {
                Self::new(Code::Internal, "the archive cannot be written").because(error)
            }
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TooLarge => Self::new(Code::PayloadTooLarge, error.to_string()),
            ReadError::Refused(error) => error.into(),
        }
    }
}
