//! The gate that every call passes on its way to AWS, repeats by the SDK included: it holds calls back by the target's
//! [`Bucket`](super::bucket::Bucket), operators before sweeps, ends attempts that are not answered, and notices throttling.
//!
//! It sits in the HTTP connector because nothing else sees each attempt. One gate a target: an account in a Region.

use super::bucket::{Bucket, Class};
use super::error::{is_throttling, wire_code};
use crate::metrics::Calls;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use domain::estate::Rate;
use http_body_util::BodyExt;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

tokio::task_local! {
    /// Counts the calls of one question of the watcher; its presence says that it is one.
    static SWEEP: Arc<AtomicU32>;
}

/// Runs `question` as a sweep: its calls wait behind operators. How many calls it took, repeats included, comes with its answer.
pub async fn sweep<F: Future>(question: F) -> (F::Output, u32) {
    let calls = Arc::new(AtomicU32::new(0));
    let answer = SWEEP.scope(Arc::clone(&calls), question).await;
    (answer, calls.load(Ordering::Relaxed))
}

/// What a gate allows.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls a second while AWS does not throttle.
    pub per_second: f64,
    /// Calls at once after a rest.
    pub burst: f64,
    /// How long one attempt may take.
    pub attempt: Duration,
}

impl Limits {
    /// Against AWS, with `per_second` calls a second: six seconds' worth at once, a page that an operator opens takes a dozen.
    pub fn aws(per_second: f64) -> Self {
        Self { per_second, burst: per_second * 6.0, attempt: Duration::from_secs(15) }
    }
    /// Against the embedded AppStream, which nobody else shares: the first sweep of a large estate passes at once.
    pub fn embedded(per_second: f64) -> Self {
        Self { burst: 1_000.0, ..Self::aws(per_second) }
    }
}

struct State {
    bucket: Bucket,
    /// Who waits, in order: by class, then by number.
    queue: BTreeSet<(Class, u64)>,
    number: u64,
}

impl State {
    /// Whose turn it is: a sweep that has waited for its share, else the first.
    fn turn(&self, now: i64) -> Option<(Class, u64)> {
        let sweep = self.queue.range((Class::Sweep, 0)..).next().filter(|_| self.bucket.owed_at(now) <= now);
        sweep.or_else(|| self.queue.first()).copied()
    }
}

/// One target's gate. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    began: Instant,
    attempt: Duration,
    state: Mutex<State>,
    moved: Notify,
    calls: Calls,
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gate")
    }
}

/// A place in the queue; whoever gives up leaves it.
struct Place<'a>(&'a Gate, (Class, u64));

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.state().queue.remove(&self.1);
        self.0.0.moved.notify_waiters();
    }
}

impl Gate {
    /// A gate that allows what `limits` say.
    pub fn new(limits: Limits) -> Self {
        let bucket = Bucket::new(limits.per_second, limits.burst, 0);
        let state = Mutex::new(State { bucket, queue: BTreeSet::new(), number: 0 });
        Self(Arc::new(Inner { began: Instant::now(), attempt: limits.attempt, state, moved: Notify::new(), calls: Calls::default() }))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        i64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// How fast AWS may be asked now, and when it does not throttle.
    pub fn rate(&self) -> Rate {
        let state = self.state();
        Rate { now: a_minute(state.bucket.rate(self.now())), full: a_minute(state.bucket.full()) }
    }

    /// What passed, counted.
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// How many calls wait.
    pub fn waiting(&self) -> usize {
        self.state().queue.len()
    }

    /// Waits for the turn of a call.
    async fn pass(&self, class: Class) {
        let place = {
            let mut state = self.state();
            state.number += 1;
            let mine = (class, state.number);
            state.queue.insert(mine);
            Place(self, mine)
        };
        loop {
            let moved = self.0.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            let wait = {
                let (now, mut state) = (self.now(), self.state());
                if state.turn(now) == Some(place.1) {
                    match state.bucket.take(class, now) {
                        Ok(()) => return,
                        Err(wait) => wait,
                    }
                } else if class == Class::Sweep {
                    (state.bucket.owed_at(now) - now).max(1)
                } else {
                    i64::MAX
                }
            };
            let wait = Duration::from_millis(wait.unsigned_abs().min(60_000));
            tokio::select! { () = tokio::time::sleep(wait) => {}, () = moved => {} }
        }
    }

    /// A connector whose calls pass this gate before they reach `inner`.
    pub fn around(&self, inner: SharedHttpConnector) -> SharedHttpConnector {
        SharedHttpConnector::new(Gated { inner, gate: self.clone() })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "calls a minute")]
fn a_minute(per_second: f64) -> u32 {
    (per_second * 60.0).round() as u32
}

#[derive(Debug)]
struct Gated {
    inner: SharedHttpConnector,
    gate: Gate,
}

/// The operation that a request asks for.
fn operation(request: &HttpRequest) -> String {
    let name = request.headers().get("x-amz-target").unwrap_or_else(|| request.uri());
    name.rsplit(['/', '.']).next().unwrap_or_default().to_owned()
}

/// The class of a call that is not a sweep, by its operation.
fn class(operation: &str) -> Class {
    if app::audit::reads(operation) { Class::Look } else { Class::Act }
}

/// The whole answer, so that its time is bounded to the last byte and its error can be read.
async fn whole(mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let body = response.take_body().collect().await.map_err(ConnectorError::io)?;
    *response.body_mut() = SdkBody::from(body.to_bytes());
    Ok(response)
}

impl HttpConnector for Gated {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, gate) = (self.inner.clone(), self.gate.clone());
        let sweep = SWEEP.try_with(Arc::clone).ok();
        let operation = operation(&request);
        let class = if sweep.is_some() { Class::Sweep } else { class(&operation) };
        HttpConnectorFuture::new(async move {
            gate.pass(class).await;
            if let Some(calls) = sweep {
                calls.fetch_add(1, Ordering::Relaxed);
            }
            let (sent, began) = (gate.now(), Instant::now());
            let answered = tokio::time::timeout(gate.0.attempt, async { whole(inner.call(request).await?).await }).await;
            let answered = answered.unwrap_or_else(|_| Err(ConnectorError::timeout("no answer in time".into())));
            let code = answered.as_ref().ok().and_then(wire_code);
            let outcome = match &answered {
                Err(_) => "unanswered",
                Ok(response) if response.status().is_success() => "ok",
                Ok(_) => code.as_deref().unwrap_or("other"),
            };
            gate.calls().count(&operation, outcome, began.elapsed());
            let response = answered?;
            if let Some(id) = ["x-amzn-requestid", "x-amz-request-id"].iter().find_map(|name| response.headers().get(*name)) {
                app::audit::answered(id);
            }
            if response.status().as_u16() == 429 || code.is_some_and(|code| is_throttling(&code)) {
                gate.calls().throttled();
                let now = gate.now();
                gate.state().bucket.throttled(sent, now);
                tracing::debug!(per_minute = gate.rate().now, "AppStream throttles; asking slower");
            }
            Ok(response)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> Gate {
        Gate::new(Limits { per_second: 4.0, burst: 4.0, attempt: Duration::from_secs(1) })
    }

    #[tokio::test(start_paused = true)]
    async fn operators_jump_the_queue_and_acts_go_first() {
        let gate = gate();
        for _ in 0..4 {
            gate.pass(Class::Act).await;
        }
        let order = Arc::new(Mutex::new(Vec::new()));
        let calls = [Class::Sweep, Class::Sweep, Class::Look, Class::Act, Class::Look].map(|class| {
            let (gate, order) = (gate.clone(), Arc::clone(&order));
            tokio::spawn(async move {
                gate.pass(class).await;
                order.lock().unwrap().push(class);
            })
        });
        futures::future::join_all(calls).await;
        use Class::{Act, Look, Sweep};
        // A sweep has never passed here, so one is owed at once; the other waits for its second.
        assert_eq!(*order.lock().unwrap(), [Sweep, Act, Look, Look, Sweep]);
        assert_eq!(gate.waiting(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_leaves_the_queue() {
        let gate = gate();
        for _ in 0..4 {
            gate.pass(Class::Look).await;
        }
        assert!(tokio::time::timeout(Duration::from_millis(10), gate.pass(Class::Look)).await.is_err());
        assert_eq!(gate.waiting(), 0);
        gate.pass(Class::Act).await;
    }
}
