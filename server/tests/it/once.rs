//! No act happens twice: on a double click, a retry, a reload.

use crate::support::{Console, calls, text};
use axum::http::StatusCode;
use serde_json::{Value, json};
use simulator::Seed;

fn called(console: &Console, operation: &str) -> u64 {
    calls(&console.embedded)[operation].as_u64().unwrap_or_default()
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_done_once_and_answers_the_same() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let form = |once: &str, name: &str| format!("kind=stacks&name=&verb=new&once={once}&fields[Name]={name}");
    // A double click: at once. Without the key the second would be told that the name is taken.
    let body = form("k1", "twice");
    let (a, b) = tokio::join!(console.call("/api/resource/act", &cookie, &body), console.call("/api/resource/act", &cookie, &body));
    assert_eq!((a.0, &a.1), (StatusCode::OK, &b.1));
    // A retry, later.
    let again = console.call("/api/resource/act", &cookie, &body).await;
    assert_eq!(again, a);
    assert_eq!(called(&console, "CreateStack"), 1);
    // Another value, and another form, are other acts.
    assert_eq!(console.call("/api/resource/act", &cookie, &form("k1", "thrice")).await.0, StatusCode::OK);
    let taken = console.call("/api/resource/act", &cookie, &form("k2", "twice")).await;
    assert!(taken.1.to_string().contains("already exists") || taken.1.to_string().contains("Taken"), "{taken:?}");
    assert_eq!(called(&console, "CreateStack"), 3);
    let intents: i64 = sqlx::query_scalar("select count(*) from audit where phase = 'intent'").fetch_one(&console.pool).await.unwrap();
    assert_eq!(intents, 3, "what was not done is not recorded as done");
}

#[tokio::test]
async fn a_reload_of_a_plain_post_stops_nothing_again_and_shows_the_same_page() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let page = text(console.get("/111122223333/us-east-1/fleets/finance-desktop?do=capacity", &cookie).await).await;
    let key = page.split("name=\"once\" value=\"").nth(1).expect("each form has a key").split('"').next().unwrap();
    assert!(key.len() > 15, "{key}");
    let body = format!("form[name]=finance-desktop&form[seats]=33&once={}", app::paths::encode(key));
    let from = "/111122223333/us-east-1/fleets/finance-desktop?do=capacity";
    let first = console.post("/api/fleet/capacity", &cookie, from, &body).await;
    let second = console.post("/api/fleet/capacity", &cookie, from, &body).await;
    assert_eq!(first.status(), second.status());
    assert_eq!(called(&console, "UpdateFleet"), 1);
    assert!(text(console.get(from, &cookie).await).await.contains("name=\"once\""));
}

#[tokio::test]
async fn what_failed_may_be_sent_again_and_a_secret_is_not_kept() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let fault = json!({"operation": "StartFleet", "error": "ThrottlingException", "status": 400, "count": 9});
    let _: Value = crate::support::control(&console.embedded, "POST", "faults", &fault);
    let body = "form[name]=training-lab&once=f1";
    let (status, failed) = console.call("/api/fleet/start", &cookie, body).await;
    assert!(status != StatusCode::OK && failed.to_string().contains("Throttled"), "{failed}");
    crate::support::control(&console.embedded, "DELETE", "faults", &json!({}));
    assert_eq!(console.call("/api/fleet/start", &cookie, body).await.0, StatusCode::OK);

    let estate = console.watcher.hub().estate();
    let pair = estate.pairs.iter().find(|p| p.fleet() == "finance-desktop").unwrap();
    let url = format!("kind=stacks&name={}&verb=url&once=u1&fields[FleetName]={}&fields[UserId]=ana", pair.stack(), pair.fleet());
    let (_, made) = console.call("/api/resource/act", &cookie, &url).await;
    assert!(made["secret"].is_string(), "{made}");
    let (_, again) = console.call("/api/resource/act", &cookie, &url).await;
    assert!(again.to_string().contains("was done already"), "{again}");
    let kept: Vec<String> =
        sqlx::query_scalar("select outcome from submitted where outcome is not null").fetch_all(&console.pool).await.unwrap();
    assert!(kept.iter().all(|o| !o.contains("parameters=")), "{kept:?}");
}

#[tokio::test]
async fn an_act_goes_on_when_its_browser_has_gone() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    crate::support::control(&console.embedded, "POST", "faults", &json!({"operation": "StartFleet", "latency_ms": 600, "count": 1}));
    let body = "form[name]=training-lab&once=g1";
    let gone = tokio::time::timeout(std::time::Duration::from_millis(200), console.call("/api/fleet/start", &cookie, body)).await;
    assert!(gone.is_err(), "it was still being done");
    // The same form, sent again: it waits for the first and gets what came of that.
    assert_eq!(console.call("/api/fleet/start", &cookie, body).await.0, StatusCode::OK);
    assert_eq!(called(&console, "StartFleet"), 1);
    let ended: i64 = sqlx::query_scalar("select count(*) from audit where action = 'fleet/start' and outcome = 'done'")
        .fetch_one(&console.pool)
        .await
        .unwrap();
    assert_eq!(ended, 1);
}
