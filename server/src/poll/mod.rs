//! The watcher: one per account and Region, whatever the number of browsers. [`plan`] says what to ask next, at the pace of [`cadence`];
//! this file asks; [`book`] takes in what AWS answers; [`hub`] has the newest snapshot and its changes for browsers.

mod book;
pub mod cadence;
pub mod hub;
pub mod plan;

use crate::gateway::clock::steady_ms;
use crate::gateway::gate;
use app::ctx::Watch;
use app::gateway::AppStream;
use book::{Answer, Book, News};
use cadence::Unit;
use domain::estate::{Estate, Kind, Touched};
use domain::failure::Failure;
use domain::names::Scope;
use domain::query::Window;
use domain::session::Session;
use domain::view::View;
use futures::FutureExt as _;
use hub::Hub;
use plan::{Next, Plan};
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Snapshots are at least this far apart, in milliseconds: what is learnt meanwhile goes out together, well within a second.
const APART: i64 = 250;
/// Questions on their way at once, at most. More would only wait at the gate.
const AT_ONCE: usize = 8;

/// The watcher's handle: what others may ask of it. Cheap to clone.
#[derive(Clone)]
pub struct Watcher {
    hub: Hub,
    touched: Arc<Mutex<Vec<Touched>>>,
    wake: Arc<Notify>,
}

impl Watch for Watcher {
    fn estate(&self) -> Arc<Estate> {
        self.hub.estate()
    }
    fn sessions(&self, view: &View) -> Window<Session> {
        self.hub.sessions(view).owned()
    }
    fn touch(&self, touched: Touched) {
        let mut all = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(&touched) {
            all.push(touched);
        }
        self.wake.notify_one();
    }
}

impl Watcher {
    /// Where the snapshots and their changes are.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Begins to watch `scope` until `end`.
    pub fn start(gateway: Arc<dyn AppStream>, scope: Scope, end: CancellationToken) -> Self {
        Self::start_with(gateway, scope, end, rand::random::<f64>)
    }

    /// Like [`start`](Self::start), with `chance` (0 to 1) deciding the jitter of each pause.
    pub fn start_with(gateway: Arc<dyn AppStream>, scope: Scope, end: CancellationToken, chance: fn() -> f64) -> Self {
        // Milliseconds pass faster than snapshots are made, so no number of an earlier life comes again.
        let seq = steady_ms().unsigned_abs();
        let estate = Estate { scope, seq, now: gateway.aws_now(), ..Estate::default() };
        let watcher = Self { hub: Hub::new(estate.clone()), touched: Arc::default(), wake: Arc::default() };
        let mut round = Round {
            gateway,
            watcher: watcher.clone(),
            began: Instant::now(),
            plan: Plan::new(0),
            book: Book::new(estate),
            asked: JoinSet::new(),
            published: -APART,
            unpublished: false,
            failed: BTreeSet::new(),
            answered: BTreeSet::new(),
            chance,
        };
        tokio::spawn(async move {
            tokio::select! { () = end.cancelled() => {}, () = round.forever() => {} }
        });
        watcher
    }
}

/// What came of one question.
struct Asked {
    unit: Unit,
    ticket: u64,
    outcome: Result<Answer, Failure>,
    calls: u32,
}

/// The watcher's own memory.
struct Round {
    gateway: Arc<dyn AppStream>,
    watcher: Watcher,
    began: Instant,
    plan: Plan,
    book: Book,
    /// Questions on their way; they end with the watcher.
    asked: JoinSet<Asked>,
    /// When the newest snapshot went out.
    published: i64,
    /// Whether something was learnt since.
    unpublished: bool,
    /// What failed since.
    failed: BTreeSet<Unit>,
    /// What was answered since.
    answered: BTreeSet<Unit>,
    chance: fn() -> f64,
}

impl Round {
    fn now(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    async fn forever(&mut self) {
        loop {
            let wait = self.ask();
            let due = if self.unpublished { (self.published + APART - self.now()).max(0) } else { wait };
            let wait = Duration::from_millis(wait.min(due).unsigned_abs());
            let hub = self.watcher.hub.clone();
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.watcher.wake.notified() => {}
                () = hub.audience_changed() => {}
                Some(asked) = self.asked.join_next() => match asked {
                    Ok(asked) => self.take(asked),
                    Err(error) => tracing::error!(%error, "a question of the watcher was lost"),
                }
            }
            if self.unpublished && self.now() - self.published >= APART {
                self.publish();
            }
        }
    }

    /// Sends what is due on its way; answers how long there is nothing else to send.
    fn ask(&mut self) -> i64 {
        let now = self.now();
        self.plan.audience(self.watcher.hub.audience() > 0, now);
        for touched in std::mem::take(&mut *self.watcher.touched.lock().unwrap_or_else(PoisonError::into_inner)) {
            self.plan.touch(&touched, now);
        }
        let rate = f64::from(self.gateway.rate().now);
        loop {
            // Two seconds' worth: whatever more is sent would wait at the gate, where it cannot be put behind something urgent.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
            let at_once = ((rate / 30.0) as usize).clamp(2, AT_ONCE);
            if self.asked.len() >= at_once + 2 {
                return 60_000;
            }
            // Two more for what is never late: calls that hang must not blind the console.
            match self.plan.next(now, rate, self.asked.len() >= at_once) {
                Next::Wait(wait) => return wait,
                Next::Ask(unit, ticket) => {
                    let gateway = Arc::clone(&self.gateway);
                    self.asked.spawn(async move {
                        let (outcome, calls) = gate::sweep(AssertUnwindSafe(question(&*gateway, &unit)).catch_unwind()).await;
                        // A defect of one question's own must not blind the console to its unit.
                        let defect =
                            |_| Err(Failure::Internal { message: "A question to AWS ended by itself; the log says where.".into() });
                        let outcome = outcome.unwrap_or_else(defect);
                        Asked { unit, ticket, outcome, calls }
                    });
                }
            }
        }
    }

    fn take(&mut self, asked: Asked) {
        let now = self.now();
        let Asked { unit, ticket, outcome, calls } = asked;
        let Some(pause) = self.plan.answered(&unit, ticket, outcome.as_ref().err(), calls, (self.chance)(), now) else { return };
        let aws_now = self.gateway.aws_now();
        let news = match outcome {
            Ok(answer) => {
                // A failure that passes at once has been told all the same.
                if self.failed.contains(&unit) {
                    self.publish();
                }
                self.answered.insert(unit.clone());
                self.book.take(&unit, answer, aws_now)
            }
            Err(failure) => {
                // One that follows a success is another one.
                if self.answered.contains(&unit) {
                    self.publish();
                }
                self.failed.insert(unit.clone());
                self.book.fail(&unit, failure, aws_now.plus(pause))
            }
        };
        self.book.planned(&unit, aws_now.plus(pause));
        for kind in [Kind::Stacks, Kind::Sessions] {
            self.plan.keep(kind, self.book.wanted(kind, aws_now), now);
        }
        for news in news {
            match news {
                // Sessions are followed for those who look at them.
                News::Follow(Unit::Sessions(_), _) if self.watcher.hub.audience() == 0 => {}
                News::Follow(unit, lasts) => self.plan.follow(&unit, lasts, now),
                News::Nudge(unit) => self.plan.nudge(&unit, now),
            }
        }
        self.plan.settle();
        self.unpublished = true;
    }

    fn publish(&mut self) {
        let rate = self.gateway.rate();
        let estate = self.book.snapshot(&self.plan, f64::from(rate.now), self.gateway.aws_now());
        let slowed = (rate.now < rate.full).then_some(rate);
        self.watcher.hub.publish(Estate { slowed, ..estate });
        self.published = self.now();
        self.unpublished = false;
        self.failed.clear();
        self.answered.clear();
    }
}

/// Asks AWS for one unit, all pages.
async fn question(gateway: &dyn AppStream, unit: &Unit) -> Result<Answer, Failure> {
    match unit {
        Unit::Fleets => gateway.describe_fleets().await.map(Answer::Fleets),
        Unit::Stacks => gateway.describe_stacks().await.map(Answer::Stacks),
        Unit::Associations(fleet) => gateway.list_associated_stacks(fleet).await.map(Answer::Associations),
        Unit::Sessions(pair) => gateway.describe_sessions(pair).await.map(Answer::Sessions),
    }
}
