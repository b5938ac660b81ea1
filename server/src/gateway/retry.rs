//! What is repeated: the SDK's own rules, but for what asking again does not change. The SDK takes every `LimitExceededException` for
//! throttling, and repeats what its credentials may not do; from AppStream the one says that the account has no more, the other that
//! a policy lacks something.

use aws_sdk_appstream::config::interceptors::InterceptorContext;
use aws_sdk_appstream::config::retry::{ClassifyRetry, RetryAction};

const CODES: [&[u8]; 2] = [b"LimitExceededException", b"AccessDeniedException"];

/// Forbids to repeat a call that a quota or a policy refused.
#[derive(Debug)]
pub struct Final;

impl ClassifyRetry for Final {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let body = context.response().and_then(|answer| answer.body().bytes()).unwrap_or_default();
        if names_final(body) { RetryAction::RetryForbidden } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "a reached quota and a missing permission are final"
    }
}

/// Whether an error's body, in either protocol, has one of those very codes and not `RequestLimitExceededException`, which is throttling.
fn names_final(body: &[u8]) -> bool {
    let names = |code: &[u8]| body.windows(code.len()).enumerate().any(|(at, w)| w == code && !body[..at].ends_with(b"Request"));
    CODES.into_iter().any(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_final_is_told_from_throttling() {
        assert!(names_final(br#"{"__type":"LimitExceededException"}"#));
        assert!(names_final(b"\xa1f__typevLimitExceededException"));
        assert!(!names_final(br#"{"__type":"RequestLimitExceededException"}"#));
        assert!(names_final(br#"{"__type":"AccessDeniedException"}"#));
        assert!(!names_final(b""));
    }
}
