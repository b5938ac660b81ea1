//! AWS out of reach, out of its mind, or of another opinion on our credentials: rows stay with their age, and the page says what happened
//! and what to do. And a disk that takes nothing.

use crate::program::{Running, on_aws, program, refused};
use crate::support::{Console, PASSWORD, calls, control, pairs, text};
use axum::http::StatusCode;
use domain::estate::{Estate, Kind, Touched};
use domain::failure::{Credentials, Failure};
use domain::job::{JobView, State};
use serde_json::{Value, json};
use server::gateway::gate::Limits;
use simulator::Seed;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// So quickly a page answers while AWS does not; the machine is busy with other tests.
const AT_ONCE: Duration = Duration::from_secs(2);

fn fault(console: &Console, fault: &Value) {
    control(&console.embedded, "DELETE", "faults", &Value::Null);
    control(&console.embedded, "POST", "faults", fault);
}

fn why(estate: &Estate, kind: Kind) -> Option<Failure> {
    estate.health_of(kind).and_then(|h| h.failure.clone())
}

/// Asks for fleets until that went as `wanted`.
async fn asked(console: &Console, wanted: impl Fn(Option<Failure>) -> bool) {
    let touch = app::ctx::Watch::touch;
    for _ in 0..400 {
        if wanted(why(&console.watcher.hub().estate(), Kind::Fleets)) {
            return;
        }
        touch(&console.watcher, Touched::Kind(Kind::Fleets));
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{:?}", console.watcher.hub().estate().health);
}

/// A page with its rows, and how long it took.
async fn fleets(console: &Console, cookie: &str) -> String {
    let began = Instant::now();
    let page = text(console.get("/fleets", cookie).await).await;
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    assert!(page.contains("finance-desktop") && page.contains("Running"), "what was read stays");
    page
}

#[tokio::test]
async fn credentials_that_aws_does_not_take_are_told_with_what_to_do_and_rows_stay() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let rows = console.watcher.hub().estate().fleets.len();
    for (code, message, trouble, words) in [
        ("ExpiredTokenException", "The security token included in the request is expired", Credentials::Expired, "aws sso login"),
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            Credentials::Refused,
            "Give the console others",
        ),
        (
            "InvalidSignatureException",
            "The request signature we calculated does not match",
            Credentials::Refused,
            "Give the console others",
        ),
        (
            "InvalidSignatureException",
            "Signature expired: 20261127T100000Z is now earlier than 20261127T105500Z",
            Credentials::Clock,
            "Set the clock",
        ),
        (
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            Credentials::Clock,
            "Set the clock",
        ),
    ] {
        fault(&console, &json!({"operation": "*", "error": code, "message": message, "status": 403}));
        let expected = Failure::Credentials { trouble, code: code.into() };
        asked(&console, |failure| failure.as_ref() == Some(&expected)).await;
        let page = fleets(&console, &cookie).await;
        let told = format!("The console cannot read AppStream. {}.", expected.advice().title);
        assert!(page.contains(&told) && page.contains(words) && page.contains(code) && page.contains("Trying again in"), "{code}: {page}");
        assert_eq!(console.watcher.hub().estate().fleets.len(), rows);
        let (_, act) = console.call("/api/fleet/stop", &cookie, "form[name]=finance-desktop&form[confirm]=finance-desktop").await;
        assert_eq!(act["Credentials"]["code"], code, "{act}");
    }
    control(&console.embedded, "DELETE", "faults", &Value::Null);
    asked(&console, |failure| failure.is_none()).await;
    assert!(!fleets(&console, &cookie).await.contains("The console cannot read"), "it goes on by itself");
}

#[tokio::test]
async fn aws_that_hangs_hangs_up_or_answers_garbage_leaves_rows_with_their_age() {
    let limits = Limits { attempt: Duration::from_millis(200), ..Limits::embedded(10_000.0) };
    let console = Console::over(crate::support::simulator(Seed::Demo), limits, |g| g).await;
    let cookie = console.sign_in().await;
    let (lost, upstream) = ("AWS could not be reached", "AWS answered with an error");
    let cases = [
        (json!({"operation": "*", "hang": true}), lost),
        (json!({"operation": "*", "close": true}), lost),
        (json!({"operation": "*", "garbage": true}), upstream),
        (json!({"operation": "*", "error": "InternalFailure", "status": 500}), upstream),
    ];
    for (trouble, words) in cases {
        // Each follows none.
        control(&console.embedded, "DELETE", "faults", &Value::Null);
        asked(&console, |failure| failure.is_none()).await;
        fault(&console, &trouble);
        // Below a second an age is “just now”.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        asked(&console, |failure| failure.is_some_and(|f| f.advice().title == words)).await;
        let page = fleets(&console, &cookie).await;
        assert!(page.contains(words) && page.contains("trying again in") && page.contains(" ago"), "{trouble}: {page}");
    }
    control(&console.embedded, "DELETE", "faults", &Value::Null);
    asked(&console, |failure| failure.is_none()).await;
}

#[tokio::test]
async fn credentials_that_end_in_the_middle_hold_a_job_which_goes_on_with_others() {
    let console = Console::over(pairs(1).await, Limits::embedded(10_000.0), |g| g).await;
    let cookie = console.sign_in().await;
    let job = async || -> JobView { serde_json::from_value(console.read("/api/jobs/one?id=1", &cookie).await).unwrap() };
    let until = async |state: State| {
        for _ in 0..400 {
            let now = job().await;
            if now.job.state == state {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{:?}", job().await.job);
    };
    let ids: Vec<String> = console.watcher.hub().estate().sessions.iter().take(20).map(|s| s.id.0.clone()).collect();
    let form: String = ids.iter().enumerate().map(|(n, id)| format!("form[ids][{n}]={id}&")).collect();
    fault(&console, &json!({"operation": "ExpireSession", "latency_ms": 400}));
    let (_, made) = console.call("/api/session/expire", &cookie, &(form + "form[confirm]=expire+20")).await;
    assert_eq!(made["job"], 1, "{made}");
    fault(&console, &json!({"operation": "ExpireSession", "error": "ExpiredTokenException", "status": 403}));
    let held = until(State::Paused).await;
    assert!(held.job.why.contains("have expired") && held.job.why.contains("aws sso login"), "{}", held.job.why);
    assert!(held.job.counts.failed == 0 && held.job.counts.sent == 0 && held.job.counts.waiting > 0, "{:?}", held.job.counts);
    let before = calls(&console.embedded)["ExpireSession"].as_u64().unwrap();
    control(&console.embedded, "DELETE", "faults", &Value::Null);
    assert!(console.call("/api/jobs/steer", &cookie, "id=1&steer=resume").await.0.is_success());
    let done = until(State::Done).await;
    assert_eq!(done.job.counts.done, 20);
    let after = calls(&console.embedded)["ExpireSession"].as_u64().unwrap();
    assert_eq!(after - before, held.job.counts.waiting as u64, "each once");
}

/// An AppStream on a port of its own.
async fn world() -> (server::gateway::embedded::Embedded, u16) {
    let embedded = crate::support::simulator(Seed::Demo);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(embedded.clone().serve(listener, tokio_util::sync::CancellationToken::new()));
    (embedded, port)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_without_an_account_ends_with_one_sentence_that_says_what_to_do() {
    let (embedded, port) = world().await;
    let folder = tempfile::tempdir().unwrap();
    let start = |mut command: std::process::Command| {
        let began = Instant::now();
        command.args(["--listen", "127.0.0.1:0", "--data-dir"]).arg(folder.path());
        let told = tokio::task::block_in_place(|| refused(&command.output().unwrap()));
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        told
    };
    let keys = |port| {
        let mut command = on_aws(port);
        command.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "example");
        command
    };
    let told = start(on_aws(port));
    assert!(told.contains("has no AWS credentials") && told.contains("aws sso login"), "{told}");
    control(&embedded, "POST", "faults", &json!({"operation": "*", "error": "UnrecognizedClientException", "status": 403}));
    let told = start(keys(port));
    assert!(told.contains("does not accept") && told.contains("UnrecognizedClientException"), "{told}");
    control(&embedded, "DELETE", "faults", &Value::Null);
    control(&embedded, "POST", "faults", &json!({"operation": "*", "error": "ExpiredTokenException", "status": 403}));
    assert!(start(keys(port)).contains("have expired"));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let told = start(keys(nobody));
    assert!(told.contains("does not answer DescribeFleets") && told.contains("refused") && !told.contains('{'), "{told}");
    // The console of the demo needs none of it.
    assert!(program().arg("--version").output().unwrap().status.success());
}

/// Makes `script` the command that gives credentials.
fn gives(script: &Path, says: &str) {
    std::fs::write(script, format!("#!/bin/sh\n{says}\n")).unwrap();
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_that_go_while_it_runs_are_told_and_taken_up_again_when_they_are_back() {
    let (_embedded, port) = world().await;
    let folder = tempfile::tempdir().unwrap();
    let (script, config) = (folder.path().join("credentials"), folder.path().join("config"));
    // They are good for a second, so the command is asked again and again.
    let good = r#"printf '{"Version":1,"AccessKeyId":"AKIAEXAMPLE","SecretAccessKey":"example","SessionToken":"t","Expiration":"%s"}' "$(date -u -d '+1 second' +%Y-%m-%dT%H:%M:%SZ)""#;
    gives(&script, good);
    std::fs::write(&config, format!("[default]\ncredential_process = {}\n", script.display())).unwrap();
    let mut command = on_aws(port);
    command.env("AWS_CONFIG_FILE", &config);
    tokio::task::block_in_place(|| {
        let (running, _) = Running::begun(command, &folder.path().join("data"), Some(PASSWORD));
        let cookie = running.cookie(PASSWORD);
        let until = |wanted: &dyn Fn(&str) -> bool| {
            let began = Instant::now();
            loop {
                let page = running.get(&cookie, "/fleets");
                if wanted(&page) {
                    return began.elapsed();
                }
                assert!(began.elapsed() < Duration::from_secs(30), "{page}");
                // An act makes the watcher look at once.
                running.post(&cookie, "/api/session/expire", "form[ids][0]=nobodys");
                std::thread::sleep(Duration::from_millis(200));
            }
        };
        until(&|page| page.contains("finance-desktop"));
        gives(&script, "echo 'The SSO session has ended.' >&2; exit 1");
        until(&|page| {
            page.contains("The console has no AWS credentials") && page.contains("finance-desktop") && page.contains("aws sso login")
        });
        gives(&script, good);
        until(&|page| !page.contains("The console cannot read") && page.contains("finance-desktop"));
    });
}

/// Says `pragma` on each connection of the console's pool.
async fn on_all(console: &Console, pragma: &str) {
    let mut held = vec![];
    for _ in 0..4 {
        let mut connection = console.pool.acquire().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("pragma {pragma}"))).execute(&mut *connection).await.unwrap();
        held.push(connection);
    }
}

#[tokio::test]
async fn a_disk_that_takes_nothing_refuses_acts_jobs_and_sign_ins_with_a_sentence_and_shows_pages() {
    for (trouble, mended, words) in
        [("query_only = 1", "query_only = 0", "read-only"), ("max_page_count = 1", "max_page_count = 1000000", "full")]
    {
        let console = Console::over(pairs(1).await, Limits::embedded(10_000.0), |g| g).await;
        let cookie = console.sign_in().await;
        let ids: Vec<String> = console.watcher.hub().estate().sessions.iter().take(4).map(|s| s.id.0.clone()).collect();
        let form: String =
            ids.iter().enumerate().map(|(n, id)| format!("form[ids][{n}]={id}&")).collect::<String>() + "form[confirm]=expire+4";
        on_all(&console, trouble).await;
        let mut told = Value::Null;
        // A full disk takes what fits into its last page.
        for _ in 0..200 {
            let (status, answer) = console.call("/api/session/expire", &cookie, &form).await;
            if !status.is_success() {
                told = answer;
                break;
            }
        }
        assert!(told.to_string().contains(words) && told.to_string().contains("then try again"), "{words}: {told}");
        let before = calls(&console.embedded)["ExpireSession"].clone();
        console.call("/api/session/expire", &cookie, &form).await;
        let (status, told) = console.call("/api/sign-in", "", "form[user]=admin&form[password]=correct+horse+battery").await;
        assert!(!status.is_success() && told["Internal"]["message"].as_str().is_some_and(|m| m.ends_with('.')), "{words}: {status} {told}");
        for path in ["/", "/fleets", "/sessions", "/jobs", "/audit"] {
            let answer = console.get(path, &cookie).await;
            assert_eq!(answer.status(), StatusCode::OK, "{words}: {path}");
            assert!(text(answer).await.contains("Nothing can be changed at present"), "{words}: {path}");
        }
        assert_eq!(calls(&console.embedded)["ExpireSession"], before, "{words}: what cannot be recorded is not done");
        on_all(&console, mended).await;
        let (status, told) = console.call("/api/session/expire", &cookie, &form).await;
        assert!(status.is_success(), "{words}: {told}");
        assert!(!console.sign_in().await.is_empty());
    }
}
