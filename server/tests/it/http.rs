//! What the router lets whom see, and the headers of its answers.

use crate::support::{Console, HOST, cookie, text};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use simulator::Seed;

/// Every path that answers, but those that are the same for everybody.
fn paths() -> Vec<(String, &'static str)> {
    let pages = leptos_axum::generate_route_list(app::App).into_iter().map(|page| {
        let path = page.path().replace("{*any}", "nowhere").replace("{account}", "111122223333").replace("{region}", "us-east-1");
        (path.replace("{name}", "finance-desktop").replace("{tab}", "errors"), "GET")
    });
    let functions = server_fn::axum::server_fn_paths()
        .map(|(path, method)| (path.to_owned(), if method == axum::http::Method::GET { "GET" } else { "POST" }));
    let mut all: Vec<_> =
        pages.chain(functions).chain([(app::paths::LIVE.to_owned(), "GET"), ("/api/nothing".to_owned(), "POST")]).collect();
    all.sort();
    all.dedup();
    all
}

#[tokio::test]
async fn an_anonymous_visitor_gets_sign_in_files_and_health_and_nothing_else() {
    let console = Console::start(Seed::Demo).await;
    let all = paths();
    for expected in ["/", "/fleets", "/sessions", "/api/frame", "/api/session/list", "/api/session/expire", "/api/fleet/stop", "/api/live"]
    {
        assert!(all.iter().any(|(path, _)| path == expected), "{expected} is among {all:?}");
    }
    for (path, method) in all {
        for accept in ["text/html", "application/json", "*/*"] {
            let request = Request::builder()
                .method(method)
                .uri(&path)
                .header(header::HOST, HOST)
                .header(header::ORIGIN, format!("http://{HOST}"))
                .header(header::ACCEPT, accept);
            let answer = console.send(request.body(Body::empty()).unwrap()).await;
            if server::http::guard::OPEN.contains(&path.as_str()) {
                continue;
            }
            let status = answer.status();
            assert!(status == StatusCode::SEE_OTHER || status == StatusCode::UNAUTHORIZED, "{method} {path} for {accept}: {status}");
            if status == StatusCode::SEE_OTHER {
                assert!(answer.headers()[header::LOCATION].to_str().unwrap().starts_with("/sign-in"));
            }
            assert!(!text(answer).await.contains("finance"), "{method} {path} tells something");
        }
    }
    for open in ["/sign-in", "/healthz", "/readyz", "/robots.txt"] {
        assert_eq!(console.get(open, "").await.status(), StatusCode::OK, "{open}");
    }
    assert_eq!(console.get("/pkg/../../Cargo.toml", "").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_cookie_is_for_this_host_only_and_new_at_each_sign_in() {
    let console = Console::start(Seed::Empty).await;
    let form = "form[user]=admin&form[password]=wrong&form[to]=/";
    let failed = console.post("/api/sign-in", "", "/sign-in", form).await;
    let before = cookie(&failed);
    let answer = console.post("/api/sign-in", &before, "/sign-in", &form.replace("wrong", "correct+horse+battery")).await;
    let set = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["__Host-sid=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(part), "{part} in {set}");
    }
    assert!(!set.contains("Domain"));
    assert_ne!(cookie(&answer), before, "whoever planted the old id does not get in");
    assert_eq!(console.get("/fleets", &before).await.status(), StatusCode::SEE_OTHER);
    let mine = cookie(&answer);
    assert_eq!(console.get("/fleets", &mine).await.status(), StatusCode::OK);
    console.post("/api/sign-out", &mine, "/", "").await;
    assert_eq!(console.get("/fleets", &mine).await.status(), StatusCode::SEE_OTHER, "gone on the server, not only in the browser");
}

#[tokio::test]
async fn a_foreign_origin_changes_nothing() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    for (path, _) in paths().into_iter().filter(|(_, method)| *method == "POST") {
        for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
            let request =
                Request::builder().method("POST").uri(&path).header(header::HOST, HOST).header(header::COOKIE, &cookie).header(name, value);
            let request = request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from("form[name]=finance-desktop"))
                .unwrap();
            assert_eq!(console.send(request).await.status(), StatusCode::FORBIDDEN, "{path} {name}: {value}");
        }
    }
}

#[tokio::test]
async fn pages_carry_a_strict_policy_with_a_nonce_of_their_own() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let mut seen = std::collections::HashSet::new();
    for path in ["/sign-in", "/", "/fleets", "/sessions?do=expire&id=x", "/111122223333/us-east-1/fleets/erp-legacy/errors", "/nothing"] {
        let answer = console.get(path, &cookie).await;
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        for part in [
            "default-src 'self'",
            "'strict-dynamic'",
            "'wasm-unsafe-eval'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "object-src 'none'",
        ] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let page = text(answer).await;
        assert!(page.contains("<script"), "{path}");
        for script in page.split("<script").skip(1) {
            assert!(
                script.split('>').next().unwrap().contains(&format!("nonce=\"{nonce}\"")),
                "{path}: {}",
                &script[..80.min(script.len())]
            );
        }
        assert!(!page.contains(" style=\""), "{path} has a style attribute, which the policy forbids");
        assert!(seen.insert(nonce), "a nonce is used once");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_a_page_with_status_404() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    for path in ["/nothing", "/nothing/at/all", "/111122223333/us-east-1/fleets/none", "/000000000000/us-east-1/fleets/finance-desktop"] {
        assert_eq!(console.get(path, &cookie).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn pages_come_whole_from_the_server() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let page = text(console.get("/sessions?fleet=callcentre-ie&sort=-running", &cookie).await).await;
    assert!(page.contains("Select session of"), "rows are in the page itself");
    let fleets = text(console.get("/fleets", &cookie).await).await;
    assert!(fleets.contains("finance-desktop") && fleets.contains("Running"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_asked_for_many_at_once_are_all_answered() {
    let console = std::sync::Arc::new(Console::start(Seed::Demo).await);
    let cookie = console.sign_in().await;
    let fleet = "/111122223333/us-east-1/fleets/finance-desktop";
    let mut pages: Vec<String> =
        ["/", "/fleets", "/sessions", "/sessions/history", "/images", "/stacks", "/users", "/jobs", "/audit"].map(str::to_owned).to_vec();
    pages.extend(
        ["", "/sessions", "/errors", "/configuration", "/stacks", "/tags", "?do=capacity", "?do=stop", "?do=delete"]
            .map(|t| format!("{fleet}{t}")),
    );
    for _ in 0..8 {
        let asked = pages.iter().map(|page| {
            let (console, cookie, page) = (std::sync::Arc::clone(&console), cookie.clone(), page.clone());
            tokio::spawn(async move {
                let answer = console.get(&page, &cookie).await;
                let status = answer.status();
                (page, status, text(answer).await)
            })
        });
        for answered in futures::future::join_all(asked).await {
            let (page, status, html) = answered.unwrap();
            assert!(
                status.is_success() && html.contains("</main>") && html.trim_end().ends_with("</script>"),
                "{page}: {status}, {} bytes",
                html.len()
            );
        }
    }
}
