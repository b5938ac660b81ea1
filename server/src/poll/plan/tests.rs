use super::*;
use crate::poll::cadence::{BURST, FAST_FOR};
use domain::names::FleetName;
use domain::stack::Pair;
use proptest::prelude::*;

const RATE: f64 = 240.0;

fn pair(n: usize) -> Pair {
    Pair { stack: format!("s{n}").into(), fleet: format!("f{n}").into() }
}

fn lost() -> Failure {
    Failure::Unreachable { message: String::new() }
}

/// A plan, and an AWS that answers it after a while.
struct World {
    plan: Plan,
    now: i64,
    on_their_way: Vec<(Unit, u64, i64)>,
    /// What was asked, when, and what it cost.
    log: Vec<(Unit, i64, u32)>,
    latency: i64,
    pairs: usize,
    failing: bool,
}

impl World {
    fn new(pairs: usize) -> Self {
        let mut plan = Plan::new(0);
        let fleets = (0..pairs).map(|n| (Unit::Associations(format!("f{n}").into()), 0));
        plan.keep(Kind::Stacks, fleets, 0);
        plan.keep(Kind::Sessions, (0..pairs).map(|n| (Unit::Sessions(pair(n)), 0)), 0);
        Self { plan, now: 0, on_their_way: vec![], log: vec![], latency: 100, pairs, failing: false }
    }

    fn cost(unit: &Unit) -> u32 {
        match unit {
            // One pair in five has two pages.
            Unit::Sessions(p) => 1 + u32::from(p.stack.0.ends_with(['0', '5'])),
            _ => 1,
        }
    }

    /// Lets `time` pass.
    fn pass(&mut self, time: i64) {
        let end = self.now + time;
        while self.now < end {
            let (there, on): (Vec<_>, Vec<_>) = std::mem::take(&mut self.on_their_way).into_iter().partition(|(.., at)| *at <= self.now);
            self.on_their_way = on;
            for (unit, ticket, _) in there {
                let failure = self.failing.then(lost);
                let cost = Self::cost(&unit);
                assert!(self.plan.answered(&unit, ticket, failure.as_ref(), cost, 0.5, self.now).is_some());
                self.plan.settle();
                self.log.push((unit, self.now - self.latency, cost));
            }
            let wait = loop {
                match self.plan.next(self.now, RATE, false) {
                    Next::Ask(unit, ticket) => self.on_their_way.push((unit, ticket, self.now + self.latency)),
                    Next::Wait(wait) => break wait,
                }
            };
            assert!(wait > 0, "nothing to do is not done again and again");
            let next = self.on_their_way.iter().map(|(.., at)| *at - self.now).min().unwrap_or(wait).min(wait);
            self.now = (self.now + next.max(1)).min(end);
        }
    }

    fn calls_since(&self, from: i64) -> u32 {
        self.log.iter().filter(|(_, at, _)| *at >= from).map(|(.., cost)| cost).sum()
    }

    fn most_in_a_minute(&self, from: i64) -> u32 {
        let later: Vec<_> = self.log.iter().filter(|(_, at, _)| *at >= from).collect();
        let in_minute = |start: i64| later.iter().filter(|(_, at, _)| (start..start + 60_000).contains(at)).map(|(.., cost)| *cost).sum();
        later.iter().map(|(_, at, _)| in_minute(*at)).max().unwrap_or_default()
    }

    /// The longest pauses between two questions to `unit` after `from`.
    fn longest_pause(&self, unit: &Unit, from: i64) -> i64 {
        let mut at: Vec<i64> = self.log.iter().filter(|(u, at, _)| u == unit && *at >= from).map(|(_, at, _)| *at).collect();
        at.insert(0, from);
        at.push(self.now);
        at.windows(2).map(|w| w[1] - w[0]).max().unwrap_or_default()
    }
}

#[test]
fn forty_pairs_cost_at_most_thirty_calls_a_minute_while_nothing_happens() {
    let mut w = World::new(40);
    w.plan.audience(true, 0);
    w.pass(600_000);
    assert!(w.most_in_a_minute(60_000) <= 30, "{}", w.most_in_a_minute(60_000));
    assert!(w.longest_pause(&Unit::Fleets, 60_000) <= 16_000, "fleets are never late");
    let every = w.plan.every(Kind::Sessions, RATE);
    for n in 0..40 {
        let pause = w.longest_pause(&Unit::Sessions(pair(n)), 60_000);
        assert!(pause <= every * 5 / 4, "pair {n} waits {pause} ms, told {every}");
    }
    // Few pairs are as fresh as their interval says.
    let mut w = World::new(3);
    w.plan.audience(true, 0);
    w.pass(300_000);
    assert!(w.longest_pause(&Unit::Sessions(pair(1)), 60_000) <= 21_000);
    assert_eq!(w.plan.every(Kind::Sessions, RATE), 22_000);
}

#[test]
fn all_of_it_moving_costs_at_most_what_aws_allows_and_fleets_stay_fast() {
    let mut w = World::new(40);
    w.plan.audience(true, 0);
    w.pass(120_000);
    let from = w.now;
    for _ in 0..240 {
        w.plan.follow(&Unit::Fleets, FAST_FOR, w.now);
        (0..40).for_each(|n| w.plan.follow(&Unit::Sessions(pair(n)), 30_000, w.now));
        w.pass(1_000);
    }
    let most = w.most_in_a_minute(from);
    assert!((150..=240).contains(&most), "{most}");
    assert!(w.longest_pause(&Unit::Fleets, from + 5_000) <= 2_600);
    assert!(w.longest_pause(&Unit::Stacks, from) < 240_000, "what is slow has its own budget");
}

#[test]
fn what_an_operator_touched_is_followed_within_two_seconds_for_a_bounded_time() {
    let mut w = World::new(40);
    w.plan.audience(true, 0);
    w.pass(300_000);
    let unit = Unit::Sessions(pair(7));
    let from = w.now;
    w.plan.touch(&Touched::Sessions(pair(7)), w.now);
    w.pass(50_000);
    assert!(w.longest_pause(&unit, from) <= 2_600, "{}", w.longest_pause(&unit, from));
    w.pass(300_000);
    let after = w.log.iter().filter(|(u, at, _)| *u == unit && *at > from + 70_000).count();
    assert!(after <= 4, "{after} times in four minutes afterwards");
}

#[test]
fn nobody_watching_costs_little_and_who_comes_back_gets_everything_soon() {
    let mut w = World::new(40);
    w.pass(900_000);
    assert!(w.most_in_a_minute(120_000) <= 15, "{}", w.most_in_a_minute(120_000));
    let from = w.now;
    w.plan.audience(true, w.now);
    w.pass(20_000);
    for n in 0..40 {
        let read = |(u, at, _): &(Unit, i64, u32)| *u == Unit::Sessions(pair(n)) && *at >= from - 20_000;
        assert!(w.log.iter().any(read), "pair {n} is fresh after 20 s");
    }
}

#[test]
fn an_answer_that_is_older_than_an_act_is_followed_by_another_question() {
    let mut w = World::new(1);
    w.pass(300_000);
    w.plan.touch(&Touched::Sessions(pair(0)), w.now);
    let Next::Ask(unit, ticket) = w.plan.next(w.now, RATE, false) else { panic!("touched things are asked at once") };
    assert_eq!(unit, Unit::Sessions(pair(0)));
    w.plan.touch(&Touched::Sessions(pair(0)), w.now + 10);
    assert_eq!(w.plan.answered(&unit, ticket, None, 1, 0.5, w.now + 20), Some(0), "asked again at once");
    assert_eq!(w.plan.answered(&unit, ticket, None, 1, 0.5, w.now + 30), None, "an answer counts once");
}

#[test]
fn an_answer_about_what_is_gone_does_not_count() {
    let mut w = World::new(2);
    w.pass(300_000);
    w.plan.touch(&Touched::Sessions(pair(0)), w.now);
    let Next::Ask(unit, ticket) = w.plan.next(w.now, RATE, false) else { panic!("asked at once") };
    w.plan.keep(Kind::Sessions, [(Unit::Sessions(pair(1)), 0)], w.now);
    w.plan.keep(Kind::Sessions, [(Unit::Sessions(pair(0)), 0), (Unit::Sessions(pair(1)), 0)], w.now);
    assert_eq!(w.plan.answered(&unit, ticket, None, 1, 0.5, w.now), None, "it was asked about the pair that was there before");
}

#[test]
fn calls_that_hang_do_not_keep_fleets_and_acts_waiting() {
    let mut w = World::new(8);
    w.pass(300_000);
    w.plan.touch(&Touched::Kind(Kind::Sessions), w.now);
    w.plan.touch(&Touched::Fleet("f3".into()), w.now);
    let mut asked = Vec::new();
    while let Next::Ask(unit, _) = w.plan.next(w.now, RATE, true) {
        asked.push(unit);
    }
    assert_eq!(asked, [Unit::Fleets, Unit::Sessions(pair(3))]);
}

#[derive(Clone, Debug)]
enum Happens {
    Pass(i64),
    Touch(usize),
    TouchKind(Kind),
    Follow(usize),
    Nudge(usize),
    Watched(bool),
    Failing(bool),
    Latency(i64),
}

fn histories() -> impl Strategy<Value = Vec<Happens>> {
    let one = prop_oneof![
        6 => (0..20_000_i64).prop_map(Happens::Pass),
        3 => (0..40_usize).prop_map(Happens::Touch),
        1 => prop_oneof![Just(Kind::Fleets), Just(Kind::Stacks), Just(Kind::Sessions)].prop_map(Happens::TouchKind),
        3 => (0..40_usize).prop_map(Happens::Follow),
        3 => (0..40_usize).prop_map(Happens::Nudge),
        1 => any::<bool>().prop_map(Happens::Watched),
        1 => any::<bool>().prop_map(Happens::Failing),
        1 => (1..5_000_i64).prop_map(Happens::Latency),
    ];
    proptest::collection::vec(one, 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_budget_holds_nobody_starves_and_it_recovers(history in histories(), pairs in 1..41_usize) {
        let mut w = World::new(pairs);
        w.pass(30_000);
        let from = w.now;
        for happens in history {
            match happens {
                Happens::Pass(time) => w.pass(time),
                Happens::Touch(n) => w.plan.touch(&Touched::Fleet(FleetName(format!("f{n}"))), w.now),
                Happens::TouchKind(kind) => w.plan.touch(&Touched::Kind(kind), w.now),
                Happens::Follow(n) => w.plan.follow(&Unit::Sessions(pair(n)), 30_000, w.now),
                Happens::Nudge(n) => w.plan.nudge(&Unit::Sessions(pair(n)), w.now),
                Happens::Watched(watched) => w.plan.audience(watched, w.now),
                Happens::Failing(failing) => w.failing = failing,
                Happens::Latency(latency) => w.latency = latency,
            }
        }
        prop_assert!(f64::from(w.most_in_a_minute(from)) <= RATE, "{}", w.most_in_a_minute(from));
        // Whatever it was: three minutes without failures and everything is asked in its turn again, and slowly.
        (w.failing, w.latency) = (false, 100);
        w.plan.audience(true, w.now);
        w.pass(180_000);
        let calm = w.now;
        w.pass(240_000);
        prop_assert!(f64::from(w.calls_since(calm)) <= 4.0 * 22.0 + 2.0 * BURST, "{} calls in four minutes", w.calls_since(calm));
        prop_assert!(w.longest_pause(&Unit::Fleets, calm) <= 16_500);
        for n in 0..w.pairs {
            prop_assert!(w.longest_pause(&Unit::Sessions(pair(n)), calm) <= 200_000, "pair {n} starves");
        }
    }
}
