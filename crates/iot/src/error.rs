//! The SDK's errors in the words of the ports.

use std::error::Error;

use aws_sdk_iotdataplane::error::{ProvideErrorMetadata, SdkError};
use domain::ports::DeviceError;
use wire::{MAX_PAYLOAD_BYTES, WireError};

/// What an error means: an answer is judged by its code, anything else is an outage.
pub(crate) fn device_error<E, R>(error: SdkError<E, R>) -> DeviceError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match &error {
        SdkError::ServiceError(answer) => match answer.err().code() {
            Some("RequestEntityTooLargeException") => DeviceError::TooLarge {
                limit: MAX_PAYLOAD_BYTES,
            },
            Some(
                "ThrottlingException"
                | "InternalFailureException"
                | "ServiceUnavailableException"
                | "GatewayTimeoutException"
                | "ConflictingResourceUpdateException"
                | "LimitExceededException",
            ) => DeviceError::Unavailable(error.into()),
            Some(_) | None => DeviceError::Refused(error.into()),
        },
        SdkError::ConstructionFailure(_) => DeviceError::Refused(error.into()),
        // Nothing came back: no connection, no answer in time, or one that is none. The SDK's list is open.
        _ => DeviceError::Unavailable(error.into()),
    }
}

/// Turns "there is no such thing" into `None`; every other error is what it means.
pub(crate) fn unless_missing<T, E, R>(result: Result<T, SdkError<E, R>>) -> Result<Option<T>, DeviceError>
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match result {
        Ok(value) => Ok(Some(value)),
        Err(SdkError::ServiceError(answer)) if answer.err().code() == Some("ResourceNotFoundException") => {
            Ok(None)
        }
        Err(error) => Err(device_error(error)),
    }
}

/// A payload that cannot be sent.
pub(crate) fn payload_error(error: WireError) -> DeviceError {
    match error {
        WireError::TooLarge { .. } => DeviceError::TooLarge {
            limit: MAX_PAYLOAD_BYTES,
        },
        other => DeviceError::Refused(Box::new(other)),
    }
}
