//! Every operation of the model once with success and once with failure, in one order that makes sense. The same steps are walked by
//! boto3, the AWS CLI and the JavaScript SDK in `end2end`.

use super::{Sim, T0};
use crate::{Request, Seed};
use domain::constraints::{operation, operations};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Puts what was saved in the place of `$name`.
fn fill(value: &Value, saved: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::String(s) => s.strip_prefix('$').and_then(|n| saved.get(n)).cloned().unwrap_or_else(|| value.clone()),
        Value::Array(a) => a.iter().map(|v| fill(v, saved)).collect(),
        Value::Object(o) => o.iter().map(|(k, v)| (k.clone(), fill(v, saved))).collect(),
        other => other.clone(),
    }
}

#[test]
fn each_operation_succeeds_and_fails_as_its_model_allows() {
    walk(Sim::raw);
}

#[test]
fn the_same_over_the_second_protocol() {
    walk(|sim, op, input| {
        let mut body = vec![];
        ciborium::into_writer(input, &mut body).unwrap();
        let path = format!("/service/PhotonAdminProxyService/operation/{op}");
        let headers = vec![("smithy-protocol".to_owned(), "rpc-v2-cbor".to_owned())];
        let r = sim.send(&Request { method: "POST".into(), path, headers, body, ..Request::default() });
        let body = if r.body.is_empty() { json!({}) } else { crate::wire::read(crate::wire::Protocol::Cbor, &r.body).unwrap() };
        // Names of errors are full shape ids here, messages lower-case or not as the model has them.
        let code = body["__type"].as_str().map(|t| json!(t.rsplit('#').next()));
        (r.status, code.map_or(body.clone(), |code| json!({"__type": code})))
    });
}

/// Walks all steps with `call`, which answers status and body.
fn walk(call: impl Fn(&mut Sim, &str, &Value) -> (u16, Value)) {
    let steps: Vec<Value> = serde_json::from_str(include_str!("scenario.json")).unwrap();
    let mut sim = Sim::new(Seed::Empty);
    let mut saved = BTreeMap::from([("month".to_owned(), json!(domain::time::Millis(T0).iso()[..7]))]);
    let (mut succeeded, mut failed) = (BTreeSet::new(), BTreeSet::new());
    for step in &steps {
        if let Some(seconds) = step["advance"].as_i64() {
            sim.pass(seconds);
            continue;
        }
        if let Some(path) = step["control"].as_str() {
            assert_eq!(sim.control("POST", path, step["body"].clone()).0, 200, "{step}");
            continue;
        }
        let name = step["op"].as_str().unwrap();
        let model = operation(name).unwrap_or_else(|| panic!("{name} is no operation"));
        if let Some(fault) = step["error"].as_str().and_then(|e| e.strip_prefix("fault:")) {
            sim.control("POST", "faults", json!({"operation": name, "error": fault, "count": 1}));
        }
        let (status, body) = call(&mut sim, name, &fill(&step["input"], &saved));
        if let Some(code) = step["error"].as_str() {
            let code = code.trim_start_matches("fault:");
            assert_eq!(body["__type"], code, "{step}: {body}");
            let modelled = model.errors.iter().find(|(e, _)| *e == code);
            assert!(modelled.is_some() || code == "ValidationException", "{name} may not raise {code}");
            assert!(step["error"] != code || Some(status) == modelled.map(|(_, s)| *s).or(Some(400)), "{step}: {status}");
            failed.insert(name);
        } else {
            assert_eq!(status, 200, "{step}: {body}");
            succeeded.insert(name);
        }
        for (key, path) in step["save"].as_object().into_iter().flatten() {
            saved.insert(key.clone(), body.pointer(path.as_str().unwrap()).unwrap_or_else(|| panic!("{step}: {body}")).clone());
        }
    }
    let all: BTreeSet<&str> = operations().iter().map(|o| o.name).collect();
    assert_eq!(all.len(), 90);
    assert_eq!((succeeded, failed), (all.clone(), all));
}
