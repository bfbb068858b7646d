//! The provider's errors in the callers' terms; the only place that tells them apart.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use domain::ports::StoreError;

/// Error codes after which the same request may succeed, beside all answers with a status from 500 on.
const TRANSIENT: [&str; 8] = [
    "ThrottlingException",
    "Throttling",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "LimitExceededException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ReplicatedWriteConflictException",
];

/// Tells what may pass, such as overload and broken connections, from what never will.
pub(crate) fn classify<E>(error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    if is_transient(&error) {
        StoreError::Unavailable(Box::new(error))
    } else {
        misuse(error)
    }
}

/// A request that never had a chance.
pub(crate) fn misuse(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Refused(Box::new(error))
}

fn is_transient<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or_default();
            answer.raw().status().is_server_error() || TRANSIENT.contains(&code)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::config::http::HttpResponse;
    use aws_sdk_dynamodb::error::ErrorMetadata;
    use aws_sdk_dynamodb::operation::get_item::GetItemError;

    fn answer(status: u16, code: &str) -> StoreError {
        let error = GetItemError::generic(ErrorMetadata::builder().code(code).build());
        let raw = HttpResponse::new(status.try_into().unwrap(), "".into());
        classify(SdkError::service_error(error, raw))
    }

    #[test]
    fn overload_and_server_faults_may_pass() {
        for (status, code) in [
            (400, "ThrottlingException"),
            (500, "InternalServerError"),
            (503, ""),
        ] {
            assert!(answer(status, code).is_transient(), "{status} {code}");
        }
        assert!(classify(SdkError::<GetItemError>::timeout_error("slow")).is_transient());
    }

    #[test]
    fn missing_rights_and_bad_requests_never_pass() {
        for code in [
            "AccessDeniedException",
            "ValidationException",
            "ResourceNotFoundException",
        ] {
            assert!(matches!(answer(400, code), StoreError::Refused(_)), "{code}");
        }
    }
}
