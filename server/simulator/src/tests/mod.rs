//! The simulator as its clients see it: requests in, answers out, over a hand-moved clock.

mod access;
mod images;
mod journal;
mod packaging;
mod sharing;
mod table;
mod viewer;

use crate::{Fate, Options, Request, Response, Seed, Universe, handle};
use serde_json::{Value, json};

const T0: i64 = 1_795_504_253_000;

struct Sim {
    universe: Universe,
    wall: i64,
}

impl Sim {
    fn new(seed: Seed) -> Self {
        let options = Options { seed, pace: 1.0, haste: 1.0, rng_seed: 7, public_base: None };
        let mut sim = Self { universe: Universe::new(options, T0), wall: T0 };
        sim.control("POST", "quotas", json!({"instances:stream.standard.medium": 1000}));
        sim
    }
    fn send(&mut self, request: &Request) -> Response {
        handle(&mut self.universe, self.wall, true, request)
    }
    fn raw(&mut self, op: &str, input: &Value) -> (u16, Value) {
        let headers = vec![("x-amz-target".to_owned(), format!("PhotonAdminProxyService.{op}"))];
        let r = self.send(&Request {
            method: "POST".into(),
            path: "/".into(),
            headers,
            body: input.to_string().into_bytes(),
            ..Request::default()
        });
        (r.status, if r.body.is_empty() { json!({}) } else { serde_json::from_slice(&r.body).unwrap() })
    }
    #[track_caller]
    fn ok(&mut self, op: &str, input: Value) -> Value {
        let (status, body) = self.raw(op, &input);
        assert_eq!(status, 200, "{op} {input}: {body}");
        body
    }
    #[track_caller]
    fn refused(&mut self, op: &str, input: Value) -> String {
        let (status, body) = self.raw(op, &input);
        assert!(status >= 400, "{op} {input} was accepted");
        assert!(body["Message"].as_str().is_some_and(|m| m.len() > 10), "{body}");
        body["__type"].as_str().unwrap().trim_end_matches("Exception").to_owned()
    }
    fn control(&mut self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let r = self.send(&Request {
            method: method.into(),
            path: format!("/_simulator/{path}"),
            body: body.to_string().into_bytes(),
            ..Request::default()
        });
        (r.status, serde_json::from_slice(&r.body).unwrap())
    }
    fn pass(&mut self, seconds: i64) {
        assert_eq!(self.control("POST", "clock", json!({"advance_seconds": seconds})).0, 200);
    }
    fn fleet(&mut self, name: &str) -> Value {
        self.ok("DescribeFleets", json!({"Names": [name]}))["Fleets"][0].clone()
    }
    /// Desired, Running, InUse, Available.
    fn capacity(&mut self, name: &str) -> [i64; 4] {
        let c = self.fleet(name)["ComputeCapacityStatus"].clone();
        ["Desired", "Running", "InUse", "Available"].map(|m| c[m].as_i64().unwrap())
    }
    fn create(&mut self, name: &str, more: Value) {
        let mut input = json!({"Name": name, "InstanceType": "stream.standard.medium", "ImageName": "AppStream-WinServer2022-06-17-2026", "ComputeCapacity": {"DesiredInstances": 3}});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.ok("CreateFleet", input);
        self.ok("CreateStack", json!({"Name": format!("{name}-stack")}));
        self.ok("AssociateFleet", json!({"FleetName": name, "StackName": format!("{name}-stack")}));
    }
    fn running(&mut self, name: &str, more: Value) {
        self.create(name, more);
        self.ok("StartFleet", json!({"Name": name}));
        self.pass(1800);
    }
    fn open(&mut self, fleet: &str, user: &str) -> Result<String, String> {
        let body = json!({"StackName": format!("{fleet}-stack"), "FleetName": fleet, "UserId": user, "AuthenticationType": "API"});
        let (status, body) = self.control("POST", "sessions", body);
        if status == 200 { Ok(body["Id"].as_str().unwrap().to_owned()) } else { Err(body["error"].as_str().unwrap().to_owned()) }
    }
    fn sessions(&mut self, fleet: &str) -> Vec<Value> {
        self.ok("DescribeSessions", json!({"StackName": format!("{fleet}-stack"), "FleetName": fleet, "Limit": 50}))["Sessions"]
            .as_array()
            .unwrap()
            .clone()
    }
}

#[test]
fn an_always_on_fleet_follows_the_worked_example() {
    let mut sim = Sim::new(Seed::Empty);
    sim.create("cad", json!({}));
    assert_eq!(sim.capacity("cad"), [3, 0, 0, 0]);
    sim.ok("StartFleet", json!({"Name": "cad"}));
    assert_eq!((sim.fleet("cad")["State"].clone(), sim.capacity("cad")), (json!("STARTING"), [3, 0, 0, 0]));
    assert_eq!(sim.open("cad", "ana"), Err("NOT_RUNNING".into()));
    sim.pass(15 * 60);
    assert_eq!((sim.fleet("cad")["State"].clone(), sim.capacity("cad")), (json!("RUNNING"), [3, 3, 0, 3]));
    let (ana, bo) = (sim.open("cad", "ana").unwrap(), sim.open("cad", "bo").unwrap());
    assert_eq!(sim.open("cad", "ana").unwrap(), ana, "a second link joins the session");
    assert_eq!(sim.capacity("cad"), [3, 3, 2, 1]);
    sim.control("POST", &format!("sessions/{ana}"), json!({"action": "disconnect"}));
    sim.pass(899);
    assert_eq!(sim.capacity("cad"), [3, 3, 2, 1]);
    sim.pass(1);
    assert_eq!(sim.capacity("cad"), [3, 2, 1, 1]);
    sim.pass(15 * 60);
    assert_eq!(sim.capacity("cad"), [3, 3, 1, 2]);
    for desired in [1, 0] {
        sim.ok("UpdateFleet", json!({"Name": "cad", "ComputeCapacity": {"DesiredInstances": desired}}));
        assert_eq!(sim.capacity("cad"), [desired, 1, 1, 0]);
    }
    sim.ok("ExpireSession", json!({"SessionId": bo}));
    assert_eq!(sim.capacity("cad"), [0, 0, 0, 0]);
    sim.ok("StopFleet", json!({"Name": "cad"}));
    assert_eq!(sim.fleet("cad")["State"], "STOPPING");
    sim.pass(300);
    assert_eq!((sim.fleet("cad")["State"].clone(), sim.capacity("cad")), (json!("STOPPED"), [0, 0, 0, 0]));
}

#[test]
fn a_multi_session_fleet_follows_the_worked_example() {
    let mut sim = Sim::new(Seed::Empty);
    sim.running("cc", json!({"MaxSessionsPerInstance": 4, "ComputeCapacity": {"DesiredSessions": 10}}));
    let ids: Vec<String> = (0..5).map(|i| sim.open("cc", &format!("user{i}")).unwrap()).collect();
    let get = |c: &Value, m: &str| c[m].as_i64().unwrap();
    let c = sim.fleet("cc")["ComputeCapacityStatus"].clone();
    assert_eq!(
        [
            "Desired",
            "Running",
            "InUse",
            "Available",
            "DesiredUserSessions",
            "ActualUserSessions",
            "ActiveUserSessions",
            "AvailableUserSessions"
        ]
        .map(|m| get(&c, m)),
        [3, 3, 2, 2, 12, 12, 5, 7]
    );
    sim.ok("DrainSessionInstance", json!({"SessionId": ids[0]}));
    let c = sim.fleet("cc")["ComputeCapacityStatus"].clone();
    assert_eq!(
        [
            "Draining",
            "DrainModeActiveUserSessions",
            "DrainModeUnusedUserSessions",
            "ActualUserSessions",
            "ActiveUserSessions",
            "AvailableUserSessions"
        ]
        .map(|m| get(&c, m)),
        [1, 4, 0, 8, 1, 7]
    );
    assert_eq!(sim.sessions("cc")[0]["InstanceDrainStatus"], "DRAINING");
    ids[..4].iter().for_each(|id| drop(sim.ok("ExpireSession", json!({"SessionId": id}))));
    assert_eq!(sim.capacity("cc"), [3, 2, 1, 2]);
    sim.pass(900);
    assert_eq!(sim.capacity("cc"), [3, 3, 1, 3]);
    sim.running("single", json!({}));
    let id = sim.open("single", "ana").unwrap();
    assert_eq!(sim.refused("DrainSessionInstance", json!({"SessionId": id})), "OperationNotPermitted");
}

#[test]
fn an_elastic_fleet_counts_sessions() {
    let mut sim = Sim::new(Seed::Empty);
    let input = json!({"Name": "el", "FleetType": "ELASTIC", "InstanceType": "stream.standard.small", "Platform": "AMAZON_LINUX2", "MaxConcurrentSessions": 2, "VpcConfig": {"SubnetIds": ["a", "b"]}});
    sim.ok("CreateFleet", input.clone());
    sim.ok("CreateStack", json!({"Name": "el-stack"}));
    sim.ok("AssociateFleet", json!({"FleetName": "el", "StackName": "el-stack"}));
    sim.ok("StartFleet", json!({"Name": "el"}));
    sim.pass(120);
    sim.open("el", "ana").unwrap();
    assert_eq!((sim.sessions("el")[0]["State"].clone(), sim.sessions("el")[0].get("StartTime").is_some()), (json!("PENDING"), false));
    sim.pass(60);
    assert_eq!(sim.sessions("el")[0]["State"], "ACTIVE");
    sim.open("el", "bo").unwrap();
    assert_eq!(sim.capacity("el"), [0, 2, 2, 0]);
    assert_eq!(sim.open("el", "cy"), Err("NO_CAPACITY".into()));
    for (member, value) in [("ImageName", json!("x")), ("ComputeCapacity", json!({"DesiredInstances": 1}))] {
        let mut bad = input.clone();
        bad["Name"] = json!("other");
        bad[member] = value;
        let code = sim.refused("CreateFleet", bad);
        assert!(["InvalidParameterCombination", "ResourceNotFound"].contains(&code.as_str()), "{code}");
    }
}

#[test]
fn each_state_refuses_what_it_must() {
    let mut sim = Sim::new(Seed::Empty);
    sim.create("a", json!({}));
    assert_eq!(sim.refused("CreateFleet", json!({"Name": "a", "InstanceType": "stream.standard.medium"})), "ResourceAlreadyExists");
    assert_eq!(sim.refused("DeleteFleet", json!({"Name": "a"})), "ResourceInUse");
    assert_eq!(sim.refused("DeleteStack", json!({"Name": "a-stack"})), "ResourceInUse");
    sim.ok("UpdateFleet", json!({"Name": "a", "Description": "x"}));
    sim.ok("StartFleet", json!({"Name": "a"}));
    sim.ok("StartFleet", json!({"Name": "a"}));
    assert_eq!(sim.refused("UpdateFleet", json!({"Name": "a", "DisplayName": "x"})), "ResourceInUse");
    sim.pass(900);
    sim.ok("UpdateFleet", json!({"Name": "a", "DisplayName": "x"}));
    assert_eq!(sim.refused("UpdateFleet", json!({"Name": "a", "Description": "x"})), "ResourceInUse");
    assert_eq!(sim.refused("UpdateFleet", json!({"Name": "a", "ComputeCapacity": {"DesiredSessions": 4}})), "InvalidParameterCombination");
    assert_eq!(sim.refused("UpdateFleet", json!({"Name": "a", "ComputeCapacity": {"DesiredInstances": 1001}})), "LimitExceeded");
    let id = sim.open("a", "ana").unwrap();
    assert_eq!(sim.refused("DisassociateFleet", json!({"FleetName": "a", "StackName": "a-stack"})), "ResourceInUse");
    sim.ok("StopFleet", json!({"Name": "a"}));
    assert_eq!(sim.refused("StartFleet", json!({"Name": "a"})), "ConcurrentModification");
    assert_eq!(sim.sessions("a")[0]["State"], "EXPIRED");
    sim.pass(300);
    assert!(sim.sessions("a").is_empty(), "expired sessions leave the listing");
    sim.ok("ExpireSession", json!({"SessionId": id}));
    assert_eq!(sim.refused("StartFleet", json!({"Name": "nobody"})), "ResourceNotFound");
    assert_eq!(sim.raw("StartFleet", &json!({"Name": "nobody"})).0, 404);
}

#[test]
fn a_session_ends_when_its_time_is_over() {
    let mut sim = Sim::new(Seed::Empty);
    sim.running("a", json!({"MaxUserDurationInSeconds": 600, "IdleDisconnectTimeoutInSeconds": 60, "DisconnectTimeoutInSeconds": 60}));
    sim.open("a", "ana").unwrap();
    let bo = sim.open("a", "bo").unwrap();
    sim.control("POST", &format!("sessions/{bo}"), json!({"action": "idle"}));
    sim.pass(60);
    assert_eq!(sim.sessions("a")[1]["ConnectionState"], "NOT_CONNECTED");
    sim.control("POST", &format!("sessions/{bo}"), json!({"action": "reconnect"}));
    sim.pass(61);
    assert_eq!(sim.sessions("a")[1]["State"], "ACTIVE", "a reconnect clears the timer");
    sim.pass(479);
    assert!(sim.sessions("a").iter().all(|s| s["State"] == "EXPIRED"));
}

#[test]
fn pages_end_and_tokens_belong_to_their_call() {
    let mut sim = Sim::new(Seed::Empty);
    sim.running("a", json!({"ComputeCapacity": {"DesiredInstances": 120}}));
    (0..120).for_each(|i| drop(sim.open("a", &format!("user{i}")).unwrap()));
    let mut input = json!({"StackName": "a-stack", "FleetName": "a", "Limit": 50});
    let mut seen = std::collections::BTreeSet::new();
    loop {
        let page = sim.ok("DescribeSessions", input.clone());
        page["Sessions"].as_array().unwrap().iter().for_each(|s| assert!(seen.insert(s["Id"].to_string())));
        if page["NextToken"].is_null() {
            break;
        }
        input["NextToken"] = page["NextToken"].clone();
    }
    assert_eq!(seen.len(), 120);
    let foreign =
        json!({"StackName": "a-stack", "FleetName": "a", "UserId": "user1", "AuthenticationType": "API", "NextToken": input["NextToken"]});
    assert_eq!(sim.refused("DescribeSessions", foreign), "InvalidParameterCombination");
    assert_eq!(sim.refused("DescribeSessions", json!({"StackName": "a-stack", "FleetName": "a", "Limit": 51})), "Validation");
    assert_eq!(
        sim.refused("DescribeSessions", json!({"StackName": "a-stack", "FleetName": "a", "UserId": "user1"})),
        "InvalidParameterCombination"
    );
}

#[test]
fn both_protocols_give_the_same_answer() {
    let mut sim = Sim::new(Seed::Demo);
    let json_answer = sim.ok("DescribeFleets", json!({}));
    let headers = vec![("smithy-protocol".to_owned(), "rpc-v2-cbor".to_owned())];
    let path = "/service/PhotonAdminProxyService/operation/DescribeFleets".to_owned();
    let r = sim.send(&Request { method: "POST".into(), path, headers, ..Request::default() });
    assert!(r.headers.contains(&("smithy-protocol".into(), "rpc-v2-cbor".into())));
    assert_eq!(crate::wire::read(crate::wire::Protocol::Cbor, &r.body).unwrap(), json_answer);
    let r =
        sim.send(&Request { method: "POST".into(), path: "/service/PhotonAdminProxyService/operation/Fly".into(), ..Request::default() });
    assert_eq!(
        (r.status, crate::wire::read(crate::wire::Protocol::Cbor, &r.body).unwrap()["__type"].clone()),
        (404, json!("UnknownOperationException"))
    );
}

#[test]
fn faults_limits_and_counters_do_what_the_contract_says() {
    let mut sim = Sim::new(Seed::Empty);
    sim.control("DELETE", "calls", json!({}));
    sim.control("POST", "faults", json!({"operation": "DescribeFleets", "error": "ThrottlingException", "count": 2}));
    assert_eq!(
        [
            sim.raw("DescribeFleets", &json!({})).0,
            sim.raw("DescribeStacks", &json!({})).0,
            sim.raw("DescribeFleets", &json!({})).0,
            sim.raw("DescribeFleets", &json!({})).0
        ],
        [400, 200, 400, 200]
    );
    let calls = sim.control("GET", "calls", json!({})).1;
    assert_eq!(calls, json!({"total": 4, "by_operation": {"DescribeFleets": 3, "DescribeStacks": 1}, "throttled": 2}));
    sim.control("POST", "faults", json!({"operation": "*", "hang": true}));
    let r = sim.send(&Request {
        method: "POST".into(),
        path: "/".into(),
        headers: vec![("x-amz-target".into(), "PhotonAdminProxyService.DescribeFleets".into())],
        ..Request::default()
    });
    assert_eq!(r.delivery.fate, Fate::Hang);
    sim.control("DELETE", "faults", json!({}));
    sim.control("POST", "limits", json!({"reads_per_second": 2}));
    let statuses: Vec<u16> = (0..3).map(|_| sim.raw("DescribeFleets", &json!({})).0).collect();
    assert_eq!(statuses, [200, 200, 400]);
    sim.control("POST", "limits", json!({"reads_per_second": null}));
    assert_eq!(sim.raw("DescribeFleets", &json!({})).0, 200);
}

#[test]
fn bad_controls_change_nothing_and_say_why() {
    let mut sim = Sim::new(Seed::Demo);
    let before = sim.ok("DescribeFleets", json!({}));
    for (method, path, body, status) in [
        ("POST", "reset", json!({"seed": "huge"}), 400),
        ("POST", "clock", json!({"advance_seconds": -5}), 400),
        ("POST", "clock", json!({"haste": 0}), 400),
        ("POST", "faults", json!({"operation": "Fly", "error": "x"}), 400),
        ("POST", "faults", json!({}), 400),
        ("POST", "sessions", json!({"StackName": "finance"}), 400),
        ("POST", "sessions/none", json!({"action": "end"}), 404),
        ("POST", "quotas", json!({"dogs": 3}), 400),
        ("POST", "resource-errors", json!({"kind": "fleet", "name": "none", "code": "X"}), 404),
        ("POST", "load", json!({"StackName": "none", "FleetName": "none", "count": 1}), 409),
        ("GET", "secrets", json!({}), 404),
        ("POST", "images", json!({}), 400),
    ] {
        let (got, answer) = sim.control(method, path, body.clone());
        assert!(got == status && answer["error"].is_string(), "{path} {body}: {got} {answer}");
    }
    assert_eq!(sim.ok("DescribeFleets", json!({})), before);
    let r =
        handle(&mut sim.universe, T0, false, &Request { method: "GET".into(), path: "/_simulator/health".into(), ..Request::default() });
    assert_eq!(r.status, 404, "controls are off where they are not asked for");
}

#[test]
fn an_error_can_block_a_start_until_it_is_cleared() {
    let mut sim = Sim::new(Seed::Empty);
    sim.create("a", json!({}));
    sim.control(
        "POST",
        "resource-errors",
        json!({"kind": "fleet", "name": "a", "code": "SUBNET_NOT_FOUND", "message": "Gone.", "blocks_start": true}),
    );
    sim.ok("StartFleet", json!({"Name": "a"}));
    sim.pass(86_400);
    assert_eq!(
        (sim.fleet("a")["State"].clone(), sim.fleet("a")["FleetErrors"][0]["ErrorCode"].clone()),
        (json!("STARTING"), json!("SUBNET_NOT_FOUND"))
    );
    sim.send(&Request {
        method: "DELETE".into(),
        path: "/_simulator/resource-errors".into(),
        query: "kind=fleet&name=a".into(),
        ..Request::default()
    });
    sim.pass(900);
    assert_eq!((sim.fleet("a")["State"].clone(), sim.fleet("a")["FleetErrors"].clone()), (json!("RUNNING"), json!([])));
}

#[test]
fn haste_shortens_what_is_already_under_way() {
    let mut sim = Sim::new(Seed::Empty);
    sim.create("a", json!({}));
    sim.ok("StartFleet", json!({"Name": "a"}));
    sim.control("POST", "clock", json!({"haste": 60}));
    sim.pass(15);
    assert_eq!(sim.fleet("a")["State"], "RUNNING");
}

#[test]
fn load_keeps_its_number_and_makes_room() {
    let mut sim = Sim::new(Seed::Empty);
    sim.running("a", json!({"ComputeCapacity": {"DesiredInstances": 1}}));
    sim.control("POST", "load", json!({"StackName": "a-stack", "FleetName": "a", "count": 40, "churn_per_minute": 6}));
    let wall = sim.wall;
    let ids = |sim: &mut Sim| -> Vec<String> {
        let world = sim.universe.world("111122223333", "us-east-1", wall);
        world.sessions.values().filter(|s| !s.is_over()).map(|s| s.id.clone()).collect()
    };
    let before = ids(&mut sim);
    assert_eq!(before.len(), 40);
    sim.pass(120);
    let after = ids(&mut sim);
    let new = after.iter().filter(|id| !before.contains(id)).count();
    assert!(after.len() == 40 && (8..=14).contains(&new), "{} here, {new} new", after.len());
}

#[test]
fn the_demo_lives_and_survives_a_jump_of_days() {
    let mut sim = Sim::new(Seed::Demo);
    let states: Vec<String> =
        sim.ok("DescribeFleets", json!({}))["Fleets"].as_array().unwrap().iter().map(|f| f["State"].as_str().unwrap().to_owned()).collect();
    assert!(states.contains(&"STARTING".into()) && states.contains(&"STOPPED".into()) && states.len() == 14);
    let count = |sim: &mut Sim| sim.universe.world("111122223333", "us-east-1", T0).sessions.values().filter(|s| !s.is_over()).count();
    let night = count(&mut sim);
    assert!(night > 80, "{night} sessions");
    let before = sim.universe.world("111122223333", "us-east-1", T0).next_number;
    sim.pass(60);
    let world = sim.universe.world("111122223333", "us-east-1", T0);
    assert!(world.next_number > before, "somebody came within a minute");
    let began = std::time::Instant::now();
    sim.pass(3 * 86_400 + 5 * 3600);
    let busy = count(&mut sim);
    assert!(busy > night, "{busy} at noon, {night} before");
    assert!(began.elapsed().as_secs() < 5, "a jump of days took {:?}", began.elapsed());
    let full = sim.fleet("finance-desktop");
    assert_eq!(full["ComputeCapacityStatus"]["Available"], 0, "{full}");
}

#[test]
fn worlds_are_kept_apart_by_account_and_region() {
    let mut sim = Sim::new(Seed::Demo);
    let auth =
        "AWS4-HMAC-SHA256 Credential=999988887777/20261124/eu-west-1/appstream/aws4_request, SignedHeaders=host, Signature=0".to_owned();
    let headers = vec![("authorization".into(), auth), ("x-amz-target".into(), "PhotonAdminProxyService.DescribeFleets".into())];
    let r = sim.send(&Request { method: "POST".into(), path: "/".into(), headers, ..Request::default() });
    assert_eq!(r.body, br#"{"Fleets":[]}"#);
    assert!(r.headers.iter().any(|(n, v)| n == "date" && v.ends_with("GMT")));
}

#[test]
fn hostile_requests_never_panic() {
    let mut sim = Sim::new(Seed::Demo);
    for path in ["/", "/service/x/operation/y", "/service//operation/", "/_simulator/", "/_simulator/sessions/", "/authenticate"] {
        for method in ["GET", "POST", "DELETE", "PATCH"] {
            for body in [&b""[..], b"{", b"\xff\xff\xff", b"[[[[", b"{\"Names\":[1]}", b"\xbf", b"null"] {
                let headers = vec![
                    ("x-amz-target".into(), "PhotonAdminProxyService.DescribeFleets".into()),
                    ("authorization".into(), "Credential=////,".into()),
                ];
                let r = sim.send(&Request {
                    method: method.into(),
                    path: path.into(),
                    query: "account=%%&region=".into(),
                    headers,
                    body: body.to_vec(),
                });
                assert!(r.status >= 200);
            }
        }
    }
}

#[test]
fn a_crowd_ends_nobody_s_session_but_its_own() {
    let mut sim = Sim::new(Seed::Empty);
    sim.running("desk", json!({"ComputeCapacity": {"DesiredInstances": 20}}));
    let mine = sim.open("desk", "ana").unwrap();
    let load = json!({"StackName": "desk-stack", "FleetName": "desk", "count": 5, "churn_per_minute": 60});
    assert_eq!(sim.control("POST", "load", load).0, 200);
    for _ in 0..20 {
        sim.pass(30);
        sim.sessions("desk");
    }
    let session = sim.sessions("desk").into_iter().find(|s| s["Id"] == mine.as_str()).unwrap();
    assert_eq!(session["State"], "ACTIVE");
}
