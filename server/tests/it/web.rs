//! The web surface: what other sites, forged addresses and endless requests come to. The headers are marked as Mozilla's Observatory
//! does (https://github.com/mdn/mdn-http-observatory, its rules of November 2024).

use crate::support::{Console, HOST, text};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use simulator::Seed;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

/// A request by way of a proxy that speaks TLS with the browser.
fn proxied(method: &str, path: &str, forwarded: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, HOST)
        .header(header::ACCEPT, "text/html")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-for", forwarded)
        .extension(ConnectInfo::<SocketAddr>("10.0.0.5:4711".parse().unwrap()))
}

/// The policy's sources of a directive, or of `default-src`.
fn sources<'a>(policy: &'a str, directive: &str) -> Vec<&'a str> {
    let of = |name: &str| {
        policy.split(';').map(str::trim).find_map(|d| d.strip_prefix(name)?.strip_prefix(' ')).map(|s| s.split(' ').collect::<Vec<_>>())
    };
    of(directive).or_else(|| of("default-src")).unwrap_or_default()
}

/// Points and the reasons for them.
fn mark(headers: &HeaderMap) -> (i32, Vec<String>) {
    let get = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (mut points, mut why) = (100, vec![]);
    let mut rule = |name: &str, change: i32| {
        points += change;
        why.push(format!("{name} {change:+}"));
    };
    let policy = get("content-security-policy");
    let (script, style) = (sources(&policy, "script-src"), sources(&policy, "style-src"));
    let strict = script.contains(&"'strict-dynamic'") && script.iter().any(|s| s.starts_with("'nonce-"));
    rule(
        "csp",
        match () {
            () if policy.is_empty() => -25,
            () if (script.contains(&"'unsafe-inline'") && !strict) || script.contains(&"data:") || script.contains(&"*") => -20,
            () if script.contains(&"'unsafe-eval'") => -10,
            () if style.contains(&"'unsafe-inline'") => 0,
            () if sources(&policy, "default-src") == ["'none'"] => 10,
            () => 5,
        },
    );
    let cookies: Vec<_> = headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_lowercase()).collect();
    let good = |c: &String| c.contains("secure") && c.contains("httponly") && c.contains("samesite=");
    rule("cookies", if cookies.iter().all(good) { 5 } else { -40 });
    rule("cors", if get("access-control-allow-origin").is_empty() { 0 } else { -50 });
    rule(
        "referrer-policy",
        if ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"].contains(&get("referrer-policy").as_str()) {
            5
        } else {
            0
        },
    );
    let age = get("strict-transport-security").split(';').find_map(|p| p.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
    rule(
        "hsts",
        match age {
            Some(age) if age >= 15_768_000 => 0,
            Some(_) => -10,
            None => -20,
        },
    );
    rule("nosniff", if get("x-content-type-options") == "nosniff" { 0 } else { -5 });
    let framed = sources(&policy, "frame-ancestors") == ["'none'"] || policy.contains("frame-ancestors 'none'");
    rule(
        "frames",
        if framed {
            5
        } else if get("x-frame-options") == "DENY" {
            0
        } else {
            -20
        },
    );
    rule("corp", if ["same-origin", "same-site"].contains(&get("cross-origin-resource-policy").as_str()) { 10 } else { 0 });
    (points, why)
}

#[tokio::test]
async fn mozillas_observatory_would_give_an_a_plus() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    for path in ["/sign-in", "/", "/fleets", "/audit", "/nothing"] {
        let request = proxied("GET", path, "198.51.100.1").header(header::COOKIE, &cookie).body(Body::empty()).unwrap();
        let answer = console.send(request).await;
        let (points, why) = mark(answer.headers());
        assert!(points >= 100, "{path}: {points} points: {why:?}");
        assert_eq!(answer.headers()["cross-origin-opener-policy"], "same-origin");
        assert!(answer.headers()["permissions-policy"].to_str().unwrap().contains("camera=()"));
    }
    // What the marks are worth: without the headers they are bad.
    assert!(mark(&HeaderMap::new()).0 < 50);
    let plain = console.get("/sign-in", "").await;
    assert!(!plain.headers().contains_key(header::STRICT_TRANSPORT_SECURITY), "not over plain HTTP");
    let body = "form[user]=admin&form[password]=correct+horse+battery&form[to]=/";
    let request = proxied("POST", "/api/sign-in", "198.51.100.1").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = console.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(mark(answer.headers()).1[1], "cookies +5", "{:?}", answer.headers());
}

#[tokio::test]
async fn a_client_is_who_the_trusted_proxy_saw() {
    let console = Console::start(Seed::Empty).await;
    let body = "form[user]=admin&form[password]=wrong";
    let sent = |peer: &str| {
        let peer: SocketAddr = peer.parse().unwrap();
        let request = proxied("POST", "/api/sign-in", "6.6.6.6, 198.51.100.1").extension(ConnectInfo(peer));
        request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body)).unwrap()
    };
    console.send(sent("10.0.0.5:1")).await;
    console.send(sent("203.0.113.7:1")).await;
    let from: Vec<String> =
        sqlx::query_scalar("select record ->> '$.from' from audit order by seq").fetch_all(&console.pool).await.unwrap();
    assert_eq!(from, ["198.51.100.1", "203.0.113.7"]);
}

#[tokio::test]
async fn other_sites_get_neither_the_stream_nor_data() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    for path in [app::paths::LIVE, "/api/frame", "/history/sessions.csv", "/audit/records.jsonl"] {
        for (name, value, status) in [
            ("origin", "https://evil.example", StatusCode::FORBIDDEN),
            ("origin", "null", StatusCode::FORBIDDEN),
            ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
            ("sec-fetch-site", "same-site", StatusCode::FORBIDDEN),
            ("sec-fetch-site", "same-origin", StatusCode::OK),
            ("sec-fetch-site", "none", StatusCode::OK),
            ("origin", "http://127.0.0.1:3000", StatusCode::OK),
        ] {
            let request = Request::builder().uri(path).header(header::HOST, HOST).header(header::COOKIE, &cookie).header(name, value);
            assert_eq!(console.send(request.body(Body::empty()).unwrap()).await.status(), status, "{path} {name}: {value}");
        }
    }
    let page =
        Request::builder().uri("/fleets").header(header::HOST, HOST).header(header::COOKIE, &cookie).header("sec-fetch-site", "cross-site");
    assert_eq!(console.send(page.body(Body::empty()).unwrap()).await.status(), StatusCode::OK, "links from elsewhere open pages");
}

#[tokio::test]
async fn no_redirect_leads_elsewhere() {
    let console = Console::start(Seed::Demo).await;
    let here =
        |to: &str| (to.starts_with('/') && !to.starts_with("//") && !to.contains('\\')) || to.starts_with(&format!("http://{HOST}/"));
    for to in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "%0d%0aset-cookie:x=1",
        "/%0d%0aX-Evil:1",
        "javascript:alert(1)",
        "/fleets",
    ] {
        let form = format!("form[user]=admin&form[password]=correct+horse+battery&form[to]={to}");
        let answer = console.post("/api/sign-in", "", "/sign-in", &form).await;
        let location = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
        assert!(here(&location), "{to} led to {location}");
        assert!(!answer.headers().contains_key("x-evil") && answer.headers().get_all("set-cookie").iter().count() == 1, "{to}");
    }
    let cookie = console.sign_in().await;
    for referer in [
        "https://evil.example/x",
        "//evil.example",
        "http://127.0.0.1:3000.evil.example/",
        "http://127.0.0.1:3000@evil.example/",
        "/fleets",
    ] {
        // A browser would say where it comes from; this is what is left if it does not.
        let request = Request::builder()
            .method("POST")
            .uri("/api/fleet/start")
            .header(header::HOST, HOST)
            .header(header::COOKIE, &cookie)
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, referer)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = console.send(request.body(Body::from("form[name]=nothing")).unwrap()).await;
        let location = answer.headers().get(header::LOCATION).map(|l| l.to_str().unwrap().to_owned()).unwrap_or_default();
        assert!(location.is_empty() || here(&location), "{referer} led to {location}");
    }
}

#[tokio::test]
async fn what_a_url_says_is_text() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let evil = "%3Cscript%3Ealert(1)%3C/script%3E%22onload=%22x";
    // {"Internal":{"message":"<script>alert(1)</script>"}}, as a plain form post would bring it back.
    let mut shown = 0;
    let forged = "eyJJbnRlcm5hbCI6eyJtZXNzYWdlIjoiPHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0PiJ9fQ";
    for path in [
        format!("/fleets?q={evil}&sort={evil}"),
        format!("/sessions?q={evil}&do=expire&id={evil}"),
        format!("/audit?who={evil}&q={evil}&action={evil}&from={evil}&before={evil}&record={evil}"),
        format!("/sign-in?to={evil}&__err={forged}&__path=/api/sign-in"),
        format!("/fleets?do=start&fleet={evil}&__path=/api/fleet/start&__err={forged}"),
        format!("/111122223333/us-east-1/fleets/finance-desktop?__path=/api/fleet/stop&__err={forged}&do=stop"),
        format!("/{evil}"),
        format!("/stacks/new?row={evil}"),
        format!("/sessions/history?range={evil}&fleet={evil}&q={evil}"),
    ] {
        let answer = console.get(&path, &cookie).await;
        assert!(answer.status().as_u16() < 500, "{path}: {}", answer.status());
        let page = text(answer).await;
        shown += usize::from(page.contains("&lt;script&gt;alert(1)"));
        assert!(!page.contains("<script>alert") && !page.contains("\"onload=\"x\""), "{path}");
    }
    assert!(shown >= 3, "some of it is shown, as text: {shown}");
}

#[tokio::test]
async fn errors_say_nothing_of_the_inside() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let long = "x".repeat(5_000);
    let mut answers = vec![];
    for (path, form) in [
        ("/api/fleet/stop", "%%%"),
        ("/api/resource/act", "kind=..%2f..&name=%00&verb=x"),
        ("/api/session/expire", "form[ids][999999999]=x"),
        ("/api/nothing", ""),
        ("/api/users/bulk", "what=%ff"),
    ] {
        answers.push((path.to_owned(), console.call(path, &cookie, form).await.1.to_string()));
    }
    for path in [
        "/api/resource/list?kind=x&query=&start=-1&len=99999999999999999999",
        "/api/history/sessions",
        "/pkg/../console.sqlite",
        "/pkg/%2e%2e/%2e%2e/Cargo.toml",
        "/pkg/..%2f..%2fCargo.toml",
        "/fonts/....//....//etc/passwd",
        "/pkg//etc/passwd",
        "/pkg/%00",
        &format!("/{long}"),
    ] {
        let answer = console.get(path, &cookie).await;
        assert!(answer.status() != StatusCode::OK || !path.starts_with("/pkg"), "{path} is served");
        answers.push((path.to_owned(), text(answer).await));
    }
    for (path, answer) in answers {
        for inside in ["panicked", "RUST_BACKTRACE", ".rs:", "sqlx", "SqliteError", "/root/", "/work/", "[workspace]", "root:x:0"] {
            assert!(!answer.contains(inside), "{path} tells {inside}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_body_is_bounded_and_so_is_a_head() {
    let console = Console::start(Seed::Empty).await;
    let cookie = console.sign_in().await;
    let (status, _) = console.call("/api/users/import", &cookie, &format!("text={}", "x".repeat(1_100_000))).await;
    assert!(!status.is_success(), "{status}");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let end = CancellationToken::new();
    let serving = tokio::spawn(server::http::serve(listener, console.router(), end.clone()));
    let asked = async |head: String| {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        // It may be refused before all of it is sent.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut answer = vec![0; 64];
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut answer)).await.expect("answered or closed");
        String::from_utf8_lossy(&answer[..read.unwrap_or_default()]).into_owned()
    };
    assert!(asked("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n".into()).await.starts_with("HTTP/1.1 200"));
    let many: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
    for head in [format!("x: {}\r\n", "y".repeat(200_000)), many] {
        let answer = asked(format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{head}\r\n")).await;
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    end.cancel();
    tokio::time::timeout(Duration::from_secs(10), serving).await.expect("ends").unwrap().unwrap();
}
