//! Walking lists page by page.

use std::future::Future;

use domain::page::{Page, PageRequest};
use domain::ports::StoreError;

/// All pages of a list, `limit` items each at most.
pub async fn pages<T, F>(limit: usize, read: impl Fn(PageRequest) -> F) -> Vec<Vec<T>>
where
    F: Future<Output = Result<Page<T>, StoreError>>,
{
    let mut pages = Vec::new();
    let mut cursor = None;
    loop {
        let page = read(PageRequest::new(limit, cursor)).await.unwrap();
        assert!(
            page.items.len() <= limit,
            "{} items on a page of {limit}",
            page.items.len()
        );
        pages.push(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return pages;
        }
    }
}
