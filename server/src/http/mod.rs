//! The router and its layers.

pub mod assets;
pub mod audit;
pub mod guard;
pub mod history;
pub mod live;
pub mod oidc;
pub mod serve;
pub mod sessions;
pub mod surface;

use crate::poll::Watcher;
use app::ctx::Parts;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::config::LeptosOptions;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// The largest request body: an expiry of 500 sessions is 20 KB.
const MAX_BODY: usize = 1024 * 1024;

/// What the router's handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// For Leptos.
    pub options: LeptosOptions,
    /// For server functions.
    pub parts: Parts,
    /// For the audit's files.
    pub audit: crate::audit::Store,
    /// For the stream and readiness.
    pub watcher: Watcher,
    /// Whose word is taken for where a request came from.
    pub proxies: surface::Proxies,
    /// Who may come in.
    pub door: Arc<crate::door::LocalDoor>,
    /// The sign-ins there are.
    pub sign_ins: sessions::Store,
    /// Requests, counted.
    pub requests: crate::metrics::Requests,
    /// Ends streams.
    pub end: CancellationToken,
}

impl axum::extract::FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.options.clone()
    }
}

/// Leptos' options. In development cargo-leptos tells them by environment; else they are fixed, so that the program starts anywhere.
pub fn leptos_options() -> LeptosOptions {
    if cfg!(debug_assertions)
        && std::env::var_os("LEPTOS_OUTPUT_NAME").is_some()
        && let Ok(configuration) = leptos::config::get_configuration(None)
    {
        return configuration.leptos_options;
    }
    LeptosOptions::builder().output_name("appstream-console").site_root("target/site").site_pkg_dir("pkg").build()
}

/// The console's router. Needs no port: tests call it directly.
pub fn router(state: AppState) -> Router {
    // The router cannot hold a route for everything beside `/{account}/…`; the fallback renders the app for whatever is no route.
    let pages = generate_route_list(app::App).into_iter().filter(|page| !page.path().contains('*')).collect();
    let context = {
        let parts = state.parts.clone();
        move || {
            provide_context(parts.clone());
            policy(&parts);
        }
    };
    let functions = {
        let context = context.clone();
        move |request: Request| {
            let context = context.clone();
            async move { leptos_axum::handle_server_fns_with_context(context, request).await }
        }
    };
    let shell = {
        let options = state.options.clone();
        move || app::shell(options.clone())
    };
    // Streams must pass as they are: a compressor would hold messages back.
    let compression = CompressionLayer::new().compress_when(DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream")));
    Router::new()
        .route(app::paths::LIVE, get(live::stream))
        .route(app::paths::CAPACITY_CSV, get(history::capacity))
        .route(app::paths::SESSIONS_CSV, get(history::sessions))
        .route(app::paths::AUDIT_CSV, get(audit::csv))
        .route(app::paths::AUDIT_JSON, get(audit::json))
        .route(app::paths::SINGLE, get(oidc::begin))
        .route(app::paths::SINGLE_BACK, get(oidc::callback))
        .route("/api/{*function}", get(functions.clone()).post(functions))
        .leptos_routes_with_context(&state, pages, context.clone(), shell.clone())
        .fallback(leptos_axum::render_app_async_with_context(context, shell))
        .layer(middleware::from_fn(surface::whole_body))
        .layer(middleware::from_fn_with_state(state.sign_ins.clone(), guard::guard))
        .layer(sessions::layer(state.sign_ins.clone()))
        .layer(middleware::from_fn(surface::own_site))
        .layer(CsrfLayer::new())
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(middleware::from_fn(surface::stays_here))
        .layer(middleware::from_fn(surface::in_time))
        .merge(assets::routes())
        .route("/readyz", get(ready))
        .route("/healthz", get(|| async { "ok\n" }))
        .layer(compression)
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_layer(header::REFERRER_POLICY, "same-origin"))
        .layer(header_layer(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header_layer(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"))
        .layer(header_layer(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(header_layer(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(middleware::from_fn_with_state(state.proxies.clone(), surface::client))
        .layer(middleware::from_fn(fallback_policy))
        .layer(middleware::from_fn_with_state(state.requests.clone(), crate::metrics::count))
        .layer(middleware::from_fn(log))
        .with_state(state)
}

fn header_layer(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Sets the page's Content-Security-Policy with the nonce that its scripts carry. Runs inside Leptos' context.
fn policy(parts: &Parts) {
    let (Some(nonce), Some(response)) = (leptos::nonce::use_nonce(), use_context::<leptos_axum::ResponseOptions>()) else { return };
    // Development's automatic reload listens on a web socket of another port.
    let connect = if cfg!(debug_assertions) { "connect-src 'self' ws:" } else { "connect-src 'self'" };
    // Icons and logos that AWS makes links to: buckets of the watched Region, and only where there are such.
    let pictures = match parts.source {
        domain::operator::Source::Aws => format!(" https://*.s3.{}.amazonaws.com", parts.watch.estate().scope.region),
        domain::operator::Source::Embedded => String::new(),
    };
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:{pictures}; {connect}; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// Answers that are no page run no script at all.
async fn fallback_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"));
    response
}

/// One line a request. No query: it may hold what somebody searched for.
async fn log(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let began = std::time::Instant::now();
    let response = next.run(request).await;
    tracing::debug!(%method, path, status = response.status().as_u16(), duration_ms = began.elapsed().as_millis(), "answered");
    response
}

async fn ready(State(state): State<AppState>) -> Response {
    if state.watcher.hub().estate().is_tried() {
        return "ready\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, "The first round of questions to AppStream is not over yet.\n").into_response()
}

pub use serve::serve;

/// The parts that server functions reach.
#[expect(clippy::too_many_arguments, reason = "one for each part, named at both callers")]
pub fn parts(
    gateway: Arc<dyn app::gateway::AppStream>,
    watcher: &Watcher,
    resources: Arc<dyn app::resources::Resources>,
    history: Arc<dyn app::history::History>,
    audit: Arc<dyn app::audit::Audit>,
    jobs: Arc<dyn app::jobs::Jobs>,
    submitted: Arc<dyn app::once::Submitted>,
    door: Arc<crate::door::LocalDoor>,
    source: domain::operator::Source,
) -> Parts {
    Parts {
        gateway,
        resources,
        history,
        audit,
        jobs,
        submitted,
        watch: Arc::new(watcher.clone()),
        door: door.clone(),
        accounts: door,
        version: crate::VERSION.to_owned(),
        source,
    }
}
