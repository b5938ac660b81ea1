//! What the console knows of one account and Region at one moment, and the messages that keep a browser's copy up to date.

use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::live::{Change, apply, diff};
use crate::names::Scope;
use crate::session::{Session, Tally};
use crate::stack::{Pair, Stack};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

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
    /// When it is asked next, by AWS's clock.
    pub next: Option<Millis>,
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
    /// All associations.
    pub pairs: Vec<Pair>,
    /// All sessions of all pairs.
    pub sessions: Vec<Session>,
    /// Their counts, also sent to pages that do not show the rows.
    pub tally: Tally,
    /// One entry a kind.
    pub health: Vec<Health>,
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
    /// The moment of the oldest answer among the kinds; none before the first sweep is done.
    pub fn oldest(&self) -> Option<Millis> {
        oldest(&self.health)
    }
    /// When the fleets were last told in full: the age that page heads show.
    pub fn fleets_taken(&self) -> Option<Millis> {
        self.health_of(Kind::Fleets).and_then(|h| h.taken)
    }
    /// The same without session rows: what pages get that do not list sessions.
    pub fn without_sessions(&self) -> Self {
        Self { sessions: Vec::new(), ..self.clone() }
    }
    /// What leads from `old` to `self`; `with_sessions` tells whether session rows take part.
    pub fn delta_from(&self, old: &Self, with_sessions: bool) -> Delta {
        Delta {
            from: old.seq,
            seq: self.seq,
            now: self.now,
            fleets: diff(&old.fleets, &self.fleets),
            stacks: diff(&old.stacks, &self.stacks),
            pairs: (old.pairs != self.pairs).then(|| self.pairs.clone()),
            sessions: if with_sessions { diff(&old.sessions, &self.sessions) } else { Vec::new() },
            tally: self.tally,
            health: self.health.clone(),
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
        if let Some(pairs) = delta.pairs {
            self.pairs = pairs;
        }
        apply(&mut self.sessions, delta.sessions);
        self.tally = delta.tally;
        self.health = delta.health;
        true
    }
}

/// The moment of the oldest answer; none while one kind has had none.
pub fn oldest(health: &[Health]) -> Option<Millis> {
    health.iter().map(|h| h.taken).min().flatten()
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
    /// All pairs, if any changed.
    pub pairs: Option<Vec<Pair>>,
    /// Changed sessions; empty on streams without session rows.
    pub sessions: Vec<Change<Session>>,
    /// Session counts.
    pub tally: Tally,
    /// Freshness of every kind.
    pub health: Vec<Health>,
}

/// One message of the live stream (server-sent events; `id:` is the `seq`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LiveEvent {
    /// Everything; the first message, and after a gap.
    Full(Box<Estate>),
    /// What changed.
    Delta(Delta),
    /// The sign-in ended; the stream closes.
    SignedOut,
}
