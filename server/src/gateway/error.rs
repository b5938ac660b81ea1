//! What AWS says, sorted by its code into a [`Failure`]. The only place that logs it.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_appstream::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_appstream::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::failure::{Credentials, Failure};
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
        unsent if lacks_credentials(unsent) => Failure::Credentials { trouble: Credentials::Missing, code: String::new() },
        _ => Failure::Unreachable { message: format!("{} could not be sent", about.operation) },
    };
    let raw = aws_smithy_types::error::display::DisplayErrorContext(&error);
    tracing::warn!(operation = about.operation, resource = about.name, request_id = request_id.as_deref(), error = %raw, "AppStream refused a call");
    sorted
}

/// An error with what it came from, in one line.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut all: Vec<String> = vec![];
    for one in std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string) {
        // Some repeat what they came from.
        if all.last().is_none_or(|last| !last.ends_with(&one)) {
            all.push(one);
        }
    }
    all.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a call was not sent because nothing had credentials for it.
pub fn lacks_credentials(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| error.is::<CredentialsError>())
}

/// What a code says of the credentials, if that is what it is about. AppStream tells a wrong clock by the signature's message alone.
pub fn credentials(code: &str, message: &str) -> Option<Credentials> {
    Some(match code {
        "ExpiredTokenException" | "ExpiredToken" | "TokenRefreshRequired" => Credentials::Expired,
        "RequestTimeTooSkewed" | "RequestExpired" => Credentials::Clock,
        "InvalidSignatureException" | "SignatureDoesNotMatch"
            if ["Signature expired", "Signature not yet current"].iter().any(|words| message.contains(words)) =>
        {
            Credentials::Clock
        }
        "MissingAuthenticationToken" | "MissingAuthenticationTokenException" => Credentials::Missing,
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "AuthFailure" => Credentials::Refused,
        _ => return None,
    })
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
    if let Some(trouble) = credentials(code, message) {
        return Failure::Credentials { trouble, code: code.to_owned() };
    }
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
        assert_eq!(
            credentials("InvalidSignatureException", "Signature expired: 20261127T1 is now earlier than …"),
            Some(Credentials::Clock)
        );
        assert_eq!(
            credentials("InvalidSignatureException", "The request signature we calculated does not match"),
            Some(Credentials::Refused)
        );
    }
}
