//! The newest snapshot, and its changes for every browser: serialised once, whatever their number. A ring of the last changes lets a
//! browser go on where its connection broke.

use domain::estate::{Estate, LiveEvent};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, broadcast, watch};

/// Changes kept for browsers that come back.
const RING: usize = 64;
/// Changes a slow browser may be behind before it gets everything anew.
const BEHIND: usize = 16;

/// One change, serialised: with session rows and without.
#[derive(Clone, Debug)]
pub struct Step {
    /// The `seq` it continues from.
    pub from: u64,
    /// The `seq` it leads to.
    pub seq: u64,
    with_sessions: Arc<str>,
    without: Arc<str>,
}

impl Step {
    /// The message for a stream with or without session rows.
    pub fn text(&self, sessions: bool) -> Arc<str> {
        Arc::clone(if sessions { &self.with_sessions } else { &self.without })
    }
}

/// Snapshots and their changes. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    newest: watch::Sender<Arc<Estate>>,
    steps: broadcast::Sender<Step>,
    ring: Mutex<VecDeque<Step>>,
    audience: AtomicUsize,
    audience_changed: Notify,
}

/// A seat in the audience; leaving it is counted.
pub struct Seat(Hub);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.0.audience.fetch_sub(1, Ordering::Relaxed);
        self.0.0.audience_changed.notify_one();
    }
}

/// What a browser gets first, and what follows.
pub struct Subscription {
    /// Messages to send at once, with their `seq`.
    pub first: Vec<(u64, Arc<str>)>,
    /// What comes after.
    pub steps: broadcast::Receiver<Step>,
    /// Held as long as it listens.
    pub seat: Seat,
}

impl Hub {
    /// Begins with `estate`.
    pub fn new(estate: Estate) -> Self {
        Self(Arc::new(Inner {
            newest: watch::Sender::new(Arc::new(estate)),
            steps: broadcast::Sender::new(BEHIND),
            ring: Mutex::default(),
            audience: AtomicUsize::new(0),
            audience_changed: Notify::new(),
        }))
    }

    /// The newest snapshot.
    pub fn estate(&self) -> Arc<Estate> {
        Arc::clone(&self.0.newest.borrow())
    }

    /// How many browsers listen.
    pub fn audience(&self) -> usize {
        self.0.audience.load(Ordering::Relaxed)
    }

    /// Waits until a browser comes or goes.
    pub async fn audience_changed(&self) {
        self.0.audience_changed.notified().await;
    }

    /// Publishes `estate` as the next snapshot. Only the watcher calls this; its own order is the order of truth.
    pub fn publish(&self, mut estate: Estate) {
        let mut ring = self.0.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.estate();
        estate.seq = old.seq + 1;
        let text = |sessions| serialised(&LiveEvent::Delta(estate.delta_from(&old, sessions)));
        let step = Step { from: old.seq, seq: estate.seq, with_sessions: text(true), without: text(false) };
        if ring.len() == RING {
            ring.pop_front();
        }
        ring.push_back(step.clone());
        self.0.newest.send_replace(Arc::new(estate));
        // No receiver is no error: nobody listens.
        let _ = self.0.steps.send(step);
    }

    /// Begins to listen: with the changes after `after` if they are all still there, else with everything.
    pub fn subscribe(&self, sessions: bool, after: Option<u64>) -> Subscription {
        let ring = self.0.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let steps = self.0.steps.subscribe();
        let newest = self.estate();
        let missed: Option<Vec<_>> = after.filter(|a| *a <= newest.seq && *a > 0).and_then(|after| {
            let rest: Vec<_> = ring.iter().filter(|s| s.seq > after).collect();
            let whole = after == newest.seq || rest.first().is_some_and(|s| s.from == after);
            whole.then(|| rest.into_iter().map(|s| (s.seq, s.text(sessions))).collect())
        });
        let first = missed.unwrap_or_else(|| vec![full(&newest, sessions)]);
        drop(ring);
        self.0.audience.fetch_add(1, Ordering::Relaxed);
        self.0.audience_changed.notify_one();
        Subscription { first, steps, seat: Seat(self.clone()) }
    }

    /// Everything, for a browser that fell behind.
    pub fn full(&self, sessions: bool) -> (u64, Arc<str>) {
        full(&self.estate(), sessions)
    }
}

fn full(estate: &Estate, sessions: bool) -> (u64, Arc<str>) {
    let all = if sessions { estate.clone() } else { estate.without_sessions() };
    (estate.seq, serialised(&LiveEvent::Full(Box::new(all))))
}

/// A message as JSON. Maps with text keys and finite numbers only: this cannot fail.
pub fn serialised(event: &LiveEvent) -> Arc<str> {
    serde_json::to_string(event).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> LiveEvent {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_browser_that_comes_back_gets_what_it_missed_or_everything() {
        let hub = Hub::new(Estate::default());
        assert!(matches!(read(&hub.subscribe(true, None).first[0].1), LiveEvent::Full(_)));
        (0..5).for_each(|_| hub.publish((*hub.estate()).clone()));
        let missed = hub.subscribe(true, Some(3)).first;
        assert_eq!(missed.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [4, 5]);
        assert!(hub.subscribe(true, Some(5)).first.is_empty(), "nothing was missed");
        assert!(matches!(read(&hub.subscribe(true, Some(99)).first[0].1), LiveEvent::Full(_)), "a seq of another life");
        (0..RING).for_each(|_| hub.publish((*hub.estate()).clone()));
        assert!(matches!(read(&hub.subscribe(true, Some(3)).first[0].1), LiveEvent::Full(_)), "too long away");
        assert_eq!(hub.audience(), 0, "all seats were left");
    }

    #[test]
    fn steps_lead_from_snapshot_to_snapshot() {
        let hub = Hub::new(Estate::default());
        let LiveEvent::Full(mut mine) = read(&hub.subscribe(false, None).first[0].1) else { panic!("everything comes first") };
        let mut next = (*hub.estate()).clone();
        next.pairs.push(domain::stack::Pair { stack: "s".into(), fleet: "f".into() });
        hub.publish(next);
        let LiveEvent::Delta(delta) = read(&hub.subscribe(false, Some(0)).first.pop().unwrap().1) else {
            let LiveEvent::Full(all) = read(&hub.full(false).1) else { panic!("everything") };
            assert_eq!(*all, *hub.estate());
            return;
        };
        assert!(mine.apply(delta));
        assert_eq!(*mine, *hub.estate());
    }
}
