//! AWS's clock, learnt from the `Date` of its answers: a host with a wrong clock still shows true ages.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use domain::time::Millis;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, by this host's clock as it was when it was first asked for, and going on steadily from then: somebody who sets
/// the clock moves nothing that is measured with this. What AWS says corrects it, see [`AwsClock`].
pub fn steady_ms() -> i64 {
    static BEGAN: OnceLock<(Duration, Instant)> = OnceLock::new();
    let (wall, then) = BEGAN.get_or_init(|| (SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(), Instant::now()));
    i64::try_from((*wall + then.elapsed()).as_millis()).unwrap_or(i64::MAX)
}

/// How far AWS's clock is ahead of this host's. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct AwsClock(Arc<AtomicI64>);

impl AwsClock {
    /// AWS's time now; this host's before the first answer.
    pub fn now(&self) -> Millis {
        Millis(steady_ms() + self.0.load(Ordering::Relaxed))
    }

    /// Learns from one answer. The header has whole seconds: an estimate within that second is kept, so that time does not jitter.
    fn learn(&self, date: &str, wall: i64) {
        let Some(told) = DateTime::from_str(date, Format::HttpDate).ok().and_then(|d| d.to_millis().ok()) else { return };
        let estimate = wall + self.0.load(Ordering::Relaxed);
        if !(told..told + 1000).contains(&estimate) {
            self.0.store(told + 500 - wall, Ordering::Relaxed);
        }
    }
}

/// A connector that listens to the `Date` of every answer.
#[derive(Debug)]
pub struct Listening {
    inner: SharedHttpConnector,
    clock: AwsClock,
}

impl Listening {
    /// Around `inner`.
    pub fn around(inner: SharedHttpConnector, clock: AwsClock) -> SharedHttpConnector {
        SharedHttpConnector::new(Self { inner, clock })
    }
}

impl HttpConnector for Listening {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, clock) = (self.inner.clone(), self.clock.clone());
        HttpConnectorFuture::new(async move {
            let response = inner.call(request).await?;
            if let Some(date) = response.headers().get("date") {
                clock.learn(date, steady_ms());
            }
            Ok(response)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_clock_is_followed_and_whole_seconds_cause_no_jitter() {
        let clock = AwsClock::default();
        let offset = || clock.0.load(Ordering::Relaxed);
        clock.learn("Thu, 01 Jan 1970 01:00:00 GMT", 10_000);
        assert_eq!(offset(), 3_590_500);
        clock.learn("Thu, 01 Jan 1970 01:00:00 GMT", 10_300);
        clock.learn("Thu, 01 Jan 1970 01:00:01 GMT", 10_700);
        assert_eq!(offset(), 3_590_500, "both agree with the estimate");
        clock.learn("not a date", 10_700);
        clock.learn("Thu, 01 Jan 1970 00:00:05 GMT", 10_700);
        assert_eq!(offset(), 5_500 - 10_700, "back, too");
    }
}
