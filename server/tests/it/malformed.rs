//! Ten thousand requests that nobody means: no panic, nothing of what was sent becomes HTML, and no 5xx but the planned ones. Planned is
//! the 500 of a server function, whose body is a failure in words: what Leptos 0.8 answers to every function that refuses.

use crate::support::{Console, HOST};
use app::error::AppError;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, header};
use domain::failure::Failure;
use http_body_util::BodyExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use simulator::Seed;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const REQUESTS: usize = 10_000;
/// What must not come back as it is in a page.
const CANARY: &str = "<zzz>";
/// They end the sign-in that the others need, or never end.
const LEFT_OUT: [&str; 4] = ["/api/sign-out", "/api/account/sign-out", "/api/live", "/api/account/password"];
const METHODS: [&str; 9] = ["GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "BREW"];
const PIECES: [&str; 30] = [
    "<zzz>",
    "%3Czzz%3E",
    "\"><zzz>",
    "%22%3E%3Czzz%3E",
    "..",
    "%2e%2e",
    "..%2f",
    "%00",
    "%ff%fe",
    "%c0%ae",
    "%",
    "%zz",
    "-1",
    "0",
    "99999999999999999999999",
    "1e999",
    "NaN",
    "null",
    "true",
    "{}",
    "[]",
    "finance-desktop",
    "fleets",
    "admin",
    "'--",
    "\u{202e}ab",
    "é%E9",
    "a b",
    "=",
    "&",
];
const NAMES: [&str; 16] = [
    "form[name]",
    "form[ids][0]",
    "form[ids][99999999999]",
    "form[user]",
    "query",
    "start",
    "len",
    "kind",
    "name",
    "verb",
    "q",
    "sort",
    "do",
    "id",
    "to",
    "__err",
];
const TYPES: [&str; 7] = [
    "application/x-www-form-urlencoded",
    "application/json",
    "text/html",
    "multipart/form-data; boundary=x",
    "application/cbor",
    "",
    "\u{1}",
];

struct Maker(StdRng);

impl Maker {
    fn one<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all.choose(&mut self.0).copied().unwrap_or_default()
    }

    fn piece(&mut self) -> String {
        match self.0.random_range(0..20) {
            0 => "x".repeat(self.0.random_range(1..9_000)),
            1 => (0..self.0.random_range(1..30)).map(|_| format!("%{:02x}", self.0.random::<u8>())).collect(),
            2 => (0..self.0.random_range(1..30)).map(|_| self.0.random::<char>()).collect(),
            _ => self.one(&PIECES).to_owned(),
        }
    }

    fn pairs(&mut self) -> String {
        let pair = |maker: &mut Self| format!("{}={}", maker.one(&NAMES), maker.piece());
        (0..self.0.random_range(0..5)).map(|_| pair(self)).collect::<Vec<_>>().join("&")
    }

    fn path(&mut self, known: &str) -> String {
        let mut path = known.to_owned();
        if self.0.random_bool(0.4) {
            for _ in 0..self.0.random_range(1..4) {
                path = format!("{path}/{}", self.piece());
            }
        }
        if self.0.random_bool(0.6) { format!("{path}?{}", self.pairs()) } else { path }
    }

    /// Of what cannot be a URL, the parts that cannot are written with percents.
    fn request(&mut self, known: &[(&'static str, String)], cookie: &str) -> Option<Request<Body>> {
        let (method, known) = known.choose(&mut self.0).cloned().unwrap_or_default();
        let method = if self.0.random_bool(0.5) { method } else { self.one(&METHODS) };
        let path: String = self
            .path(&known)
            .chars()
            .map(|c| if c.is_ascii_graphic() { c.to_string() } else { app::paths::encode(&c.to_string()) })
            .collect();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        if self.0.random_bool(0.8) {
            request = request.header(header::COOKIE, cookie);
        }
        let accept = self.one(&["text/html", "text/html", "application/json", "*/*", "\u{fffd}"]).to_owned();
        let origin = if self.0.random_bool(0.9) { format!("http://{HOST}") } else { self.piece() };
        let mut more = vec![("accept", accept), ("origin", origin)];
        let (kind, referer) = (self.one(&TYPES).to_owned(), format!("http://{HOST}/{}", self.piece()));
        more.extend([("content-type", kind), ("referer", referer)]);
        for name in
            ["x-forwarded-for", "last-event-id", "accept-encoding", "user-agent", "if-none-match", "range", "sec-fetch-site", "cookie"]
        {
            if self.0.random_bool(0.1) {
                more.push((name, self.piece()));
            }
        }
        for (name, value) in more {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                request = request.header(name, value);
            }
        }
        let body = match self.0.random_range(0..4) {
            0 => String::new(),
            1 => format!("{{\"form\":{{\"name\":\"{}\"}},\"{}\":{}}}", self.piece(), self.one(&NAMES), self.piece()),
            2 => self.piece(),
            _ => self.pairs(),
        };
        request.body(Body::from(body)).ok()
    }
}

/// What an answer must be, whatever was asked.
async fn sound(asked: &str, answer: Response<Body>) -> u16 {
    let status = answer.status().as_u16();
    let kind = answer.headers().get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{asked}");
    assert!(answer.headers().contains_key(header::CONTENT_SECURITY_POLICY), "{asked}");
    if kind.contains("event-stream") {
        return status;
    }
    let body = answer.into_body().collect().await.unwrap_or_else(|e| panic!("{asked}: {e}")).to_bytes();
    let text = String::from_utf8_lossy(&body);
    assert!(!kind.contains("html") || !text.contains(CANARY), "{asked}: {text}");
    if status >= 500 {
        let failure = serde_json::from_str::<AppError>(&text).map(|e| e.0);
        let planned = status == 500 && asked.contains("/api/") && failure.is_ok_and(|f| !matches!(f, Failure::Internal { .. }));
        // HEAD has no body.
        assert!(planned || (asked.starts_with("HEAD") && asked.contains("/api/")), "{status} to {asked}: {text}");
    }
    status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "figures to read with --no-capture")]
async fn ten_thousand_malformed_requests_are_answered_without_a_defect() {
    // Pages without rows are made faster, and go other ways.
    let consoles = [Arc::new(Console::start(Seed::Demo).await), Arc::new(Console::start(Seed::Empty).await)];
    let pages = leptos_axum::generate_route_list(app::App).into_iter().map(|page| {
        let path = page.path().replace("{*any}", "nowhere").replace("{account}", "111122223333").replace("{region}", "us-east-1");
        path.replace("{name}", "finance-desktop").replace("{tab}", "errors")
    });
    let functions = server_fn::axum::server_fn_paths()
        .map(|(path, method)| (if method == axum::http::Method::GET { "GET" } else { "POST" }, path.to_owned()));
    let others = ["/pkg/x", "/fonts", "/icons.svg", "/api/nothing", "/history/sessions.csv", "/audit/records.jsonl", ""].map(str::to_owned);
    let mut known: Vec<_> = pages.chain(others).map(|path| ("GET", path)).chain(functions).collect();
    known.retain(|(_, path)| !LEFT_OUT.contains(&path.as_str()));
    let known = Arc::new(known);
    let (began, mut parts) = (Instant::now(), tokio::task::JoinSet::new());
    for (seed, console) in (0..4).zip(consoles.iter().cycle()) {
        let (console, known) = (Arc::clone(console), Arc::clone(&known));
        parts.spawn(async move {
            let (mut maker, mut made, mut statuses) = (Maker(StdRng::seed_from_u64(seed)), 0, BTreeMap::new());
            let cookie = console.sign_in().await;
            while made < REQUESTS / 4 {
                let Some(request) = maker.request(&known, &cookie) else { continue };
                made += 1;
                let asked = format!("{} {} (seed {seed}, number {made})", request.method(), request.uri());
                let answer = tokio::time::timeout(Duration::from_secs(20), console.send(request)).await;
                let status = sound(&asked, answer.unwrap_or_else(|_| panic!("{asked} is not answered"))).await;
                *statuses.entry(status).or_insert(0) += 1;
            }
            assert_eq!(console.get("/fleets", &cookie).await.status(), 200, "it is still signed in");
            statuses
        });
    }
    let mut all = BTreeMap::<u16, usize>::new();
    for part in parts.join_all().await {
        part.into_iter().for_each(|(status, n)| *all.entry(status).or_default() += n);
    }
    println!("{REQUESTS} requests in {:?}: {all:?}", began.elapsed());
    assert!(all.len() >= 6 && all[&200] > REQUESTS / 20, "they reach what is behind: {all:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "figures to read with --no-capture")]
async fn bytes_that_are_no_request_are_refused_and_the_next_one_is_served() {
    let console = Console::start(Seed::Empty).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let end = tokio_util::sync::CancellationToken::new();
    tokio::spawn(server::http::serve(listener, console.router(), end.clone()));
    let answered = async |bytes: Vec<u8>| {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let mut answer = vec![];
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "{:?} is neither answered nor ended", String::from_utf8_lossy(&bytes));
        String::from_utf8_lossy(&answer).into_owned()
    };
    let whole = "GET /sign-in?to=<zzz> HTTP/1.1\r\nhost: x\r\naccept: text/html\r\ncookie: __Host-sid=<zzz>\r\nconnection: close\r\n\r\n";
    let chosen: [&[u8]; 14] = [
        b"\0\0\0\0\r\n\r\n",
        b"GET /%2e%2e/%00 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET /\xff\xfe<zzz> HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET http://evil.example/<zzz> HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /api/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        b"POST /api/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /fleets HTTP/1.1\r\n\r\n",
        b"POST /api/sign-in HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n<zzz>",
        b"POST /api/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 18446744073709551616\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nx: a\r\n b<zzz>\r\nx\0y: 1\r\n\r\n",
        b"POST /api/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 900\r\n\r\nform[user]=<zzz>",
    ];
    let (mut random, began) = (StdRng::seed_from_u64(6), Instant::now());
    let mut all: Vec<Vec<u8>> = chosen.iter().map(|bytes| bytes.to_vec()).collect();
    while all.len() < 400 {
        let mut bytes = whole.as_bytes().to_vec();
        for _ in 0..random.random_range(1..12) {
            let at = random.random_range(0..bytes.len());
            match random.random_range(0..3) {
                0 => bytes[at] = random.random(),
                1 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, random.random()),
            }
        }
        all.push(bytes);
    }
    let count = all.len();
    for bytes in all {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let answer = answered(bytes).await;
        let status = answer.split(' ').nth(1).and_then(|s| s.parse::<u16>().ok());
        // The planned one, as above.
        assert!(status.is_none_or(|s| s < 500 || (s == 500 && answer.contains("{\"Wire\":"))), "{shown}: {answer}");
        assert!(!answer.contains(CANARY), "{shown}: {answer}");
    }
    let well = answered(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".to_vec()).await;
    assert!(well.starts_with("HTTP/1.1 200"), "{well}");
    println!("{count} times bytes that are no request, in {:?}", began.elapsed());
    end.cancel();
}
