//! Somebody sets the machine's clock, an hour back and an hour ahead, while the console runs (libfaketime).

use crate::program::{Running, on_aws, program};
use crate::support::{Console, PASSWORD, control, pairs};
use domain::job::{JobView, State};
use serde_json::{Value, json};
use server::gateway::embedded::Embedded;
use simulator::Seed;
use sqlx::SqlitePool;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const HOUR: i64 = 3_600;

/// Where Debian has the library.
fn libfaketime() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().filter_map(|entry| Some(entry.ok()?.path().join("faketime/libfaketimeMT.so.1")));
    folders.into_iter().find(|file| file.exists()).expect("libfaketime is missing; `.ci/set-up test` installs it")
}

fn true_now() -> i64 {
    i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A console whose clock can be set, over an AppStream whose clock is right.
struct Set {
    running: Running,
    folder: tempfile::TempDir,
    embedded: Embedded,
    pool: SqlitePool,
    jobs: i64,
}

impl Set {
    async fn start() -> Self {
        let embedded = pairs(1).await;
        // `pairs` leaves the clock standing, an hour ahead.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(embedded.clone().serve(listener, tokio_util::sync::CancellationToken::new()));
        let folder = tempfile::tempdir().unwrap();
        clock(folder.path(), 0);
        let mut command = on_aws(port);
        command.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "example");
        command.env("LD_PRELOAD", libfaketime()).env("FAKETIME_TIMESTAMP_FILE", folder.path().join("clock")).env("FAKETIME_NO_CACHE", "1");
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
        let data = folder.path().join("data");
        let running = tokio::task::block_in_place(|| Running::begun(command, &data, Some(PASSWORD)).0);
        let pool = server::store::open_to_read(&data).await.unwrap();
        Self { running, folder, embedded, pool, jobs: 0 }
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    /// Ends three sessions; AWS throttles at first, and `jump` is made while the job rests. How long it took.
    fn job(&mut self, cookie: &str, jump: i64) -> Duration {
        let (from, began) = (self.jobs * 3, Instant::now());
        let rows: Vec<(String, bool)> = loop {
            let rows = self.running.get(cookie, &format!("/api/session/matching?query=&from={from}&to={}", from + 2));
            let rows: Vec<(String, bool)> = serde_json::from_str(rows.trim()).unwrap_or_else(|e| panic!("{e}: {rows}"));
            if rows.len() == 3 {
                break rows;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "no sessions are seen");
            std::thread::sleep(Duration::from_millis(100));
        };
        control(&self.embedded, "POST", "faults", &json!({"operation": "ExpireSession", "error": "ThrottlingException", "count": 6}));
        let form: String = rows.iter().enumerate().map(|(n, (id, _))| format!("form[ids][{n}]={id}&")).collect();
        self.jobs += 1;
        // The form waits for its job.
        let made = std::thread::scope(|scope| {
            let made = scope.spawn(|| self.running.post(cookie, "/api/session/expire", &(form + "form[confirm]=expire+3")));
            std::thread::sleep(Duration::from_millis(1_500));
            clock(self.folder.path(), jump);
            made.join()
        });
        assert!(made.as_ref().is_ok_and(|made| made.contains("\"results\"")), "{made:?}");
        let (began, cookie) = (Instant::now(), self.running.cookie(PASSWORD));
        loop {
            let told = self.running.get(&cookie, &format!("/api/jobs/one?id={}", self.jobs));
            let told: JobView = serde_json::from_str(told.trim()).unwrap_or_else(|e| panic!("{e}: {told}"));
            if told.job.state == State::Done {
                return began.elapsed();
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{:?}", told.job);
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Sets the clock so many seconds off.
fn clock(folder: &Path, off: i64) {
    // Never half a file.
    std::fs::write(folder.join("next"), format!("{off:+}\n")).unwrap();
    std::fs::rename(folder.join("next"), folder.join("clock")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "figures to read with --no-capture")]
async fn a_clock_that_is_set_holds_no_job_lengthens_no_sign_in_and_breaks_no_record() {
    let mut set = Set::start().await;
    control(&set.embedded, "POST", "clock", &json!({"paused": false, "pace": 1}));
    let aws_ahead = HOUR;
    let signed_in = |set: &Set, cookie: &str| set.running.get(cookie, "/api/frame").contains("estate");
    for jump in [-HOUR, HOUR] {
        clock(set.folder.path(), 0);
        let cookie = set.running.cookie(PASSWORD);
        let took = tokio::task::block_in_place(|| set.job(&cookie, jump));
        println!("clock {jump:+} s: the job that rested is done after {took:?}");
        // Back: the sign-in goes on, and no longer than from now on. Ahead: nobody was seen for an hour, so it has ended.
        assert_eq!(signed_in(&set, &cookie), jump < 0, "{jump}");
        if jump > 0 {
            // And when the clock is right again, what was begun meanwhile ends in time.
            let late = set.running.cookie(PASSWORD);
            clock(set.folder.path(), 0);
            assert!(signed_in(&set, &late));
        }
        let (off, now) = (jump.min(0), true_now());
        let idle = set.number("select max(expires) from sessions where account is not null").await - (now + off);
        let most = set.number("select max(ends) from sessions where account is not null").await - (now + off);
        assert!(idle <= HOUR + 70 && most <= 12 * HOUR + 70, "{jump}: {idle} s, {most} s");
    }
    // What was watched is told by AWS's clock, whatever this machine's said.
    let samples = set.number("select count(*) from capacity where step = 60").await;
    let oldest = set.number("select min(at) from capacity where step = 60").await - aws_ahead;
    let newest = set.number("select max(at) from capacity where step = 60").await - aws_ahead;
    assert!(samples > 0 && (oldest - true_now()).abs() < 300 && (newest - true_now()).abs() < 300, "{samples}: {oldest} {newest}");
    let verified = program().args(["audit", "verify", "--data-dir"]).arg(set.folder.path().join("data")).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[tokio::test]
async fn sign_ins_of_a_clock_that_was_wrong_by_a_year_end_as_all_do() {
    let console = Console::start(Seed::Empty).await;
    let cookie = console.sign_in().await;
    let year = "update sessions set began = began + 31536000, seen = seen + 31536000, expires = expires + 31536000, ends = ends + 31536000";
    sqlx::query(year).execute(&console.pool).await.unwrap();
    console.read("/api/frame", &cookie).await;
    let left = "select expires - unixepoch(), ends - unixepoch(), seen - unixepoch() from sessions where account = 'admin'";
    let (idle, most, seen): (i64, i64, i64) = sqlx::query_as(left).fetch_one(&console.pool).await.unwrap();
    assert!((3_590..=3_600).contains(&idle) && (43_190..=43_200).contains(&most) && seen <= 0, "{idle} {most} {seen}");
    // Half a sign-in of later than now is none.
    let half = json!({"half": {"user": "admin", "at": true_now() + HOUR}});
    sqlx::query("update sessions set data = $1, account = null").bind(half.to_string()).execute(&console.pool).await.unwrap();
    let (_, told) = console.call("/api/sign-in/code", &cookie, "form[code]=123456").await;
    assert_eq!(told, Value::String("SignedOut".into()));
}
