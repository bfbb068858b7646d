//! Lists in pages.

use domain::page::{Cursor, MAX_PAGE, Page, PageRequest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many items a page has unless the caller says otherwise.
const DEFAULT_PAGE: usize = 50;

/// How many items a page has at most, 1 to [`MAX_PAGE`].
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "usize")]
pub(crate) struct Limit(usize);

impl Limit {
    /// The number.
    pub(crate) fn items(self) -> usize {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(DEFAULT_PAGE)
    }
}

impl TryFrom<usize> for Limit {
    type Error = String;

    fn try_from(items: usize) -> Result<Self, String> {
        let is_in_range = (1..=MAX_PAGE).contains(&items);
        is_in_range
            .then_some(Self(items))
            .ok_or_else(|| format!("must be 1 to {MAX_PAGE}, is {items}"))
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListOf<T> {
    /// The items, in the list's order.
    items: Vec<T>,
    /// The cursor of the next page; null at the end.
    next: Option<String>,
}

impl<T> From<Page<T>> for ListOf<T> {
    fn from(page: Page<T>) -> Self {
        Self {
            items: page.items,
            next: page.next.map(|cursor| cursor.0),
        }
    }
}

/// Which page of a list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// How many items at most, 1 to 100; 50 unless given.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 100)]
    limit: Option<Limit>,
    /// Where the page before this one ended.
    cursor: Option<String>,
}

impl PageQuery {
    /// The request.
    pub(crate) fn request(self) -> PageRequest {
        PageRequest::new(self.limit.unwrap_or_default().items(), self.cursor.map(Cursor))
    }
}
