//! When to ask again: a pure function of what happened and the clock. Fast for a bounded time after something newly moves or was
//! changed by an operator, slow otherwise, slower when nobody watches, and backing off when AWS fails or throttles.

use domain::estate::Kind;
use std::collections::HashMap;

const SECOND: i64 = 1000;
/// Pause while fast.
pub const FAST: i64 = 3 * SECOND;
/// How long one reason keeps the pace fast.
pub const FAST_FOR: i64 = 120 * SECOND;
/// Pause while fleets move, beyond the fast time.
const MOVING: i64 = 10 * SECOND;
/// The longest pause after failures.
const LONGEST: i64 = 300 * SECOND;

/// What happened so far. Moments are milliseconds of any steady clock.
#[derive(Clone, Debug, Default)]
pub struct History {
    hurried: HashMap<Kind, i64>,
    failures: HashMap<Kind, u32>,
    /// Whether some fleet starts or stops.
    pub moving: bool,
}

impl History {
    /// Something newly moves, or an operator changed something: `kind` is asked fast from `now` on.
    pub fn hurry(&mut self, kind: Kind, now: i64) {
        self.hurried.insert(kind, now);
    }
    /// `kind` was asked; `failed` tells the outcome.
    pub fn asked(&mut self, kind: Kind, failed: bool) {
        let n = self.failures.entry(kind).or_default();
        *n = if failed { *n + 1 } else { 0 };
    }
}

/// What holds now.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// Whether a browser listens.
    pub watched: bool,
    /// Whether the newest attempt was throttled.
    pub throttled: bool,
    /// A number from 0 to 1, for jitter.
    pub chance: f64,
}

/// Milliseconds until `kind` is asked again.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "pauses of minutes")]
pub fn pause(kind: Kind, history: &History, situation: &Situation, now: i64) -> i64 {
    let fast = history.hurried.get(&kind).is_some_and(|at| now - at < FAST_FOR);
    let steady = match (kind, situation.watched) {
        (Kind::Fleets, true) if history.moving => MOVING,
        (Kind::Fleets, true) => 15 * SECOND,
        (Kind::Sessions, true) => 20 * SECOND,
        (Kind::Stacks, true) | (Kind::Fleets | Kind::Sessions, false) => 60 * SECOND,
        (Kind::Stacks, false) => 300 * SECOND,
    };
    let failures = history.failures.get(&kind).copied().unwrap_or(0);
    let base = if fast && failures == 0 {
        FAST
    } else {
        steady.min(15 * SECOND * i64::from(failures.max(1)) + if failures == 0 { LONGEST } else { 0 })
    };
    let backed_off = match (failures, situation.throttled) {
        (0, _) => base,
        (n, throttled) => (base.min(5 * SECOND) << n.min(6)).max(if throttled { 15 * SECOND } else { 0 }).min(LONGEST),
    };
    // A tenth either way, so that several consoles do not ask in step.
    backed_off + (backed_off as f64 * (situation.chance - 0.5) * 0.2) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CALM: Situation = Situation { watched: true, throttled: false, chance: 0.5 };

    #[test]
    fn the_pace_is_fast_only_for_a_bounded_time_after_a_reason() {
        let mut h = History::default();
        assert_eq!(pause(Kind::Fleets, &h, &CALM, 0), 15_000);
        h.hurry(Kind::Fleets, 1_000);
        assert_eq!(pause(Kind::Fleets, &h, &CALM, 2_000), FAST);
        assert_eq!(pause(Kind::Sessions, &h, &CALM, 2_000), 20_000);
        h.moving = true;
        assert_eq!(pause(Kind::Fleets, &h, &CALM, 1_000 + FAST_FOR), 10_000, "a fleet that is stuck does not keep it fast");
    }

    #[test]
    fn nobody_watching_makes_it_slower() {
        let alone = Situation { watched: false, ..CALM };
        for kind in Kind::ALL {
            assert!(pause(kind, &History::default(), &alone, 0) > pause(kind, &History::default(), &CALM, 0));
        }
    }

    #[test]
    fn failures_and_throttling_back_off_and_success_comes_back() {
        let mut h = History::default();
        let mut last = 0;
        for _ in 0..10 {
            h.asked(Kind::Fleets, true);
            let next = pause(Kind::Fleets, &h, &CALM, 0);
            assert!(next >= last && next <= LONGEST);
            last = next;
        }
        assert_eq!(last, LONGEST);
        h.asked(Kind::Fleets, false);
        assert_eq!(pause(Kind::Fleets, &h, &CALM, 0), 15_000);
        h.hurry(Kind::Fleets, 0);
        h.asked(Kind::Fleets, true);
        assert!(pause(Kind::Fleets, &h, &Situation { throttled: true, ..CALM }, 0) >= 15_000, "throttling beats hurry");
    }

    proptest! {
        #[test]
        fn jitter_is_at_most_a_tenth(chance in 0.0..1.0f64) {
            let p = pause(Kind::Sessions, &History::default(), &Situation { chance, ..CALM }, 0);
            prop_assert!((18_000..=22_000).contains(&p));
        }
    }
}
