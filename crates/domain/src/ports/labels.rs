use async_trait::async_trait;

use super::StoreError;
use crate::label::{Label, LabelCode};

/// Keeps the codes that are printed on robots.
#[async_trait]
pub trait LabelStore: Send + Sync {
    /// The label with this code. MUST be a consistent read.
    async fn label(&self, code: &LabelCode) -> Result<Option<Label>, StoreError>;

    /// Stores `label` if what is stored equals `expected`, where `None` means that nothing is there.
    ///
    /// Anything else MUST be a [`StoreError::Conflict`] and change nothing.
    async fn put_label(&self, label: &Label, expected: Option<&Label>) -> Result<(), StoreError>;
}
