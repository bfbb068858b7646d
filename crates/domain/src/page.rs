//! Lists in pages: every list of the store and of the API is cut by a cursor.

/// The most items that one page may have.
pub const MAX_PAGE: usize = 100;

/// Where a list goes on; opaque to everybody but the store that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    limit: usize,
    /// Where to go on; the beginning when absent.
    pub cursor: Option<Cursor>,
}

impl PageRequest {
    /// Asks for `limit` items, at least one and at most [`MAX_PAGE`], from `cursor` on.
    pub fn new(limit: usize, cursor: Option<Cursor>) -> Self {
        Self {
            limit: limit.clamp(1, MAX_PAGE),
            cursor,
        }
    }

    /// The first page, as long as a page may be.
    pub fn first() -> Self {
        Self::new(MAX_PAGE, None)
    }

    /// How many items at most; between 1 and [`MAX_PAGE`].
    pub fn limit(&self) -> usize {
        self.limit
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the list goes on; absent at its end.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The same page with every item turned into another.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(turn).collect(),
            next: self.next,
        }
    }
}

/// All items of a list, page after page.
pub async fn every<T, E, F>(read: impl Fn(PageRequest) -> F) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<Page<T>, E>>,
{
    let mut all = Vec::new();
    let mut page = PageRequest::first();
    loop {
        let Page { items, next } = read(page).await?;
        all.extend(items);
        match next {
            Some(cursor) => page = PageRequest::new(MAX_PAGE, Some(cursor)),
            None => return Ok(all),
        }
    }
}
