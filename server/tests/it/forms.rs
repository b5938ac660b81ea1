//! Every form with missing, over-long, foreign and hostile values: a sentence at the field, nothing sent, nothing lost.

use crate::support::{Console, calls, text};
use serde_json::json;
use simulator::Seed;

const HOSTILE: [&str; 9] = [
    "",
    "   ",
    "%00%01%7F",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%27%3B+drop+table+accounts%3B--",
    "..%2F..%2Fetc%2Fpasswd",
    "%F0%9F%92%A5%E2%80%AE",
    "-1",
    "99999999999999999999999",
];

fn writes(calls: &serde_json::Value) -> u64 {
    ["StartFleet", "StopFleet", "UpdateFleet", "ExpireSession"].iter().filter_map(|op| calls[op].as_u64()).sum()
}

#[tokio::test]
async fn hostile_values_get_a_sentence_and_reach_aws_never() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let long = "x".repeat(100_000);
    for value in HOSTILE.into_iter().chain([long.as_str()]) {
        for (path, form) in [
            ("/api/fleet/start", format!("form[name]={value}")),
            ("/api/fleet/stop", format!("form[name]={value}&form[confirm]={value}")),
            ("/api/fleet/stop", format!("form[name]=finance-desktop&form[confirm]={value}")),
            ("/api/fleet/capacity", format!("form[name]={value}&form[seats]=3")),
            ("/api/fleet/capacity", format!("form[name]=finance-desktop&form[seats]={value}")),
            ("/api/session/expire", format!("form[ids][0]={value}&form[confirm]={value}")),
        ] {
            // Digits may be the id of a session that ended: AWS takes it, and so does the console.
            if path == "/api/session/expire" && value.starts_with('9') {
                continue;
            }
            let (status, answer) = console.call(path, &cookie, &form).await;
            assert!(!status.is_success(), "{path} with {} was accepted: {answer}", &value[..value.len().min(40)]);
            let told = answer.to_string();
            assert!(told.len() > 20 && told.len() < 2_000, "{path}: a sentence, not {} bytes", told.len());
        }
    }
    for (path, form) in [("/api/fleet/start", ""), ("/api/fleet/stop", ""), ("/api/fleet/capacity", ""), ("/api/session/expire", "")] {
        let (status, answer) = console.call(path, &cookie, form).await;
        assert!(!status.is_success(), "{path} without anything: {answer}");
    }
    assert_eq!(writes(&calls(&console.embedded)), 0, "{}", calls(&console.embedded));
}

#[tokio::test]
async fn more_than_five_hundred_sessions_are_refused_before_any_call() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let form: Vec<String> = (0..501).map(|i| format!("form[ids][{i}]=id-{i}")).collect();
    let (_, answer) = console.call("/api/session/expire", &cookie, &form.join("&")).await;
    assert!(answer.to_string().contains("500"), "{answer}");
    assert_eq!(writes(&calls(&console.embedded)), 0);
}

#[tokio::test]
async fn a_plain_form_comes_back_with_its_sentence_and_what_was_typed() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let from = "/111122223333/us-east-1/fleets/finance-desktop?do=capacity";
    let answer = console.post("/api/fleet/capacity", &cookie, from, "form[name]=finance-desktop&form[seats]=plenty").await;
    assert!(answer.status().is_redirection(), "{}", answer.status());
    let to = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(to.contains("do=capacity"), "{to}");
    let page = text(console.get(from, &cookie).await).await;
    assert!(page.contains("“plenty” is not one") && page.contains("value=\"plenty\""));
    let again = text(console.get(from, &cookie).await).await;
    assert!(!again.contains("“plenty” is not one"), "told once");
    assert_eq!(writes(&calls(&console.embedded)), 0);
}

#[tokio::test]
async fn a_plain_expiry_tells_each_result_on_the_next_page() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let estate = console.watcher.hub().estate();
    let (one, two) = (&estate.sessions[0], &estate.sessions[1]);
    crate::support::control(
        &console.embedded,
        "POST",
        "faults",
        &json!({"operation": "ExpireSession", "error": "OperationNotPermittedException", "status": 400, "count": 1}),
    );
    let form = format!("form[ids][0]={}&form[ids][1]={}", one.id, two.id);
    let answer = console.post("/api/session/expire", &cookie, "/sessions", &form).await;
    assert!(answer.status().is_redirection());
    let page = text(console.get("/sessions", &cookie).await).await;
    assert!(page.contains("1 of 2 expired."), "the outcome is told");
    assert!(page.contains(&one.user_id), "and whose session failed");
}
