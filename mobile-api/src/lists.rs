//! Lists in pages.

use domain::page::{Cursor, MAX_PAGE, Page, PageRequest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many items a page has unless the caller says otherwise.
pub(crate) const DEFAULT_PAGE: usize = 50;

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
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where the page before this one ended.
    cursor: Option<String>,
}

impl PageQuery {
    /// The request; a limit out of range counts as the nearest in it.
    pub(crate) fn request(self) -> PageRequest {
        let limit = self.limit.unwrap_or(DEFAULT_PAGE).min(MAX_PAGE);
        PageRequest::new(limit, self.cursor.map(Cursor))
    }
}
