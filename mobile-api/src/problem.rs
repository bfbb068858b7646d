//! Errors as callers see them: RFC 9457 problem documents, one code each.

use std::error::Error;
use std::time::Duration;

use access::Throttled;
use axum::Json;
use axum::response::{IntoResponse, Response};
use domain::FieldError;
use domain::id::RunId;
use domain::ports::{DeviceError, StoreError};
use domain::usecase::{MemberError, UseCaseError};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use mapping::rooms::RoomEditError;
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of problems (RFC 9457).
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";
/// How long a caller shall wait after an outage of a service behind the API, in seconds.
const OUTAGE_RETRY_SECONDS: u32 = 1;

/// What went wrong, in a word that programs can match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Something of the request cannot be used.
    InvalidRequest,
    /// There is no token, or not a good one.
    Unauthorized,
    /// E-mail and password do not fit.
    WrongCredentials,
    /// The refresh token is not good any more.
    InvalidGrant,
    /// The caller may not do this at all.
    Forbidden,
    /// It is not there, or not for this caller.
    NotFound,
    /// No open claim has this code.
    ClaimUnknown,
    /// No open invitation has this code.
    InvitationUnknown,
    /// This installation has no live view.
    LiveUnavailable,
    /// This installation provisions no robots with claims.
    ProvisioningUnavailable,
    /// The path does not know the method.
    MethodNotAllowed,
    /// None of the wanted types is offered.
    NotAcceptable,
    /// The robot is not connected.
    RobotOffline,
    /// A run is under way.
    RobotBusy,
    /// The rooms are not the ones that the caller read.
    RoomsChanged,
    /// The caller owns as many homes as one may.
    TooManyHomes,
    /// Others belong to homes that only the caller owns.
    HomesShared,
    /// The caller is a member already.
    AlreadyMember,
    /// The owner cannot leave.
    OwnerStays,
    /// The home has as many members as one may have.
    TooManyMembers,
    /// The home can be handed on to a member alone.
    NotAMember,
    /// The map allows no plan for what was asked.
    NoPlan,
    /// Somebody else wrote at the same time.
    Conflict,
    /// The claim has ended.
    ClaimGone,
    /// What was changed is not what the caller read.
    PreconditionFailed,
    /// More bytes than are taken.
    PayloadTooLarge,
    /// The body is not JSON.
    UnsupportedMediaType,
    /// The idempotency key stands for another request.
    IdempotencyKeyReused,
    /// The rooms do not lie side by side.
    RoomsNotAdjacent,
    /// The line leaves the room in one piece.
    LineDividesNothing,
    /// The request has to say what it was made from.
    PreconditionRequired,
    /// More attempts, commands or changes than a person makes.
    TooManyRequests,
    /// A fault on this side.
    Internal,
    /// A service behind the API did not answer.
    Unavailable,
}

impl Code {
    fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest | Self::InvalidGrant => StatusCode::BAD_REQUEST,
            Self::Unauthorized | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound
            | Self::ClaimUnknown
            | Self::InvitationUnknown
            | Self::LiveUnavailable
            | Self::ProvisioningUnavailable => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::RobotOffline
            | Self::RobotBusy
            | Self::RoomsChanged
            | Self::TooManyHomes
            | Self::HomesShared
            | Self::AlreadyMember
            | Self::OwnerStays
            | Self::TooManyMembers
            | Self::NotAMember
            | Self::NoPlan
            | Self::Conflict => StatusCode::CONFLICT,
            Self::ClaimGone => StatusCode::GONE,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::IdempotencyKeyReused | Self::RoomsNotAdjacent | Self::LineDividesNothing => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request cannot be used",
            Self::Unauthorized => "Sign in first",
            Self::WrongCredentials => "Wrong e-mail or password",
            Self::InvalidGrant => "The session has ended",
            Self::Forbidden => "Not for this caller",
            Self::NotFound => "Not found",
            Self::ClaimUnknown => "Unknown claim code",
            Self::InvitationUnknown => "Unknown invitation",
            Self::LiveUnavailable => "No live view",
            Self::ProvisioningUnavailable => "No provisioning",
            Self::MethodNotAllowed => "Method not allowed",
            Self::NotAcceptable => "No acceptable form",
            Self::RobotOffline => "The robot is offline",
            Self::RobotBusy => "The robot is busy",
            Self::RoomsChanged => "The rooms have changed",
            Self::TooManyHomes => "Too many homes",
            Self::HomesShared => "Others belong to your homes",
            Self::AlreadyMember => "A member already",
            Self::OwnerStays => "The owner stays",
            Self::TooManyMembers => "Too many members",
            Self::NotAMember => "Not a member",
            Self::NoPlan => "No plan",
            Self::Conflict => "Changed at the same time",
            Self::ClaimGone => "The claim has ended",
            Self::PreconditionFailed => "Changed by somebody else",
            Self::PayloadTooLarge => "Too large",
            Self::UnsupportedMediaType => "Unsupported media type",
            Self::IdempotencyKeyReused => "Idempotency key reused",
            Self::RoomsNotAdjacent => "The rooms are not adjacent",
            Self::LineDividesNothing => "The line divides nothing",
            Self::PreconditionRequired => "If-Match is required",
            Self::TooManyRequests => "Too many requests",
            Self::Internal => "Internal error",
            Self::Unavailable => "Temporarily unavailable",
        }
    }
}

/// An error for the caller, with what only the log shall know beside it.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    detail: String,
    field: Option<String>,
    run: Option<RunId>,
    retry_seconds: Option<u32>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// A problem as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// `urn:sweepline:problem:` and the code.
    r#type: String,
    /// What kind of problem it is, always the same for a code.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this request.
    detail: String,
    /// What kind of problem it is, for programs.
    code: Code,
    /// The field that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The run that keeps the robot busy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    run: Option<RunId>,
}

impl Problem {
    /// A problem whose text for the caller is `detail`.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            field: None,
            run: None,
            retry_seconds: None,
            cause: None,
        }
    }

    /// Something that is not there, or not for this caller: the answer is the same.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("there is no such {what}"))
    }

    /// The same problem with what the log shall know.
    pub(crate) fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    fn unavailable(what: &str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut problem =
            Self::new(Code::Unavailable, format!("{what} does not answer, try again")).because(cause);
        problem.retry_seconds = Some(OUTAGE_RETRY_SECONDS);
        problem
    }

    /// The API has as much to do as it can; the caller shall come again after so long.
    pub fn busy(retry_after: Duration) -> Self {
        let detail = format!(
            "too many requests are under way, wait {} seconds",
            retry_after.as_secs()
        );
        Self::too_many(detail, retry_after)
    }

    fn too_many(detail: String, retry_after: Duration) -> Self {
        let mut problem = Self::new(Code::TooManyRequests, detail);
        let seconds = retry_after.as_millis().div_ceil(1000);
        problem.retry_seconds = Some(u32::try_from(seconds).unwrap_or(u32::MAX));
        problem
    }

    fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal, "something went wrong on our side").because(cause)
    }

    fn log(&self) {
        let mut cause = String::new();
        let mut next: Option<&dyn Error> = self.cause.as_deref().map(|error| error as _);
        while let Some(error) = next {
            cause = if cause.is_empty() {
                error.to_string()
            } else {
                format!("{cause}: {error}")
            };
            next = error.source();
        }
        if self.code.status().is_server_error() {
            tracing::error!(code = ?self.code, cause, "request failed");
        } else if !cause.is_empty() {
            tracing::info!(code = ?self.code, cause, "request refused");
        }
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        let mut problem = Self::new(Code::InvalidRequest, error.to_string());
        problem.field = Some(error.field);
        problem
    }
}

impl From<Throttled> for Problem {
    fn from(throttled: Throttled) -> Self {
        Self::too_many(throttled.to_string(), throttled.retry_after)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { what } => {
                let detail = format!("the {what} was changed by somebody else at the same time, try again");
                Self::new(Code::Conflict, detail)
            }
            StoreError::BadCursor => FieldError::new("cursor", "does not belong to this list").into(),
            StoreError::TooLarge { what, limit, .. } => Self::new(
                Code::PayloadTooLarge,
                format!("the {what} has more than {limit} bytes"),
            ),
            StoreError::Unavailable(_) => Self::unavailable("the store", error),
            StoreError::Corrupt { .. } | StoreError::Refused(_) => Self::internal(error),
        }
    }
}

impl From<DeviceError> for Problem {
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::BadRequest { reason } => FieldError::new("csr", reason).into(),
            DeviceError::TooLarge { .. } => Self::new(Code::PayloadTooLarge, error.to_string()),
            DeviceError::Unavailable(_) => Self::unavailable("the way to the robots", error),
            DeviceError::Refused(_) => Self::internal(error),
        }
    }
}

impl From<RoomEditError> for Problem {
    fn from(error: RoomEditError) -> Self {
        let detail = error.to_string();
        let (code, field) = match error {
            RoomEditError::UnknownRoom(_) => return Self::new(Code::RoomsChanged, detail),
            RoomEditError::SameRoom(_) | RoomEditError::NotAdjacent(..) => (Code::RoomsNotAdjacent, "rooms"),
            RoomEditError::DoesNotDivide(_) => (Code::LineDividesNothing, "line"),
            RoomEditError::TooManyRooms => (Code::InvalidRequest, "line"),
        };
        let mut problem = Self::new(code, detail);
        problem.field = Some(field.to_owned());
        problem
    }
}

impl From<MemberError> for Problem {
    fn from(error: MemberError) -> Self {
        let code = match error {
            MemberError::AlreadyMember => Code::AlreadyMember,
            MemberError::OwnerStays => Code::OwnerStays,
            MemberError::TooManyMembers => Code::TooManyMembers,
            MemberError::NotAMember => Code::NotAMember,
        };
        Self::new(code, error.to_string())
    }
}

impl From<UseCaseError> for Problem {
    fn from(error: UseCaseError) -> Self {
        let detail = error.to_string();
        match error {
            UseCaseError::Refused(error) => error.into(),
            UseCaseError::NotFound { what } => Self::not_found(what),
            // A robot in quarantine is cut off.
            UseCaseError::RobotOffline | UseCaseError::Quarantined { .. } => {
                Self::new(Code::RobotOffline, detail)
            }
            UseCaseError::RobotBusy { run } => {
                let mut problem = Self::new(Code::RobotBusy, detail);
                problem.run = run;
                problem
            }
            UseCaseError::TooManyCommands { retry_after } => Self::too_many(detail, retry_after),
            UseCaseError::RoomsChanged => Self::new(Code::RoomsChanged, detail),
            UseCaseError::RoomEdit(error) => error.into(),
            UseCaseError::TooManyHomes => Self::new(Code::TooManyHomes, detail),
            UseCaseError::HomesShared { .. } => Self::new(Code::HomesShared, detail),
            UseCaseError::Members(error) => error.into(),
            UseCaseError::NoPlan(_) => Self::new(Code::NoPlan, detail),
            UseCaseError::KeyReused => Self::new(Code::IdempotencyKeyReused, detail),
            UseCaseError::VersionMismatch => Self::new(Code::PreconditionFailed, detail),
            UseCaseError::Store(error) => error.into(),
            UseCaseError::Device(error) => error.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.log();
        let status = self.code.status();
        let word = serde_json::to_value(self.code).unwrap_or_default();
        let body = ProblemBody {
            r#type: format!("urn:sweepline:problem:{}", word.as_str().unwrap_or_default()),
            title: self.code.title(),
            status: status.as_u16(),
            detail: self.detail,
            code: self.code,
            field: self.field,
            run: self.run,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"sweepline\""),
            );
        }
        if let Some(seconds) = self.retry_seconds {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
