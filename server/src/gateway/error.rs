//! What AWS says, sorted by its code into a [`Failure`]. The only place that logs it.

use aws_sdk_appstream::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_appstream::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::failure::Failure;
use simulator::wire::{self, Protocol};

/// What a call is about, for the sentences.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// The operation.
    pub operation: &'static str,
    /// `fleet`, `stack`, `session`.
    pub noun: &'static str,
    /// The resource's name; empty for lists.
    pub name: &'a str,
}

/// Sorts an error of the SDK.
pub fn failure<E: ProvideErrorMetadata + std::error::Error + 'static>(about: About<'_>, error: SdkError<E, HttpResponse>) -> Failure {
    let request_id = error.request_id().map(str::to_owned);
    let sorted = match &error {
        SdkError::ServiceError(service) => {
            let meta = service.err();
            sort(about, meta.code().unwrap_or_default(), meta.message().unwrap_or_default(), request_id.clone())
        }
        SdkError::ResponseError(_) => Failure::Upstream {
            code: "UnreadableAnswer".into(),
            message: "AWS’s answer could not be read.".into(),
            request_id: request_id.clone(),
        },
        SdkError::TimeoutError(_) => Failure::Unreachable { message: format!("{} did not answer in time", about.operation) },
        SdkError::DispatchFailure(d) if d.is_timeout() => {
            Failure::Unreachable { message: format!("{} did not answer in time", about.operation) }
        }
        SdkError::DispatchFailure(d) if d.is_user() || d.is_other() => {
            Failure::Unreachable { message: format!("{} could not be sent; credentials or network are missing", about.operation) }
        }
        _ => Failure::Unreachable { message: format!("{} could not be sent", about.operation) },
    };
    let raw = aws_smithy_types::error::display::DisplayErrorContext(&error);
    tracing::warn!(operation = about.operation, resource = about.name, request_id = request_id.as_deref(), error = %raw, "AppStream refused a call");
    sorted
}

/// Whether a code says that AWS wants fewer calls.
pub fn is_throttling(code: &str) -> bool {
    matches!(code, "RequestLimitExceededException" | "TooManyRequestsException") || code.starts_with("Throttl")
}

/// How an answer is written.
pub fn protocol(response: &HttpResponse) -> Protocol {
    let is_cbor = response.headers().get("content-type").is_some_and(|t| t.contains("cbor"));
    if is_cbor { Protocol::Cbor } else { Protocol::Json }
}

/// The code of an answer that is an error, read before the SDK has sorted it; none when it has none or cannot be read.
pub fn wire_code(response: &HttpResponse) -> Option<String> {
    if response.status().is_success() {
        return None;
    }
    let tree = wire::read(protocol(response), response.body().bytes()?).ok()?;
    // `namespace#Code`, or `Code:URL`, as other AWS services write it.
    let code = tree["__type"].as_str().or_else(|| response.headers().get("x-amzn-errortype"))?;
    Some(code.rsplit('#').next().unwrap_or(code).split(':').next().unwrap_or(code).to_owned())
}

fn sort(about: About<'_>, code: &str, message: &str, request_id: Option<String>) -> Failure {
    let (noun, name) = (about.noun.to_owned(), about.name.to_owned());
    let said = || if message.is_empty() { "AWS gave no reason.".to_owned() } else { message.to_owned() };
    match code {
        "ResourceNotFoundException" => Failure::NotFound { noun, name },
        "ResourceAlreadyExistsException" => Failure::Taken { noun, name },
        "ResourceInUseException" | "ResourceNotAvailableException" => Failure::Busy { noun, name, reason: said() },
        "ConcurrentModificationException" => Failure::Settling { noun, name },
        "LimitExceededException" => Failure::Quota { message: said(), request_id },
        "InvalidParameterCombinationException"
        | "InvalidParameterValueException"
        | "InvalidRoleException"
        | "ValidationException"
        | "IncompatibleImageException" => Failure::Invalid { message: said(), request_id },
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => {
            Failure::Denied { action: about.operation.to_owned(), message: message.to_owned() }
        }
        c if is_throttling(c) => Failure::Throttled { retry_in_seconds: None },
        _ => Failure::Upstream {
            code: if code.is_empty() { "NoCode".into() } else { code.to_owned() },
            message: message.to_owned(),
            request_id,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_not_statuses() {
        let about = About { operation: "StartFleet", noun: "fleet", name: "cad" };
        let sorted = |code| sort(about, code, "Why.", None);
        assert_eq!(sorted("ResourceNotFoundException"), Failure::NotFound { noun: "fleet".into(), name: "cad".into() });
        assert_eq!(sorted("AccessDeniedException"), Failure::Denied { action: "StartFleet".into(), message: "Why.".into() });
        assert_eq!(sorted("RequestLimitExceededException"), Failure::Throttled { retry_in_seconds: None });
        assert_eq!(sorted("ThrottlingException"), Failure::Throttled { retry_in_seconds: None });
        assert!(matches!(sorted("SomethingNewException"), Failure::Upstream { .. }));
    }
}
