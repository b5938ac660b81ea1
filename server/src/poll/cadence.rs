//! How often each thing is asked: numbers, and functions of them. Fast for a bounded time after something newly moves or was changed by
//! an operator, slow otherwise, slower when nobody watches, and backing off when it fails. [`super::plan`] puts them to use.

use domain::estate::Kind;
use domain::failure::Failure;
use domain::names::FleetName;
use domain::stack::Pair;

const SECOND: i64 = 1000;
/// How long what an operator changed is followed fast.
pub const ACTED_FOR: i64 = 60 * SECOND;
/// How long a fleet that newly starts or stops is followed fast.
pub const FAST_FOR: i64 = 120 * SECOND;
/// How long sessions are followed fast after one newly waits for its instance, comes, goes or ends: most have arrived within that time,
/// and who was cut off is back within it.
pub const FAST_FOR_SESSIONS: i64 = 30 * SECOND;
/// How long without an open page makes everything old enough to be asked at once when one opens.
pub const ALONE: i64 = 60 * SECOND;
/// Calls at once after a rest, in each of the two budgets.
pub const BURST: f64 = 6.0;

/// What is asked on its own, fails on its own and ages on its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// DescribeFleets.
    Fleets,
    /// DescribeStacks.
    Stacks,
    /// ListAssociatedStacks of a fleet.
    Associations(FleetName),
    /// DescribeSessions of a pair.
    Sessions(Pair),
}

impl Unit {
    /// What of the estate it tells of.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Fleets => Kind::Fleets,
            Self::Stacks | Self::Associations(_) => Kind::Stacks,
            Self::Sessions(_) => Kind::Sessions,
        }
    }

    /// Milliseconds between two questions when there is no reason to hurry. The budget may stretch it.
    pub fn interval(&self, watched: bool) -> i64 {
        let seconds = match (self, watched) {
            (Self::Fleets, true) => 15,
            (Self::Sessions(_), true) => 20,
            (Self::Stacks, true) | (Self::Fleets, false) => 60,
            (Self::Sessions(_), false) => 80,
            (Self::Associations(_), true) => 120,
            (Self::Stacks, false) => 300,
            (Self::Associations(_), false) => 600,
        };
        seconds * SECOND
    }

    /// Milliseconds between two questions while there is a reason to hurry.
    pub fn fast(&self) -> i64 {
        match self {
            Self::Fleets | Self::Sessions(_) => 2 * SECOND,
            Self::Stacks | Self::Associations(_) => 10 * SECOND,
        }
    }
}

/// Milliseconds until a question that failed `times` in a row is asked again: doubling, up to a minute when it may work by itself, up to
/// five when somebody has to change something.
pub fn after_failures(times: u32, failure: &Failure) -> i64 {
    let (first, longest) = match failure {
        Failure::Throttled { .. } => (5, 60),
        passing if passing.is_passing() => (2, 60),
        // Whoever renews them looks whether it helped.
        Failure::Credentials { .. } => (2, 60),
        _ => (2, 300),
    };
    ((first * SECOND) << times.saturating_sub(1).min(10)).min(longest * SECOND)
}

/// A tenth either way, so that several consoles do not ask in step. `chance` is from 0 to 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "pauses of minutes")]
pub fn jitter(pause: i64, chance: f64) -> i64 {
    pause + (pause as f64 * (chance.clamp(0.0, 1.0) - 0.5) * 0.2) as i64
}

/// Calls a minute for what there is no reason to hurry with. `pages` are the calls of one round of all sessions, `fleets` those of one
/// DescribeFleets, `rate` is what AWS allows. Small estates are as fresh as their intervals say; larger ones share this much, and very large
/// ones get a page about every four minutes.
pub fn steady_budget(watched: bool, pages: f64, fleets: f64, rate: f64) -> f64 {
    let wanted = if watched { (pages / 4.0 + fleets * 4.0).max(22.0) } else { (pages / 16.0 + fleets).max(8.0) };
    wanted.min(rate * 0.45)
}

/// Calls a minute for what there is a reason to hurry with: what AWS allows, less a seventh for operators and what goes on steadily.
pub fn fast_budget(steady: f64, rate: f64) -> f64 {
    (rate * 0.85 - steady).max(rate * 0.1)
}

/// Tokens of one budget: calls that may be made now. It may owe some, as nobody knows before how many pages an answer has.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    tokens: f64,
    at: i64,
}

impl Allowance {
    /// Full at `now`.
    pub fn new(now: i64) -> Self {
        Self { tokens: BURST, at: now }
    }
    /// What came in until `now` at `per_minute`.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds between two questions")]
    pub fn refill(&mut self, per_minute: f64, now: i64) {
        self.tokens = (self.tokens + per_minute * (now - self.at).max(0) as f64 / 60_000.0).min(BURST);
        self.at = self.at.max(now);
    }
    /// Milliseconds until `calls` may be made; 0 is now.
    #[expect(clippy::cast_possible_truncation, reason = "waits of minutes")]
    pub fn wait(&self, calls: f64, per_minute: f64) -> i64 {
        let missing = calls.clamp(1.0, BURST) - self.tokens;
        if missing <= 1e-9 { 0 } else { ((missing / per_minute * 60_000.0).ceil() as i64).max(1) }
    }
    /// Calls were made, or (with a negative number) were not.
    pub fn charge(&mut self, calls: f64) {
        self.tokens = (self.tokens - calls).min(BURST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn failures_back_off_and_those_that_somebody_must_mend_longer() {
        let denied = Failure::Denied { action: "DescribeSessions".into(), message: String::new() };
        let lost = Failure::Unreachable { message: String::new() };
        let pauses = |f: &Failure| (1..12).map(|n| after_failures(n, f) / SECOND).collect::<Vec<_>>();
        assert_eq!(pauses(&denied), [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(pauses(&lost)[4..], [32, 60, 60, 60, 60, 60, 60]);
        assert_eq!(pauses(&Failure::Throttled { retry_in_seconds: None })[0], 5);
    }

    #[test]
    fn nobody_watching_makes_it_slower() {
        let pair = Pair { stack: "s".into(), fleet: "f".into() };
        for unit in [Unit::Fleets, Unit::Stacks, Unit::Associations("f".into()), Unit::Sessions(pair)] {
            assert!(unit.interval(false) > unit.interval(true) && unit.fast() < unit.interval(true), "{unit:?}");
        }
        assert!(steady_budget(false, 40.0, 1.0, 240.0) < steady_budget(true, 40.0, 1.0, 240.0));
    }

    #[test]
    fn forty_pairs_fit_the_budgets_that_were_promised() {
        let steady = steady_budget(true, 60.0, 1.0, 240.0);
        assert!(steady + BURST <= 30.0, "{steady} a minute while nothing happens");
        assert!(steady + fast_budget(steady, 240.0) + 2.0 * BURST <= 240.0, "and all of it while busy");
        assert!(steady_budget(true, 560.0, 2.0, 240.0) <= 108.0, "a very large estate leaves half to haste");
    }

    proptest! {
        #[test]
        fn jitter_is_at_most_a_tenth(chance in -1.0..2.0_f64, pause in 0..1_000_000_i64) {
            let p = jitter(pause, chance);
            prop_assert!((p - pause).abs() <= pause / 10);
        }

        #[test]
        fn both_budgets_stay_below_what_aws_allows(pages in 0.0..5_000.0_f64, fleets in 1.0..20.0_f64, rate in 15.0..6_000.0_f64, watched: bool) {
            let steady = steady_budget(watched, pages, fleets, rate);
            let fast = fast_budget(steady, rate);
            prop_assert!(steady > 0.0 && fast > 0.0 && steady + fast <= rate * 0.9 + 1e-9);
        }
    }
}
