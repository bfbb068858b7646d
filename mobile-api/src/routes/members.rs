//! Who belongs to a home: invitations, members, and handing the home on.

use axum::Json;
use axum::extract::State;
use domain::access::HomeScope;
use domain::access_log::AccessAction;
use domain::home::{Name, Role};
use domain::id::{HomeId, PersonId};
use domain::member::{Invitation, InvitationCode, Member, Stay};
use domain::usecase::UseCaseError;
use domain::{FieldError, Timestamp};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access_log::{note, note_of};
use super::homes::RoleBody;
use crate::extract::{AsGuest, AsOwner, Caller, HomeOf, JsonBody, PathId};
use crate::problem::{Code, Problem, ProblemBody};
use crate::rfc3339::Rfc3339;
use crate::state::ApiState;

/// What somebody is asked in as.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum InvitedAs {
    /// May see, start, stop and change settings.
    Member,
    /// May see, start and stop, until `ends_at`.
    Guest,
}

/// An invitation to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitation {
    /// What the owner calls who is asked, 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    role: InvitedAs,
    /// When a guest's stay ends, within a year; for guests alone, who need it.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<String>,
}

/// An open invitation.
#[derive(Serialize, ToSchema)]
struct InvitationBody {
    /// What is handed on, such as `ABCD-1234`; good once.
    code: String,
    name: String,
    role: RoleBody,
    ends_at: Option<Rfc3339>,
    expires_at: Rfc3339,
}

/// A code that somebody was given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Acceptance {
    code: String,
}

/// What the caller belongs to now.
#[derive(Serialize, ToSchema)]
struct Accepted {
    #[schema(value_type = String)]
    home: HomeId,
    role: RoleBody,
}

/// A member of a home.
#[derive(Serialize, ToSchema)]
struct MemberBody {
    #[schema(value_type = String)]
    id: PersonId,
    /// What the owner calls them; null for who made the home.
    name: Option<String>,
    role: RoleBody,
    /// When a guest's stay ends.
    ends_at: Option<Rfc3339>,
    /// Whether it is the caller.
    you: bool,
}

/// All members of a home, 32 at most.
#[derive(Serialize, ToSchema)]
struct Members {
    items: Vec<MemberBody>,
}

/// Who shall own the home.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Heir {
    /// A member of the home.
    to: String,
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(invite))
        .routes(routes!(accept))
        .routes(routes!(list))
        .routes(routes!(remove))
        .routes(routes!(hand_on))
}

/// Ask somebody into a home of one's own; whoever types the code within a day is in.
#[utoipa::path(
    post, path = "/v1/homes/{home}/invitations", tag = "members", params(("home" = String, Path)),
    request_body = NewInvitation,
    responses((status = 201, body = InvitationBody), (status = "default", body = ProblemBody))
)]
async fn invite(
    State(state): State<ApiState>,
    home: HomeOf<AsOwner>,
    JsonBody(wanted): JsonBody<NewInvitation>,
) -> Result<(StatusCode, Json<InvitationBody>), Problem> {
    let now = state.now();
    let stay = wanted.stay(now)?;
    let name = Name::new("name", &wanted.name)?;
    let code = InvitationCode::new(rand::random());
    let members = &state.services.members;
    let invitation = members.invite(&home.scope, code, name, stay, now).await?;
    let asked = Some(invitation.name.clone());
    note(&state, &home.scope, &home.principal, AccessAction::Invited, asked).await;
    Ok((StatusCode::CREATED, Json(invitation.into())))
}

/// Accept an invitation.
///
/// A code that is unknown, expired or used is `invitation_unknown`; after ten of them within five minutes one waits.
#[utoipa::path(
    post, path = "/v1/invitations/accept", tag = "members", request_body = Acceptance,
    responses((status = 200, body = Accepted), (status = "default", body = ProblemBody))
)]
async fn accept(
    State(state): State<ApiState>,
    Caller(principal): Caller,
    JsonBody(given): JsonBody<Acceptance>,
) -> Result<Json<Accepted>, Problem> {
    let code: InvitationCode = given.code.parse()?;
    let (now, person) = (state.now(), principal.person.to_string());
    state.failed_claims.check(&person, now)?;
    let accepted = state.services.members.accept(principal.person, &code, now).await;
    let membership = accepted.map_err(|error| match error {
        UseCaseError::NotFound { .. } => {
            state.failed_claims.fail(&person, now);
            Problem::new(Code::InvitationUnknown, "no open invitation has this code")
        }
        other => other.into(),
    })?;
    if let Some(scope) = HomeScope::of_member(&membership, Role::Guest) {
        note(&state, &scope, &principal, AccessAction::Joined, None).await;
    }
    Ok(Json(Accepted {
        home: membership.home,
        role: membership.role.into(),
    }))
}

/// The members of a home.
#[utoipa::path(
    get, path = "/v1/homes/{home}/members", tag = "members", params(("home" = String, Path)),
    responses((status = 200, body = Members), (status = "default", body = ProblemBody))
)]
async fn list(State(state): State<ApiState>, home: HomeOf<AsGuest>) -> Result<Json<Members>, Problem> {
    let members = state.services.members.members(&home.scope).await?;
    let you = home.principal.person;
    let items = members
        .into_iter()
        .map(|member| MemberBody::new(member, you))
        .collect();
    Ok(Json(Members { items }))
}

/// Leave a home, or as its owner end somebody else's membership; it ends at once, and so do their live views.
///
/// The owner cannot leave (`owner_stays`).
#[utoipa::path(
    delete, path = "/v1/homes/{home}/members/{person}", tag = "members",
    params(("home" = String, Path), ("person" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
async fn remove(
    State(state): State<ApiState>,
    home: HomeOf<AsGuest>,
    PathId(person): PathId<PersonId>,
) -> Result<StatusCode, Problem> {
    if person != home.principal.person && !home.is_owners() {
        return Err(Problem::not_found("member"));
    }
    let log = &state.services.access_log;
    let caller = log.actor(&home.scope, home.principal.person).await?;
    let gone = log.actor(&home.scope, person).await?;
    state.services.members.remove(&home.scope, person).await?;
    let leasing = &state.services.leasing;
    leasing.end_all(&home.scope, person, state.now()).await?;
    let (action, subject) = if person == home.principal.person {
        (AccessAction::Left, None)
    } else {
        (AccessAction::Removed, gone.name)
    };
    note_of(&state, &home.scope, caller, action, subject).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a member the owner of the home; who was it stays as a member.
#[utoipa::path(
    post, path = "/v1/homes/{home}/transfer", tag = "members", params(("home" = String, Path)), request_body = Heir,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
async fn hand_on(
    State(state): State<ApiState>,
    home: HomeOf<AsOwner>,
    JsonBody(heir): JsonBody<Heir>,
) -> Result<StatusCode, Problem> {
    let to = heir
        .to
        .parse::<PersonId>()
        .map_err(|error| FieldError::new("to", error.to_string()))?;
    let members = &state.services.members;
    members.hand_on(&home.scope, home.principal.person, to).await?;
    let heir = state.services.access_log.actor(&home.scope, to).await?;
    note(
        &state,
        &home.scope,
        &home.principal,
        AccessAction::HandedOn,
        heir.name,
    )
    .await;
    Ok(StatusCode::NO_CONTENT)
}

impl NewInvitation {
    fn stay(&self, now: Timestamp) -> Result<Stay, FieldError> {
        match (self.role, self.ends_at.as_deref()) {
            (InvitedAs::Member, None) => Ok(Stay::Member),
            (InvitedAs::Guest, Some(ends_at)) => Stay::guest(instant(ends_at)?, now),
            (InvitedAs::Member, Some(_)) => Err(FieldError::new("ends_at", "is for guests alone")),
            (InvitedAs::Guest, None) => Err(FieldError::new("ends_at", "is needed for a guest")),
        }
    }
}

fn instant(text: &str) -> Result<Timestamp, FieldError> {
    let wrong = |_| FieldError::new("ends_at", "must be a time such as 2026-12-24T18:00:00Z");
    let instant: jiff::Timestamp = text.parse().map_err(wrong)?;
    Ok(Timestamp::from_millis(instant.as_millisecond()))
}

impl From<Invitation> for InvitationBody {
    fn from(invitation: Invitation) -> Self {
        Self {
            code: invitation.code.to_string(),
            name: invitation.name.as_str().to_owned(),
            role: invitation.stay.role().into(),
            ends_at: invitation.stay.ends_at().map(Rfc3339::from),
            expires_at: invitation.expires_at.into(),
        }
    }
}

impl MemberBody {
    fn new(member: Member, caller: PersonId) -> Self {
        Self {
            id: member.person,
            name: member.name.map(|name| name.as_str().to_owned()),
            role: member.role.into(),
            ends_at: member.ends_at.map(Rfc3339::from),
            you: member.person == caller,
        }
    }
}
