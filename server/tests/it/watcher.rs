//! The watcher asks AWS by itself, whatever the number of browsers. Time is tokio's, paused: minutes pass at once. The simulator's clock
//! is moved along by hand.

use crate::support::{calls, control, gateway, limited, load, pairs, scope, simulator};
use app::ctx::Watch;
use app::gateway::AppStream;
use app::resources::Resources;
use domain::estate::{Estate, Kind, Touched};
use domain::failure::Failure;
use domain::fleet::FleetState;
use serde_json::{Value, json};
use server::gateway::SessionTypes;
use server::gateway::client::Wire;
use server::gateway::embedded::Embedded;
use server::gateway::gate::Limits;
use server::poll::Watcher;
use server::poll::hub::Seat;
use server::resource::Catalogue;
use simulator::Seed;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A watcher over a simulator of its own, with so many open pages.
struct Watched {
    embedded: Embedded,
    watcher: Watcher,
    end: CancellationToken,
    _pages: Vec<Seat>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

impl Watched {
    fn start(embedded: Embedded, pages: usize, types: SessionTypes) -> Self {
        let sdk = limited(&embedded, Wire::Default, Limits::embedded(4.0), types);
        let end = CancellationToken::new();
        let watcher = Watcher::start_with(Arc::new(sdk), scope(), end.clone(), || 0.5);
        let pages = (0..pages).map(|_| watcher.hub().listen().1).collect();
        Self { embedded, watcher, end, _pages: pages }
    }

    fn estate(&self) -> Arc<Estate> {
        self.watcher.hub().estate()
    }

    /// Lets simulated time pass, for the console and for AWS alike.
    async fn pass(&self, seconds: u64) {
        for _ in 0..seconds * 4 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            control(&self.embedded, "POST", "clock", &json!({"advance_seconds": 0.25}));
        }
    }

    /// The calls of the next minute.
    async fn minute(&self) -> Value {
        control(&self.embedded, "DELETE", "calls", &json!({}));
        self.pass(60).await;
        control(&self.embedded, "GET", "calls", &json!({}))
    }
}

#[tokio::test(start_paused = true)]
#[expect(clippy::print_stdout, reason = "figures to read with --no-capture")]
async fn forty_pairs_with_a_thousand_sessions_keep_the_budget_for_one_and_for_fifty_browsers() {
    let mut told = Vec::new();
    for pages in [1, 50] {
        let watched = Watched::start(pairs(40).await, pages, SessionTypes::One);
        watched.pass(120).await;
        assert_eq!(watched.estate().tally.total(), 1_000);
        assert_eq!(watched.estate().pairs_read(), (40, 40));
        let idle = watched.minute().await;
        assert!(idle["total"].as_u64().unwrap() <= 30, "idle: {idle}");
        assert!(idle["by_operation"]["DescribeFleets"].as_u64().unwrap() >= 4, "fleets come first: {idle}");
        // Two hundred sessions a minute end and begin anew: every pair has news all the time.
        load(&watched.embedded, 40, 5.0);
        watched.watcher.touch(Touched::Kind(Kind::Sessions));
        watched.pass(30).await;
        let mut busy = Vec::new();
        for n in 0..3 {
            // An operator is at work as well.
            watched.watcher.touch(Touched::Fleet(format!("fleet-{n}").into()));
            busy.push(watched.minute().await);
        }
        assert!(busy.iter().all(|b| b["total"].as_u64().unwrap() <= 240), "busy: {busy:?}");
        told.push((idle["by_operation"].clone(), busy.iter().map(|b| b["total"].clone()).collect::<Vec<_>>()));
    }
    println!("calls a minute for 1 and for 50 browsers (idle, busy): {told:?}");
    assert_eq!(told[0].0, told[1].0, "the same for 1 and for 50");
}

#[tokio::test(start_paused = true)]
async fn with_nobody_watching_it_asks_less_and_an_opened_page_is_fresh_soon() {
    let embedded = pairs(40).await;
    let watched = Watched::start(embedded, 0, SessionTypes::One);
    watched.pass(600).await;
    let alone = watched.minute().await["total"].as_u64().unwrap();
    assert!((1..=14).contains(&alone), "{alone} calls a minute for nobody");
    let (_news, _page) = watched.watcher.hub().listen();
    let opened = watched.estate().now;
    watched.pass(20).await;
    let estate = watched.estate();
    assert!(estate.pairs.iter().all(|p| p.taken.is_some_and(|t| t >= opened.plus(-20_000))), "every pair was read anew");
}

#[tokio::test(start_paused = true)]
async fn pairs_of_fleets_with_nothing_in_use_are_not_asked() {
    let embedded = simulator(Seed::Demo);
    let watched = Watched::start(embedded, 1, SessionTypes::One);
    watched.pass(30).await;
    let estate = watched.estate();
    let used = |fleet: &str| estate.fleet(fleet).is_some_and(|f| f.seats().in_use > 0);
    let (asked, quiet): (Vec<_>, Vec<_>) = estate.pairs.iter().partition(|p| used(p.fleet()));
    assert!(!asked.is_empty() && !quiet.is_empty());
    let reason = json!({"operation": "DescribeSessions", "error": "AccessDeniedException", "status": 400, "message": "No."});
    control(&watched.embedded, "POST", "faults", &reason);
    watched.pass(60).await;
    let estate = watched.estate();
    for read in quiet.iter().filter(|p| estate.fleet(p.fleet()).is_some_and(|f| f.fleet_type != domain::fleet::FleetType::Elastic)) {
        let now = estate.pairs.iter().find(|p| p.id == read.id).unwrap();
        assert_eq!(now.failure, None, "{} was asked although nobody is there", read.id);
    }
    let health = estate.health_of(Kind::Sessions).unwrap();
    let action = |f: &Failure| matches!(f, Failure::Denied { action, .. } if action == "DescribeSessions");
    assert!(health.failure.as_ref().is_some_and(action), "the missing permission is named: {health:?}");
    assert!(estate.tally.total() > 50, "and the rows stay");
    assert!(health.taken.is_some_and(|t| estate.now.since(t) > 40_000), "with their age");
}

#[tokio::test(start_paused = true)]
async fn one_failing_pair_or_kind_does_not_hurt_the_others() {
    let watched = Watched::start(pairs(40).await, 1, SessionTypes::One);
    watched.pass(60).await;
    let lone = watched.estate().pairs[7].clone();
    control(&watched.embedded, "POST", "faults", &json!({"operation": "DescribeStacks", "error": "AccessDeniedException"}));
    watched.watcher.hurry(Kind::Stacks);
    for _ in 0..3 {
        // The touched pair is asked at once, so the fault is its own.
        let refuse = json!({"operation": "DescribeSessions", "error": "InvalidParameterCombinationException", "count": 1});
        control(&watched.embedded, "POST", "faults", &refuse);
        watched.watcher.touch(Touched::Sessions(lone.pair()));
        watched.pass(1).await;
    }
    let estate = watched.estate();
    let denied = Failure::Denied { action: "DescribeStacks".into(), message: "This fault was asked for.".into() };
    assert_eq!(estate.health_of(Kind::Stacks).unwrap().failure, Some(denied));
    assert_eq!(estate.stacks.len(), 40, "what was read stays");
    assert_eq!(estate.health_of(Kind::Fleets).unwrap().failure, None);
    let failing: Vec<_> = estate.pairs.iter().filter(|p| p.failure.is_some()).collect();
    assert_eq!(failing.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), [lone.id.as_str()]);
    assert!(matches!(failing[0].failure, Some(Failure::Invalid { .. })) && failing[0].next.is_some() && failing[0].times == 3);
    assert!(estate.sessions.iter().any(|s| s.fleet.as_str() == lone.fleet()), "its rows stay");
    assert_eq!(estate.health_of(Kind::Sessions).unwrap().failure, None, "39 of 40 are well");
    assert_eq!(estate.pairs_read(), (39, 40));
    control(&watched.embedded, "DELETE", "faults", &json!({}));
    watched.pass(90).await;
    assert_eq!(watched.estate().pairs_read(), (40, 40), "it comes back by itself");
}

#[tokio::test(start_paused = true)]
async fn a_watched_row_that_changes_in_aws_is_known_within_three_seconds_while_all_else_is_busy_too() {
    let watched = Watched::start(pairs(40).await, 1, SessionTypes::One);
    watched.pass(60).await;
    load(&watched.embedded, 40, 5.0);
    watched.pass(60).await;
    // An operator stops a fleet: AWS takes a while, and the console must see each step soon.
    let sdk = gateway(&watched.embedded, Wire::Default);
    sdk.stop_fleet(&"fleet-9".into()).await.unwrap();
    watched.watcher.touch(Touched::Fleet("fleet-9".into()));
    let mut late = Vec::new();
    let (mut truth, mut since) = (FleetState::Running, tokio::time::Instant::now());
    for _ in 0..400 {
        let now = sdk.describe_fleets().await.unwrap().into_iter().find(|f| f.name.as_str() == "fleet-9").unwrap().state;
        if now != truth {
            (truth, since) = (now, tokio::time::Instant::now());
        }
        if watched.estate().fleet("fleet-9").unwrap().state != truth {
            late.push(since.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        control(&watched.embedded, "POST", "clock", &json!({"advance_seconds": 2.0}));
    }
    assert_eq!(truth, FleetState::Stopped, "AWS went all the way");
    let worst = late.into_iter().max().unwrap_or_default();
    assert!(worst < Duration::from_secs(3), "{worst:?} late");
}

#[tokio::test(start_paused = true)]
async fn throttling_slows_it_down_says_so_and_passes() {
    let watched = Watched::start(pairs(40).await, 1, SessionTypes::One);
    watched.pass(60).await;
    assert_eq!(watched.estate().slowed, None);
    control(&watched.embedded, "POST", "limits", &json!({"reads_per_second": 0.5, "writes_per_second": 5}));
    watched.watcher.hurry(Kind::Sessions);
    watched.pass(45).await;
    let slowed = watched.estate().slowed.expect("slowed by AWS");
    assert!(slowed.now <= 120 && slowed.full == 240, "{slowed:?}");
    let minute = watched.minute().await;
    assert!(minute["total"].as_u64().unwrap() <= 130, "{minute}");
    assert_eq!(watched.estate().tally.total(), 1_000, "rows stay");
    control(&watched.embedded, "POST", "limits", &json!({"reads_per_second": null, "writes_per_second": null}));
    watched.pass(240).await;
    let estate = watched.estate();
    assert_eq!((estate.slowed, estate.pairs_read()), (None, (40, 40)));
}

#[tokio::test(start_paused = true)]
async fn all_authentication_types_are_seen_in_one_call_or_in_one_for_each() {
    for (types, times) in [(SessionTypes::One, 1_u64), (SessionTypes::Each, 4)] {
        let embedded = pairs(40).await;
        for kind in ["SAML", "USERPOOL", "AWS_AD"] {
            let user = json!({"StackName": "stack-3", "FleetName": "fleet-3", "UserId": format!("{kind}-ann"), "AuthenticationType": kind});
            control(&embedded, "POST", "sessions", &user);
        }
        control(&embedded, "DELETE", "calls", &json!({}));
        let watched = Watched::start(embedded, 1, types);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let estate = watched.estate();
        assert_eq!(estate.tally.total(), 1_003, "{types:?}");
        assert_eq!(calls(&watched.embedded)["DescribeSessions"], 40 * times, "{types:?}");
        watched.pass(120).await;
        let minute = watched.minute().await;
        assert!(minute["total"].as_u64().unwrap() <= 15 + 15 * times, "{types:?}: {minute}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_act_through_a_form_asks_again_for_what_it_changed_and_leaves_the_rest_its_turn() {
    let watched = Watched::start(pairs(8).await, 1, SessionTypes::One);
    watched.pass(60).await;
    let catalogue = Catalogue::new(gateway(&watched.embedded, Wire::Default), watched.watcher.clone());
    control(&watched.embedded, "DELETE", "calls", &json!({}));
    let mut entries = catalogue.form("stacks", "stack-3", "edit", "").await.unwrap().standing();
    entries.insert("DisplayName".into(), "Laboratory".into());
    catalogue.act("stacks", "stack-3", "edit", "", "", &entries).await.unwrap();
    watched.pass(3).await;
    let named = |e: &Estate| e.stacks.iter().any(|s| s.display_name.as_deref() == Some("Laboratory"));
    assert!(named(&watched.estate()), "what was changed is there soon");
    let asked = calls(&watched.embedded);
    let of = |operation: &str| asked[operation].as_u64().unwrap_or(0);
    assert!(of("DescribeSessions") + of("ListAssociatedStacks") <= 4, "eight pairs and eight fleets have not changed: {asked}");
}
