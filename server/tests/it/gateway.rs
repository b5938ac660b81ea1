//! The gateway over both wire protocols: the same answers, the same failures.

use crate::support::{control, gateway, simulator};
use app::gateway::AppStream;
use domain::failure::Failure;
use domain::fleet::FleetState;
use domain::form::NewCapacity;
use domain::stack::Pair;
use serde_json::json;
use server::gateway::client::Wire;
use server::gateway::embedded::Embedded;
use simulator::Seed;

const WIRES: [Wire; 2] = [Wire::Default, Wire::Json];

fn pair() -> Pair {
    Pair { stack: "contact-centre".into(), fleet: "callcentre-ie".into() }
}

#[tokio::test]
async fn both_protocols_tell_the_same() {
    let embedded = simulator(Seed::Demo);
    control(&embedded, "POST", "clock", &json!({"paused": true}));
    let [cbor, json] = WIRES.map(|wire| gateway(&embedded, wire));
    let fleets = cbor.describe_fleets().await.unwrap();
    assert_eq!(fleets.len(), 14);
    assert_eq!(fleets, json.describe_fleets().await.unwrap());
    assert_eq!(cbor.describe_stacks().await, json.describe_stacks().await);
    let sessions = cbor.describe_sessions(&pair()).await.unwrap();
    assert!(!sessions.is_empty());
    assert_eq!(Ok(sessions), json.describe_sessions(&pair()).await);
    assert_eq!(cbor.list_associated_stacks(&"finance-desktop".into()).await.unwrap(), ["finance".into(), "finance-vip".into()]);
}

#[tokio::test]
async fn all_pages_are_read() {
    for wire in WIRES {
        let embedded = simulator(Seed::Large);
        let sdk = gateway(&embedded, wire);
        let fleets = sdk.describe_fleets().await.unwrap();
        let names: std::collections::HashSet<_> = fleets.iter().map(|f| &f.name).collect();
        assert_eq!(names.len(), fleets.len(), "no fleet twice");
        let mut most = 0;
        for fleet in fleets {
            for stack in sdk.list_associated_stacks(&fleet.name).await.unwrap() {
                let rows = sdk.describe_sessions(&Pair { stack, fleet: fleet.name.clone() }).await.unwrap();
                most = most.max(rows.len());
            }
        }
        assert!(most > 50, "a pair with more than one page");
    }
}

#[tokio::test]
async fn a_fleet_starts_changes_and_stops() {
    for wire in WIRES {
        let embedded = simulator(Seed::Demo);
        let sdk = gateway(&embedded, wire);
        let name = "training-lab".into();
        let fleet = async || sdk.describe_fleets().await.unwrap().into_iter().find(|f| f.name == name).unwrap();
        sdk.change_capacity(&name, NewCapacity::Instances(2)).await.unwrap();
        sdk.start_fleet(&name).await.unwrap();
        assert_eq!(fleet().await.state, FleetState::Starting);
        control(&embedded, "POST", "clock", &json!({"advance_seconds": 3600}));
        let up = fleet().await;
        assert_eq!((up.state.clone(), up.seats().desired), (FleetState::Running, Some(2)));
        sdk.stop_fleet(&name).await.unwrap();
        assert_eq!(fleet().await.state, FleetState::Stopping);
        assert!(sdk.aws_now().0 > domain::time::Millis(server::gateway::clock::steady_ms()).0 + 3_500_000, "the moved clock is followed");
    }
}

#[tokio::test]
async fn a_session_ends() {
    for wire in WIRES {
        let embedded = simulator(Seed::Demo);
        let sdk = gateway(&embedded, wire);
        let first = sdk.describe_sessions(&pair()).await.unwrap().remove(0);
        sdk.expire_session(&first.id).await.unwrap();
        control(&embedded, "POST", "clock", &json!({"advance_seconds": 120}));
        assert!(sdk.describe_sessions(&pair()).await.unwrap().iter().all(|s| s.id != first.id || s.can_expire().is_err()));
        assert_eq!(sdk.expire_session(&first.id).await, Ok(()), "safe to repeat");
        assert_eq!(sdk.expire_session(&"no-such-session".into()).await, Ok(()));
    }
}

fn fault(embedded: &Embedded, body: serde_json::Value) {
    control(embedded, "POST", "faults", &body);
}

#[tokio::test(start_paused = true)]
async fn failures_are_told_apart_on_both_protocols() {
    for wire in WIRES {
        let embedded = simulator(Seed::Demo);
        let sdk = gateway(&embedded, wire);
        assert_eq!(sdk.start_fleet(&"nothing".into()).await, Err(Failure::NotFound { noun: "fleet".into(), name: "nothing".into() }));
        let always = |error: &str| json!({"operation": "DescribeFleets", "error": error, "status": 400, "message": "Because."});
        for (error, wanted) in [
            ("ThrottlingException", Failure::Throttled { retry_in_seconds: None }),
            ("AccessDeniedException", Failure::Denied { action: "DescribeFleets".into(), message: "Because.".into() }),
        ] {
            fault(&embedded, always(error));
            assert_eq!(sdk.describe_fleets().await, Err(wanted), "{wire:?}");
            control(&embedded, "DELETE", "faults", &json!({}));
        }
        fault(&embedded, json!({"operation": "DescribeFleets", "garbage": true}));
        assert!(matches!(sdk.describe_fleets().await, Err(Failure::Upstream { .. } | Failure::Unreachable { .. })), "{wire:?}");
        control(&embedded, "DELETE", "faults", &json!({}));
        for body in [json!({"operation": "DescribeFleets", "close": true}), json!({"operation": "DescribeFleets", "hang": true})] {
            fault(&embedded, body);
            assert!(matches!(sdk.describe_fleets().await, Err(Failure::Unreachable { .. })), "{wire:?}");
            control(&embedded, "DELETE", "faults", &json!({}));
        }
        fault(
            &embedded,
            json!({"operation": "UpdateFleet", "error": "LimitExceededException", "status": 400, "message": "The limit is 60.", "count": 1}),
        );
        control(&embedded, "DELETE", "calls", &json!({}));
        let refused = sdk.change_capacity(&"finance-desktop".into(), NewCapacity::Instances(61)).await;
        assert!(matches!(&refused, Err(Failure::Quota { message, .. }) if message == "The limit is 60."), "{refused:?}");
        assert_eq!(crate::support::calls(&embedded)["UpdateFleet"], 1, "a reached quota is not asked again");
        fault(&embedded, json!({"operation": "DescribeFleets", "error": "ThrottlingException", "status": 400, "count": 1}));
        assert!(sdk.describe_fleets().await.is_ok(), "one throttled call is repeated");
        fault(&embedded, json!({"operation": "DescribeFleets", "latency_ms": 900, "count": 1}));
        assert!(sdk.describe_fleets().await.is_ok(), "slow is no failure");
    }
}

#[tokio::test]
async fn private_controls_cannot_be_reached_through_the_console_s_own_connector() {
    let embedded = simulator(Seed::Empty);
    let request = simulator::Request { method: "GET".into(), path: "/_simulator/health".into(), ..Default::default() };
    assert_eq!(embedded.answer(true, &request).await.status, 200);
    assert_ne!(embedded.answer(false, &request).await.status, 200);
}
