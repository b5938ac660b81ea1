//! What is repeated: the SDK's own rules, but for a reached quota. The SDK takes every `LimitExceededException` for throttling; from
//! AppStream it says that the account has no more, and asking again changes nothing.

use aws_sdk_appstream::config::interceptors::InterceptorContext;
use aws_sdk_appstream::config::retry::{ClassifyRetry, RetryAction};

const CODE: &[u8] = b"LimitExceededException";

/// Forbids to repeat a call that a quota refused.
#[derive(Debug)]
pub struct QuotaIsFinal;

impl ClassifyRetry for QuotaIsFinal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let body = context.response().and_then(|answer| answer.body().bytes()).unwrap_or_default();
        if names_quota(body) { RetryAction::RetryForbidden } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "a reached quota is final"
    }
}

/// Whether an error's body, in either protocol, has that very code and not `RequestLimitExceededException`, which is throttling.
fn names_quota(body: &[u8]) -> bool {
    body.windows(CODE.len()).enumerate().any(|(at, window)| window == CODE && !body[..at].ends_with(b"Request"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_told_from_throttling() {
        assert!(names_quota(br#"{"__type":"LimitExceededException"}"#));
        assert!(names_quota(b"\xa1f__typevLimitExceededException"));
        assert!(!names_quota(br#"{"__type":"RequestLimitExceededException"}"#));
        assert!(!names_quota(b""));
    }
}
