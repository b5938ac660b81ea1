//! What Prometheus reads: calls, requests, ages, in its words, and nothing about anybody.

use crate::support::{Console, control, text};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use simulator::Seed;
use tower::ServiceExt;

async fn scraped(console: &Console) -> String {
    let request = Request::builder().uri("/metrics").body(Body::empty()).unwrap();
    let answer = console.metrics.clone().router().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    text(answer).await
}

/// The value of the sample that begins so.
#[track_caller]
fn sample(all: &str, begins: &str) -> f64 {
    let line = all.lines().find(|l| l.starts_with(begins)).unwrap_or_else(|| panic!("{begins}\n{all}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn calls_requests_and_ages_are_counted() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    for page in ["/", "/fleets", "/nowhere/at/all/of/it/x"] {
        console.get(page, &cookie).await;
    }
    control(
        &console.embedded,
        "POST",
        "faults",
        &json!({"operation": "StartFleet", "error": "ThrottlingException", "status": 400, "count": 9}),
    );
    console.call("/api/fleet/start", &cookie, "form[name]=training-lab").await;
    let all = scraped(&console).await;
    assert!(sample(&all, "appstream_console_aws_calls_total{operation=\"DescribeFleets\",outcome=\"ok\"}") >= 1.0);
    assert_eq!(sample(&all, "appstream_console_aws_calls_total{operation=\"StartFleet\",outcome=\"ThrottlingException\"}"), 3.0);
    assert_eq!(sample(&all, "appstream_console_aws_throttled_total"), 3.0);
    assert_eq!(sample(&all, "appstream_console_http_requests_total{method=\"GET\",route=\"/fleets\",status=\"2xx\"}"), 1.0);
    assert!(sample(&all, "appstream_console_http_request_duration_seconds_count{kind=\"page\"}") >= 2.0);
    assert!(sample(&all, "appstream_console_poll_age_seconds{kind=\"fleets\"}") < 60.0);
    assert_eq!(sample(&all, "appstream_console_jobs{state=\"running\"}"), 0.0);
    assert!(all.ends_with("# EOF\n"), "the format's last line");
    for name in ["training-lab", "admin", "nowhere"] {
        assert!(!all.contains(name), "{name} is nobody's business here");
    }
    // They are not on the console's own port.
    assert_ne!(console.get("/metrics", &cookie).await.status(), StatusCode::OK);
}
