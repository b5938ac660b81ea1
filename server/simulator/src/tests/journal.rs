//! A universe comes back from its journal as it was, and what anybody sends leaves it whole.

use super::T0;
use crate::universe::{DEFAULT_ACCOUNT, DEFAULT_REGION};
use crate::{Change, Options, Request, Seed, Universe, handle};
use domain::constraints::operations;
use proptest::prelude::*;
use serde_json::{Value, json};

fn options(seed: Seed) -> Options {
    Options { seed, pace: 1.0, haste: 1.0, rng_seed: 7, public_base: None }
}

/// A universe as bytes, without empty worlds that were only looked at.
fn bytes(universe: &Universe) -> Vec<u8> {
    let mut whole = universe.clone();
    for world in whole.worlds.values_mut() {
        // When it was looked at last is no part of what it is.
        world.settled = 0;
    }
    let mut out = vec![];
    ciborium::into_writer(&whole, &mut out).unwrap();
    out
}

/// The first place where two universes differ, for people.
fn difference(a: &Universe, b: &Universe) -> String {
    let (a, b) = (format!("{a:?}"), format!("{b:?}"));
    let at = a.bytes().zip(b.bytes()).position(|(x, y)| x != y).unwrap_or(0);
    let around = |t: &str| t.chars().skip(at.saturating_sub(300)).take(500).collect::<String>();
    format!("{}\n\n{}", around(&a), around(&b))
}

fn call(op: &str, input: &Value) -> Request {
    let headers = vec![("x-amz-target".to_owned(), format!("PhotonAdminProxyService.{op}"))];
    Request { method: "POST".into(), path: "/".into(), headers, body: input.to_string().into_bytes(), ..Request::default() }
}

fn control(path: &str, body: &Value) -> Request {
    Request { method: "POST".into(), path: format!("/_simulator/{path}"), body: body.to_string().into_bytes(), ..Request::default() }
}

/// One thing that somebody does, and how long they wait before it.
fn steps() -> impl Strategy<Value = (Request, i64)> {
    let fleet = prop_oneof![Just("a"), Just("b"), Just("m")];
    let user = prop_oneof![Just("ana"), Just("bo"), Just("cy"), Just("di")];
    let requests = (fleet, user, 0..16u8).prop_map(|(fleet, user, what)| {
        let name = json!({"Name": fleet});
        match what {
            0 => call("StartFleet", &name),
            1 => call("StopFleet", &name),
            2 => call("UpdateFleet", &json!({"Name": fleet, "ComputeCapacity": {"DesiredInstances": user.len()}})),
            3 => call("UpdateFleet", &json!({"Name": fleet, "ComputeCapacity": {"DesiredSessions": user.len() * 3}})),
            4..=8 => control("sessions", &json!({"StackName": "s", "FleetName": fleet, "UserId": user, "AuthenticationType": "API"})),
            9 => call("DescribeFleets", &json!({})),
            10 => call("DescribeSessions", &json!({"StackName": "s", "FleetName": fleet})),
            11 => control("load", &json!({"StackName": "s", "FleetName": fleet, "count": user.len() * 2, "churn_per_minute": 3})),
            12 => control("clock", &json!({"advance_seconds": user.len() * 400})),
            13 => control("resource-errors", &json!({"kind": "fleet", "name": fleet, "code": "IGW_NOT_ATTACHED", "blocks_start": true})),
            14 => call("CreateStreamingURL", &json!({"StackName": "s", "FleetName": fleet, "UserId": user})),
            _ => call("DrainSessionInstance", &json!({"SessionId": user})),
        }
    });
    (requests, prop_oneof![Just(0), Just(400), 0..120_000i64, 600_000..4_000_000i64])
}

fn prepared() -> (Universe, Vec<Change>) {
    let mut universe = Universe::new(options(Seed::Empty), T0);
    let mut journal = vec![];
    let image = "AppStream-WinServer2022-06-17-2026";
    for (name, more) in [
        ("a", json!({"FleetType": "ALWAYS_ON", "ComputeCapacity": {"DesiredInstances": 2}})),
        ("b", json!({"FleetType": "ON_DEMAND", "ComputeCapacity": {"DesiredInstances": 3}})),
        ("m", json!({"MaxSessionsPerInstance": 2, "ComputeCapacity": {"DesiredSessions": 4}})),
    ] {
        let mut input =
            json!({"Name": name, "InstanceType": "stream.standard.medium", "ImageName": image, "MaxUserDurationInSeconds": 3600});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        for request in [
            call("CreateFleet", &input),
            call("CreateStack", &json!({"Name": "s"})),
            call("AssociateFleet", &json!({"FleetName": name, "StackName": "s"})),
        ] {
            journal.extend(handle(&mut universe, T0, true, &request).change);
        }
    }
    (universe, journal)
}

/// Behaviour notes 4.2 and 4.3.
fn check_capacity(universe: &mut Universe, wall: i64) -> Option<Change> {
    let answer = handle(universe, wall, true, &call("DescribeFleets", &json!({})));
    let twice = handle(universe, wall, true, &call("DescribeFleets", &json!({})));
    assert!(answer.body == twice.body && twice.change.is_none(), "reading changed something");
    let fleets: Value = serde_json::from_slice(&answer.body).unwrap();
    for fleet in fleets["Fleets"].as_array().unwrap() {
        let n = |m: &str| fleet["ComputeCapacityStatus"][m].as_i64();
        let (running, used, free) = (n("Running").unwrap(), n("InUse").unwrap(), n("Available").unwrap());
        assert!(used >= 0 && free >= 0 && running >= used, "{fleet}");
        if fleet["State"] != "RUNNING" {
            assert_eq!((used, free), (0, 0), "{fleet}");
        }
        if fleet["FleetType"] == "ALWAYS_ON" && fleet.get("MaxSessionsPerInstance").is_none() {
            assert_eq!(running, used + free, "{fleet}");
        }
        if let Some(per) = fleet["MaxSessionsPerInstance"].as_i64() {
            let (actual, active) = (n("ActualUserSessions").unwrap(), n("ActiveUserSessions").unwrap());
            assert!(n("AvailableUserSessions").unwrap() == actual - active && active <= actual, "{fleet}");
            assert_eq!(actual, (running - n("Draining").unwrap()) * per, "{fleet}");
        }
    }
    answer.change
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_restart_gives_the_same_world_and_capacity_adds_up_all_the_way(done in prop::collection::vec(steps(), 1..60)) {
        let (mut universe, mut journal) = prepared();
        let mut wall = T0;
        for (request, waited) in done {
            wall += waited;
            let answer = handle(&mut universe, wall, true, &request);
            journal.extend(answer.change);
            journal.extend(check_capacity(&mut universe, wall));
        }
        // What reads found out about gaps is in the journal too.
        let end = handle(&mut universe, wall, true, &control("clock", &json!({})));
        journal.extend(end.change);
        universe.world(DEFAULT_ACCOUNT, DEFAULT_REGION, wall);
        let mut again = Universe::new(options(Seed::Empty), T0);
        for change in &journal {
            let mut wire = vec![];
            ciborium::into_writer(change, &mut wire).unwrap();
            again.replay(&ciborium::from_reader(wire.as_slice()).unwrap());
        }
        again.replayed = Some(vec![]);
        again.world(DEFAULT_ACCOUNT, DEFAULT_REGION, wall);
        again.replayed = None;
        prop_assert!(bytes(&universe) == bytes(&again), "{}", difference(&universe, &again));
    }

    #[test]
    fn a_universe_survives_being_written_down(seed in prop_oneof![Just(Seed::Empty), Just(Seed::Demo)], later in 0..200_000i64) {
        let mut universe = Universe::new(options(seed), T0);
        universe.world(DEFAULT_ACCOUNT, DEFAULT_REGION, T0 + later);
        let written = bytes(&universe);
        let read: Universe = ciborium::from_reader(written.as_slice()).unwrap();
        prop_assert!(bytes(&read) == written, "{}", difference(&read, &universe));
    }

    #[test]
    fn any_bytes_get_an_answer_and_change_nothing(
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "[\\[{\"a-zA-Z0-9:,}\\] ]{0,120}".prop_map(String::into_bytes),
            (1..400usize).prop_map(|n| [b"{\"Name\":".to_vec(), vec![b'['; n * 100]].concat()),
            (1..400usize).prop_map(|n| vec![0x81; n * 50]),
        ],
        op in 0..90usize,
        cbor in any::<bool>(),
        method in prop_oneof![Just("POST"), Just("GET"), Just("PUT"), Just("")],
    ) {
        let name = operations()[op].name;
        // Some take no input at all, so that any body means the same.
        prop_assume!(!["CreateUsageReportSubscription", "DeleteUsageReportSubscription"].contains(&name));
        let mut universe = Universe::new(options(Seed::Empty), T0);
        let before = bytes(&universe);
        let request = if cbor {
            let path = format!("/service/PhotonAdminProxyService/operation/{name}");
            Request { method: method.into(), path, headers: vec![("smithy-protocol".into(), "rpc-v2-cbor".into())], body, ..Request::default() }
        } else {
            Request { method: method.into(), ..call(name, &Value::Null) }.with(body)
        };
        let answer = handle(&mut universe, T0, true, &request);
        prop_assert!(answer.status >= 200 && answer.status < 600);
        if answer.status != 200 {
            prop_assert!(bytes(&universe) == before, "{name} was refused and changed something");
        }
    }
}

impl Request {
    fn with(self, body: Vec<u8>) -> Self {
        Self { body, ..self }
    }
}

#[test]
fn no_password_and_no_streaming_code_is_in_what_is_kept() {
    let mut universe = Universe::new(options(Seed::Demo), T0);
    let mut journal = vec![];
    let config = json!({"DirectoryName": "d.example.com", "OrganizationalUnitDistinguishedNames": ["OU=a"],
        "ServiceAccountCredentials": {"AccountName": "svc", "AccountPassword": "canary-4711"}});
    journal.extend(handle(&mut universe, T0, true, &call("CreateDirectoryConfig", &config)).change);
    let url = handle(
        &mut universe,
        T0,
        true,
        &call("CreateStreamingURL", &json!({"StackName": "legal", "FleetName": "legal-research", "UserId": "ana"})),
    );
    journal.extend(url.change);
    assert_eq!(journal.len(), 2);
    let code = String::from_utf8(url.body).unwrap().split("parameters=").nth(1).unwrap()[..96].to_owned();
    let mut kept = bytes(&universe);
    ciborium::into_writer(&journal, &mut kept).unwrap();
    for secret in ["canary-4711", &code] {
        assert!(!kept.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} is kept");
    }
}
