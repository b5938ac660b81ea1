//! Files that are the same for everybody: embedded in the release program, read from their folders in development.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `make build` made: the browser's part, the style, fonts, and compressed copies.
#[derive(RustEmbed)]
#[folder = "../target/site"]
struct Built;

/// Files that are served as they are written, so that the server alone, freshly compiled, has them too.
#[derive(RustEmbed)]
#[folder = "../public"]
struct Written;

/// Paths, or the beginnings of paths, that are files.
pub const PUBLIC: [&str; 8] = ["/pkg/", "/fonts/", "/icons.svg", "/waves.svg", "/favicon.svg", "/favicon.ico", "/theme.js", "/robots.txt"];

/// Routes of all files.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    PUBLIC.iter().fold(Router::new(), |router, path| {
        if path.ends_with('/') { router.route(&format!("{path}{{*file}}"), get(file)) } else { router.route(path, get(file)) }
    })
}

async fn file(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let accepts = request.headers().get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let found = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts.split(',').any(|a| a.trim().split(';').next() == Some(coding)))
        .find_map(|(coding, ending)| Built::get(&format!("{path}{ending}")).map(|f| (f, Some(coding))))
        .or_else(|| Built::get(path).or_else(|| Written::get(path)).map(|f| (f, None)));
    let Some((file, coding)) = found else { return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response() };
    answer(path, file, coding, request.headers())
}

fn answer(path: &str, file: EmbeddedFile, coding: Option<&'static str>, asked: &HeaderMap) -> Response {
    let tag: String = file.metadata.sha256_hash().iter().take(12).map(|b| format!("{b:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let mut headers = HeaderMap::new();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Names do not change with content, so browsers ask whether their copy is still good.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, value);
    }
    if asked.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let mime = match path.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    (headers, file.data.into_owned()).into_response()
}
