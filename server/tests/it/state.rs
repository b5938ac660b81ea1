//! `simulate --state`: what was acknowledged is there after a restart, however the program ended.

use crate::program::program;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

/// A running simulator; killed with SIGKILL when dropped.
struct Simulator {
    child: Child,
    address: String,
    told: String,
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Simulator {
    fn start(state: &Path, more: &[&str]) -> Self {
        let mut command = program();
        command.args(["simulate", "--listen", "127.0.0.1:0", "--state"]).arg(state).args(more).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut told = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut told).unwrap();
        let address = told.split("http://").nth(1).and_then(|t| t.split(' ').next()).unwrap_or_else(|| panic!("{told}")).to_owned();
        Self { child, address, told }
    }

    /// Status and body; none when the connection broke.
    fn ask(&self, method: &str, path: &str, target: &str, body: &Value) -> Option<(u16, Value)> {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Amz-Target: PhotonAdminProxyService.{target}\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        let body = answer.split_once("\r\n\r\n")?.1;
        Some((status, serde_json::from_str(body).unwrap_or(json!({}))))
    }

    #[track_caller]
    fn ok(&self, op: &str, body: &Value) -> Value {
        let (status, answer) = self.ask("POST", "/", op, body).unwrap();
        assert_eq!(status, 200, "{op}: {answer}");
        answer
    }

    fn control(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask("POST", &format!("/_simulator/{path}"), "", body).unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }
}

#[test]
fn a_killed_simulator_comes_back_with_every_acknowledged_change() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.sqlite");
    let mut acknowledged = vec![];
    for round in 0..3 {
        let simulator = Simulator::start(&file, &[]);
        assert_eq!(simulator.told.contains("as it was"), round > 0, "{}", simulator.told);
        simulator.control("quotas", &json!({"stacks": 10_000}));
        let pid = simulator.child.id();
        // Killed from outside while changes stream in.
        let killer = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(250));
            std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap()
        });
        for n in 0.. {
            let name = format!("stack-{round}-{n}");
            match simulator.ask("POST", "/", "CreateStack", &json!({"Name": name})) {
                Some((200, _)) => acknowledged.push(name),
                _ => break,
            }
        }
        assert!(killer.join().unwrap().success());
    }
    assert!(acknowledged.len() > 10, "{} were acknowledged", acknowledged.len());
    let simulator = Simulator::start(&file, &[]);
    for name in &acknowledged {
        simulator.ok("DescribeStacks", &json!({"Names": [name]}));
    }
}

#[test]
fn a_body_that_is_too_large_or_of_another_kind_is_refused_in_the_protocol() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::start(&folder.path().join("state.sqlite"), &[]);
    // The answer comes while the body is still being sent: it is announced and left out.
    let head = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: PhotonAdminProxyService.CreateStack\r\nContent-Length: 10000000\r\n\r\n";
    let mut stream = TcpStream::connect(&simulator.address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![b' '; 5_000_000]).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("RequestEntityTooLargeException"), "{answer}");
    let mut stream = TcpStream::connect(&simulator.address).unwrap();
    let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/html\r\nX-Amz-Target: PhotonAdminProxyService.CreateStack\r\nContent-Length: 14\r\n\r\n{\"Name\":\"new\"}";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("SerializationException"), "{answer}");
    assert_eq!(simulator.ok("DescribeStacks", &json!({}))["Stacks"], json!([]));
}

#[test]
fn time_goes_on_while_a_simulator_with_state_is_down_and_two_cannot_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.sqlite");
    let fleet = json!({"Name": "desk", "InstanceType": "stream.standard.medium", "ImageName": "AppStream-WinServer2022-06-17-2026", "ComputeCapacity": {"DesiredInstances": 1}});
    let state = |s: &Simulator| s.ok("DescribeFleets", &json!({}))["Fleets"][0]["State"].clone();
    {
        let simulator = Simulator::start(&file, &[]);
        simulator.ok("CreateFleet", &fleet);
        simulator.ok("StartFleet", &json!({"Name": "desk"}));
        let config = json!({"DirectoryName": "d.example.com", "OrganizationalUnitDistinguishedNames": ["OU=a"],
            "ServiceAccountCredentials": {"AccountName": "svc", "AccountPassword": "canary-4711"}});
        simulator.ok("CreateDirectoryConfig", &config);
        assert_eq!(state(&simulator), "STARTING");
        let second = program().args(["simulate", "--listen", "127.0.0.1:0", "--state"]).arg(&file).output().unwrap();
        let told = String::from_utf8_lossy(&second.stderr).into_owned();
        assert!(second.status.code() == Some(2) && told.contains("state.sqlite"), "{told}");
        // Only now, or a slow machine would see the fleet run before it is looked at.
        simulator.control("clock", &json!({"pace": 600}));
    }
    // Fifteen minutes at this pace.
    std::thread::sleep(std::time::Duration::from_millis(1700));
    let simulator = Simulator::start(&file, &[]);
    assert_eq!(state(&simulator), "RUNNING");
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let kept = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!kept.windows(11).any(|w| w == b"canary-4711"), "no password is kept");
    }
    let no_state = folder.path().join("text");
    std::fs::write(&no_state, "this is no database, but a text that is long enough to be looked at as one by SQLite".repeat(20)).unwrap();
    let refused = program().args(["simulate", "--listen", "127.0.0.1:0", "--state"]).arg(&no_state).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
}
