//! AWS at its worst for a while: throttling, latency, calls that hang, garbage and cut connections, while sessions come and go. Whoever
//! listened ends with the rows that AWS has; no error is lost on the way, and nothing piles up.

use crate::support::{Console, Events, Page, control, gateway, load, pairs};
use app::ctx::Watch;
use app::gateway::AppStream;
use async_trait::async_trait;
use domain::estate::{Estate, Kind, Rate, Touched};
use domain::failure::Failure;
use domain::fleet::Fleet;
use domain::form::NewCapacity;
use domain::names::{FleetName, SessionId, StackName};
use domain::session::{Session, SessionState};
use domain::stack::{Pair, Stack};
use domain::time::Millis;
use serde_json::json;
use server::gateway::client::Wire;
use server::gateway::gate::Limits;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// Counts the failures that the watcher is told, and changes nothing but this: the fourth time that it is asked for fleets it panics.
struct Counting {
    inner: Arc<dyn AppStream>,
    failures: Arc<AtomicU32>,
    asked: AtomicU32,
}

impl Counting {
    fn seen<T>(&self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        self.failures.fetch_add(u32::from(outcome.is_err()), Ordering::Relaxed);
        outcome
    }
}

#[async_trait]
impl AppStream for Counting {
    async fn describe_fleets(&self) -> Result<Vec<Fleet>, Failure> {
        if self.asked.fetch_add(1, Ordering::Relaxed) == 3 {
            self.failures.fetch_add(1, Ordering::Relaxed);
            panic!("A defect, made on purpose: the console goes on.");
        }
        self.seen(self.inner.describe_fleets().await)
    }
    async fn describe_stacks(&self) -> Result<Vec<Stack>, Failure> {
        self.seen(self.inner.describe_stacks().await)
    }
    async fn list_associated_stacks(&self, fleet: &FleetName) -> Result<Vec<StackName>, Failure> {
        // These are not counted one by one: the estate tells of one of them.
        self.inner.list_associated_stacks(fleet).await
    }
    async fn describe_sessions(&self, pair: &Pair) -> Result<Vec<Session>, Failure> {
        self.seen(self.inner.describe_sessions(pair).await)
    }
    async fn start_fleet(&self, name: &FleetName) -> Result<(), Failure> {
        self.inner.start_fleet(name).await
    }
    async fn stop_fleet(&self, name: &FleetName) -> Result<(), Failure> {
        self.inner.stop_fleet(name).await
    }
    async fn change_capacity(&self, name: &FleetName, capacity: NewCapacity) -> Result<(), Failure> {
        self.inner.change_capacity(name, capacity).await
    }
    async fn expire_session(&self, id: &SessionId) -> Result<(), Failure> {
        self.inner.expire_session(id).await
    }
    fn aws_now(&self) -> Millis {
        self.inner.aws_now()
    }
    fn rate(&self) -> Rate {
        self.inner.rate()
    }
}

/// Failures that snapshots told of, one after the other: each unit counts its own in a row.
#[derive(Default)]
struct Told {
    times: HashMap<String, u32>,
    failures: u32,
}

impl Told {
    fn read(&mut self, estate: &Estate) {
        let kinds = estate.health.iter().filter(|h| h.kind != Kind::Sessions).map(|h| (h.kind.words().to_owned(), h.times));
        let now: HashMap<String, u32> = kinds.chain(estate.pairs.iter().map(|p| (p.id.clone(), p.times))).collect();
        for (unit, times) in &now {
            let before = self.times.get(unit).copied().unwrap_or(0);
            self.failures += if *times >= before { times - before } else { *times };
        }
        self.times = now;
    }
}

type Rows = BTreeMap<String, String>;

/// What a browser has of sessions: those that are not over.
fn rows<S: std::borrow::Borrow<Session>>(sessions: &[S]) -> Rows {
    let live = sessions.iter().map(std::borrow::Borrow::<Session>::borrow).filter(|s| s.state != SessionState::Expired);
    live.map(|s| (s.id.0.clone(), format!("{} {} {:?} {:?}", s.user_id, s.fleet, s.state, s.connection))).collect()
}

/// How a browser behaves.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// Reads all at once.
    Steady,
    /// Rests after each message.
    Slow,
    /// Loses its connection again and again.
    Broken,
}

/// Reads until it holds the rows that `end` names (none until there is calm).
async fn browser(console: Arc<Console>, cookie: String, manner: Manner, mut end: watch::Receiver<Option<Rows>>) {
    let mut mine = Page::default();
    loop {
        let after = if mine.estate.seq == 0 { String::new() } else { format!("&after={}", mine.estate.seq) };
        // Room for all of them, in the order of their users.
        let mut events = Events::of(console.get(&format!("/api/live?rows=1000&sort=user{after}"), &cookie).await);
        let broken = tokio::time::sleep(Duration::from_millis(700));
        tokio::pin!(broken);
        loop {
            if end.borrow_and_update().as_ref().is_some_and(|end| *end == rows(&mine.window.rows)) {
                return;
            }
            tokio::select! {
                event = events.next() => mine.take(event.expect("the stream goes on")),
                () = &mut broken, if matches!(manner, Manner::Broken) => break,
                _ = end.changed() => continue,
            }
            if matches!(manner, Manner::Slow) {
                tokio::time::sleep(Duration::from_millis(900)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "figures to read with --no-capture")]
async fn after_throttling_latency_hangs_garbage_cuts_and_a_defect_everybody_has_the_rows_that_aws_has() {
    const PAIRS: usize = 8;
    let failures = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&failures);
    let limits = Limits { per_second: 400.0, burst: 600.0, attempt: Duration::from_millis(600) };
    let between = |inner| -> Arc<dyn AppStream> { Arc::new(Counting { inner, failures: counted, asked: AtomicU32::new(0) }) };
    let console = Arc::new(Console::over(pairs(PAIRS).await, limits, between).await);
    let cookie = console.sign_in().await;
    let done = tokio_util::sync::CancellationToken::new();
    let end = watch::Sender::new(None);
    let manners = [Manner::Steady, Manner::Slow, Manner::Broken, Manner::Steady, Manner::Broken];
    let browsers: Vec<_> =
        manners.map(|manner| tokio::spawn(browser(Arc::clone(&console), cookie.clone(), manner, end.subscribe()))).into();
    // Whoever looks at every snapshot sees every failure.
    let mut news = console.watcher.hub().listen().0;
    let told = tokio::spawn({
        let (done, mut told) = (done.clone(), Told::default());
        async move {
            loop {
                told.read(&news.borrow_and_update().clone());
                tokio::select! { biased; heard = news.changed() => heard.unwrap(), () = done.cancelled() => return told.failures }
            }
        }
    });
    let most_waiting = Arc::new(AtomicUsize::new(0));
    let queues = tokio::spawn({
        let (console, most) = (Arc::clone(&console), Arc::clone(&most_waiting));
        async move {
            loop {
                most.fetch_max(console.gate.waiting(), Ordering::Relaxed);
                let (steps, rows) = console.watcher.hub().kept();
                assert!(steps <= 256 && rows <= 30_000, "{steps} steps with {rows} rows are kept");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    });

    // Two hundred sessions; a fifth of them end and begin anew each second of ours.
    load(&console.embedded, PAIRS, 60.0);
    control(&console.embedded, "POST", "clock", &json!({"paused": false, "pace": 5}));
    let faults = [
        json!({"operation": "*", "error": "ThrottlingException", "status": 400, "probability": 0.7}),
        json!({"operation": "*", "latency_ms": 250, "probability": 0.7}),
        json!({"operation": "DescribeSessions", "hang": true, "count": 4}),
        json!({"operation": "*", "garbage": true, "probability": 0.7}),
        json!({"operation": "*", "close": true, "probability": 0.7}),
        json!({"operation": "DescribeFleets", "error": "InternalFailure", "status": 500, "count": 3}),
    ];
    for at in 0..12 {
        if at % 2 == 0 {
            // Somebody works on all of it: everything is asked fast.
            (0..PAIRS).for_each(|n| console.watcher.touch(Touched::Fleet(format!("fleet-{n}").into())));
        }
        control(&console.embedded, "POST", "faults", &faults[at % faults.len()]);
        if at % 4 == 3 {
            // An operator is not kept waiting by any of it for long, and is told how it went.
            control(&console.embedded, "DELETE", "faults", &json!({}));
            let (status, answer) = console.call("/api/fleet/start", &cookie, "form[name]=fleet-0").await;
            assert!(status.is_success(), "{status} {answer}");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    control(&console.embedded, "DELETE", "faults", &json!({}));
    load(&console.embedded, PAIRS, 0.0);
    control(&console.embedded, "POST", "clock", &json!({"paused": true}));

    // AWS's own word, asked past the console.
    let aws = gateway(&console.embedded, Wire::Default);
    let mut truth = Vec::new();
    for n in 0..PAIRS {
        let pair = Pair { stack: format!("stack-{n}").into(), fleet: format!("fleet-{n}").into() };
        truth.extend(aws.describe_sessions(&pair).await.unwrap());
    }
    let truth = rows(&truth);
    assert_eq!(truth.len(), PAIRS * 25);
    let patience = async {
        while rows(&console.watcher.hub().estate().sessions) != truth
            || !console.watcher.hub().estate().pairs.iter().all(|p| p.failure.is_none())
            || console.watcher.hub().estate().health.iter().any(|h| h.failure.is_some())
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(45), patience).await.expect("the watcher recovers by itself");
    done.cancel();
    end.send_replace(Some(truth));
    for (manner, browser) in manners.iter().zip(browsers) {
        let caught_up = tokio::time::timeout(Duration::from_secs(10), browser).await;
        caught_up.unwrap_or_else(|_| panic!("{manner:?} does not come to the rows that AWS has")).unwrap();
    }
    queues.abort();
    let (told, failures, waiting) = (told.await.unwrap(), failures.load(Ordering::Relaxed), most_waiting.load(Ordering::Relaxed));
    println!("{failures} failures, {told} told; at most {waiting} calls waited at once");
    assert!(failures >= 8, "it was no calm time: {failures}");
    assert_eq!(told, failures, "no failure is lost");
    assert!(waiting <= 12, "{waiting} calls waited at once");
}
