//! How many calls a target may get: a token bucket that halves when AWS throttles and creeps back. A pure function of what happened
//! and the clock; [`super::gate`] holds the calls back.
//!
//! AWS publishes no limits for AppStream, so the rate is found out: it starts at what the operator allows.

/// The slowest it gets, as a share of the full rate. Never nothing: a target that is asked no more cannot show that it has recovered.
const SLOWEST: f64 = 1.0 / 16.0;
/// How long it would take from nothing to the full rate.
const RECOVERS: f64 = 120_000.0;
/// How many calls a sweep leaves to operators, in seconds of the full rate.
const RESERVE: f64 = 2.0;
/// Of this many calls one may be a sweep's even while operators wait: a long act must not freeze what is on screen.
const SHARE: f64 = 4.0;

/// Who calls. The first goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// An operator changes something.
    Act,
    /// An operator looks at something.
    Look,
    /// The watcher asks.
    Sweep,
}

/// The bucket. Moments are milliseconds of any steady clock.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Calls a second when AWS does not throttle.
    full: f64,
    /// Calls that may go out at once after a rest.
    burst: f64,
    tokens: f64,
    /// When `tokens` was true.
    at: i64,
    /// The rate at `since`.
    slowed: f64,
    /// When it was slowed last; it has crept back from there.
    since: i64,
    /// When a sweep last passed.
    swept: Option<i64>,
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a program's life")]
fn ms(from: i64, to: i64) -> f64 {
    (to - from).max(0) as f64
}

impl Bucket {
    /// Full at `now`, with `per_second` calls a second and `burst` at once.
    pub fn new(per_second: f64, burst: f64, now: i64) -> Self {
        let (full, burst) = (per_second.max(0.01), burst.max(1.0));
        Self { full, burst, tokens: burst, at: now, slowed: full, since: now, swept: None }
    }

    /// Calls a second at `now`.
    pub fn rate(&self, now: i64) -> f64 {
        (self.slowed + self.full * ms(self.since, now) / RECOVERS).min(self.full)
    }

    /// Calls a second when AWS does not throttle.
    pub fn full(&self) -> f64 {
        self.full
    }

    fn refill(&mut self, now: i64) {
        // By the rate at the beginning: it only grows meanwhile, so this is never too much.
        self.tokens = (self.tokens + self.rate(self.at) * ms(self.at, now) / 1000.0).min(self.burst);
        self.at = self.at.max(now);
    }

    /// When the next sweep has waited for its share.
    pub fn owed_at(&self, now: i64) -> i64 {
        self.swept.map_or(now, |at| at + whole_ms(SHARE * 1000.0 / self.rate(now)))
    }

    /// Takes a call if `class` may have one at `now`; else says in how many milliseconds to try again.
    pub fn take(&mut self, class: Class, now: i64) -> Result<(), i64> {
        self.refill(now);
        let owed = class == Class::Sweep && self.owed_at(now) <= now;
        // Never so much that a full bucket would not do.
        let spared = if class == Class::Sweep && !owed { (RESERVE * self.full).min(self.burst / 2.0).min(self.burst - 1.0) } else { 0.0 };
        let missing = 1.0 + spared - self.tokens;
        if missing <= 0.0 {
            self.tokens -= 1.0;
            if class == Class::Sweep {
                self.swept = Some(now);
            }
            return Ok(());
        }
        let wait = whole_ms(missing / self.rate(now) * 1000.0);
        Err(if class == Class::Sweep && !owed { wait.min(self.owed_at(now) - now).max(1) } else { wait })
    }

    /// AWS throttled a call that was sent at `sent`. Calls that were on their way when it was slowed do not slow it again.
    pub fn throttled(&mut self, sent: i64, now: i64) {
        self.refill(now);
        self.tokens = self.tokens.min(1.0);
        if sent >= self.since {
            self.slowed = (self.rate(now) / 2.0).max(self.full * SLOWEST);
            self.since = now.max(self.since + 1);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "waits of minutes")]
fn whole_ms(exact: f64) -> i64 {
    (exact.ceil() as i64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn after_a_burst_it_gives_four_calls_a_second() {
        let mut b = Bucket::new(4.0, 24.0, 0);
        assert_eq!((0..100).filter(|_| b.take(Class::Act, 0).is_ok()).count(), 24);
        assert_eq!(b.take(Class::Look, 0), Err(250));
        assert_eq!(b.take(Class::Act, 250), Ok(()));
    }

    #[test]
    fn a_sweep_leaves_some_to_operators_and_still_gets_its_share() {
        let mut b = Bucket::new(4.0, 24.0, 0);
        assert_eq!((0..100).filter(|_| b.take(Class::Sweep, 0).is_ok()).count(), 16, "eight are spared");
        assert_eq!((0..100).filter(|_| b.take(Class::Act, 0).is_ok()).count(), 8);
        // Operators take all there is, and a sweep passes once a second all the same.
        let mut swept = 0;
        for now in (0..20_000).step_by(50) {
            if b.owed_at(now) <= now && b.take(Class::Sweep, now).is_ok() {
                swept += 1;
            }
            while b.owed_at(now) > now && b.take(Class::Act, now).is_ok() {}
        }
        assert!((16..=20).contains(&swept), "{swept}");
    }

    #[test]
    fn throttling_halves_the_rate_once_for_all_calls_on_their_way() {
        let mut b = Bucket::new(4.0, 24.0, 0);
        for _ in 0..5 {
            b.throttled(900, 1_000);
        }
        assert!((b.rate(1_000) - 2.0).abs() < 1e-9, "{}", b.rate(1_000));
        b.throttled(1_500, 1_600);
        assert!((b.rate(1_600) - 1.01).abs() < 1e-9, "{}", b.rate(1_600));
        assert!((b.rate(200_000) - 4.0).abs() < 1e-9, "it creeps back");
    }

    #[derive(Clone, Debug)]
    enum Happens {
        Pass(i64),
        Take(Class),
        Throttled,
    }

    fn histories() -> impl Strategy<Value = Vec<Happens>> {
        let class = prop_oneof![Just(Class::Act), Just(Class::Look), Just(Class::Sweep)];
        let one = prop_oneof![
            3 => (0..3_000_i64).prop_map(Happens::Pass),
            6 => class.prop_map(Happens::Take),
            1 => Just(Happens::Throttled),
        ];
        proptest::collection::vec(one, 0..600)
    }

    proptest! {
        #[test]
        fn it_is_never_above_its_budget_and_always_recovers(history in histories(), full in 0.5..50.0_f64, burst in 1.0..40.0_f64) {
            let mut b = Bucket::new(full, burst, 0);
            let (mut now, mut passed) = (0_i64, Vec::new());
            for happens in history {
                match happens {
                    Happens::Pass(time) => now += time,
                    Happens::Take(class) => match b.take(class, now) {
                        Ok(()) => passed.push(now),
                        Err(wait) => prop_assert!(wait >= 1),
                    },
                    Happens::Throttled => b.throttled(now, now),
                }
                prop_assert!(b.rate(now) >= full * SLOWEST - 1e-9 && b.rate(now) <= full);
            }
            // Of any stretch of time: never more than the burst and what came in meanwhile.
            for (i, from) in passed.iter().enumerate() {
                for (n, to) in passed[i..].iter().enumerate() {
                    let most = burst + full * ms(*from, *to) / 1000.0;
                    prop_assert!(ms(0, i64::try_from(n).unwrap()) + 1.0 <= most + 1e-6, "{n} calls from {from} to {to}");
                }
            }
            prop_assert!((b.rate(now + 120_000) - full).abs() < 1e-9, "recovered");
            // Whoever waits as long as told passes in the end.
            for class in [Class::Act, Class::Look, Class::Sweep] {
                let mut tries = 0;
                while let Err(wait) = b.take(class, now) {
                    now += wait;
                    tries += 1;
                    prop_assert!(tries < 20, "{class:?} waits for ever");
                }
            }
        }
    }
}
