//! Who did what with a home.

use axum::Json;
use axum::extract::State;
use domain::access::{HomeScope, Principal};
use domain::access_log::{AccessAction, AccessEntry};
use domain::home::Name;
use domain::id::PersonId;
use domain::usecase::Actor;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{AsOwner, HomeOf, QueryOf};
use crate::lists::{ListOf, PageQuery};
use crate::problem::{Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// What was done.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ActionBody {
    /// Somebody was asked in.
    Invited,
    /// They accepted an invitation.
    Joined,
    /// They left.
    Left,
    /// Somebody's membership was ended.
    Removed,
    /// The home was handed on.
    HandedOn,
    /// A robot was paired.
    Paired,
    /// A robot was unpaired.
    Unpaired,
    /// A robot's settings were changed.
    SettingsChanged,
    /// The home's data was taken along.
    Exported,
    /// Floors were brought from elsewhere.
    Imported,
}

/// An entry of the access log; kept for 180 days.
#[derive(Serialize, ToSchema)]
struct AccessEntryBody {
    at: Rfc3339,
    #[schema(value_type = String)]
    person: PersonId,
    /// What the owner called them then; null for who made the home.
    who: Option<String>,
    /// Whether it was the caller.
    you: bool,
    action: ActionBody,
    /// The person or robot that it was done to.
    subject: Option<String>,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Notes what the caller has done.
pub(crate) async fn note(
    state: &ApiState,
    scope: &HomeScope,
    who: &Principal,
    action: AccessAction,
    subject: Option<Name>,
) {
    let actor = state.services.access_log.actor(scope, who.person).await;
    let actor = actor.unwrap_or(Actor {
        person: who.person,
        name: None,
    });
    note_of(state, scope, actor, action, subject).await;
}

/// Notes what somebody has done who may be a member no more.
pub(crate) async fn note_of(
    state: &ApiState,
    scope: &HomeScope,
    actor: Actor,
    action: AccessAction,
    subject: Option<Name>,
) {
    let (log, now) = (&state.services.access_log, state.now());
    log.log_access(scope, actor, action, subject, now, rand::random())
        .await;
}

/// Who did what with a home of one's own, newest first: members who came and went, robots, settings, exports.
#[utoipa::path(
    get, path = "/v1/homes/{home}/access-log", tag = "homes", params(("home" = String, Path), PageQuery),
    responses((status = 200, body = ListOf<AccessEntryBody>), (status = "default", body = ProblemBody))
)]
async fn list(
    State(state): State<ApiState>,
    home: HomeOf<AsOwner>,
    QueryOf(page): QueryOf<PageQuery>,
) -> Result<Json<ListOf<AccessEntryBody>>, Problem> {
    let entries = state
        .services
        .access_log
        .entries(&home.scope, &page.request())
        .await?;
    let you = home.principal.person;
    Ok(Json(entries.map(|entry| AccessEntryBody::new(entry, you)).into()))
}

impl AccessEntryBody {
    fn new(entry: AccessEntry, caller: PersonId) -> Self {
        let text = |name: Name| name.as_str().to_owned();
        Self {
            at: entry.at.into(),
            person: entry.person,
            who: entry.who.map(text),
            you: entry.person == caller,
            action: entry.action.into(),
            subject: entry.subject.map(text),
        }
    }
}

impl From<AccessAction> for ActionBody {
    fn from(action: AccessAction) -> Self {
        match action {
            AccessAction::Invited => Self::Invited,
            AccessAction::Joined => Self::Joined,
            AccessAction::Left => Self::Left,
            AccessAction::Removed => Self::Removed,
            AccessAction::HandedOn => Self::HandedOn,
            AccessAction::Paired => Self::Paired,
            AccessAction::Unpaired => Self::Unpaired,
            AccessAction::SettingsChanged => Self::SettingsChanged,
            AccessAction::Exported => Self::Exported,
            AccessAction::Imported => Self::Imported,
        }
    }
}
