//! What requests cost, in DynamoDB's own count.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

/// Tenths of a unit: reads are counted in halves, so that no rounding is lost.
const TENTHS: f64 = 10.0;
/// What a refused conditional write counts for, write units.
const REFUSED_CONDITION_UNITS: f64 = 1.0;

/// Sums the read and write units that the answers of the table name, those of its index included.
///
/// A refused conditional write is paid too, but its answer names no units: it counts as one.
#[derive(Debug, Default)]
pub struct CapacityMeter {
    read_tenths: AtomicU64,
    write_tenths: AtomicU64,
}

impl CapacityMeter {
    /// Read units so far: 4 KB each when consistent, 8 KB otherwise.
    pub fn read_units(&self) -> f64 {
        self.read_tenths.load(Ordering::Relaxed) as f64 / TENTHS
    }

    /// Write units so far: 1 KB each, half of that within a transaction.
    pub fn write_units(&self) -> f64 {
        self.write_tenths.load(Ordering::Relaxed) as f64 / TENTHS
    }
}

/// Hears what each request used, in the task that made it.
pub trait CapacityListener: std::fmt::Debug + Send + Sync {
    /// A request was answered, and used so many read and write units.
    fn used(&self, read_units: f64, write_units: f64);
}

impl CapacityListener for CapacityMeter {
    fn used(&self, read_units: f64, write_units: f64) {
        let tenths = |units: f64| (units * TENTHS).round() as u64;
        self.read_tenths.fetch_add(tenths(read_units), Ordering::Relaxed);
        self.write_tenths
            .fetch_add(tenths(write_units), Ordering::Relaxed);
    }
}

/// Asks for the used capacity with every request, and tells what the answers say.
#[derive(Debug)]
pub(crate) struct Metering(Arc<dyn CapacityListener>);

impl Metering {
    pub(crate) fn new(listener: Arc<dyn CapacityListener>) -> Self {
        Self(listener)
    }
}

/// The units that an answer names, of one table or of several.
trait Units {
    fn units(&self) -> f64;
}

impl Units for ConsumedCapacity {
    fn units(&self) -> f64 {
        self.capacity_units.unwrap_or_default()
    }
}

impl Units for Vec<ConsumedCapacity> {
    fn units(&self) -> f64 {
        self.iter().map(Units::units).sum()
    }
}

impl Intercept for Metering {
    fn name(&self) -> &'static str {
        "Metering"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input_mut();
        macro_rules! ask {
            ($($operation:ty),+) => {
                $(if let Some(input) = input.downcast_mut::<$operation>() {
                    input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
                })+
            };
        }
        ask!(
            GetItemInput,
            BatchGetItemInput,
            QueryInput,
            PutItemInput,
            UpdateItemInput,
            TransactWriteItemsInput
        );
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Self(listener) = self;
        let output = match context.output_or_error() {
            Ok(output) => output,
            Err(error) => {
                let error = error.as_operation_error();
                let put = error.and_then(|error| error.downcast_ref::<PutItemError>());
                let update = error.and_then(|error| error.downcast_ref::<UpdateItemError>());
                if put.is_some_and(PutItemError::is_conditional_check_failed_exception)
                    || update.is_some_and(UpdateItemError::is_conditional_check_failed_exception)
                {
                    listener.used(0.0, REFUSED_CONDITION_UNITS);
                }
                return Ok(());
            }
        };
        macro_rules! sum {
            ($($operation:ty),+) => {
                0.0 $(+ output
                    .downcast_ref::<$operation>()
                    .and_then(|output| output.consumed_capacity.as_ref())
                    .map_or(0.0, Units::units))+
            };
        }
        listener.used(
            sum!(GetItemOutput, BatchGetItemOutput, QueryOutput),
            sum!(PutItemOutput, UpdateItemOutput, TransactWriteItemsOutput),
        );
        Ok(())
    }
}
