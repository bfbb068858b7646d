//! The codes that are printed on robots.

use async_trait::async_trait;
use domain::label::{Label, LabelCode};
use domain::ports::{LabelStore, StoreError};

use crate::TableStore;
use crate::expression::Expression;
use crate::item::{Record, read, value};
use crate::keys::Key;
use crate::operations::Read;

const LABEL: &str = "code";

#[async_trait]
impl LabelStore for TableStore {
    async fn label(&self, code: &LabelCode) -> Result<Option<Label>, StoreError> {
        let item = self.get(Key::label(code), Read::Consistent).await?;
        item.map(|item| read(LABEL, item)).transpose()
    }

    async fn put_label(&self, label: &Label, expected: Option<&Label>) -> Result<(), StoreError> {
        let record = Record::of(LABEL, Key::label(&label.code), label)?;
        self.put_if(record, unchanged(expected)?)
            .await?
            .or_conflict(LABEL)
    }
}

/// Holds when the stored label equals `expected`.
fn unchanged(expected: Option<&Label>) -> Result<Expression, StoreError> {
    let Some(Label {
        code,
        robot,
        admitted,
    }) = expected
    else {
        return Ok(Expression::absent());
    };
    Ok(
        Expression::new("#code = :code AND #robot = :robot AND #admitted = :admitted")
            .with("code", value(code)?)
            .with("robot", value(robot)?)
            .with("admitted", value(admitted)?),
    )
}
