use async_trait::async_trait;
use domain::label::{Label, LabelCode};
use domain::ports::{LabelStore, StoreError};

use super::{Memory, conflict};

#[async_trait]
impl LabelStore for Memory {
    async fn label(&self, code: &LabelCode) -> Result<Option<Label>, StoreError> {
        Ok(self.open()?.labels.get(code.as_str()).cloned())
    }

    async fn put_label(&self, label: &Label, expected: Option<&Label>) -> Result<(), StoreError> {
        let mut shelves = self.write().await?;
        if shelves.labels.get(label.code.as_str()) != expected {
            return conflict("code");
        }
        shelves
            .labels
            .insert(label.code.as_str().to_owned(), label.clone());
        Ok(())
    }
}
