use async_trait::async_trait;

use super::StoreError;
use crate::access::HomeScope;
use crate::access_log::AccessEntry;
use crate::page::{Page, PageRequest};

/// Keeps the access logs of homes, each entry for [`ACCESS_LOG_KEPT`](crate::access_log::ACCESS_LOG_KEPT).
#[async_trait]
pub trait AccessLogStore: Send + Sync {
    /// Stores an entry; `entropy` tells those of one millisecond apart.
    async fn add_access_entry(
        &self,
        scope: &HomeScope,
        entry: &AccessEntry,
        entropy: u64,
    ) -> Result<(), StoreError>;

    /// The entries of a home, newest first.
    async fn access_log(
        &self,
        scope: &HomeScope,
        page: &PageRequest,
    ) -> Result<Page<AccessEntry>, StoreError>;
}
