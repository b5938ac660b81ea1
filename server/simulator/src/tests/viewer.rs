//! The page behind a streaming URL.

use super::Sim;
use crate::{Request, Response, Seed};
use serde_json::json;

fn visit(sim: &mut Sim, method: &str, url: &str, body: &str) -> Response {
    let (_, rest) = url.split_once("/authenticate").unwrap();
    let request = Request {
        method: method.into(),
        path: "/authenticate".into(),
        query: rest.trim_start_matches('?').into(),
        headers: vec![],
        body: body.as_bytes().to_vec(),
    };
    sim.send(&request)
}

fn text(response: &Response) -> String {
    String::from_utf8(response.body.clone()).unwrap()
}

#[test]
fn a_streaming_url_opens_a_session_that_its_page_disconnects_reconnects_and_ends() {
    let mut sim = Sim::new(Seed::Empty);
    sim.running("desk", json!({}));
    let url = sim.ok("CreateStreamingURL", json!({"StackName": "desk-stack", "FleetName": "desk", "UserId": "ana", "Validity": 60}));
    let url = url["StreamingURL"].as_str().unwrap().to_owned();
    assert_eq!(sim.sessions("desk").len(), 0, "a URL alone starts nothing");
    let page = visit(&mut sim, "GET", &url, "");
    assert_eq!(page.status, 200);
    assert!(text(&page).contains("You are streaming") && text(&page).contains("value=\"disconnect\""));
    let session = sim.sessions("desk")[0].clone();
    assert_eq!((&session["UserId"], &session["ConnectionState"]), (&json!("ana"), &json!("CONNECTED")));
    let id = session["Id"].as_str().unwrap().to_owned();
    let act = |sim: &mut Sim, action: &str| {
        let done = visit(sim, "POST", &url, &format!("session={id}&action={action}"));
        assert_eq!(done.status, 303);
        let to = done.headers.iter().find(|(n, _)| n == "location").unwrap().1.clone();
        text(&visit(sim, "GET", &to, ""))
    };
    assert!(act(&mut sim, "disconnect").contains("You are disconnected"));
    assert_eq!(sim.sessions("desk")[0]["ConnectionState"], "NOT_CONNECTED");
    assert!(act(&mut sim, "reconnect").contains("You are streaming"));
    sim.pass(120);
    let late = visit(&mut sim, "GET", &url, "");
    assert!(late.status == 403 && text(&late).contains("has expired"), "the URL is over, the session is not");
    assert_eq!(sim.sessions("desk")[0]["State"], "ACTIVE");
    assert!(act(&mut sim, "end").contains("The session has ended"));
    assert_eq!(sim.sessions("desk")[0]["State"], "EXPIRED");
    assert_eq!(visit(&mut sim, "POST", &url, &format!("session={id}&action=dance")).status, 400);
    assert_eq!(visit(&mut sim, "POST", &url, "session=none&action=end").status, 404);
    assert_eq!(visit(&mut sim, "GET", "/authenticate?parameters=guess", "").status, 404);
}

#[test]
fn a_url_of_a_full_fleet_says_so_and_nothing_typed_becomes_markup() {
    let mut sim = Sim::new(Seed::Empty);
    sim.running("desk", json!({"ComputeCapacity": {"DesiredInstances": 1}}));
    sim.open("desk", "bo").unwrap();
    let url = sim.ok("CreateStreamingURL", json!({"StackName": "desk-stack", "FleetName": "desk", "UserId": "ana"}));
    let page = visit(&mut sim, "GET", url["StreamingURL"].as_str().unwrap(), "");
    assert!(page.status == 503 && text(&page).contains("no free seat"));
    assert!(!text(&visit(&mut sim, "GET", "/authenticate?parameters=<script>alert(1)</script>", "")).contains("<script>alert"));
    // Not on a connector that carries the API alone.
    let request = Request { method: "GET".into(), path: "/authenticate".into(), ..Request::default() };
    assert_eq!(crate::handle(&mut sim.universe, sim.wall, false, &request).status, 404);
}
