//! The few requests that the stores are made of, each on one item or on one all-or-nothing write.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure as OnFailure,
    TransactWriteItem, Update,
};
use domain::ports::StoreError;

use crate::TableStore;
use crate::error::{classify, misuse};
use crate::expression::{Expression, names, values};
use crate::item::{Item, Record, is_expired};
use crate::keys::Key;

/// Whether a read sees every write that was confirmed before, at twice the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    Consistent,
    Eventual,
}

/// What became of a conditional write.
#[derive(Debug)]
pub(crate) enum Attempt {
    Done,
    /// The condition did not hold; nothing changed. Carries what is stored, empty for nothing.
    Refused(Item),
}

impl Attempt {
    pub(crate) fn is_done(&self) -> bool {
        matches!(self, Self::Done)
    }

    pub(crate) fn or_conflict(self, what: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Done => Ok(()),
            Self::Refused(_) => Err(StoreError::Conflict { what }),
        }
    }
}

/// One write of several that happen together or not at all.
#[derive(Debug)]
pub(crate) enum Step {
    Put(Record, Option<Expression>),
    Change(Key, Expression),
    Delete(Key, Option<Expression>),
}

impl TableStore {
    /// The item, unless there is none or its time has come.
    pub(crate) async fn get(&self, key: Key, read: Read) -> Result<Option<Item>, StoreError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.into_item()));
        let answer = request
            .consistent_read(read == Read::Consistent)
            .send()
            .await
            .map_err(classify)?;
        Ok(answer.item.filter(|item| !is_expired(item, self.now())))
    }

    /// Replaces the whole item, whatever is there.
    pub(crate) async fn put(&self, record: Record) -> Result<(), StoreError> {
        let item = record.checked()?.item;
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .send()
            .await
            .map_err(classify)?;
        Ok(())
    }

    /// Replaces the whole item if `condition` holds for what is stored.
    pub(crate) async fn put_if(&self, record: Record, condition: Expression) -> Result<Attempt, StoreError> {
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(record.checked()?.item))
            .condition_expression(condition.text())
            .set_expression_attribute_names(names([&condition]))
            .set_expression_attribute_values(values([&condition]))
            .return_values_on_condition_check_failure(OnFailure::AllOld);
        let Err(error) = request.send().await else {
            return Ok(Attempt::Done);
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                Ok(Attempt::Refused(failed.item.clone().unwrap_or_default()))
            }
            _ => Err(classify(error)),
        }
    }

    /// Changes single attributes if `condition` holds for what is stored, and makes the item when there is none.
    pub(crate) async fn update_if(
        &self,
        key: Key,
        change: Expression,
        condition: Expression,
    ) -> Result<Attempt, StoreError> {
        let used = [&change, &condition];
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.into_item()))
            .update_expression(change.text())
            .condition_expression(condition.text())
            .set_expression_attribute_names(names(used))
            .set_expression_attribute_values(values(used))
            .return_values_on_condition_check_failure(OnFailure::AllOld);
        let Err(error) = request.send().await else {
            return Ok(Attempt::Done);
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                Ok(Attempt::Refused(failed.item.clone().unwrap_or_default()))
            }
            _ => Err(classify(error)),
        }
    }

    /// Changes single attributes, and makes the item when there is none; gives those that changed.
    pub(crate) async fn update(&self, key: Key, change: Expression) -> Result<Item, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.into_item()))
            .update_expression(change.text())
            .set_expression_attribute_names(names([&change]))
            .set_expression_attribute_values(values([&change]))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(classify)?;
        Ok(answer.attributes.unwrap_or_default())
    }

    /// Does all steps at once; a condition that does not hold is a conflict on `what`, and nothing changes.
    pub(crate) async fn transact(&self, what: &'static str, steps: Vec<Step>) -> Result<(), StoreError> {
        let items = steps
            .into_iter()
            .map(|step| self.transact_item(step))
            .collect::<Result<Vec<_>, _>>()?;
        let request = self.client.transact_write_items().set_transact_items(Some(items));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(transaction_error(what, error)),
        }
    }

    fn transact_item(&self, step: Step) -> Result<TransactWriteItem, StoreError> {
        let item = TransactWriteItem::builder();
        let item = match step {
            Step::Put(record, condition) => item.put(self.transact_put(record, condition)?),
            Step::Change(key, change) => item.update(self.transact_update(key, &change)?),
            Step::Delete(key, condition) => item.delete(self.transact_delete(key, condition)?),
        };
        Ok(item.build())
    }

    fn transact_put(&self, record: Record, condition: Option<Expression>) -> Result<Put, StoreError> {
        Put::builder()
            .table_name(&self.table)
            .set_item(Some(record.checked()?.item))
            .set_condition_expression(condition.as_ref().map(|condition| condition.text().to_owned()))
            .set_expression_attribute_names(names(&condition))
            .set_expression_attribute_values(values(&condition))
            .build()
            .map_err(misuse)
    }

    fn transact_delete(&self, key: Key, condition: Option<Expression>) -> Result<Delete, StoreError> {
        Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key.into_item()))
            .set_condition_expression(condition.as_ref().map(|condition| condition.text().to_owned()))
            .set_expression_attribute_names(names(&condition))
            .set_expression_attribute_values(values(&condition))
            .build()
            .map_err(misuse)
    }

    fn transact_update(&self, key: Key, change: &Expression) -> Result<Update, StoreError> {
        Update::builder()
            .table_name(&self.table)
            .set_key(Some(key.into_item()))
            .update_expression(change.text())
            .set_expression_attribute_names(names([change]))
            .set_expression_attribute_values(values([change]))
            .build()
            .map_err(misuse)
    }
}

fn transaction_error(what: &'static str, error: SdkError<TransactWriteItemsError>) -> StoreError {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return classify(error);
    };
    let is = |code: &str| {
        cancelled
            .cancellation_reasons()
            .iter()
            .any(|reason| has_code(reason, code))
    };
    if is("ConditionalCheckFailed") || is("TransactionConflict") {
        StoreError::Conflict { what }
    } else if is("ValidationError") || is("ItemCollectionSizeLimitExceeded") {
        misuse(error)
    } else {
        StoreError::Unavailable(Box::new(error))
    }
}

fn has_code(reason: &CancellationReason, code: &str) -> bool {
    reason.code() == Some(code)
}
