//! What is known, and what an answer changes in it. No I/O, no clock. An answer can be news about something else as well; then it says
//! what should be asked sooner.

use super::cadence::{FAST_FOR, FAST_FOR_SESSIONS, Unit};
use super::plan::Plan;
use domain::estate::{Estate, Health, Kind};
use domain::failure::Failure;
use domain::fleet::{Fleet, FleetState, FleetType};
use domain::names::{FleetName, StackName};
use domain::session::{Session, SessionState, Tally};
use domain::stack::{Pair, PairRead, Stack};
use domain::time::Millis;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A pair whose sessions are all over is asked once a minute until AWS lists them no more.
const ALL_OVER: i64 = 60_000;
/// AWS does not say what DescribeFleets shows of an Elastic fleet in use, so one that seems unused is asked all the same.
const PERHAPS: i64 = 300_000;

/// What AWS said.
#[derive(Debug)]
pub enum Answer {
    /// DescribeFleets.
    Fleets(Vec<Fleet>),
    /// DescribeStacks.
    Stacks(Vec<Stack>),
    /// ListAssociatedStacks.
    Associations(Vec<StackName>),
    /// DescribeSessions.
    Sessions(Vec<Session>),
}

/// What an answer about one thing says about the pace of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// It newly moves: follow it fast for so long.
    Follow(Unit, i64),
    /// It has changed: ask it next.
    Nudge(Unit),
}

/// Everything known of one target.
#[derive(Debug, Default)]
pub struct Book {
    /// As browsers will get it, but for sessions and what is derived.
    estate: Estate,
    /// The sessions of each pair, as last read.
    rows: BTreeMap<String, Vec<Arc<Session>>>,
    /// Fleets whose associations were read, and the failures of the others.
    associated: BTreeMap<FleetName, Option<Failure>>,
    /// Pairs that failed since the last one was read well.
    failing: BTreeSet<String>,
}

/// So many pairs that fail one after the other, and none well in between, are not their own trouble but that of all sessions.
const ALL_FAIL: usize = 5;

impl Book {
    /// Begins with an empty estate.
    pub fn new(estate: Estate) -> Self {
        Self { estate, ..Self::default() }
    }

    fn pairs_of<'a>(&'a self, fleet: &'a FleetName) -> impl Iterator<Item = Unit> + 'a {
        self.estate.pairs.iter().filter(move |p| p.fleet() == fleet.as_str()).map(|p| Unit::Sessions(p.pair()))
    }

    /// Takes in what AWS answered to `unit` at `now` (its clock).
    pub fn take(&mut self, unit: &Unit, answer: Answer, now: Millis) -> Vec<News> {
        match (unit, answer) {
            (_, Answer::Fleets(fleets)) => self.fleets(fleets, now),
            (_, Answer::Stacks(stacks)) => self.stacks(stacks, now),
            (Unit::Associations(fleet), Answer::Associations(stacks)) => self.associations(fleet, stacks),
            (Unit::Sessions(pair), Answer::Sessions(rows)) => self.sessions(pair, rows, now),
            _ => vec![],
        }
    }

    fn fleets(&mut self, mut new: Vec<Fleet>, now: Millis) -> Vec<News> {
        let first = self.estate.health_of(Kind::Fleets).is_none_or(|h| h.taken.is_none());
        std::mem::swap(&mut self.estate.fleets, &mut new);
        let old: HashMap<&FleetName, &Fleet> = new.iter().map(|f| (&f.name, f)).collect();
        let mut news = Vec::new();
        for fleet in &self.estate.fleets {
            let before = old.get(&fleet.name);
            // A set difference on name and state: a fleet that is stuck is news once.
            if !first && fleet.state.is_moving() && before.is_none_or(|b| b.state != fleet.state) {
                news.push(News::Follow(Unit::Fleets, FAST_FOR));
                news.extend(self.pairs_of(&fleet.name).map(|u| News::Follow(u, FAST_FOR_SESSIONS)));
            }
            let in_use = |f: &Fleet| (f.capacity.in_use, f.seats().in_use);
            if before.is_some_and(|b| in_use(b) != in_use(fleet)) {
                news.extend(self.pairs_of(&fleet.name).map(News::Nudge));
            }
            if is_used(fleet) && self.pairs_of(&fleet.name).next().is_none() {
                news.push(News::Nudge(Unit::Associations(fleet.name.clone())));
            }
        }
        let there: BTreeSet<&str> = self.estate.fleets.iter().map(|f| f.name.as_str()).collect();
        self.estate.pairs.retain(|p| there.contains(p.fleet()));
        self.associated.retain(|name, _| there.contains(name.as_str()));
        self.rows.retain(|id, _| id.split_once('/').is_some_and(|(_, fleet)| there.contains(fleet)));
        self.well(Kind::Fleets, now);
        news
    }

    fn stacks(&mut self, new: Vec<Stack>, now: Millis) -> Vec<News> {
        let names = |all: &[Stack]| all.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
        let changed = names(&self.estate.stacks) != names(&new);
        self.estate.stacks = new;
        self.well(Kind::Stacks, now);
        // A stack that is new is there for a fleet.
        let fleets = self.estate.fleets.iter().filter(|_| changed);
        fleets.map(|f| News::Nudge(Unit::Associations(f.name.clone()))).collect()
    }

    fn associations(&mut self, fleet: &FleetName, stacks: Vec<StackName>) -> Vec<News> {
        self.associated.insert(fleet.clone(), None);
        let wanted: BTreeSet<String> = stacks.into_iter().map(|stack| Pair { stack, fleet: fleet.clone() }.id()).collect();
        let gone: Vec<String> =
            self.estate.pairs.iter().filter(|p| p.fleet() == fleet.as_str() && !wanted.contains(&p.id)).map(|p| p.id.clone()).collect();
        for id in &gone {
            self.rows.remove(id);
            self.estate.pairs.retain(|p| p.id != *id);
        }
        for id in wanted {
            if !self.estate.pairs.iter().any(|p| p.id == id) {
                self.estate.pairs.push(PairRead { id, taken: None, failure: None, times: 0, next: None, connected: 0 });
            }
        }
        self.estate.pairs.sort_by(|a, b| a.id.cmp(&b.id));
        vec![]
    }

    fn sessions(&mut self, pair: &Pair, mut rows: Vec<Session>, now: Millis) -> Vec<News> {
        let id = pair.id();
        let Some(read) = self.estate.pairs.iter_mut().find(|p| p.id == id) else { return vec![] };
        self.failing.clear();
        let first = read.taken.is_none();
        let connected = Tally::of(&rows).connected;
        *read = PairRead { id: id.clone(), taken: Some(now), failure: None, times: 0, next: None, connected };
        let old = self.rows.remove(&id).unwrap_or_default();
        let before: HashMap<&str, &Arc<Session>> = old.iter().map(|s| (s.id.as_str(), s)).collect();
        let mut moves = false;
        for row in &mut rows {
            let was = before.get(row.id.as_str());
            // AWS does not tell since when a session is as it is. On the first reading it may have been so before.
            row.since = match was {
                Some(was) if was.presence() == row.presence() => was.since,
                Some(_) => Some(now),
                None => (!first).then_some(now),
            };
            // Whoever comes, goes or is cut off is likely to do more within the same minute.
            moves |= !first && was.is_none_or(|was| was.presence() != row.presence());
        }
        // Most are as they were: those are kept, so that snapshots share them.
        let kept = |row: Session| match before.get(row.id.as_str()) {
            Some(was) if was.as_ref() == &row => Arc::clone(was),
            _ => Arc::new(row),
        };
        let rows = rows.into_iter().map(kept).collect();
        self.rows.insert(id, rows);
        let follow = moves.then(|| News::Follow(Unit::Sessions(pair.clone()), FAST_FOR_SESSIONS));
        follow.into_iter().collect()
    }

    /// AWS did not answer `unit`; it is asked again at `next`. What is known stays.
    pub fn fail(&mut self, unit: &Unit, failure: Failure, next: Millis) -> Vec<News> {
        match unit {
            Unit::Fleets | Unit::Stacks => {
                let health = self.health(unit.kind());
                health.times += 1;
                health.failure = Some(failure);
            }
            Unit::Associations(fleet) => {
                self.associated.insert(fleet.clone(), Some(failure));
            }
            Unit::Sessions(pair) => {
                let id = pair.id();
                // AWS refuses so when stack and fleet are no longer associated.
                let parted = matches!(failure, Failure::Invalid { .. } | Failure::NotFound { .. });
                if let Some(read) = self.estate.pairs.iter_mut().find(|p| p.id == id) {
                    read.times += 1;
                    read.failure = Some(failure);
                    read.next = Some(next);
                    self.failing.insert(id);
                }
                if parted {
                    return vec![News::Nudge(Unit::Associations(pair.fleet.clone()))];
                }
            }
        }
        vec![]
    }

    /// When `unit` is asked next, as far as browsers are told.
    pub fn planned(&mut self, unit: &Unit, next: Millis) {
        if matches!(unit, Unit::Fleets | Unit::Stacks) {
            self.health(unit.kind()).next = Some(next);
        }
    }

    fn health(&mut self, kind: Kind) -> &mut Health {
        let all = &mut self.estate.health;
        let at = all.iter().position(|h| h.kind == kind).unwrap_or_else(|| {
            all.push(Health::unread(kind));
            all.sort_by_key(|h| h.kind);
            all.iter().position(|h| h.kind == kind).unwrap_or_default()
        });
        &mut all[at]
    }

    fn well(&mut self, kind: Kind, now: Millis) {
        let health = self.health(kind);
        (health.taken, health.failure, health.times) = (Some(now), None, 0);
    }

    /// What else there is to ask, with how seldom: the associations of every fleet, and the sessions of every pair whose fleet shows use
    /// or which had some when it was last read.
    pub fn wanted(&mut self, kind: Kind, now: Millis) -> Vec<(Unit, i64)> {
        match kind {
            Kind::Fleets => vec![],
            Kind::Stacks => self.estate.fleets.iter().map(|f| (Unit::Associations(f.name.clone()), 0)).collect(),
            Kind::Sessions => {
                let fleets: HashMap<&str, &Fleet> = self.estate.fleets.iter().map(|f| (f.name.as_str(), f)).collect();
                let mut wanted = Vec::new();
                for read in &mut self.estate.pairs {
                    let Some(fleet) = fleets.get(read.fleet()) else { continue };
                    let rows = self.rows.get(&read.id).map(Vec::as_slice).unwrap_or_default();
                    let seldom = match rows {
                        _ if is_used(fleet) => 0,
                        [] if fleet.fleet_type == FleetType::Elastic && fleet.state == FleetState::Running => PERHAPS,
                        [] => {
                            // Nobody can be there: that is as good as an answer.
                            if !read.is_read() {
                                *read = PairRead { taken: Some(now), ..PairRead::unread(&read.pair()) };
                            }
                            continue;
                        }
                        all if all.iter().all(|s| s.state == SessionState::Expired) => ALL_OVER,
                        _ => 0,
                    };
                    wanted.push((Unit::Sessions(read.pair()), seldom));
                }
                wanted
            }
        }
    }

    /// The estate as it is known at `now` (AWS's clock), with what is derived: counts, and how the kinds are that consist of several
    /// questions.
    pub fn snapshot(&mut self, plan: &Plan, rate: f64, now: Millis) -> Estate {
        for kind in Kind::ALL {
            self.health(kind).every = plan.every(kind, rate);
        }
        let unassociated = self.associated.values().find_map(Clone::clone);
        let no_association = unassociated.is_some() && self.associated.values().all(Option::is_some);
        let stacks = self.health(Kind::Stacks);
        if stacks.times == 0 {
            stacks.failure = unassociated.clone();
        }
        let fleets_taken = self.health(Kind::Fleets).taken;
        let asked: Vec<&PairRead> = self.estate.pairs.iter().filter(|p| plan.has(&Unit::Sessions(p.pair()))).collect();
        let well = || asked.iter().filter(|p| p.failure.is_none());
        // One failing pair is its own trouble. Many, and none well in between, are that of all sessions.
        let failing = asked.iter().filter(|p| self.failing.contains(&p.id)).count();
        let all_fail = failing > 0 && failing >= asked.len().min(ALL_FAIL);
        let taken = if no_association || !plan.is_settled() {
            None
        } else if asked.is_empty() {
            fleets_taken
        } else if well().next().is_none() {
            asked.iter().filter_map(|p| p.taken).max()
        } else {
            well().filter_map(|p| p.taken).min()
        };
        let first = asked.iter().find(|p| self.failing.contains(&p.id)).filter(|_| all_fail);
        let (failure, times, next) = match first {
            Some(pair) => (pair.failure.clone(), pair.times, pair.next),
            None if no_association => (unassociated, 1, None),
            None => (None, 0, None),
        };
        let sessions = self.health(Kind::Sessions);
        // Once read, a kind is never unread again: what is known is only older.
        sessions.taken = taken.or(sessions.taken);
        (sessions.failure, sessions.times, sessions.next) = (failure, times, next);
        let rows: Vec<Arc<Session>> = self.rows.values().flatten().cloned().collect();
        Estate { now, tally: Tally::of(rows.iter().map(AsRef::as_ref)), sessions: rows, slowed: None, ..self.estate.clone() }
    }
}

/// Whether DescribeFleets shows that somebody uses a fleet.
fn is_used(fleet: &Fleet) -> bool {
    fleet.capacity.in_use > 0 || fleet.seats().in_use > 0
}

#[cfg(test)]
mod tests;
