//! The stream: everything first, then changes; resumed where it broke; it ends with the sign-in.

use crate::support::{Console, Events, Page, control, message, pairs};
use axum::http::StatusCode;
use domain::estate::LiveEvent;
use domain::fleet::FleetState;
use serde_json::json;
use server::gateway::gate::Limits;
use simulator::Seed;
use std::time::{Duration, Instant};

async fn open(console: &Console, cookie: &str, query: &str) -> Events {
    Events::of(console.get(&format!("/api/live{query}"), cookie).await)
}

#[tokio::test]
async fn the_stream_tells_everything_then_changes_then_that_the_sign_in_ended() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let mut events = open(&console, &cookie, "").await;
    let LiveEvent::Full(mut mine) = message(&mut events).await else { panic!("everything comes first") };
    assert_eq!(mine.fleet("training-lab").unwrap().state, FleetState::Stopped);
    assert!(mine.tally.total() > 50);
    let (status, _) = console.call("/api/fleet/start", &cookie, "form[name]=training-lab").await;
    assert_eq!(status, StatusCode::OK);
    loop {
        let LiveEvent::Delta(delta) = message(&mut events).await else { panic!("then changes; rows only for those who ask") };
        assert!(mine.apply(delta), "changes continue one another");
        if mine.fleet("training-lab").unwrap().state == FleetState::Starting {
            break;
        }
    }
    console.call("/api/sign-out", &cookie, "").await;
    loop {
        match message(&mut events).await {
            LiveEvent::Delta(_) | LiveEvent::Beat => {}
            LiveEvent::SignedOut => break,
            LiveEvent::Full(_) | LiveEvent::Rows(_) => panic!("nothing is told anew"),
        }
    }
    assert!(events.next().await.is_none(), "and nothing comes after it");
    assert_eq!(console.get("/api/live", &cookie).await.status(), StatusCode::SEE_OTHER);
    console.until(|_| console.watcher.hub().audience() == 0).await;
}

#[tokio::test]
async fn a_page_gets_the_rows_it_shows_and_what_changes_in_them() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let mut page = Page::default();
    let mut events = open(&console, &cookie, "?sort=user&from=10&rows=20").await;
    page.until(&mut events, |p| p.shown).await;
    let all = console.watcher.hub().estate().sessions.len();
    let users: Vec<&str> = page.window.rows.iter().map(|s| s.user_id.as_str()).collect();
    assert_eq!((users.len(), page.window.start, page.window.matched, page.window.total), (20, 10, all, all));
    assert!(users.is_sorted_by_key(|u| u.to_lowercase()), "{users:?}");
    assert!(page.window.facets.iter().sum::<usize>() >= all);

    // One of them ends: it goes, the next one moves up, and nobody else is told again.
    let ends = page.window.rows[5].clone();
    let (status, _) = console.call("/api/session/expire", &cookie, &format!("form[ids][0]={}&form[confirm]=", ends.id)).await;
    assert_eq!(status, StatusCode::OK);
    loop {
        let event = message(&mut events).await;
        if let LiveEvent::Rows(step) = &event {
            assert!(step.put.len() < 10, "{} rows told for one that ended", step.put.len());
        }
        page.take(event);
        if page.window.rows.iter().all(|s| s.id != ends.id || s.can_expire().is_err()) {
            break;
        }
    }
    assert_eq!(page.window.rows.len(), 20);
}

#[tokio::test]
async fn the_details_stay_fresh_wherever_the_row_is_and_nobody_gets_more_rows_than_a_page_can_show() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let last = console.watcher.hub().estate().sessions.last().unwrap().clone();
    let mut page = Page::default();
    page.until(&mut open(&console, &cookie, &format!("?rows=1&q=nobody-is-called-so&peek={}", last.id)).await, |p| p.shown).await;
    assert_eq!((page.window.rows.len(), page.window.peek.as_ref().map(|s| &s.id)), (0, Some(&last.id)));
    page.until(&mut open(&console, &cookie, "?rows=4000000000&from=99999999999").await, |p| p.window.peek.is_none()).await;
    assert_eq!(page.window.rows.len(), 0);
    let all = console.read("/api/session/matching?query=sort%3Duser&from=3&to=7", &cookie).await;
    assert_eq!(all.as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn proxies_are_told_to_let_it_pass() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let answer = console.get("/api/live", &cookie).await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(header("x-accel-buffering"), "no");
    assert_eq!(header("cache-control"), "no-store, no-transform");
    assert!(answer.headers().get("content-encoding").is_none() && answer.headers().get("content-length").is_none());
}

#[tokio::test]
async fn a_stream_goes_on_where_it_broke_and_begins_anew_when_that_is_too_long_ago() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let mut events = open(&console, &cookie, "").await;
    let LiveEvent::Full(mut mine) = message(&mut events).await else { panic!("everything comes first") };
    drop(events);
    console.call("/api/fleet/start", &cookie, "form[name]=training-lab").await;
    console.until(|e| e.fleet("training-lab").is_some_and(|f| f.state == FleetState::Starting)).await;
    let mut events = open(&console, &cookie, &format!("?after={}", mine.seq)).await;
    let LiveEvent::Delta(delta) = message(&mut events).await else { panic!("only what was missed") };
    assert!(mine.apply(delta));
    assert_eq!(mine.fleet("training-lab").unwrap().state, FleetState::Starting);
    for other in [1, mine.seq - 10_000, mine.seq + 10_000] {
        let mut events = open(&console, &cookie, &format!("?after={other}")).await;
        assert!(matches!(message(&mut events).await, LiveEvent::Full(_)), "a number of another life of the server");
    }
}

#[tokio::test]
async fn a_browser_that_does_not_read_costs_nothing_and_gets_the_changes_put_together() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let mut events = open(&console, &cookie, "").await;
    let LiveEvent::Full(mut mine) = message(&mut events).await else { panic!("everything comes first") };
    let hub = console.watcher.hub().clone();
    for _ in 0..150 {
        hub.publish((*hub.estate()).clone());
        tokio::task::yield_now().await;
    }
    let (mut messages, newest) = (0, hub.estate().seq);
    while mine.seq < newest {
        let LiveEvent::Delta(delta) = message(&mut events).await else { panic!("changes, put together") };
        assert!(mine.apply(delta));
        messages += 1;
    }
    assert!(messages <= 4, "{messages} messages for 150 snapshots");
    assert!(hub.kept().0 <= 256);
}

/// From the moment at which AWS changed to the moment at which the browser has it, with forty pairs and AWS's rate.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "figures to read with --no-capture")]
async fn a_watched_row_is_in_the_stream_within_three_seconds_of_its_change_in_aws() {
    let console = Console::over(pairs(40).await, Limits::embedded(4.0), |gateway| gateway).await;
    let cookie = console.sign_in().await;
    let mut page = Page::default();
    let mut events = open(&console, &cookie, "?rows=60&from=500").await;
    page.until(&mut events, |p| p.shown).await;
    assert_eq!(page.window.matched, 1_000);
    let session = page.window.rows[20].clone();
    console.call("/api/session/expire", &cookie, &format!("form[ids][0]={}&form[confirm]=", session.id)).await;
    console.call("/api/fleet/stop", &cookie, "form[name]=fleet-3&form[confirm]=fleet-3").await;
    let began = Instant::now();
    // What the act itself changed.
    let gone = |p: &Page| p.window.rows.iter().all(|s| s.id != session.id || s.can_expire().is_err());
    page.until(&mut events, |p| gone(p) && p.estate.fleet("fleet-3").unwrap().state == FleetState::Stopping).await;
    println!("an act is in the stream after {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    // What AWS does by itself some time later.
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    control(&console.embedded, "POST", "clock", &json!({"advance_seconds": 3600}));
    let began = Instant::now();
    page.until(&mut events, |p| p.estate.fleet("fleet-3").unwrap().state == FleetState::Stopped).await;
    println!("a change of AWS’s own is in the stream after {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}
