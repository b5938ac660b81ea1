use super::*;
use crate::poll::plan::Next;
use domain::fleet::CapacityStatus;
use domain::session::{AuthenticationType, ConnectionState};

fn fleet(name: &str, state: FleetState, in_use: i32) -> Fleet {
    let mut fleet: Fleet = serde_json::from_value(serde_json::json!({
        "name": name, "arn": "", "state": "Running", "fleet_type": "AlwaysOn", "instance_type": "", "capacity":
            {"desired": 0, "running": 0, "in_use": 0, "available": 0}, "subnet_ids": [], "security_group_ids": [],
        "enable_default_internet_access": false, "usb_device_filter_strings": [], "errors": [],
    }))
    .unwrap();
    fleet.state = state;
    fleet.capacity = CapacityStatus { desired: 3, running: 3, in_use, available: 3 - in_use, user_sessions: None };
    fleet
}

fn session(id: &str, state: SessionState) -> Session {
    Session {
        id: id.into(),
        user_id: "ann".into(),
        stack: "s".into(),
        fleet: "f".into(),
        connection: (state == SessionState::Active).then_some(ConnectionState::Connected),
        state,
        started: None,
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

fn of(fleet: &str) -> Unit {
    Unit::Sessions(Pair { stack: "s".into(), fleet: fleet.into() })
}

/// Fleets f and g on stack s.
fn book(state: FleetState, in_use: i32) -> Book {
    let mut book = Book::default();
    book.take(&Unit::Fleets, Answer::Fleets(vec![fleet("f", state, in_use), fleet("g", FleetState::Running, 0)]), Millis(1));
    for name in ["f", "g"] {
        book.take(&Unit::Associations(name.into()), Answer::Associations(vec!["s".into()]), Millis(1));
    }
    book
}

fn fleets(book: &mut Book, state: FleetState, in_use: i32) -> Vec<News> {
    book.take(&Unit::Fleets, Answer::Fleets(vec![fleet("f", state, in_use), fleet("g", FleetState::Running, 0)]), Millis(2))
}

#[test]
fn a_fleet_that_newly_starts_is_news_once_and_a_stuck_one_no_more() {
    let mut b = book(FleetState::Stopped, 0);
    let news = fleets(&mut b, FleetState::Starting, 0);
    assert_eq!(news, [News::Follow(Unit::Fleets, FAST_FOR), News::Follow(of("f"), FAST_FOR_SESSIONS)]);
    for _ in 0..100 {
        assert_eq!(fleets(&mut b, FleetState::Starting, 0), [], "stuck");
    }
    assert_eq!(fleets(&mut b, FleetState::Stopping, 0).len(), 2, "another state is news");
    let mut first = Book::default();
    assert_eq!(fleets(&mut first, FleetState::Starting, 0), [], "what moved before the console looked is not new");
}

#[test]
fn only_pairs_whose_fleet_shows_use_are_asked() {
    let mut b = book(FleetState::Running, 2);
    assert_eq!(b.wanted(Kind::Sessions, Millis(3)), [(of("f"), 0)]);
    assert_eq!(b.estate.pairs[1].taken, Some(Millis(3)), "nobody on g: that is known without asking");
    assert_eq!(fleets(&mut b, FleetState::Running, 1), [News::Nudge(of("f"))], "its use changed");
    // Its last session is over, and AWS still lists it; then no more.
    b.take(&of("f"), Answer::Sessions(vec![session("1", SessionState::Expired)]), Millis(4));
    fleets(&mut b, FleetState::Running, 0);
    assert_eq!(b.wanted(Kind::Sessions, Millis(5)), [(of("f"), ALL_OVER)]);
    b.take(&of("f"), Answer::Sessions(vec![]), Millis(6));
    assert_eq!(b.wanted(Kind::Sessions, Millis(7)), []);
}

#[test]
fn a_fleet_in_use_of_which_no_stack_is_known_asks_for_its_stacks() {
    let mut b = Book::default();
    let news = b.take(&Unit::Fleets, Answer::Fleets(vec![fleet("new", FleetState::Running, 1)]), Millis(1));
    assert_eq!(news, [News::Nudge(Unit::Associations("new".into()))]);
}

#[test]
fn a_session_that_newly_waits_is_followed_and_its_age_is_known() {
    let mut b = book(FleetState::Running, 1);
    let first = b.take(&of("f"), Answer::Sessions(vec![session("1", SessionState::Pending)]), Millis(10));
    assert_eq!((first, b.rows["s/f"][0].since), (vec![], None), "it may have waited for long");
    let rows = || vec![session("1", SessionState::Active), session("2", SessionState::Pending)];
    let news = b.take(&of("f"), Answer::Sessions(rows()), Millis(20));
    assert_eq!(news, [News::Follow(of("f"), FAST_FOR_SESSIONS)]);
    assert_eq!(b.take(&of("f"), Answer::Sessions(rows()), Millis(30)), [], "still waiting is no news");
    let mut ended = rows();
    ended[0].state = SessionState::Expired;
    assert_eq!(b.take(&of("f"), Answer::Sessions(ended.clone()), Millis(20)), [News::Follow(of("f"), FAST_FOR_SESSIONS)], "it ended");
    ended.remove(0);
    assert_eq!(b.take(&of("f"), Answer::Sessions(ended), Millis(20)), [], "what is gone is over");
    b.take(&of("f"), Answer::Sessions(rows()), Millis(20));
    assert!(b.rows["s/f"].iter().all(|s| s.since == Some(Millis(20))));
}

#[test]
fn one_failing_pair_keeps_its_rows_and_hurts_no_other() {
    let mut b = book(FleetState::Running, 1);
    b.take(&Unit::Stacks, Answer::Stacks(vec![]), Millis(1));
    b.take(&Unit::Fleets, Answer::Fleets(vec![fleet("f", FleetState::Running, 1), fleet("g", FleetState::Running, 1)]), Millis(2));
    let mut plan = Plan::new(0);
    plan.keep(Kind::Stacks, b.wanted(Kind::Stacks, Millis(2)), 0);
    plan.keep(Kind::Sessions, b.wanted(Kind::Sessions, Millis(2)), 0);
    while let Next::Ask(unit, ticket) = plan.next(0, 240.0, false) {
        plan.answered(&unit, ticket, None, 1, 0.5, 0);
    }
    plan.settle();
    b.take(&of("f"), Answer::Sessions(vec![session("1", SessionState::Active)]), Millis(10));
    b.take(&of("g"), Answer::Sessions(vec![]), Millis(11));
    let denied = Failure::Denied { action: "DescribeSessions".into(), message: String::new() };
    for _ in 0..3 {
        b.fail(&of("f"), denied.clone(), Millis(30));
    }
    let e = b.snapshot(&plan, 240.0, Millis(20));
    assert_eq!((e.sessions.len(), e.tally.connected, e.pairs_read()), (1, 1, (1, 2)));
    assert_eq!((e.pairs[0].taken, e.pairs[0].times, &e.pairs[0].failure), (Some(Millis(10)), 3, &Some(denied.clone())));
    let sessions = e.health_of(Kind::Sessions).unwrap();
    assert_eq!((sessions.taken, &sessions.failure), (Some(Millis(11)), &None), "the others are as fresh as they are");
    b.fail(&of("g"), denied.clone(), Millis(30));
    let e = b.snapshot(&plan, 240.0, Millis(20));
    let sessions = e.health_of(Kind::Sessions).unwrap();
    assert_eq!((sessions.taken, &sessions.failure), (Some(Millis(11)), &Some(denied)), "all fail: the kind fails");
    b.take(&of("f"), Answer::Sessions(vec![]), Millis(40));
    let e = b.snapshot(&plan, 240.0, Millis(40));
    assert_eq!((e.pairs[0].times, e.sessions.len()), (0, 0));
}

#[test]
fn what_is_gone_takes_its_pairs_and_rows_along() {
    let mut b = book(FleetState::Running, 1);
    b.take(&of("f"), Answer::Sessions(vec![session("1", SessionState::Active)]), Millis(10));
    b.take(&Unit::Associations("f".into()), Answer::Associations(vec!["t".into()]), Millis(11));
    let ids: Vec<&str> = b.estate.pairs.iter().map(|p| p.id.as_str()).collect();
    assert_eq!((ids, b.rows.len()), (vec!["s/g", "t/f"], 0));
    assert_eq!(b.take(&of("f"), Answer::Sessions(vec![session("1", SessionState::Active)]), Millis(12)), []);
    assert_eq!(b.rows.len(), 0, "an answer about a pair that is gone brings nothing back");
    b.take(&Unit::Fleets, Answer::Fleets(vec![]), Millis(13));
    assert!(b.estate.pairs.is_empty());
}

#[test]
fn a_pair_that_aws_does_not_know_any_more_is_looked_for() {
    let mut b = book(FleetState::Running, 1);
    let refused = Failure::Invalid { message: "Unknown pair.".into(), request_id: None };
    assert_eq!(b.fail(&of("f"), refused, Millis(9)), [News::Nudge(Unit::Associations("f".into()))]);
    assert_eq!(b.fail(&of("f"), Failure::Throttled { retry_in_seconds: None }, Millis(9)), []);
}
