//! What is asked next, and when: a state machine over a clock, without I/O. It holds two budgets in calls a minute, one for what there is
//! a reason to hurry with and one for everything else, and within each it asks whatever has waited longest for its turn.

use super::cadence::{self, ACTED_FOR, ALONE, Allowance, Unit};
use domain::estate::{Kind, Touched};
use domain::failure::Failure;
use std::collections::BTreeMap;

/// What the watcher does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask this; the answer comes back with the ticket.
    Ask(Unit, u64),
    /// Nothing to do for so many milliseconds, unless something happens.
    Wait(i64),
}

#[derive(Clone, Debug, Default)]
struct Entry {
    /// When it is asked next.
    due: i64,
    /// When it was last answered, well or not.
    done: Option<i64>,
    /// Failures in a row.
    failures: u32,
    /// Until when it is asked fast.
    fast_until: i64,
    /// Until when it goes before others that are fast: an operator waits for it.
    acted_until: i64,
    /// Asked as soon as the fast budget allows: never read, or changed by an operator.
    urgent: bool,
    /// First among those that are steady: something else told of a change.
    nudged: bool,
    /// Asked at most this often: there is hardly anything to see.
    seldom: i64,
    /// The ticket of the question that is on its way.
    asked: Option<u64>,
    /// Whether it was touched while its question was on its way: the answer may be older than the act.
    again: bool,
    /// Whether the question on its way is at the fast budget's cost.
    hurried: bool,
    /// Calls that its last answer took.
    cost: f64,
}

/// Something due, with its place in the line: the smallest is first.
type Waiting<'a> = ((u8, bool, i64), &'a Unit, &'a Entry);

impl Entry {
    /// Whether there is a reason to hurry.
    fn hurries(&self, now: i64) -> bool {
        self.urgent || (self.fast_until > now && self.failures == 0)
    }
}

/// The plan of one target. Moments are milliseconds of any steady clock.
#[derive(Clone, Debug)]
pub struct Plan {
    entries: BTreeMap<Unit, Entry>,
    fast: Allowance,
    steady: Allowance,
    watched: bool,
    /// Since when nobody watches.
    alone_since: i64,
    /// Whether something has never been asked: the first sweep is bounded by the gate alone.
    first: bool,
    ticket: u64,
}

impl Plan {
    /// Begins at `now`: fleets and stacks tell of all the rest.
    pub fn new(now: i64) -> Self {
        let begin = || Entry { due: now, urgent: true, cost: 1.0, ..Entry::default() };
        Self {
            entries: [(Unit::Fleets, begin()), (Unit::Stacks, begin())].into(),
            fast: Allowance::new(now),
            steady: Allowance::new(now),
            watched: false,
            alone_since: now,
            first: true,
            ticket: 0,
        }
    }

    /// What of `kind` there is to ask, besides fleets and stacks themselves, and how seldom at least (0: at its own interval). What is new
    /// is asked soon, what is no more is forgotten.
    pub fn keep(&mut self, kind: Kind, wanted: impl IntoIterator<Item = (Unit, i64)>, now: i64) {
        let wanted: BTreeMap<Unit, i64> = wanted.into_iter().collect();
        self.entries.retain(|unit, _| unit.kind() != kind || matches!(unit, Unit::Fleets | Unit::Stacks) || wanted.contains_key(unit));
        for (unit, seldom) in wanted {
            let entry = self.entries.entry(unit).or_insert_with(|| Entry { due: now, urgent: true, cost: 1.0, ..Entry::default() });
            entry.seldom = seldom;
        }
    }

    /// The first sweep is over once all that is known of was asked.
    pub fn settle(&mut self) {
        self.first = self.first && self.entries.values().any(|e| e.done.is_none());
    }

    /// Whether everything was asked once.
    pub fn is_settled(&self) -> bool {
        !self.first
    }

    /// Whether `unit` is asked at all.
    pub fn has(&self, unit: &Unit) -> bool {
        self.entries.contains_key(unit)
    }

    /// An operator changed something.
    pub fn touch(&mut self, touched: &Touched, now: i64) {
        for (unit, entry) in &mut self.entries {
            let (asks, follows) = match (touched, unit) {
                (Touched::Kind(kind), Unit::Fleets | Unit::Stacks) => (unit.kind() == *kind, true),
                // No more is known than the kind: everything once, nothing fast.
                (Touched::Kind(kind), _) => (unit.kind() == *kind, false),
                (Touched::Fleet(_), Unit::Fleets) | (Touched::Stacks, Unit::Stacks) => (true, true),
                (Touched::Fleet(fleet), Unit::Sessions(pair)) => (pair.fleet == *fleet, true),
                (Touched::Associations(fleet), Unit::Associations(of)) => (fleet == of, true),
                (Touched::Sessions(pair), Unit::Sessions(of)) => (pair == of, true),
                _ => (false, false),
            };
            if !asks {
                continue;
            }
            entry.due = now;
            entry.urgent = true;
            entry.again = entry.asked.is_some();
            if follows {
                entry.acted_until = now + ACTED_FOR;
                entry.fast_until = entry.fast_until.max(entry.acted_until);
            }
        }
    }

    /// Something newly moves: `unit` is followed fast for `lasts`.
    pub fn follow(&mut self, unit: &Unit, lasts: i64, now: i64) {
        if let Some(entry) = self.entries.get_mut(unit) {
            entry.fast_until = entry.fast_until.max(now + lasts);
            if entry.failures == 0 {
                entry.due = entry.due.min(now + unit.fast());
            }
        }
    }

    /// Something else told that `unit` has changed: it is asked next, within the steady budget.
    pub fn nudge(&mut self, unit: &Unit, now: i64) {
        if let Some(entry) = self.entries.get_mut(unit).filter(|e| e.failures == 0) {
            entry.nudged = true;
            entry.due = entry.due.min(now);
        }
    }

    /// Whether somebody watches. Who opens a page after a time alone does not wait for fresh rows.
    pub fn audience(&mut self, watched: bool, now: i64) {
        if watched == self.watched {
            return;
        }
        let back = watched && now - self.alone_since >= ALONE;
        self.watched = watched;
        self.alone_since = now;
        for (unit, entry) in self.entries.iter_mut().filter(|(_, e)| e.failures == 0) {
            // Counted from the last answer: asked earlier than was planned, never later.
            let latest = entry.done.unwrap_or(now) + unit.interval(watched).max(entry.seldom);
            entry.due = entry.due.min(latest);
            entry.urgent |= back && latest <= now && !matches!(unit, Unit::Associations(_));
        }
    }

    fn budgets(&self, rate: f64) -> (f64, f64) {
        let cost = |kind: Kind| self.entries.iter().filter(|(u, _)| u.kind() == kind).map(|(_, e)| e.cost).sum::<f64>();
        let steady = cadence::steady_budget(self.watched, cost(Kind::Sessions), cost(Kind::Fleets), rate);
        (cadence::fast_budget(steady, rate), steady)
    }

    /// How old `kind` gets at most when nothing hurries, as AWS allows `rate` calls a minute: the interval, stretched to what the budget
    /// can pay.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "minutes")]
    pub fn every(&self, kind: Kind, rate: f64) -> i64 {
        let (_, steady) = self.budgets(rate);
        let per_minute = |u: &Unit, e: &Entry| e.cost * 60_000.0 / u.interval(self.watched).max(e.seldom) as f64;
        let (fleets, rest) = self.entries.iter().fold((0.0, 0.0), |(fleets, rest), (u, e)| match u {
            Unit::Fleets => (fleets + per_minute(u, e), rest),
            _ => (fleets, rest + per_minute(u, e)),
        });
        let stretch = (rest / (steady - fleets).max(steady * 0.2)).max(1.0);
        let slowest = self.entries.iter().filter(|(u, _)| u.kind() == kind && !matches!(u, Unit::Associations(_)));
        let longest = slowest.map(|(u, _)| u.interval(self.watched)).max().unwrap_or_default() as f64;
        (longest * 1.1 * if kind == Kind::Fleets { 1.0 } else { stretch }) as i64
    }

    /// What to do at `now`, as AWS allows `rate` calls a minute. What is asked counts as made. While it is `crowded` by questions that are
    /// not answered, only fleets and what an operator waits for are asked.
    pub fn next(&mut self, now: i64, rate: f64, crowded: bool) -> Next {
        let (fast, steady) = self.budgets(rate);
        self.fast.refill(fast, now);
        self.steady.refill(steady, now);
        let mut wait = 60_000;
        // The first in line of each budget. Nobody passes it while it waits for its calls, or what is dear would never be asked.
        let mut first: [Option<Waiting<'_>>; 2] = [None, None];
        for (unit, entry) in self.entries.iter().filter(|(_, e)| e.asked.is_none()) {
            if entry.due > now {
                wait = wait.min(entry.due - now);
                continue;
            }
            let hurried = entry.hurries(now);
            let rank = match unit {
                Unit::Fleets => 0,
                _ if entry.acted_until > now => 1,
                _ if entry.urgent => 2,
                _ => 3,
            };
            if crowded && rank > 1 {
                continue;
            }
            // Whoever has waited longest for its turn, measured by how often its turn comes.
            let pause = if hurried { unit.fast() } else { unit.interval(self.watched).max(entry.seldom) };
            let waited = (now - entry.done.unwrap_or(now - 100 * pause)) * 1000 / pause;
            let key = (rank, !entry.nudged, -waited);
            let place = &mut first[usize::from(!hurried)];
            if place.as_ref().is_none_or(|(than, ..)| key < *than) {
                *place = Some((key, unit, entry));
            }
        }
        let mut chosen = None;
        for (first, allowance, per_minute) in [(first[0], &self.fast, fast), (first[1], &self.steady, steady)] {
            let Some((_, unit, entry)) = first else { continue };
            // What all the rest depends on is never late. What it costs, the others wait for.
            let exempt = self.first || *unit == Unit::Fleets;
            let short = if exempt { 0 } else { allowance.wait(entry.cost, per_minute) };
            if short == 0 {
                chosen = chosen.or_else(|| Some(unit.clone()));
            }
            wait = wait.min(short);
        }
        let Some(unit) = chosen else { return Next::Wait(wait.max(1)) };
        self.ticket += 1;
        if let Some(entry) = self.entries.get_mut(&unit) {
            entry.hurried = entry.hurries(now);
            entry.asked = Some(self.ticket);
            (entry.urgent, entry.nudged, entry.again) = (false, false, false);
            let hurried = entry.hurried;
            self.charge(hurried, 1.0);
        }
        Next::Ask(unit, self.ticket)
    }

    fn charge(&mut self, hurried: bool, calls: f64) {
        match (self.first, hurried) {
            (true, _) => {}
            (false, true) => self.fast.charge(calls),
            (false, false) => self.steady.charge(calls),
        }
    }

    /// The answer to `ticket` is there: `failure` tells how it went, `calls` what it took. Answers whether it counts, and in how many
    /// milliseconds `unit` is asked again: a unit that is gone, or was asked anew meanwhile, knows better.
    pub fn answered(&mut self, unit: &Unit, ticket: u64, failure: Option<&Failure>, calls: u32, chance: f64, now: i64) -> Option<i64> {
        let watched = self.watched;
        let entry = self.entries.get_mut(unit).filter(|e| e.asked == Some(ticket))?;
        entry.asked = None;
        entry.done = Some(now);
        entry.failures = if failure.is_some() { entry.failures + 1 } else { 0 };
        if failure.is_none() {
            entry.cost = f64::from(calls.max(1));
        }
        let pause = match failure {
            Some(failure) => cadence::jitter(cadence::after_failures(entry.failures, failure), chance),
            None if entry.fast_until > now => cadence::jitter(unit.fast(), chance),
            None => cadence::jitter(unit.interval(watched).max(entry.seldom), chance),
        };
        if entry.again {
            (entry.again, entry.urgent, entry.due) = (false, true, now);
        } else {
            entry.due = now + pause;
        }
        let (due, hurried) = (entry.due, entry.hurried);
        self.charge(hurried, f64::from(calls) - 1.0);
        Some(due - now)
    }
}

#[cfg(test)]
mod tests;
