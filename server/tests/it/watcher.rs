//! The watcher asks AWS by itself, whatever the number of browsers.

use crate::support::{calls, control, gateway, scope, simulator};
use server::gateway::client::Wire;
use server::poll::Watcher;
use simulator::Seed;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Calls in one minute of simulated time with so many open pages.
async fn calls_in_a_minute(pages: usize) -> serde_json::Value {
    let embedded = simulator(Seed::Demo);
    let end = CancellationToken::new();
    let watcher = Watcher::start_with(Arc::new(gateway(&embedded, Wire::Default)), scope(), end.clone(), || 0.5);
    let open: Vec<_> = (0..pages).map(|_| watcher.hub().subscribe(true, None)).collect();
    tokio::time::sleep(Duration::from_secs(200)).await;
    control(&embedded, "DELETE", "calls", &serde_json::json!({}));
    tokio::time::sleep(Duration::from_secs(60)).await;
    let counted = calls(&embedded);
    drop(open);
    end.cancel();
    counted
}

#[tokio::test(start_paused = true)]
async fn a_minute_costs_the_same_calls_for_one_and_for_twenty_pages() {
    let one = calls_in_a_minute(1).await;
    let twenty = calls_in_a_minute(20).await;
    assert!(one["DescribeFleets"].as_u64().is_some_and(|n| n >= 3), "{one}");
    assert!(one["DescribeSessions"].as_u64().is_some_and(|n| n >= 10), "{one}");
    assert_eq!(one, twenty);
}

#[tokio::test(start_paused = true)]
async fn with_nobody_watching_it_asks_less() {
    let (none, one) = (calls_in_a_minute(0).await, calls_in_a_minute(1).await);
    assert!(none["DescribeSessions"].as_u64() < one["DescribeSessions"].as_u64(), "{none} {one}");
}

#[tokio::test(start_paused = true)]
async fn pairs_of_fleets_with_nothing_in_use_are_skipped() {
    let embedded = simulator(Seed::Demo);
    let end = CancellationToken::new();
    let watcher = Watcher::start_with(Arc::new(gateway(&embedded, Wire::Default)), scope(), end.clone(), || 0.5);
    let _page = watcher.hub().subscribe(true, None);
    tokio::time::sleep(Duration::from_secs(200)).await;
    let estate = watcher.hub().estate();
    let busy = |fleet: &domain::names::FleetName| estate.fleets.iter().any(|f| f.name == *fleet && f.seats().in_use > 0);
    let in_use = estate.pairs.iter().filter(|p| busy(&p.fleet)).count();
    assert!(in_use < estate.pairs.len(), "the estate has pairs without use");
    control(&embedded, "DELETE", "calls", &serde_json::json!({}));
    tokio::time::sleep(Duration::from_secs(20)).await;
    let asked = calls(&embedded)["DescribeSessions"].as_u64().unwrap();
    // Pages of 50: the larger pairs take several calls.
    let pages: usize = estate
        .pairs
        .iter()
        .map(|p| estate.sessions.iter().filter(|s| s.stack == p.stack && s.fleet == p.fleet).count() / 50 + usize::from(busy(&p.fleet)))
        .sum();
    assert!(asked <= pages as u64 + 2, "{asked} calls for {pages} pages of {in_use} pairs in use");
    end.cancel();
}
