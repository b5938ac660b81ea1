//! Long acts: what each of many comes to, and that a job is done to its end, once, whatever happens to the server.

use crate::program::Running;
use crate::support::{Console, PASSWORD, calls, control, pairs};
use app::gateway::AppStream as _;
use domain::job::{Item, JobView, Stands, State, Subject, Work};
use serde_json::{Value, json};
use server::gateway::gate::Limits;
use simulator::Seed;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

fn called(console: &Console, operation: &str) -> u64 {
    calls(&console.embedded)[operation].as_u64().unwrap_or_default()
}

fn form(ids: &[String]) -> String {
    let mut form: Vec<String> = ids.iter().enumerate().map(|(n, id)| format!("form[ids][{n}]={id}")).collect();
    form.push(format!("form[confirm]=expire+{}", ids.len()));
    form.join("&")
}

/// The ids of so many sessions.
fn sessions(console: &Console, n: usize) -> Vec<String> {
    console.watcher.hub().estate().sessions.iter().take(n).map(|s| s.id.0.clone()).collect()
}

async fn view(console: &Console, cookie: &str, id: i64) -> JobView {
    serde_json::from_value(console.read(&format!("/api/jobs/one?id={id}"), cookie).await).unwrap()
}

/// Waits until the job is as wanted.
async fn until(console: &Console, cookie: &str, id: i64, wanted: impl Fn(&JobView) -> bool) -> JobView {
    for _ in 0..600 {
        let now = view(console, cookie, id).await;
        if wanted(&now) {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{:?}", view(console, cookie, id).await.job);
}

fn fault(console: &Console, fault: &Value) {
    control(&console.embedded, "POST", "faults", fault);
}

async fn steer(console: &Console, cookie: &str, id: i64, how: &str) -> bool {
    console.call("/api/jobs/steer", cookie, &format!("id={id}&steer={how}")).await.0.is_success()
}

/// Makes a job that takes longer than a form waits; its number.
async fn make(console: &Console, cookie: &str, ids: &[String]) -> i64 {
    let (_, made) = console.call("/api/session/expire", cookie, &form(ids)).await;
    made["job"].as_i64().unwrap_or_else(|| panic!("{made}"))
}

#[tokio::test]
async fn what_is_quick_answers_at_once_and_each_session_is_in_the_audit() {
    let console = Console::over(pairs(1).await, Limits::embedded(10_000.0), |g| g).await;
    let cookie = console.sign_in().await;
    let ids = sessions(&console, 3);
    let (_, done) = console.call("/api/session/expire", &cookie, &form(&ids)).await;
    assert_eq!((done["results"].as_array().unwrap().len(), &done["job"]), (3, &Value::Null), "{done}");
    let all = console.read("/api/jobs", &cookie).await;
    assert_eq!((&all[0]["state"], &all[0]["who"], &all[0]["counts"]["done"]), (&json!("done"), &json!("admin"), &json!(3)));
    for id in &ids {
        let told = "select count(*) from audit where action = 'session/expire' and record ->> '$.target' = $1 and who = 'admin'";
        let n: i64 = sqlx::query_scalar(told).bind(format!("sessions/{id}")).fetch_one(&console.pool).await.unwrap();
        assert_eq!(n, 2, "before and after");
    }
}

#[tokio::test]
async fn a_job_is_paused_goes_on_is_stopped_and_sends_the_rest_later() {
    let console = Console::over(pairs(1).await, Limits::embedded(10_000.0), |g| g).await;
    let cookie = console.sign_in().await;
    fault(&console, &json!({"operation": "ExpireSession", "latency_ms": 400, "probability": 1.0}));
    let id = make(&console, &cookie, &sessions(&console, 20)).await;
    assert!(steer(&console, &cookie, id, "pause").await);
    let paused = until(&console, &cookie, id, |v| v.job.counts.sent == 0).await;
    assert_eq!(paused.job.state, State::Paused);
    let before = called(&console, "ExpireSession");
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(called(&console, "ExpireSession"), before, "nothing is sent while it is paused");
    assert!(!steer(&console, &cookie, id, "pause").await && !steer(&console, &cookie, id, "sideways").await);
    assert!(steer(&console, &cookie, id, "resume").await);
    until(&console, &cookie, id, |v| v.job.counts.done > paused.job.counts.done).await;
    assert!(steer(&console, &cookie, id, "stop").await);
    let stopped = until(&console, &cookie, id, |v| v.job.state == State::Stopped).await;
    assert!(stopped.job.counts.left > 0 && stopped.job.counts.waiting + stopped.job.counts.sent == 0, "{:?}", stopped.job);
    control(&console.embedded, "DELETE", "faults", &Value::Null);
    assert!(steer(&console, &cookie, id, "retry").await);
    until(&console, &cookie, id, |v| v.job.state == State::Done && v.job.counts.done == 20).await;
    assert_eq!(called(&console, "ExpireSession"), 20, "each once");
}

#[tokio::test]
async fn a_missing_permission_holds_a_job_and_says_which() {
    let console = Console::over(pairs(1).await, Limits::embedded(10_000.0), |g| g).await;
    let cookie = console.sign_in().await;
    fault(&console, &json!({"operation": "ExpireSession", "error": "AccessDeniedException", "status": 400, "probability": 1.0}));
    let id = make(&console, &cookie, &sessions(&console, 4)).await;
    let held = until(&console, &cookie, id, |v| v.job.state == State::Paused).await;
    assert!(held.job.why.contains("ExpireSession") && held.job.counts.waiting == 4, "{:?}", held.job);
    assert_eq!(called(&console, "ExpireSession"), 1, "{:?}: the others would fail the same way", held.items);
    control(&console.embedded, "DELETE", "faults", &Value::Null);
    assert!(steer(&console, &cookie, id, "resume").await);
    until(&console, &cookie, id, |v| v.job.counts.done == 4).await;
}

#[tokio::test]
async fn an_answer_that_is_lost_is_looked_up_before_anything_is_repeated() {
    let console = Console::over(pairs(1).await, Limits::embedded(10_000.0), |g| g).await;
    let cookie = console.sign_in().await;
    // As a server leaves it that is killed: two were sent, of one AWS has heard.
    let estate = console.watcher.hub().estate();
    let two: Vec<_> = estate.sessions.iter().take(2).cloned().collect();
    console.gateway().expire_session(&two[0].id).await.unwrap();
    sqlx::query("insert into jobs (made, who, origin, scope, work, state) values (1, 'ana', '', '', $1, 'running')")
        .bind(serde_json::to_string(&Work::Expire).unwrap())
        .execute(&console.pool)
        .await
        .unwrap();
    for (n, session) in (0_i64..).zip(&two) {
        let pair = domain::stack::Pair { stack: session.stack.clone(), fleet: session.fleet.clone() };
        let subject = Subject::Session { id: session.id.0.clone(), user: session.user_id.clone(), pair: Some(pair) };
        sqlx::query("insert into job_items (job, n, about, subject, state, tries) values (1, $1, '', $2, 'sent', 1)")
            .bind(n)
            .bind(serde_json::to_string(&subject).unwrap())
            .execute(&console.pool)
            .await
            .unwrap();
    }
    control(&console.embedded, "DELETE", "calls", &Value::Null);
    // Another server on the same data: it goes on.
    let next = console.restart().await;
    let done = until(&next, &cookie, 1, |v| v.job.state == State::Done).await;
    let told: Vec<&str> = done.items.iter().map(|i: &Item| i.told.as_str()).collect();
    assert!(told[0].contains("its answer was lost") && told[1].is_empty(), "{told:?}");
    assert_eq!(called(&next, "ExpireSession"), 1);
    assert!(called(&next, "DescribeSessions") >= 2);
}

#[tokio::test]
async fn aws_that_hangs_up_delays_a_job_and_ends_nothing_twice() {
    let console = Console::over(pairs(1).await, Limits::embedded(10_000.0), |g| g).await;
    let cookie = console.sign_in().await;
    fault(&console, &json!({"operation": "ExpireSession", "close": true, "count": 7}));
    console.call("/api/session/expire", &cookie, &form(&sessions(&console, 6))).await;
    let done = until(&console, &cookie, 1, |v| v.job.state == State::Done).await;
    assert_eq!((done.job.counts.done, done.job.counts.failed), (6, 0));
    assert!(done.job.why.is_empty());
}

/// A world of 500 sessions on a port of its own, which outlives the consoles that ask it.
async fn world() -> (server::gateway::embedded::Embedded, u16, CancellationToken) {
    let embedded = pairs(20).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let end = CancellationToken::new();
    tokio::spawn(embedded.clone().serve(listener, end.clone()));
    (embedded, port, end)
}

/// Killed three times while it ends 500 sessions and AWS throttles every twentieth call: all are accounted for, none is ended twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_ends_five_hundred_sessions_each_once() {
    let (embedded, port, _end) = world().await;
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let fault = json!({"operation": "ExpireSession", "error": "ThrottlingException", "status": 400, "probability": 0.05});
    control(&embedded, "POST", "faults", &fault);
    let start = || {
        let folder = Arc::clone(&folder);
        tokio::task::spawn_blocking(move || Running::on_aws(folder.path(), port))
    };
    let running = start().await.unwrap();
    let ids = tokio::task::block_in_place(|| {
        let cookie = running.cookie(PASSWORD);
        for _ in 0..200 {
            let rows = running.get(&cookie, "/api/session/matching?query=&from=0&to=499");
            let all: Vec<(String, bool)> = serde_json::from_str(rows.trim()).unwrap_or_default();
            if all.len() == 500 {
                let ids: Vec<String> = all.into_iter().map(|(id, _)| id).collect();
                let answer = running.post(&cookie, "/api/session/expire", &form(&ids));
                assert!(answer.contains("\"job\":1"), "{answer}");
                return ids;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the console never saw all sessions");
    });
    let mut running = Some(running);
    let began = Instant::now();
    for part in 1..=3 {
        // Somewhere in the middle, with a call on its way.
        while calls(&embedded)["ExpireSession"].as_u64().unwrap_or_default() < part * 100 {
            assert!(began.elapsed() < Duration::from_secs(120), "{}", calls(&embedded));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        drop(running.take());
        running = Some(start().await.unwrap());
    }
    let running = running.unwrap();
    let told = tokio::task::block_in_place(|| {
        let cookie = running.cookie(PASSWORD);
        loop {
            let told: JobView = serde_json::from_str(running.get(&cookie, "/api/jobs/one?id=1").trim()).unwrap();
            if told.job.rests() {
                return told;
            }
            assert!(began.elapsed() < Duration::from_secs(240), "{:?}", told.job);
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    assert_eq!((told.job.state, told.job.counts.done), (State::Done, 500), "{:?}", told.job);
    assert!(told.items.iter().all(|i| i.stands == Stands::Done));
    let counted = control(&embedded, "GET", "calls", &Value::Null);
    let folder = folder.path().to_owned();
    drop(running);
    let pool = server::store::open_to_read(&folder).await.unwrap();
    let ended: Vec<String> =
        sqlx::query_scalar("select record ->> '$.target' from audit where action = 'session/expire' and outcome = 'done' and record ->> '$.target' like 'sessions/%'")
            .fetch_all(&pool)
            .await
            .unwrap();
    let mut once = ended.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), ended.len(), "none has two answers");
    assert!(ids.len() == 500 && ended.len() >= 497, "at most one answer a kill is lost: {}", ended.len());
    // What AWS took: of each session once.
    let taken = counted["by_operation"]["ExpireSession"].as_u64().unwrap() - counted["throttled"].as_u64().unwrap();
    assert_eq!(taken, 500, "{counted}");
}

#[tokio::test]
async fn pages_of_jobs_work_without_scripts() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let empty = crate::support::text(console.get("/jobs", &cookie).await).await;
    assert!(empty.contains("No jobs yet"));
    let ids = sessions(&console, 3);
    console.call("/api/session/expire", &cookie, &form(&ids)).await;
    let list = crate::support::text(console.get("/jobs", &cookie).await).await;
    assert!(list.contains("Expire 3 sessions") && list.contains("3 of 3 done"), "{list}");
    let page = crate::support::text(console.get("/jobs/1?only=done", &cookie).await).await;
    assert!(page.contains("Expire 3 sessions"));
    assert_eq!(page.matches("<th scope=\"row\"").count(), 3, "{page}");
    assert_eq!(console.get("/jobs/77", &cookie).await.status(), 404);
    assert_eq!(console.get("/jobs/nonsense", &cookie).await.status(), 404);
    let refused = console.post("/api/jobs/steer", &cookie, "/jobs/1", "id=1&steer=pause").await;
    assert!(refused.status().is_redirection());
    assert!(crate::support::text(console.get("/jobs/1", &cookie).await).await.contains("It is not running."));
}

#[tokio::test]
async fn an_image_is_rolled_out_fleet_by_fleet_waits_after_a_failure_and_goes_back() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let estate = console.watcher.hub().estate();
    let with = |name: &str| estate.fleet(name).unwrap().image_name.clone().unwrap_or_default();
    let images = console.read("/api/fleets/images", &cookie).await;
    let has = with("finance-desktop");
    let platform = images.as_array().unwrap().iter().find(|i| i[0] == *has).unwrap()[1].clone();
    let new = images.as_array().unwrap().iter().find(|i| i[1] == platform && i[0] != *has).unwrap()[0].as_str().unwrap().to_owned();
    let form = |step: &str| {
        format!(
            "image={new}&soak=0&step={step}&fleets[finance-desktop]=true&fleets[claims-elastic]=true&fleets[nowhere]=true&fleets[training-lab]=true"
        )
    };
    let (status, checked) = console.call("/api/fleets/rollout", &cookie, &form("check")).await;
    assert!(status.is_success(), "{checked}");
    let stages: Vec<(&str, &str)> =
        checked["lines"].as_array().unwrap().iter().map(|l| (l["user"].as_str().unwrap(), l["stage"].as_str().unwrap())).collect();
    assert!(
        stages.contains(&("claims-elastic", "Refused"))
            && stages.contains(&("nowhere", "Refused"))
            && stages.contains(&("finance-desktop", "Ready")),
        "{stages:?}"
    );
    assert_eq!(called(&console, "UpdateFleet"), 0);
    fault(&console, &json!({"operation": "UpdateFleet", "error": "OperationNotPermittedException", "status": 400, "count": 1}));
    let (_, sent) = console.call("/api/fleets/rollout", &cookie, &form("send")).await;
    let id = sent["job"].as_i64().unwrap_or_else(|| panic!("{sent}"));
    let held = until(&console, &cookie, id, |v| v.job.state == State::Paused).await;
    assert!(held.job.why.contains("one failed") && held.job.counts.failed == 1, "{:?}", held.job);
    assert!(steer(&console, &cookie, id, "resume").await);
    until(&console, &cookie, id, |v| v.job.state == State::Done).await;
    assert!(steer(&console, &cookie, id, "retry").await);
    let done = until(&console, &cookie, id, |v| v.job.state == State::Done && v.job.counts.failed == 0).await;
    console.until(|e| e.fleet("finance-desktop").unwrap().image_name.as_deref() == Some(&new)).await;
    let page = crate::support::text(console.get(&format!("/jobs/{id}"), &cookie).await).await;
    assert!(page.contains(&format!("back to {has}…")), "{:?}", done.items);
    for (fields, at) in [("image=&soak=0", "image"), ("image=none&soak=0", "image"), ("soak=soon&image=x", "soak")] {
        let (_, refused) = console.call("/api/fleets/rollout", &cookie, &format!("{fields}&step=send&fleets[finance-desktop]=true")).await;
        assert!(refused["Fields"].as_array().unwrap().iter().any(|e| e["field"] == at), "{refused}");
    }
}
