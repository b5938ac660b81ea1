//! The watcher: one per account and Region, whatever the number of browsers. It asks AppStream, keeps the newest [`Estate`] in the
//! [`hub`], and asks again when [`cadence`] says so.

pub mod cadence;
pub mod hub;

use app::ctx::Watch;
use app::gateway::AppStream;
use cadence::{History, Situation};
use domain::estate::{Estate, Health, Kind};
use domain::failure::Failure;
use domain::fleet::FleetState;
use domain::names::Scope;
use domain::session::{Session, Tally};
use domain::stack::Pair;
use domain::time::Millis;
use hub::Hub;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The watcher's handle: what others may ask of it. Cheap to clone.
#[derive(Clone)]
pub struct Watcher {
    hub: Hub,
    hurried: Arc<Mutex<HashSet<Kind>>>,
    wake: Arc<Notify>,
}

impl Watch for Watcher {
    fn estate(&self) -> Arc<Estate> {
        self.hub.estate()
    }
    fn hurry(&self, kind: Kind) {
        self.hurried.lock().unwrap_or_else(PoisonError::into_inner).insert(kind);
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
        let estate = Estate { scope, now: gateway.aws_now(), ..Estate::default() };
        let watcher = Self { hub: Hub::new(estate), hurried: Arc::default(), wake: Arc::default() };
        let mut round = Round {
            gateway,
            watcher: watcher.clone(),
            began: Instant::now(),
            history: History::default(),
            due: HashMap::new(),
            asked: HashMap::new(),
            empty_handed: HashSet::new(),
            chance,
        };
        tokio::spawn(async move {
            tokio::select! { () = end.cancelled() => {}, () = round.forever() => {} }
        });
        watcher
    }
}

/// The watcher's own memory between two rounds.
struct Round {
    gateway: Arc<dyn AppStream>,
    watcher: Watcher,
    began: Instant,
    history: History,
    /// When each kind is asked next, in milliseconds since `began`.
    due: HashMap<Kind, i64>,
    /// When each kind was asked last.
    asked: HashMap<Kind, i64>,
    /// Pairs that had no session when they were last asked.
    empty_handed: HashSet<Pair>,
    chance: fn() -> f64,
}

impl Round {
    fn now(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    async fn forever(&mut self) {
        loop {
            for kind in std::mem::take(&mut *self.watcher.hurried.lock().unwrap_or_else(PoisonError::into_inner)) {
                self.history.hurry(kind, self.now());
                self.due.insert(kind, self.now());
            }
            for kind in Kind::ALL {
                if self.due.get(&kind).is_none_or(|at| *at <= self.now()) {
                    self.ask(kind).await;
                }
            }
            let next = self.due.values().min().copied().unwrap_or_default();
            let wait = u64::try_from(next - self.now()).unwrap_or(0);
            tokio::select! {
                () = tokio::time::sleep(std::time::Duration::from_millis(wait)) => {}
                () = self.watcher.wake.notified() => {}
                () = self.watcher.hub.audience_changed() => self.retime(),
            }
        }
    }

    /// Somebody came or went: what is due later than the new pace allows is asked earlier, never the other way round.
    fn retime(&mut self) {
        for kind in Kind::ALL {
            let pause = self.pause(kind, None);
            // Counted from the last answer: who opens a page after an hour alone does not wait for fresh rows.
            let latest = self.asked.get(&kind).copied().unwrap_or_default() + pause;
            self.due.entry(kind).and_modify(|at| *at = (*at).min(latest));
        }
    }

    fn pause(&self, kind: Kind, failure: Option<&Failure>) -> i64 {
        let situation = Situation {
            watched: self.watcher.hub.audience() > 0,
            throttled: matches!(failure, Some(Failure::Throttled { .. })),
            chance: (self.chance)(),
        };
        cadence::pause(kind, &self.history, &situation, self.now())
    }

    async fn ask(&mut self, kind: Kind) {
        let old = self.watcher.hub.estate();
        let mut new = (*old).clone();
        let outcome = match kind {
            Kind::Fleets => self.gateway.describe_fleets().await.map(|fleets| new.fleets = fleets),
            Kind::Stacks => self.stacks(&mut new).await,
            Kind::Sessions => self.sessions(&old, &mut new).await,
        };
        let failure = outcome.err();
        if kind == Kind::Fleets && failure.is_none() {
            let moving = |e: &Estate| {
                e.fleets.iter().filter(|f| f.state.is_moving()).map(|f| (f.name.clone(), f.state.clone())).collect::<HashSet<_>>()
            };
            let (before, after) = (moving(&old), moving(&new));
            // Novelty is a set difference: a fleet that is stuck does not keep the pace fast. What just arrived frees or takes seats.
            if old.health_of(Kind::Fleets).is_some() && !after.is_subset(&before) {
                self.history.hurry(Kind::Fleets, self.now());
            }
            self.history.moving = !after.is_empty();
        }
        self.history.asked(kind, failure.is_some());
        let pause = self.pause(kind, failure.as_ref());
        self.asked.insert(kind, self.now());
        self.due.insert(kind, self.now() + pause);
        let now = self.gateway.aws_now();
        new.now = now;
        let taken = if failure.is_none() { Some(now) } else { old.health_of(kind).and_then(|h| h.taken) };
        let health = Health { kind, taken, failure, next: Some(now.plus(pause)) };
        match new.health.iter_mut().find(|h| h.kind == kind) {
            Some(place) => *place = health,
            None => new.health.push(health),
        }
        new.health.sort_by_key(|h| h.kind);
        new.tally = Tally::of(&new.sessions);
        self.watcher.hub.publish(new);
    }

    async fn stacks(&mut self, new: &mut Estate) -> Result<(), Failure> {
        let stacks = self.gateway.describe_stacks().await?;
        let mut pairs = Vec::new();
        for stack in &stacks {
            let fleets = self.gateway.list_associated_fleets(&stack.name).await?;
            pairs.extend(fleets.into_iter().map(|fleet| Pair { stack: stack.name.clone(), fleet }));
        }
        pairs.sort();
        if pairs != new.pairs {
            self.due.insert(Kind::Sessions, self.now());
        }
        new.stacks = stacks;
        new.pairs = pairs;
        Ok(())
    }

    /// Asks every pair whose fleet shows use. A pair that fails keeps its rows; the first failure is told, after all were asked.
    async fn sessions(&mut self, old: &Estate, new: &mut Estate) -> Result<(), Failure> {
        let mut failure = None;
        let mut sessions: Vec<Session> = Vec::with_capacity(old.sessions.len());
        let known =
            |pair: &Pair| old.sessions.iter().filter(|s| s.stack == pair.stack && s.fleet == pair.fleet).cloned().collect::<Vec<_>>();
        let mut throttled = false;
        for pair in &old.pairs {
            if throttled {
                // AWS asked for less: what is known of the other pairs stays.
                sessions.extend(known(pair));
                continue;
            }
            if !self.shows_use(old, pair) {
                continue;
            }
            match self.gateway.describe_sessions(pair).await {
                Ok(rows) => {
                    if rows.is_empty() {
                        self.empty_handed.insert(pair.clone());
                    } else {
                        self.empty_handed.remove(pair);
                    }
                    sessions.extend(rows);
                }
                Err(error) => {
                    sessions.extend(known(pair));
                    throttled = matches!(error, Failure::Throttled { .. });
                    failure.get_or_insert(error);
                }
            }
        }
        note_since(&old.sessions, &mut sessions, self.gateway.aws_now(), old.health_of(Kind::Sessions).is_some());
        new.sessions = sessions;
        failure.map_or(Ok(()), Err)
    }

    /// Whether a pair can have sessions: its fleet has seats in use, or it had sessions when last asked, or nobody asked yet.
    fn shows_use(&self, old: &Estate, pair: &Pair) -> bool {
        let Some(fleet) = old.fleets.iter().find(|f| f.name == pair.fleet) else { return false };
        let quiet = fleet.state == FleetState::Stopped && self.empty_handed.contains(pair);
        !quiet && (fleet.seats().in_use > 0 || !self.empty_handed.contains(pair))
    }
}

/// Fills `since`: the moment from which the console has seen a session as it is. None on the first sweep: it may have been so before.
fn note_since(old: &[Session], new: &mut [Session], now: Millis, swept_before: bool) {
    let before: HashMap<&str, &Session> = old.iter().map(|s| (s.id.as_str(), s)).collect();
    for session in new {
        session.since = match before.get(session.id.as_str()) {
            Some(was) if was.presence() == session.presence() => was.since,
            Some(_) => Some(now),
            None => swept_before.then_some(now),
        };
    }
}
