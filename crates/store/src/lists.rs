//! Reading lists: one page of them, or all that there is.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use domain::page::{Page, PageRequest};
use domain::ports::StoreError;

use crate::TableStore;
use crate::error::classify;
use crate::expression::{Expression, names, values};
use crate::item::{Item, is_expired, text};
use crate::keys::{Key, Listing, PARTITION, SORT};
use crate::operations::Read;

/// From which end a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

impl TableStore {
    /// One page of a list, without what has expired; `read` turns each item into what the list is of.
    pub(crate) async fn page<T>(
        &self,
        what: &'static str,
        listing: &Listing,
        order: Order,
        request: &PageRequest,
        read: impl Fn(Item) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let query = self.query(listing, Read::Eventual);
        self.page_of(what, listing, query, order, request, read).await
    }

    /// One page of a list that sees every write that was confirmed before.
    pub(crate) async fn consistent_page<T>(
        &self,
        what: &'static str,
        listing: &Listing,
        order: Order,
        request: &PageRequest,
        read: impl Fn(Item) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let query = self.query(listing, Read::Consistent);
        self.page_of(what, listing, query, order, request, read).await
    }

    async fn page_of<T>(
        &self,
        what: &'static str,
        listing: &Listing,
        query: QueryFluentBuilder,
        order: Order,
        request: &PageRequest,
        read: impl Fn(Item) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let start = request
            .cursor
            .as_ref()
            .map(|cursor| listing.resume(cursor))
            .transpose()?;
        // One more than wanted tells a page that is full from a list that goes on.
        let limit = i32::try_from(request.limit() + 1).unwrap_or(i32::MAX);
        let query = query.limit(limit).scan_index_forward(order == Order::Ascending);
        let answer = query
            .set_exclusive_start_key(start.map(Key::into_item))
            .send()
            .await
            .map_err(classify)?;
        let mut items = answer.items.unwrap_or_default();
        let goes_on = items.len() > request.limit() || answer.last_evaluated_key.is_some();
        items.truncate(request.limit());
        let last = items
            .last()
            .filter(|_| goes_on)
            .map(|item| Key::of(what, item))
            .transpose()?;
        let now = self.now();
        let items = items.into_iter().filter(|item| !is_expired(item, now));
        let items = items.map(read).collect::<Result<_, _>>()?;
        Ok(Page {
            items,
            next: last.as_ref().map(Listing::cursor),
        })
    }

    /// All items of a list that have not expired, by consistent reads.
    pub(crate) async fn all(&self, listing: &Listing) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let query = self.query(listing, Read::Consistent);
            let answer = query
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(classify)?;
            items.extend(answer.items.unwrap_or_default());
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let now = self.now();
        items.retain(|item| !is_expired(item, now));
        Ok(items)
    }

    /// The keys of all items of a partition, expired or not, by consistent reads.
    pub(crate) async fn keys_within(
        &self,
        what: &'static str,
        partition: &str,
    ) -> Result<Vec<Key>, StoreError> {
        let within = Expression::new(format!("#{PARTITION} = :pk")).with("pk", text(partition));
        let keys = Expression::new(format!("#{PARTITION}, #{SORT}"));
        let (mut found, mut start) = (Vec::new(), None);
        loop {
            let query = self.client.query().table_name(&self.table).consistent_read(true);
            let answer = query
                .key_condition_expression(within.text())
                .projection_expression(keys.text())
                .set_expression_attribute_names(names([&within, &keys]))
                .set_expression_attribute_values(values([&within]))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(classify)?;
            for item in answer.items() {
                found.push(Key::of(what, item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(found);
            }
        }
    }

    fn query(&self, listing: &Listing, read: Read) -> QueryFluentBuilder {
        let within = Expression::new(format!("#{PARTITION} = :pk AND begins_with(#{SORT}, :prefix)"))
            .with("pk", text(&listing.pk))
            .with("prefix", text(&listing.prefix));
        self.client
            .query()
            .table_name(&self.table)
            .consistent_read(read == Read::Consistent)
            .key_condition_expression(within.text())
            .set_expression_attribute_names(names([&within]))
            .set_expression_attribute_values(values([&within]))
    }
}
