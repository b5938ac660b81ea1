//! The newest snapshot, and its changes for every browser: put together and serialised once, whatever their number. A ring of the last
//! changes lets a browser go on where its connection broke or where it was too slow; nothing is kept for any single browser.

use domain::estate::{Delta, Estate, LiveEvent};
use domain::list::SESSION_FACETS;
use domain::query::{Query, Selected, Window};
use domain::session::Session;
use domain::view::{MOST_ROWS, View};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, watch};

/// Changes kept for browsers that come back: about a minute of the fastest pace.
const RING: usize = 256;
/// Different questions about one snapshot that are remembered at most: eighty kilobytes each with ten thousand sessions.
const QUESTIONS: usize = 100;
/// Rows that they mention together at most: about 16 MB.
const RING_ROWS: usize = 30_000;

/// One message of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The `seq` it leads to.
    pub seq: u64,
    /// The event as JSON.
    pub text: Arc<str>,
}

/// Snapshots and their changes. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    newest: watch::Sender<Arc<Estate>>,
    past: Mutex<Past>,
    audience: AtomicUsize,
    audience_changed: Notify,
}

#[derive(Default)]
struct Past {
    ring: VecDeque<Delta>,
    rows: usize,
    /// Texts that lead to the newest snapshot, from a `seq` (none: from nothing). Forgotten with the next snapshot.
    texts: HashMap<Option<u64>, Arc<str>>,
    /// What questions about sessions came to in the newest snapshot. Forgotten with the next one.
    selected: HashMap<Query, Arc<Selected>>,
}

/// A seat in the audience; leaving it is counted.
pub struct Seat(Hub);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.0.audience.fetch_sub(1, Ordering::Relaxed);
        self.0.0.audience_changed.notify_one();
    }
}

impl Hub {
    /// Begins with `estate`. Its `seq` must differ from those of every earlier life of the program, or browsers would go on with
    /// changes that were never meant for them.
    pub fn new(estate: Estate) -> Self {
        Self(Arc::new(Inner {
            newest: watch::Sender::new(Arc::new(estate)),
            past: Mutex::default(),
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

    /// How many changes are kept, and how many rows they mention.
    pub fn kept(&self) -> (usize, usize) {
        let past = self.past();
        (past.ring.len(), past.rows)
    }

    fn past(&self) -> MutexGuard<'_, Past> {
        self.0.past.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes `estate` as the next snapshot. Only the watcher calls this; its own order is the order of truth.
    pub fn publish(&self, mut estate: Estate) {
        let mut past = self.past();
        let old = self.estate();
        estate.seq = old.seq + 1;
        let step = estate.delta_from(&old);
        past.rows += step.weight();
        past.ring.push_back(step);
        // The newest step stays, however large: everybody is about to ask for it.
        while past.ring.len() > RING || (past.rows > RING_ROWS && past.ring.len() > 1) {
            let gone = past.ring.pop_front().map_or(0, |step| step.weight());
            past.rows -= gone;
        }
        past.texts.clear();
        past.selected.clear();
        self.0.newest.send_replace(Arc::new(estate));
    }

    /// Takes a seat and hears of every new snapshot. Slow listeners hear of the last one only, so nothing queues up for them.
    pub fn listen(&self) -> (watch::Receiver<Arc<Estate>>, Seat) {
        self.0.audience.fetch_add(1, Ordering::Relaxed);
        self.0.audience_changed.notify_one();
        (self.0.newest.subscribe(), Seat(self.clone()))
    }

    /// Hears of every new snapshot without a seat: the console's own parts are no audience.
    pub fn news(&self) -> watch::Receiver<Arc<Estate>> {
        self.0.newest.subscribe()
    }

    /// What leads from `after` to the newest snapshot: nothing, the changes put together into one, or everything when `after` is none,
    /// too long ago, or of another life of the program.
    pub fn since(&self, after: Option<u64>) -> Option<Message> {
        let mut past = self.past();
        let newest = self.estate();
        if after == Some(newest.seq) {
            return None;
        }
        let at = after.and_then(|after| past.ring.iter().position(|step| step.from == after));
        let key = at.and(after);
        let text = match past.texts.get(&key) {
            Some(text) => Arc::clone(text),
            None => {
                let event = match at {
                    Some(at) => LiveEvent::Delta(together(past.ring.iter().skip(at))),
                    None => LiveEvent::Full(Box::new(newest.without_sessions())),
                };
                let text = serialised(&event);
                past.texts.insert(key, Arc::clone(&text));
                text
            }
        };
        Some(Message { seq: newest.seq, text })
    }

    /// The sessions of the newest snapshot that `view` asks for. A question is answered once a snapshot, whoever asks it.
    pub fn sessions(&self, view: &View) -> Window<Arc<Session>> {
        let (newest, known) = {
            let past = self.past();
            (self.estate(), past.selected.get(&view.query).cloned())
        };
        let selected = known.unwrap_or_else(|| {
            // Not under the lock: it takes milliseconds with ten thousand sessions.
            let selected = Arc::new(Selected::of(&newest.sessions, &view.query, newest.now, SESSION_FACETS));
            let mut past = self.past();
            if self.estate().seq == newest.seq && past.selected.len() < QUESTIONS {
                past.selected.insert(view.query.clone(), Arc::clone(&selected));
            }
            selected
        });
        let mut window = selected.window(&newest.sessions, view.start, view.len.min(MOST_ROWS));
        window.peek = view.peek.as_ref().and_then(|id| newest.sessions.iter().find(|s| s.id.as_str() == id)).cloned();
        window
    }
}

/// Steps that continue one another as one.
fn together<'a>(steps: impl Iterator<Item = &'a Delta>) -> Delta {
    let mut steps = steps.cloned();
    // The caller found at least one.
    let mut all = steps.next().unwrap_or_else(|| Estate::default().delta_from(&Estate::default()));
    steps.for_each(|step| all.then(step));
    all
}

/// A message as JSON. Maps with text keys and finite numbers only: this cannot fail.
pub fn serialised(event: &LiveEvent) -> Arc<str> {
    serde_json::to_string(event).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::stack::{Pair, PairRead};
    use domain::time::Millis;

    fn read(message: &Message) -> LiveEvent {
        serde_json::from_str(&message.text).unwrap()
    }

    /// Publishes a snapshot in which pair number `n` was read at `n`.
    fn step(hub: &Hub, n: i64) {
        let mut next = (*hub.estate()).clone();
        let pair = Pair { stack: "s".into(), fleet: format!("f{}", n % 7).into() };
        next.pairs.retain(|p| p.id != pair.id());
        next.pairs.push(PairRead { taken: Some(Millis(n)), ..PairRead::unread(&pair) });
        hub.publish(next);
    }

    #[test]
    fn a_browser_that_comes_back_gets_what_it_missed_or_everything() {
        let hub = Hub::new(Estate { seq: 1_000, ..Estate::default() });
        assert!(matches!(read(&hub.since(None).unwrap()), LiveEvent::Full(_)));
        (0..5).for_each(|n| step(&hub, n));
        let missed = hub.since(Some(1_003)).unwrap();
        assert!(matches!(read(&missed), LiveEvent::Delta(d) if (d.from, d.seq) == (1_003, 1_005)), "one message for two steps");
        assert_eq!(hub.since(Some(1_005)), None, "nothing was missed");
        for other in [3, 999, 2_000] {
            assert!(matches!(read(&hub.since(Some(other)).unwrap()), LiveEvent::Full(_)), "a seq of another life");
        }
        (0..300).for_each(|n| step(&hub, n));
        assert!(matches!(read(&hub.since(Some(1_003)).unwrap()), LiveEvent::Full(_)), "too long away");
        assert_eq!(hub.kept().0, RING);
    }

    #[test]
    fn however_slow_a_browser_is_it_ends_where_the_others_are() {
        let hub = Hub::new(Estate { seq: 1, ..Estate::default() });
        let LiveEvent::Full(first) = read(&hub.since(None).unwrap()) else { panic!("everything comes first") };
        let mut browsers: Vec<Estate> = vec![*first; 4];
        for n in 0..200 {
            step(&hub, n);
            for (i, mine) in browsers.iter_mut().enumerate() {
                // Number 0 reads at once, number 3 hardly ever.
                if n % (1 + 20 * i64::try_from(i).unwrap()) == 0 || n == 199 {
                    match read(&hub.since(Some(mine.seq)).unwrap()) {
                        LiveEvent::Delta(delta) => assert!(delta.pairs.len() <= 7 && mine.apply(delta), "each row once"),
                        _ => panic!("changes, put together"),
                    }
                }
            }
        }
        let sorted = |e: &Estate| {
            let mut pairs = e.pairs.clone();
            pairs.sort_by(|a, b| a.id.cmp(&b.id));
            (e.seq, pairs)
        };
        browsers.iter().for_each(|mine| assert_eq!(sorted(mine), sorted(&hub.estate())));
    }

    #[test]
    fn a_text_is_made_once_for_all_that_are_at_the_same_place() {
        let hub = Hub::new(Estate { seq: 1, ..Estate::default() });
        (0..3).for_each(|n| step(&hub, n));
        let one = hub.since(Some(2)).unwrap();
        assert!(Arc::ptr_eq(&one.text, &hub.since(Some(2)).unwrap().text));
        assert!(Arc::ptr_eq(&hub.since(None).unwrap().text, &hub.since(Some(77)).unwrap().text));
    }

    #[tokio::test]
    async fn seats_are_counted() {
        let hub = Hub::new(Estate::default());
        let (_news, seat) = hub.listen();
        assert_eq!(hub.audience(), 1);
        drop(seat);
        assert_eq!(hub.audience(), 0);
    }
}
