//! What the console knows of one account and Region at one moment, and the messages that keep a browser's copy up to date.

use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::live::{Change, apply, diff, merge};
use crate::names::{FleetName, Scope};
use crate::session::{Session, Tally};
use crate::stack::{Pair, PairRead, Stack};
use crate::time::Millis;
use crate::view::WindowDelta;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What is polled on its own, fails on its own and ages on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// DescribeFleets.
    Fleets,
    /// DescribeStacks and the associations.
    Stacks,
    /// DescribeSessions of every pair in use.
    Sessions,
}

impl Kind {
    /// All kinds, in the order in which they are asked.
    pub const ALL: [Self; 3] = [Self::Fleets, Self::Stacks, Self::Sessions];
    /// The plural noun.
    pub fn words(self) -> &'static str {
        match self {
            Self::Fleets => "fleets",
            Self::Stacks => "stacks",
            Self::Sessions => "sessions",
        }
    }
}

/// How fresh one kind is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Which kind.
    pub kind: Kind,
    /// When AWS last answered in full, by AWS's clock; none before the first answer.
    pub taken: Option<Millis>,
    /// The last failure, if the newest attempt failed. The rows of before stay.
    pub failure: Option<Failure>,
    /// How many attempts failed one after the other.
    pub times: u32,
    /// When it is asked next, by AWS's clock.
    pub next: Option<Millis>,
    /// How old it gets at most at the present pace, in milliseconds. Twice that is old.
    pub every: i64,
}

impl Health {
    /// Of a kind that nobody has asked for yet.
    pub fn unread(kind: Kind) -> Self {
        Self { kind, taken: None, failure: None, times: 0, next: None, every: 0 }
    }
    /// Whether it is as young at `now` as the pace promises, and nothing failed since.
    pub fn is_fresh(&self, now: Millis) -> bool {
        const SLACK: i64 = 5_000;
        self.failure.is_none() && self.taken.is_some_and(|taken| now.since(taken) <= 2 * self.every + SLACK)
    }
}

/// How fast AWS may be asked: halved when it throttles, creeping back to the full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Calls a minute now.
    pub now: u32,
    /// Calls a minute when AWS does not throttle.
    pub full: u32,
}

/// What in an estate changed in a way that only a new question to AWS can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// Anything of a kind.
    Kind(Kind),
    /// A fleet: its state, its capacity, its sessions.
    Fleet(FleetName),
    /// The list of stacks, but not which fleets are on them.
    Stacks,
    /// Which stacks a fleet is associated with.
    Associations(FleetName),
    /// Sessions of a stack and a fleet.
    Sessions(Pair),
}

/// Everything the console knows of one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estate {
    /// Account and Region.
    pub scope: Scope,
    /// Grows with every change; an older one never overwrites a newer one.
    pub seq: u64,
    /// AWS's clock when this was put together.
    pub now: Millis,
    /// All fleets, by name.
    pub fleets: Vec<Fleet>,
    /// All stacks, by name.
    pub stacks: Vec<Stack>,
    /// All associations, and how their sessions were last read.
    pub pairs: Vec<PairRead>,
    /// All sessions of all pairs. They stay on the server: pages get a window of them ([`crate::view`]). One that did not change is
    /// shared by the snapshots that have it.
    #[serde(skip)]
    pub sessions: Vec<Arc<Session>>,
    /// Their counts.
    pub tally: Tally,
    /// One entry a kind.
    pub health: Vec<Health>,
    /// The slower pace, while AWS throttles.
    pub slowed: Option<Rate>,
}

impl Estate {
    /// The health of `kind`.
    pub fn health_of(&self, kind: Kind) -> Option<&Health> {
        self.health.iter().find(|h| h.kind == kind)
    }
    /// A fleet by its name.
    pub fn fleet(&self, name: &str) -> Option<&Fleet> {
        self.fleets.iter().find(|f| f.name.as_str() == name)
    }
    /// Whether every kind has been answered at least once.
    pub fn is_ready(&self) -> bool {
        Kind::ALL.iter().all(|k| self.health_of(*k).is_some_and(|h| h.taken.is_some()))
    }
    /// Whether the first round is over: every kind has been answered or refused. A console whose AWS refuses still serves, and says so.
    pub fn is_tried(&self) -> bool {
        let taken = |kind| self.health_of(kind).is_some_and(|h| h.taken.is_some());
        let tried = |kind| taken(kind) || self.health_of(kind).is_some_and(|h| h.failure.is_some());
        // Without fleets nobody knows whose sessions to ask for.
        tried(Kind::Fleets) && tried(Kind::Stacks) && (tried(Kind::Sessions) || !taken(Kind::Fleets))
    }
    /// How many people are connected to `fleet`; its seats in use while not all of its sessions have been read. What is typed to stop it
    /// depends on this, in the browser and on the server.
    pub fn connected_on(&self, fleet: &Fleet) -> usize {
        let pairs = || self.pairs.iter().filter(|p| p.fleet() == fleet.name.as_str());
        if pairs().all(|p| p.taken.is_some()) {
            return pairs().map(|p| p.connected as usize).sum();
        }
        usize::try_from(fleet.seats().in_use).unwrap_or(0)
    }
    /// When the fleets were last told in full: the age that page heads show.
    pub fn fleets_taken(&self) -> Option<Millis> {
        self.health_of(Kind::Fleets).and_then(|h| h.taken)
    }
    /// The same without the session rows: a copy for one page, which would be slow to make of ten thousand of them.
    pub fn without_sessions(&self) -> Self {
        Self {
            scope: self.scope.clone(),
            seq: self.seq,
            now: self.now,
            fleets: self.fleets.clone(),
            stacks: self.stacks.clone(),
            pairs: self.pairs.clone(),
            sessions: Vec::new(),
            tally: self.tally,
            health: self.health.clone(),
            slowed: self.slowed,
        }
    }
    /// How many of the pairs are read, and how many there are.
    pub fn pairs_read(&self) -> (usize, usize) {
        (self.pairs.iter().filter(|p| p.is_read()).count(), self.pairs.len())
    }
    /// Whether taking over `newer` would empty what is known here: a server that has just begun has not asked for everything yet. What it
    /// was refused until somebody mends that is never known there; then to show why is better than to wait for ever.
    pub fn would_lose_to(&self, newer: &Self) -> bool {
        let known = |e: &Self, kind| e.health_of(kind).is_some_and(|h| h.taken.is_some());
        let refused = |kind| newer.health_of(kind).and_then(|h| h.failure.as_ref()).is_some_and(|f| !f.is_passing());
        self.scope == newer.scope && Kind::ALL.into_iter().any(|kind| known(self, kind) && !known(newer, kind) && !refused(kind))
    }
    /// What leads from `old` to `self`.
    pub fn delta_from(&self, old: &Self) -> Delta {
        Delta {
            from: old.seq,
            seq: self.seq,
            now: self.now,
            fleets: diff(&old.fleets, &self.fleets),
            stacks: diff(&old.stacks, &self.stacks),
            pairs: diff(&old.pairs, &self.pairs),
            tally: self.tally,
            health: self.health.iter().filter(|h| old.health_of(h.kind) != Some(h)).cloned().collect(),
            slowed: self.slowed,
        }
    }
    /// Applies `delta` if it continues from this `seq`; answers whether it did.
    pub fn apply(&mut self, delta: Delta) -> bool {
        if delta.from != self.seq {
            return false;
        }
        self.seq = delta.seq;
        self.now = delta.now;
        apply(&mut self.fleets, delta.fleets);
        apply(&mut self.stacks, delta.stacks);
        apply(&mut self.pairs, delta.pairs);
        self.tally = delta.tally;
        for health in delta.health {
            match self.health.iter_mut().find(|h| h.kind == health.kind) {
                Some(place) => *place = health,
                None => self.health.push(health),
            }
        }
        self.health.sort_by_key(|h| h.kind);
        self.slowed = delta.slowed;
        true
    }
}

/// What changed from one `seq` to a later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// The `seq` it continues from.
    pub from: u64,
    /// The `seq` it leads to.
    pub seq: u64,
    /// AWS's clock when it was made.
    pub now: Millis,
    /// Changed fleets.
    pub fleets: Vec<Change<Fleet>>,
    /// Changed stacks.
    pub stacks: Vec<Change<Stack>>,
    /// Changed pairs.
    pub pairs: Vec<Change<PairRead>>,
    /// Session counts.
    pub tally: Tally,
    /// The freshness of kinds whose freshness changed.
    pub health: Vec<Health>,
    /// The slower pace, while AWS throttles.
    pub slowed: Option<Rate>,
}

impl Delta {
    /// Adds `later`, which continues this one.
    pub fn then(&mut self, later: Self) {
        merge(&mut self.fleets, later.fleets);
        merge(&mut self.stacks, later.stacks);
        merge(&mut self.pairs, later.pairs);
        for health in later.health {
            self.health.retain(|h| h.kind != health.kind);
            self.health.push(health);
        }
        (self.seq, self.now, self.tally, self.slowed) = (later.seq, later.now, later.tally, later.slowed);
    }
    /// How many rows it mentions.
    pub fn weight(&self) -> usize {
        self.fleets.len() + self.stacks.len() + self.pairs.len()
    }
}

/// One message of the live stream (server-sent events; `id:` is the `seq`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LiveEvent {
    /// Everything; the first message, and after a gap.
    Full(Box<Estate>),
    /// What changed.
    Delta(Delta),
    /// What changed in the rows of sessions that the page shows; the first one leads from nothing.
    Rows(WindowDelta<Session>),
    /// Nothing changed; the stream is alive.
    Beat,
    /// The sign-in ended; the stream closes.
    SignedOut,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::tests::fleet;
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;

    fn health(kind: Kind, taken: i64) -> Health {
        Health { taken: Some(Millis(taken)), every: 20_000, ..Health::unread(kind) }
    }

    /// Any estate whose kinds have all been asked for.
    fn estates() -> impl Strategy<Value = Estate> {
        let names = || btree_map("[a-e]", 0..4_i64, 0..5);
        (names(), names(), 0..9_u32, vec(0..3_i64, 3), proptest::option::of(0..9_u32)).prop_map(
            |(fleets, pairs, connected, taken, slowed)| Estate {
                fleets: fleets.into_iter().map(|(name, n)| fleet(&name, i32::try_from(n).unwrap(), 4)).collect(),
                pairs: pairs
                    .into_iter()
                    .map(|(id, n)| PairRead {
                        id,
                        taken: Some(Millis(n)),
                        ..PairRead::unread(&Pair { stack: "".into(), fleet: "".into() })
                    })
                    .collect(),
                tally: Tally { connected, ..Tally::default() },
                health: Kind::ALL.into_iter().zip(taken).map(|(kind, n)| health(kind, n)).collect(),
                slowed: slowed.map(|now| Rate { now, full: 240 }),
                ..Estate::default()
            },
        )
    }

    /// Rows are sets: their order is that of the list that shows them.
    fn sorted(mut estate: Estate) -> Estate {
        estate.fleets.sort_by(|a, b| a.name.cmp(&b.name));
        estate.pairs.sort_by(|a, b| a.id.cmp(&b.id));
        estate
    }

    proptest! {
        #[test]
        fn deltas_lead_to_the_new_estate_one_by_one_and_put_together(all in vec(estates(), 2..6)) {
            let all: Vec<Estate> = (1..).zip(all).map(|(seq, e)| Estate { seq, ..e }).collect();
            let steps: Vec<Delta> = all.windows(2).map(|w| w[1].delta_from(&w[0])).collect();
            let (mut each, mut once) = (all[0].clone(), all[0].clone());
            for (step, want) in steps.iter().zip(&all[1..]) {
                prop_assert!(each.apply(step.clone()));
                prop_assert_eq!(&sorted(each.clone()), want);
            }
            let mut together = steps[0].clone();
            steps[1..].iter().for_each(|s| together.then(s.clone()));
            prop_assert!(once.apply(together));
            prop_assert_eq!(&sorted(once), all.last().unwrap());
        }

        #[test]
        fn a_delta_that_does_not_continue_changes_nothing(a in estates(), b in estates(), seq in 2..9_u64) {
            let (a, b) = (Estate { seq: 1, ..a }, Estate { seq: seq + 1, ..b });
            let mut mine = a.clone();
            let foreign = b.delta_from(&Estate { seq, ..a.clone() });
            prop_assert!(!mine.apply(foreign));
            prop_assert_eq!(mine, a);
        }
    }

    #[test]
    fn an_estate_that_is_not_read_yet_never_takes_the_place_of_one_that_is() {
        let read = Estate { health: Kind::ALL.map(|k| health(k, 1)).into(), ..Estate::default() };
        let begun = Estate { health: vec![health(Kind::Fleets, 2)], ..Estate::default() };
        assert!(read.would_lose_to(&begun), "a server that has just begun");
        assert!(!begun.would_lose_to(&read));
        let elsewhere = Estate { scope: Scope::new("444455556666", "eu-west-1"), ..begun };
        assert!(!read.would_lose_to(&elsewhere), "another account is something else, not less");
        let refused = |failure| Health { failure: Some(failure), ..Health::unread(Kind::Stacks) };
        let newer = |stacks| Estate { health: vec![health(Kind::Fleets, 2), stacks, health(Kind::Sessions, 2)], ..Estate::default() };
        assert!(read.would_lose_to(&newer(refused(Failure::Throttled { retry_in_seconds: None }))), "that passes");
        let denied = Failure::Denied { action: "DescribeStacks".into(), message: String::new() };
        assert!(!read.would_lose_to(&newer(refused(denied))), "that does not pass by itself");
    }

    #[test]
    fn who_is_connected_to_a_fleet_is_counted_once_all_its_sessions_are_read() {
        let read = |stack: &str, taken, connected| PairRead {
            taken,
            connected,
            ..PairRead::unread(&Pair { stack: stack.into(), fleet: "cad".into() })
        };
        let with = |pairs| Estate { pairs, ..Estate::default() }.connected_on(&fleet("cad", 7, 9));
        assert_eq!(with(vec![read("a", Some(Millis(1)), 2), read("b", Some(Millis(1)), 3)]), 5);
        assert_eq!(with(vec![read("a", Some(Millis(1)), 2), read("b", None, 0)]), 7, "who knows who is on the other");
    }

    #[test]
    fn the_first_round_is_over_when_everything_was_answered_or_refused() {
        let refused = |kind| Health { failure: Some(Failure::Throttled { retry_in_seconds: None }), ..Health::unread(kind) };
        let with = |health: Vec<Health>| Estate { health, ..Estate::default() };
        assert!(!with(vec![health(Kind::Fleets, 1), health(Kind::Stacks, 1)]).is_tried());
        assert!(with(vec![health(Kind::Fleets, 1), health(Kind::Stacks, 1), refused(Kind::Sessions)]).is_tried());
        assert!(with(vec![refused(Kind::Fleets), refused(Kind::Stacks), Health::unread(Kind::Sessions)]).is_tried());
    }

    #[test]
    fn old_is_told_by_the_pace() {
        let read = health(Kind::Sessions, 0);
        assert!(read.is_fresh(Millis(45_000)) && !read.is_fresh(Millis(45_001)));
        assert!(Health { every: 120_000, ..read.clone() }.is_fresh(Millis(200_000)), "asked rarely on purpose");
        assert!(!Health { failure: Some(Failure::Throttled { retry_in_seconds: None }), ..read }.is_fresh(Millis(0)));
    }
}
