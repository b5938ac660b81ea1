//! How long operations take in process, at the large estate: `cargo run --release -p simulator --example speed`.

use serde_json::{Value, json};
use simulator::{Options, Request, Seed, Universe, handle};
use std::time::Instant;

/// 2026-11-24 07:10:53 UTC.
const START: i64 = 1_795_504_253_000;
/// An operation, and the input of its nth call.
type Kind = (&'static str, fn(usize) -> Value);

/// Calls of each kind.
const CALLS: usize = 2_000;

fn request(operation: &str, input: &Value) -> Request {
    let headers = vec![("x-amz-target".to_owned(), format!("PhotonAdminProxyService.{operation}"))];
    Request { method: "POST".into(), path: "/".into(), headers, body: input.to_string().into_bytes(), ..Request::default() }
}

#[expect(clippy::print_stdout, reason = "a table for the terminal")]
fn main() {
    let began = Instant::now();
    let options = Options { seed: Seed::Large, pace: 1.0, haste: 1.0, rng_seed: 1, public_base: None };
    let mut universe = Universe::new(options, START);
    println!("the estate is made in {} ms", began.elapsed().as_millis());
    let mut all = vec![];
    let kinds: [Kind; 7] = [
        ("DescribeFleets", |_| json!({})),
        (
            "DescribeSessions",
            |n| json!({"StackName": format!("stack-{:03}", n % 200), "FleetName": format!("fleet-{:02}", n % 200 % 60), "Limit": 50}),
        ),
        ("DescribeStacks", |n| json!({"Names": [format!("stack-{:03}", n % 200)]})),
        ("UpdateFleet", |n| json!({"Name": format!("fleet-{:02}", n % 60), "ComputeCapacity": {"DesiredInstances": 180 + n % 30}})),
        ("CreateStack", |n| json!({"Name": format!("new-{n}")})),
        (
            "CreateStreamingURL",
            |n| json!({"StackName": format!("stack-{:03}", n % 200), "FleetName": format!("fleet-{:02}", n % 200 % 60), "UserId": "ana"}),
        ),
        ("ExpireSession", |n| json!({"SessionId": format!("unknown-{n}")})),
    ];
    println!("{:<20} {:>9} {:>9} {:>9}", "operation", "median", "p99", "longest");
    for (name, input) in kinds {
        let mut times = vec![];
        for n in 0..CALLS {
            let asked = request(name, &input(n));
            // A call each 20 ms: crowds come and go meanwhile, as they would.
            let wall = START + 1_000 + (n as i64) * 20;
            let began = Instant::now();
            let answer = handle(&mut universe, wall, false, &asked);
            times.push(began.elapsed().as_micros());
            assert!(answer.status == 200 || name == "CreateStack", "{name}: {}", String::from_utf8_lossy(&answer.body));
        }
        tell(name, &mut times);
        all.extend(times);
    }
    tell("all", &mut all);
}

#[expect(clippy::print_stdout, reason = "a table for the terminal")]
fn tell(name: &str, times: &mut [u128]) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("{name:<20} {:>6} µs {:>6} µs {:>6} µs", at(50), at(99), at(100));
}
