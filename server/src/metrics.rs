//! What the console counts of itself, for Prometheus: calls of AppStream, requests, and how old what is shown is. Served on a port of
//! its own, since whoever scrapes does not sign in; it names operations and routes, never a resource or a person.

use crate::gateway::gate::Gate;
use crate::poll::Watcher;
use app::ctx::Watch as _;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::estate::Kind;
use domain::job;
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use sqlx::SqlitePool;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Seconds up to which requests and calls are told apart.
const SECONDS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0];

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

/// A call of AppStream.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Called {
    operation: String,
    /// `ok`, an error's code, or `unanswered`.
    outcome: String,
}

/// A request to the console.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Requested {
    method: &'static str,
    /// The route, not the path: there are few of them.
    route: String,
    /// `2xx` and so on.
    status: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Of {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Standing {
    state: &'static str,
}

/// Calls of AppStream, attempt by attempt. Cheap to clone.
#[derive(Clone)]
pub struct Calls {
    made: Family<Called, Counter>,
    took: Family<Of, Histogram, fn() -> Histogram>,
    throttled: Counter,
}

impl Default for Calls {
    fn default() -> Self {
        Self { made: Family::default(), took: Family::new_with_constructor(seconds), throttled: Counter::default() }
    }
}

impl Calls {
    /// Counts an attempt that took `took`. `outcome`: `ok`, an error's code, `unanswered`.
    pub fn count(&self, operation: &str, outcome: &str, took: Duration) {
        // Both come from outside; what is no word is not told apart.
        let word = |text: &str| {
            let plain = text.len() <= 60 && text.chars().all(|c| c.is_ascii_alphanumeric());
            if plain { text.to_owned() } else { "other".to_owned() }
        };
        self.made.get_or_create(&Called { operation: word(operation), outcome: word(outcome) }).inc();
        let kind = if app::audit::reads(operation) { "read" } else { "act" };
        self.took.get_or_create(&Of { kind }).observe(took.as_secs_f64());
    }
    /// Counts an answer that asks for fewer calls.
    pub fn throttled(&self) {
        self.throttled.inc();
    }
}

/// Requests to the console. Cheap to clone.
#[derive(Clone)]
pub struct Requests {
    answered: Family<Requested, Counter>,
    took: Family<Of, Histogram, fn() -> Histogram>,
}

impl Default for Requests {
    fn default() -> Self {
        Self { answered: Family::default(), took: Family::new_with_constructor(seconds) }
    }
}

/// Counts each request.
pub async fn count(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let method = match request.method().as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        _ => "other",
    };
    let kind = if route.starts_with("/api/") { "function" } else { "page" };
    let began = Instant::now();
    let response = next.run(request).await;
    let status = format!("{}xx", response.status().as_u16() / 100);
    requests.answered.get_or_create(&Requested { method, route, status }).inc();
    requests.took.get_or_create(&Of { kind }).observe(began.elapsed().as_secs_f64());
    response
}

/// What a scrape reads.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    watcher: Watcher,
    gate: Gate,
    pool: SqlitePool,
    age: Family<Of, Gauge<f64, std::sync::atomic::AtomicU64>>,
    failing: Family<Of, Gauge>,
    jobs: Family<Standing, Gauge>,
    streams: Gauge,
    waiting: Gauge,
    rate: Gauge<f64, std::sync::atomic::AtomicU64>,
}

impl Metrics {
    /// Over what the console consists of.
    pub fn new(watcher: Watcher, gate: Gate, requests: &Requests, pool: SqlitePool) -> Self {
        let mut all = Registry::with_prefix("appstream_console");
        let mut this = Self {
            registry: Arc::default(),
            watcher,
            pool,
            age: Family::default(),
            failing: Family::default(),
            jobs: Family::default(),
            streams: Gauge::default(),
            waiting: Gauge::default(),
            rate: Gauge::default(),
            gate: gate.clone(),
        };
        let calls = gate.calls();
        all.register("aws_calls", "Attempts of calls of AppStream, by operation and outcome", calls.made.clone());
        all.register_with_unit("aws_call_duration", "How long attempts took", Unit::Seconds, calls.took.clone());
        all.register("aws_throttled", "Answers that asked for fewer calls", calls.throttled.clone());
        all.register("aws_calls_waiting", "Calls that wait for their turn", this.waiting.clone());
        all.register("aws_calls_per_second", "Calls a second that are allowed now", this.rate.clone());
        all.register_with_unit("poll_age", "How old what is shown is, by kind", Unit::Seconds, this.age.clone());
        all.register("poll_failures", "Attempts that failed one after the other, by kind", this.failing.clone());
        all.register("streams", "Open streams to browsers", this.streams.clone());
        all.register("jobs", "Jobs, by where they stand", this.jobs.clone());
        all.register("http_requests", "Requests, by route", requests.answered.clone());
        all.register_with_unit("http_request_duration", "How long they took", Unit::Seconds, requests.took.clone());
        this.registry = Arc::new(all);
        this
    }

    /// Everything, as Prometheus reads it.
    async fn text(&self) -> Result<String, String> {
        let estate = self.watcher.estate();
        for kind in Kind::ALL {
            let Some(health) = estate.health_of(kind) else { continue };
            let of = Of { kind: kind.words() };
            if let Some(taken) = health.taken {
                #[expect(clippy::cast_precision_loss, reason = "an age in milliseconds")]
                self.age.get_or_create(&of).set(estate.now.since(taken).max(0) as f64 / 1000.0);
            }
            self.failing.get_or_create(&of).set(i64::from(health.times));
        }
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.streams.set(number(self.watcher.hub().audience()));
        self.waiting.set(number(self.gate.waiting()));
        self.rate.set(f64::from(self.gate.rate().now) / 60.0);
        let counted: Vec<(String, i64)> = sqlx::query_as("select state, count(*) from jobs group by state")
            .fetch_all(&self.pool)
            .await
            .map_err(|e| format!("the jobs cannot be counted: {e}"))?;
        for state in job::State::ALL {
            let n = counted.iter().find(|(s, _)| s == state.slug()).map_or(0, |(_, n)| *n);
            self.jobs.get_or_create(&Standing { state: state.slug() }).set(n);
        }
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(|e| e.to_string())?;
        Ok(text)
    }

    /// `/metrics`, for a listener of its own.
    pub fn router(self) -> Router {
        Router::new().route("/metrics", get(scrape)).with_state(self)
    }
}

async fn scrape(State(metrics): State<Metrics>) -> Response {
    match metrics.text().await {
        Ok(text) => ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response(),
        Err(reason) => {
            tracing::error!(reason, "the metrics could not be read");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
