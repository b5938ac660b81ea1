//! The past: what is recorded of snapshots, for how long, and how it comes out again.

use crate::support::{Console, control};
use app::ctx::Watch;
use axum::http::{StatusCode, header};
use domain::estate::{Estate, Kind};
use domain::fleet::Fleet;
use domain::session::Presence;
use domain::time::Millis;
use serde_json::json;
use server::history::Store;
use server::poll::hub::Hub;
use simulator::Seed;
use sqlx::SqlitePool;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const FLEET: &str = "finance-desktop";

/// What a demo estate looked like `seconds` after the epoch, everything just read.
fn at(estate: &Estate, seconds: i64) -> Estate {
    let now = Millis(seconds * 1000);
    let mut estate = Estate { now, ..estate.clone() };
    estate.health.iter_mut().for_each(|h| h.taken = Some(now));
    estate.pairs.iter_mut().for_each(|p| p.taken = Some(now));
    estate
}

fn with_in_use(estate: &Estate, in_use: i32) -> Estate {
    let mut estate = estate.clone();
    let fleet = |f: &&mut Fleet| f.name.as_str() == FLEET;
    let fleet = estate.fleets.iter_mut().find(fleet).unwrap();
    (fleet.capacity.in_use, fleet.capacity.available, fleet.capacity.desired) = (in_use, 60 - in_use, 60);
    estate
}

/// A recorder over snapshots of the test's own.
struct Recorded {
    pool: SqlitePool,
    hub: Hub,
    end: CancellationToken,
    estate: Estate,
    _folder: tempfile::TempDir,
}

impl Recorded {
    async fn start() -> Self {
        let estate = (*Console::start(Seed::Demo).await.watcher.hub().estate()).clone();
        let folder = tempfile::tempdir().unwrap();
        let pool = server::store::open(folder.path()).await.unwrap();
        let mut recorded = Self { pool, hub: Hub::new(Estate::default()), end: CancellationToken::new(), estate, _folder: folder };
        recorded.restart();
        recorded
    }

    /// As if the program had ended and begun anew.
    fn restart(&mut self) {
        self.end.cancel();
        self.end = CancellationToken::new();
        self.hub = Hub::new(Estate { scope: self.estate.scope.clone(), ..Estate::default() });
        Store(self.pool.clone()).record(&self.hub, self.estate.scope.clone(), self.end.clone());
    }

    /// Shows a snapshot and waits until it is in the database.
    async fn show(&self, estate: Estate) {
        let until = estate.now.0 / 1000;
        self.hub.publish(estate);
        let written = async {
            while self.number("select coalesce(max(until), 0) from observed").await < until {
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), written).await.expect("it is written");
    }

    async fn number(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.pool).await.unwrap()
    }
}

const T: i64 = 1_790_000_000 / 3600 * 3600;

#[tokio::test]
async fn a_minute_is_kept_two_days_an_hour_longer_and_the_busiest_moment_stands_for_it() {
    let recorded = Recorded::start().await;
    for (minute, in_use) in [(0, 10), (1, 41), (2, 7)] {
        recorded.show(with_in_use(&at(&recorded.estate, T + minute * 60), in_use)).await;
    }
    let count = "select count(*) from capacity where fleet = 'finance-desktop' and step = 60";
    assert_eq!(recorded.number(count).await, 3);
    for coarse in [
        "select in_use from capacity where fleet = 'finance-desktop' and step = 300",
        "select in_use from capacity where fleet = 'finance-desktop' and step = 3600",
    ] {
        assert_eq!(recorded.number(coarse).await, 41);
    }
    let together = "select in_use + available from capacity where fleet = 'finance-desktop' and step = 3600";
    assert_eq!(recorded.number(together).await, 60, "one moment, so the parts add up");
    // Old ones go piece by piece, a piece a minute.
    for minute in 0..12 {
        recorded.show(at(&recorded.estate, T + 3 * 86_400 + minute * 60)).await;
    }
    let old = "select count(*) from capacity where step = 60 and at < 1790100000";
    assert_eq!(recorded.number(old).await, 0);
    assert!(recorded.number("select count(*) from capacity where step = 3600 and at < 1790100000").await > 0);
}

#[tokio::test]
async fn who_ended_while_the_console_was_away_is_told_so() {
    let mut recorded = Recorded::start().await;
    recorded.show(at(&recorded.estate, T)).await;
    let all = recorded.number("select count(*) from session_history where ended is null").await;
    assert!(all > 100);
    // One ends before its eyes, one while it is away.
    let mut less = at(&recorded.estate, T + 20);
    less.sessions.remove(0);
    recorded.show(less.clone()).await;
    assert_eq!(recorded.number("select count(*) from session_history where ended_known = 1 and ended is not null").await, 1);
    recorded.restart();
    let mut later = at(&less, T + 7_200);
    later.sessions.remove(0);
    recorded.show(later).await;
    assert_eq!(recorded.number("select count(*) from session_history where ended is not null").await, 2);
    let away = "select ended - last_seen from session_history where ended_known = 0 and ended is not null";
    assert_eq!(recorded.number(away).await, 7_180, "it was last seen when the console last looked");
}

#[tokio::test]
async fn pages_and_files_show_what_was_recorded_to_whoever_is_signed_in() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let session = console.watcher.hub().estate().sessions.iter().find(|s| s.presence() == Presence::Connected).unwrap().clone();
    // Who was over before the console first looked is not recorded.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    console.call("/api/session/expire", &cookie, &format!("form[ids][0]={}&form[confirm]=", session.id)).await;
    for _ in 0..3 {
        let before = console.watcher.hub().estate().now;
        control(&console.embedded, "POST", "clock", &json!({"advance_seconds": 60}));
        console.watcher.touch(domain::estate::Touched::Kind(Kind::Fleets));
        console.until(|e| e.fleets_taken().is_some_and(|t| t.since(before) >= 60_000)).await;
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    console.until(|e| e.sessions.iter().all(|s| s.id != session.id || s.can_expire().is_err())).await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;

    let answer = console.get("/history/capacity.csv?fleet=finance-desktop&range=1h", &cookie).await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    let name = answer.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
    assert!(name.contains("capacity-finance-desktop-1h-"), "{name}");
    let file = crate::support::text(answer).await;
    assert!(file.lines().count() >= 4, "{file}");
    let file = crate::support::text(console.get("/history/sessions.csv?range=1h", &cookie).await).await;
    assert!(file.lines().any(|l| l.contains(session.id.as_str())), "{file}");

    let scope = console.watcher.hub().estate().scope.clone();
    let page =
        crate::support::text(console.get(&format!("/{}/{}/fleets/{FLEET}?range=1h", scope.account, scope.region), &cookie).await).await;
    assert!(page.contains("role=\"img\"") && page.contains("?range=7d"), "the chart is in the page");
    let page = crate::support::text(console.get("/sessions/history?range=1h", &cookie).await).await;
    assert!(page.contains(&session.user_id) && page.contains("Sessions at once"), "who ended is in the page");

    for path in ["/history/capacity.csv?fleet=finance-desktop", "/history/sessions.csv"] {
        assert_eq!(console.get(path, "").await.status(), StatusCode::SEE_OTHER, "{path} without sign-in");
    }
}
