//! Ids in paths.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use domain::id::{ClaimId, CommandId, FloorId, HomeId, LeaseId, PersonId, RobotId, RoomId, RunId};
use http::request::Parts;

use crate::problem::Problem;
use crate::state::ApiState;

/// An id that stands in the path under the name of its kind.
pub(crate) trait Named: FromStr {
    /// The name of the path's parameter, and of the kind in messages.
    const NAME: &'static str;
}

macro_rules! named {
    ($($id:ty => $name:literal),* $(,)?) => {
        $(impl Named for $id {
            const NAME: &'static str = $name;
        })*
    };
}

named! {
    ClaimId => "claim",
    CommandId => "command",
    FloorId => "floor",
    HomeId => "home",
    LeaseId => "lease",
    PersonId => "person",
    RobotId => "robot",
    RoomId => "room",
    RunId => "run",
}

/// The id of the path; a text that is no id is answered as an id that is not known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PathId<T>(pub(crate) T);

impl<T: Named> FromRequestParts<ApiState> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let missing = || Problem::not_found(T::NAME);
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| missing())?;
        let text = params.iter().find(|(name, _)| *name == T::NAME);
        let id = text.and_then(|(_, text)| text.parse().ok());
        id.map(Self).ok_or_else(missing)
    }
}
