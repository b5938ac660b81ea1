//! Who did what: every act leaves a record, what cannot be recorded is not done, and no secret is kept.

use crate::support::{Console, PASSWORD, calls, text};
use app::audit::{Entry, Outcome, Phase};
use axum::http::{StatusCode, header};
use server::audit::chain::verify;
use server::audit::follow::Receiver;
use simulator::Seed;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// All records, oldest first.
async fn records(console: &Console) -> Vec<Entry> {
    let all: Vec<String> = sqlx::query_scalar("select record from audit order by seq").fetch_all(&console.pool).await.unwrap();
    all.iter().map(|record| serde_json::from_str(record).unwrap()).collect()
}

#[tokio::test]
async fn an_act_is_told_with_who_did_it_what_changed_and_awss_request_id() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let (status, _) = console.call("/api/fleet/capacity", &cookie, "form[name]=finance-desktop&form[seats]=31").await;
    assert_eq!(status, StatusCode::OK);
    let all = records(&console).await;
    let kinds: Vec<_> = all.iter().map(|e| (e.action.as_str(), e.phase, e.outcome)).collect();
    assert_eq!(
        kinds,
        [
            ("sign-in", Phase::Result, Outcome::Done),
            ("fleet/capacity", Phase::Intent, Outcome::Open),
            ("fleet/capacity", Phase::Result, Outcome::Done),
        ]
    );
    let done = &all[2];
    assert_eq!((done.who.as_str(), done.target.as_str(), done.of), ("admin", "fleets/finance-desktop", Some(2)));
    let call = &done.calls[0];
    assert_eq!(call.operation, "UpdateFleet");
    assert_eq!(call.members[0].name, "ComputeCapacity.DesiredInstances");
    assert!(!call.members[0].was.is_empty() && call.members[0].is == "31", "{:?}", call.members);
    assert!(call.request_id.as_deref().is_some_and(|id| id.len() >= 8), "{:?}", call.request_id);
    assert_eq!(all[1].entries["seats"], "31");
    assert_eq!(verify(&console.pool, &[]).await.map(|m| m.seq), Ok(3));
}

#[tokio::test]
async fn an_edit_tells_changed_members_before_and_after_and_a_refusal_is_told_too() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let stack = console.watcher.hub().estate().stacks[0].name.0.clone();
    let view = console.read(&format!("/api/resource/form?kind=stacks&name={stack}&verb=edit&query="), &cookie).await;
    let mut entries = serde_json::from_value::<domain::entry::FormView>(view).unwrap().standing();
    let mut form = |value: &str| {
        entries.insert("DisplayName".into(), value.into());
        let fields = entries.iter().map(|(k, v)| (format!("fields[{k}]"), v.clone())).collect::<Vec<_>>();
        app::paths::with_query(&format!("kind=stacks&name={stack}&verb=edit"), &fields).replace('?', "&")
    };
    let (status, answer) = console.call("/api/resource/act", &cookie, &form("Audited")).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let (_, _) = console.call("/api/resource/act", &cookie, &form("Audited again")).await;
    let (_, refused) = console.call("/api/resource/act", &cookie, &form(&"x".repeat(200))).await;
    assert!(refused.to_string().contains("Fields"), "{refused}");
    let all = records(&console).await;
    let edits: Vec<&Entry> = all.iter().filter(|e| e.action == "resource/stacks/edit" && e.phase == Phase::Result).collect();
    let changed =
        |e: &Entry| e.calls.iter().flat_map(|c| &c.members).find(|m| m.name == "DisplayName").map(|m| (m.was.clone(), m.is.clone()));
    assert_eq!(changed(edits[1]), Some(("Audited".into(), "Audited again".into())));
    assert_eq!((edits[2].outcome, edits[2].of), (Outcome::Failed, None));
    assert!(edits[2].message.contains("needs attention"), "{}", edits[2].message);
    assert_eq!(edits[0].target, format!("stacks/{stack}"));
}

#[tokio::test]
async fn sign_ins_are_told_and_what_was_typed_in_the_wrong_field_is_not() {
    let console = Console::start(Seed::Empty).await;
    for (user, password) in [("admin", "wrong"), ("hunter2-in-the-wrong-field", "x")] {
        console.post("/api/sign-in", "", "/sign-in", &format!("form[user]={user}&form[password]={password}")).await;
    }
    let cookie = console.sign_in().await;
    console.post("/api/sign-out", &cookie, "/", "").await;
    let all = records(&console).await;
    let told: Vec<_> = all.iter().map(|e| (e.action.as_str(), e.who.as_str(), e.outcome)).collect();
    assert_eq!(
        told,
        [
            ("sign-in", "admin", Outcome::Failed),
            ("sign-in", "(unknown name)", Outcome::Failed),
            ("sign-in", "admin", Outcome::Done),
            ("sign-out", "admin", Outcome::Done),
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_done_and_the_console_stays_readable_and_says_so() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let before = calls(&console.embedded);
    // As SQLite answers when the disk is full.
    sqlx::raw_sql("create trigger full before insert on audit begin select raise(abort, 'database or disk is full'); end")
        .execute(&console.pool)
        .await
        .unwrap();
    for (path, form) in [
        ("/api/fleet/stop", "form[name]=erp-legacy&form[confirm]=erp-legacy"),
        ("/api/fleet/capacity", "form[name]=finance-desktop&form[seats]=9"),
        ("/api/resource/act", "kind=stacks&name=&verb=new&fields[Name]=never"),
        ("/api/session/expire", "form[ids][0]=9b2a7f4e-0000-4000-8000-000000000000"),
        ("/api/users/import", "text=ana@example.com,Ana,Roy&step=send"),
    ] {
        let (_, answer) = console.call(path, &cookie, form).await;
        assert!(answer.to_string().contains("could not be recorded"), "{path}: {answer}");
    }
    let after = calls(&console.embedded);
    for operation in ["StopFleet", "UpdateFleet", "CreateStack", "ExpireSession", "CreateUser"] {
        assert_eq!(before[operation], after[operation], "{operation}");
    }
    let failed =
        console.post("/api/sign-in", "", "/sign-in", &format!("form[user]=admin&form[password]={}", PASSWORD.replace(' ', "+"))).await;
    assert!(!failed.headers()[header::LOCATION].to_str().unwrap().ends_with(":3000/"), "a sign-in that is not recorded is refused");
    let page = text(console.get("/fleets", &cookie).await).await;
    assert!(page.contains("finance-desktop") && page.contains("Nothing can be changed at present"), "it is read, and says so");
}

/// Server functions that change nothing although they are posted to.
const READERS: [&str; 3] = ["/api/resource/code", "/api/resource/request", "/api/session/named"];

#[tokio::test]
async fn every_function_that_is_posted_to_leaves_a_record() {
    let console = Console::start(Seed::Demo).await;
    for (path, method) in server_fn::axum::server_fn_paths() {
        if method != axum::http::Method::POST || READERS.contains(&path) {
            continue;
        }
        let cookie = console.sign_in().await;
        let before = records(&console).await.len();
        // Enough of a form for each of them to be read.
        let form = "form[name]=nothing&form[user]=admin&form[password]=x&form[ids][0]=x&form[seats]=1&kind=stacks&name=&verb=new&step=send";
        let (_, answer) = console.call(path, &cookie, form).await;
        let all = records(&console).await;
        assert!(all.len() > before, "{path} left nothing: {answer}");
        let action = path.trim_start_matches("/api/");
        assert!(
            all[before..].iter().all(|e| e.action.starts_with(action.split('/').next().unwrap())),
            "{path}: {:?}",
            all[before..].last()
        );
    }
}

#[tokio::test]
async fn who_tries_without_the_right_is_recorded() {
    let console = Console::start(Seed::Demo).await;
    let viewer = console.sign_in_as(domain::role::Role::Viewer).await;
    console.call("/api/fleet/stop", &viewer, "form[name]=finance-desktop").await;
    console.call("/api/resource/act", &viewer, "kind=stacks&name=x&verb=delete").await;
    assert_eq!(console.get("/audit/records.csv", &viewer).await.status(), StatusCode::FORBIDDEN);
    let all = records(&console).await;
    let tried: Vec<_> = all.iter().filter(|e| e.outcome == Outcome::Failed).map(|e| e.action.as_str()).collect();
    assert_eq!(tried, ["fleet/stop", "resource/stacks/delete"]);
    assert!(all.last().is_some_and(|e| e.message.contains("role") || e.message.contains("may not")), "{:?}", all.last());
}

#[tokio::test]
async fn the_page_filters_without_scripts_and_files_have_every_record() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    console.call("/api/fleet/start", &cookie, "form[name]=training-lab").await;
    console.call("/api/fleet/stop", &cookie, "form[name]==cmd()").await;
    let page = text(console.get("/audit", &cookie).await).await;
    for words in ["fleet/start", "fleet/stop", "fleets/training-lab", "sign-in", "<form method=\"get\" action=\"/audit\""] {
        assert!(page.contains(words), "{words}");
    }
    let page = text(console.get("/audit?action=fleet/start&who=admin&outcome=done", &cookie).await).await;
    assert!(page.contains("fleets/training-lab") && !page.contains("=cmd()"));
    let page = text(console.get("/audit?record=3", &cookie).await).await;
    assert!(page.contains("StartFleet") && page.contains("AWS request id"));
    let csv = console.get("/audit/records.csv", &cookie).await;
    assert!(csv.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment; filename=\"audit-"));
    let csv = text(csv).await;
    assert_eq!(csv.lines().count(), 5, "{csv}");
    let lines = text(console.get("/audit/records.jsonl?action=fleet", &cookie).await).await;
    let lines: Vec<serde_json::Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["record"]["phase"], "intent");
    assert_eq!(console.get("/audit/records.csv", "").await.status(), StatusCode::SEE_OTHER, "signed in only");
}

#[tokio::test]
async fn a_webhook_gets_every_record_in_order_also_those_of_before_and_again_after_a_failure() {
    let console = Console::start(Seed::Empty).await;
    console.sign_in().await;
    let got: Arc<Mutex<Vec<i64>>> = Arc::default();
    let answers = Arc::new(AtomicU32::new(0));
    let hook = {
        let (got, answers) = (Arc::clone(&got), Arc::clone(&answers));
        move |lines: String| {
            let (got, answers) = (Arc::clone(&got), Arc::clone(&answers));
            async move {
                if answers.fetch_add(1, Ordering::Relaxed) == 0 {
                    return StatusCode::INTERNAL_SERVER_ERROR;
                }
                let seqs = lines.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["seq"].as_i64().unwrap());
                got.lock().unwrap().extend(seqs);
                StatusCode::NO_CONTENT
            }
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?token=canary-hook-4d", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/hook", axum::routing::post(hook))).await });
    let end = CancellationToken::new();
    let receiver = || Receiver::Webhook(url.clone(), server::gateway::client::connector(&url).unwrap());
    let following = tokio::spawn(console.audit.clone().follow(receiver(), end.clone()));
    let reached = async |n: usize| {
        for _ in 0..400 {
            if got.lock().unwrap().len() >= n {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the webhook never got {n} records: {:?}", got.lock().unwrap());
    };
    reached(1).await;
    console.sign_in().await;
    reached(2).await;
    end.cancel();
    following.await.unwrap();
    // After a restart it goes on where it was.
    console.sign_in().await;
    let end = CancellationToken::new();
    let following = tokio::spawn(console.audit.clone().follow(receiver(), end.clone()));
    reached(3).await;
    end.cancel();
    following.await.unwrap();
    assert_eq!(*got.lock().unwrap(), [1, 2, 3]);
    let kept: Vec<String> = sqlx::query_scalar("select receiver from audit_sent").fetch_all(&console.pool).await.unwrap();
    assert!(kept.len() == 1 && !kept[0].contains("canary"), "{kept:?}");
}
