//! What holds for every request and answer, whatever the route: who really asks, where answers may lead, how long things may take.

use app::ctx::ClientAddress;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// The longest that a page or a file may take to begin. Acts take as long as they take: half an act is worse than a slow one.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest that a request's body may take to come: a megabyte at 35 KB a second.
const BODY_TIME: Duration = Duration::from_secs(30);
/// Two years, as the preload lists ask for.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Whose word is taken for where a request came from.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    /// Those in these networks.
    pub fn new(all: &[IpNet]) -> Self {
        Self(all.into())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }

    /// Who asks: the peer, or, if that is a trusted proxy, the last address of `X-Forwarded-For` that is none. What stands before that
    /// anybody could have written.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer.to_canonical();
        }
        let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
        let mut client = peer;
        for part in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let part = part.trim();
            // Some write a port.
            let Some(address) = part.parse::<IpAddr>().ok().or_else(|| part.parse::<SocketAddr>().ok().map(|a| a.ip())) else { break };
            client = address;
            if !self.trusts(address) {
                break;
            }
        }
        client.to_canonical()
    }

    /// Whether the browser speaks TLS, as far as a trusted proxy says.
    fn is_tls(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let last = headers.get_all("x-forwarded-proto").iter().next_back().and_then(|v| v.to_str().ok());
        self.trusts(peer) && last.is_some_and(|v| v.rsplit(',').next().is_some_and(|p| p.trim().eq_ignore_ascii_case("https")))
    }
}

/// Tells the request who asks, and browsers behind TLS to stay there.
pub async fn client(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let Some(peer) = peer else { return next.run(request).await };
    let tls = proxies.is_tls(peer, request.headers());
    let client = ClientAddress(proxies.client(peer, request.headers()));
    request.extensions_mut().insert(client);
    let mut response = next.run(request).await;
    if tls {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

/// The host of an `Origin` or of an absolute URL.
fn host_of(url: &str) -> Option<&str> {
    url.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(rest))
}

/// Answers that are data, not pages: no other site may ask for them, although GET changes nothing. What posts is the CSRF layer's.
pub async fn own_site(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let data = path.starts_with("/api/") || path.ends_with(".csv") || path.ends_with(".jsonl");
    if data && matches!(*request.method(), Method::GET | Method::HEAD) {
        let headers = request.headers();
        let site = text(headers, "sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
        let host = text(headers, "host").or_else(|| request.uri().host());
        let origin = headers.get(header::ORIGIN).is_none_or(|o| o.to_str().ok().and_then(host_of).is_some_and(|o| Some(o) == host));
        if !(site && origin) {
            return (StatusCode::FORBIDDEN, "Another site asked for this; the console answers its own pages only.\n").into_response();
        }
    }
    next.run(request).await
}

/// Marks the one answer that leads elsewhere: to the provider that the flags name.
#[derive(Clone, Copy, Debug)]
pub struct ToProvider;

/// Redirects stay on this host: one that leads elsewhere, whoever made it up, leads to the overview.
pub async fn stays_here(request: Request, next: Next) -> Response {
    let host = text(request.headers(), "host").map(str::to_owned);
    let mut response = next.run(request).await;
    if response.extensions().get::<ToProvider>().is_none()
        && let Some(to) = response.headers().get(header::LOCATION)
    {
        let to = to.to_str().unwrap_or_default();
        let path = to.starts_with('/') && !to.starts_with("//") && !to.contains('\\');
        let here = (to.starts_with("http://") || to.starts_with("https://")) && !to.contains('\\') && host_of(to) == host.as_deref();
        if !(path || here) {
            response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(app::paths::OVERVIEW));
        }
    }
    response
}

/// Has the whole body of a request before anything is done with it, so that one that comes byte by byte ends in time. Those that are
/// answered without their body never come here.
pub async fn whole_body(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(head, body)).await;
    }
    match tokio::time::timeout(BODY_TIME, body.collect()).await {
        Ok(Ok(whole)) => next.run(Request::from_parts(head, Body::from(whole.to_bytes()))).await,
        Ok(Err(error)) => {
            tracing::debug!(%error, "a request's body could not be read");
            let inner = error.into_inner();
            if std::iter::successors(Some(inner.as_ref() as &dyn std::error::Error), |e| e.source()).any(|e| e.is::<LengthLimitError>()) {
                return (StatusCode::PAYLOAD_TOO_LARGE, "The request’s body is too large.\n").into_response();
            }
            (StatusCode::BAD_REQUEST, "The request’s body broke off.\n").into_response()
        }
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "The request’s body did not come in time.\n").into_response(),
    }
}

/// Ends what takes too long to begin, but acts and the stream.
pub async fn in_time(request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return acts_to_the_end(request, next).await;
    }
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "This took longer than a minute. Try again in a moment.\n").into_response(),
    }
}

/// An act goes on although its browser has gone: AWS has heard of it by then, and its outcome must be recorded.
async fn acts_to_the_end(request: Request, next: Next) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a request ended in the middle");
            (StatusCode::INTERNAL_SERVER_ERROR, "The console itself failed. Its log says more; the audit says what was done.\n")
                .into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies() -> Proxies {
        Proxies::new(&["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()])
    }

    fn client_of(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        proxies().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_who_asks_and_only_what_it_saw_itself() {
        for (peer, forwarded, client) in [
            ("203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.2.3.4, 198.51.100.1, 10.2.2.2"], "198.51.100.1"),
            ("10.0.0.1", &["1.2.3.4", "198.51.100.1, 10.2.2.2"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1, <script>"], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["2001:db8::1"], "2001:db8::1"),
            ("fd00::1", &["[2001:db8::1]:80"], "2001:db8::1"),
        ] {
            assert_eq!(client_of(peer, forwarded), client, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn only_a_trusted_proxy_says_that_there_is_tls() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-proto", HeaderValue::from_static("http, https"));
        assert!(proxies().is_tls(IpAddr::from([10, 0, 0, 1]), &headers));
        assert!(!proxies().is_tls(IpAddr::from([203, 0, 113, 9]), &headers));
    }
}
