//! Points in the home frame.

use domain::command::Corner;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A point in the home frame, millimetres.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Corner)]
pub(crate) struct CornerBody {
    /// Out of the dock.
    x: i32,
    /// To the left of the dock.
    y: i32,
}

impl From<Corner> for CornerBody {
    fn from(Corner { x, y }: Corner) -> Self {
        Self { x, y }
    }
}

impl From<CornerBody> for Corner {
    fn from(CornerBody { x, y }: CornerBody) -> Self {
        Self { x, y }
    }
}
