//! Which sessions began and ended, found out from successive snapshots. No I/O, no clock.
//!
//! Pairs of stack and fleet are read one by one. A session has ended when its pair was read and it was not there; a pair that could not be
//! read says nothing.

use domain::estate::{Estate, Kind};
use domain::session::{Session, SessionState};
use domain::time::Millis;
use std::collections::{BTreeMap, HashMap, HashSet};

/// An end is known when the pair was read no longer ago than this, in seconds: quiet pairs are asked every five minutes.
const KNOWN: i64 = 360;

/// A session as it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its id.
    pub id: String,
    /// Who streams.
    pub user_id: String,
    /// Through which stack.
    pub stack: String,
    /// On which fleet.
    pub fleet: String,
    /// When it got its instance; none while it waits.
    pub started: Option<i64>,
    /// When it was first seen.
    pub first_seen: i64,
}

/// What became of a session. Moments are epoch seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is there.
    Begun(Begun),
    /// It got its instance.
    Started {
        /// Which.
        id: String,
        /// When.
        at: i64,
    },
    /// It is over.
    Ended {
        /// Which.
        id: String,
        /// When it was last there.
        last_seen: i64,
        /// When it was first missed.
        at: i64,
        /// Whether that is close enough to call it the end.
        known: bool,
    },
}

/// A session that is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// When it got its instance.
    pub started: Option<i64>,
    /// When it was seen, unless its pair was read since.
    pub last_seen: i64,
}

/// What is known of a pair's sessions.
#[derive(Debug, Default)]
struct Page {
    open: HashMap<String, Open>,
    /// Those that AWS still lists although they are over.
    over: HashSet<String>,
    /// When the pair was last read in this life of the program.
    read: Option<i64>,
}

/// All open sessions, by pair.
#[derive(Debug, Default)]
pub struct Ledger(BTreeMap<String, Page>);

impl Ledger {
    /// A session that was open when the program last ended.
    pub fn reopen(&mut self, stack: &str, fleet: &str, id: String, open: Open) {
        self.0.entry([stack, "/", fleet].concat()).or_default().open.insert(id, open);
    }

    /// Takes in a snapshot; answers what became of whom, in the order in which it is to be written.
    pub fn take(&mut self, estate: &Estate) -> Vec<Event> {
        let mut events = Vec::new();
        let changed: HashMap<(&str, &str), i64> = estate
            .pairs
            .iter()
            .filter(|p| p.is_read())
            .filter_map(|p| Some((p, p.taken?.0.div_euclid(1000))))
            .filter(|(p, taken)| self.0.get(&p.id).and_then(|page| page.read) != Some(*taken))
            .map(|(p, taken)| ((p.stack(), p.fleet()), taken))
            .collect();
        let mut rows: HashMap<(&str, &str), Vec<&Session>> = HashMap::new();
        for session in estate.sessions.iter().filter(|_| !changed.is_empty()) {
            let pair = (session.stack.as_str(), session.fleet.as_str());
            if changed.contains_key(&pair) {
                rows.entry(pair).or_default().push(session);
            }
        }
        for (pair, taken) in changed {
            let page = self.0.entry([pair.0, "/", pair.1].concat()).or_default();
            page.take(rows.get(&pair).map(Vec::as_slice).unwrap_or_default(), taken, &mut events);
        }
        self.part(estate, &mut events);
        events
    }

    /// Sessions of pairs that are no more: nobody can ask for them.
    fn part(&mut self, estate: &Estate, events: &mut Vec<Event>) {
        let well = |kind| estate.health_of(kind).is_some_and(|h| h.failure.is_none() && h.taken.is_some());
        if !(estate.is_ready() && well(Kind::Fleets) && well(Kind::Stacks)) {
            return;
        }
        let now = estate.now.0.div_euclid(1000);
        let there: HashSet<&str> = estate.pairs.iter().map(|p| p.id.as_str()).collect();
        self.0.retain(|id, page| {
            let stays = there.contains(id.as_str());
            if !stays {
                let ended = std::mem::take(&mut page.open).into_iter().map(|(id, open)| {
                    let last_seen = page.read.map_or(open.last_seen, |read| read.max(open.last_seen));
                    Event::Ended { id, last_seen, at: now.max(last_seen), known: false }
                });
                events.extend(ended);
            }
            stays
        });
    }

    /// Up to when every open session was seen; `now` when none is open. A pair that cannot be read holds it back.
    pub fn until(&self, now: Millis) -> i64 {
        let now = now.0.div_euclid(1000);
        let seen = |page: &Page| page.read.or_else(|| page.open.values().map(|o| o.last_seen).min());
        self.0.values().filter(|page| !page.open.is_empty()).filter_map(seen).min().unwrap_or(now).min(now)
    }
}

impl Page {
    fn take(&mut self, rows: &[&Session], taken: i64, events: &mut Vec<Event>) {
        let before = self.read.replace(taken);
        let (over, there): (Vec<&Session>, Vec<&Session>) = rows.iter().copied().partition(|s| s.state == SessionState::Expired);
        for session in &there {
            let started = session.started.map(|at| at.0.div_euclid(1000));
            match self.open.get_mut(&session.id.0) {
                Some(open) if open.started.is_none() && started.is_some() => {
                    open.started = started;
                    events.extend(started.map(|at| Event::Started { id: session.id.0.clone(), at }));
                }
                Some(_) => {}
                None => {
                    self.open.insert(session.id.0.clone(), Open { started, last_seen: taken });
                    events.push(Event::Begun(begun(session, started, taken)));
                }
            }
        }
        let ids: HashSet<&str> = there.iter().map(|s| s.id.0.as_str()).collect();
        let mut was_open = HashSet::new();
        self.open.retain(|id, open| {
            let stays = ids.contains(id.as_str());
            if !stays {
                let last_seen = before.map_or(open.last_seen, |before| before.max(open.last_seen));
                let known = before.is_some() && taken - last_seen <= KNOWN;
                events.push(Event::Ended { id: id.clone(), last_seen, at: taken.max(last_seen), known });
                was_open.insert(id.clone());
            }
            stays
        });
        // One that came and went between two questions is listed for a while. What was over when the program began is not its to tell.
        if let Some(before) = before {
            for session in over.iter().filter(|s| !self.over.contains(&s.id.0) && !was_open.contains(&s.id.0)) {
                let started = session.started.map(|at| at.0.div_euclid(1000));
                events.push(Event::Begun(begun(session, started, taken)));
                events.push(Event::Ended { id: session.id.0.clone(), last_seen: before, at: taken, known: taken - before <= KNOWN });
            }
        }
        self.over = over.iter().map(|s| s.id.0.clone()).collect();
    }
}

fn begun(session: &Session, started: Option<i64>, first_seen: i64) -> Begun {
    Begun {
        id: session.id.0.clone(),
        user_id: session.user_id.clone(),
        stack: session.stack.0.clone(),
        fleet: session.fleet.0.clone(),
        started,
        first_seen,
    }
}

#[cfg(test)]
mod tests;
