use super::*;
use domain::estate::Health;
use domain::failure::Failure;
use domain::session::AuthenticationType;
use domain::stack::{Pair, PairRead};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn session(id: &str, state: SessionState, started: Option<i64>) -> Session {
    Session {
        id: id.into(),
        user_id: "ann".into(),
        stack: "s".into(),
        fleet: "f".into(),
        state,
        connection: None,
        started: started.map(Millis::from_seconds),
        max_expires: None,
        authentication: AuthenticationType::Api,
        instance_id: None,
        drain: None,
        eni_private_ip_address: None,
        eni_ipv6_addresses: vec![],
        eni_id: None,
        since: None,
    }
}

fn active(id: &str) -> Session {
    session(id, SessionState::Active, Some(1))
}

/// The one pair, read at `taken` with these sessions.
fn read(taken: i64, sessions: Vec<Session>) -> Estate {
    let pair = Pair { stack: "s".into(), fleet: "f".into() };
    let well = |kind| Health { taken: Some(Millis::from_seconds(taken)), every: 20_000, ..Health::unread(kind) };
    Estate {
        now: Millis::from_seconds(taken + 1),
        pairs: vec![PairRead { taken: Some(Millis::from_seconds(taken)), ..PairRead::unread(&pair) }],
        health: Kind::ALL.map(well).into(),
        sessions: sessions.into_iter().map(Into::into).collect(),
        ..Estate::default()
    }
}

fn ended(id: &str, last_seen: i64, at: i64, known: bool) -> Event {
    Event::Ended { id: id.into(), last_seen, at, known }
}

#[test]
fn a_session_begins_starts_and_ends() {
    let mut ledger = Ledger::default();
    let begun = ledger.take(&read(100, vec![session("a", SessionState::Pending, None)]));
    assert!(matches!(&begun[..], [Event::Begun(b)] if b.id == "a" && b.started.is_none() && b.first_seen == 100));
    assert_eq!(ledger.take(&read(120, vec![session("a", SessionState::Active, Some(115))])), [Event::Started { id: "a".into(), at: 115 }]);
    assert_eq!(ledger.take(&read(140, vec![session("a", SessionState::Active, Some(115))])), []);
    assert_eq!(ledger.until(Millis::from_seconds(150)), 140);
    let over = vec![session("a", SessionState::Expired, Some(115))];
    assert_eq!(ledger.take(&read(160, over.clone())), [ended("a", 140, 160, true)]);
    assert_eq!(ledger.take(&read(180, over)), [], "AWS lists it for a while");
    assert_eq!(ledger.take(&read(200, vec![])), []);
}

#[test]
fn a_pair_that_cannot_be_read_ends_nobody() {
    let mut ledger = Ledger::default();
    ledger.take(&read(100, vec![active("a")]));
    let mut failing = read(100, vec![]);
    failing.pairs[0].failure = Some(Failure::Unreachable { message: String::new() });
    assert_eq!(ledger.take(&failing), []);
    assert_eq!(ledger.until(Millis::from_seconds(5000)), 100, "it holds back what is observed");
    assert_eq!(ledger.take(&read(5000, vec![])), [ended("a", 100, 5000, false)], "the end fell into the gap");
}

#[test]
fn a_session_that_comes_and_goes_between_two_questions_is_told() {
    let mut ledger = Ledger::default();
    let over = |id| session(id, SessionState::Expired, Some(90));
    assert_eq!(ledger.take(&read(100, vec![over("before")])), [], "nobody saw when");
    let events = ledger.take(&read(120, vec![over("before"), over("short")]));
    assert!(matches!(&events[..], [Event::Begun(b), Event::Ended { .. }] if b.id == "short"), "{events:?}");
    assert_eq!(events[1], ended("short", 100, 120, true));
}

#[test]
fn after_a_restart_what_is_gone_ended_while_nobody_looked() {
    let mut ledger = Ledger::default();
    for id in ["a", "b"] {
        ledger.reopen("s", "f", id.into(), Open { started: Some(1), last_seen: 50 });
    }
    ledger.reopen("gone", "f", "c".into(), Open { started: Some(1), last_seen: 50 });
    let mut begun = read(100, vec![]);
    begun.pairs[0].taken = None;
    begun.health.iter_mut().for_each(|h| h.taken = None);
    assert_eq!(ledger.take(&begun), [], "nothing is read yet");
    assert_eq!(ledger.until(begun.now), 50);
    let events = ledger.take(&read(100, vec![active("a")]));
    assert_eq!(events, [ended("b", 50, 100, false), ended("c", 50, 101, false)]);
}

proptest! {
    #[test]
    fn whoever_is_open_is_who_is_there(rounds in proptest::collection::vec(("[a-f]{0,5}", "[a-f]{0,2}", any::<bool>()), 1..12)) {
        let mut ledger = Ledger::default();
        let (mut open, mut at): (BTreeSet<String>, i64) = (BTreeSet::new(), 100);
        for (there, over, fails) in rounds {
            at += 20;
            let there: BTreeSet<String> = there.chars().map(String::from).collect();
            let over: BTreeSet<String> = over.chars().map(String::from).filter(|id| !there.contains(id)).collect();
            let all = there.iter().map(|id| active(id)).chain(over.iter().map(|id| session(id, SessionState::Expired, Some(1))));
            let mut estate = read(at, all.collect());
            if fails {
                estate.pairs[0].failure = Some(Failure::Unreachable { message: String::new() });
            }
            for event in ledger.take(&estate) {
                match event {
                    Event::Begun(b) => prop_assert!(open.insert(b.id), "nobody begins twice"),
                    Event::Ended { id, last_seen, at: end, .. } => {
                        prop_assert!(open.remove(&id), "only who is open ends");
                        prop_assert!(last_seen <= end);
                    }
                    Event::Started { .. } => {}
                }
            }
            if !fails {
                prop_assert_eq!(&open, &there);
            }
        }
    }
}
