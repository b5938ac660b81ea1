//! The program itself: its flags, its exit status, its end.

use crate::support::PASSWORD;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The program, without this environment's settings.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_appstream-console"));
    for (name, _) in std::env::vars().filter(|(n, _)| n.starts_with("APPSTREAM_CONSOLE_")) {
        command.env_remove(name);
    }
    command
}

#[track_caller]
pub fn refused(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(told.trim().lines().count(), 1, "one sentence: {told}");
    assert!(told.starts_with("appstream-console: ") && told.trim().ends_with('.'), "{told}");
    told
}

#[test]
fn help_teaches_and_version_tells_the_commit() {
    let help = String::from_utf8(program().arg("--help").output().unwrap().stdout).unwrap();
    for word in ["serve", "simulate", "Examples:", "APPSTREAM_CONSOLE_ADMIN_PASSWORD"] {
        assert!(help.contains(word), "{word}");
    }
    let serve = String::from_utf8(program().args(["serve", "--help"]).output().unwrap().stdout).unwrap();
    for flag in ["--listen", "--data-dir", "--seed", "--simulator-listen", "--aws", "--region", "--endpoint-url", "--pace", "--haste"] {
        assert!(serve.contains(flag), "{flag}");
        assert!(serve.contains(&format!("APPSTREAM_CONSOLE_{}", flag[2..].replace('-', "_").to_uppercase())), "{flag} by environment");
    }
    let version = String::from_utf8(program().arg("--version").output().unwrap().stdout).unwrap();
    assert!(version.contains("0.1.0 ("), "{version}");
}

#[test]
fn trouble_at_the_start_is_one_sentence_and_status_2() {
    let folder = tempfile::tempdir().unwrap();
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = busy.local_addr().unwrap().to_string();
    let dir = folder.path().to_str().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let inside = file.join("x");
    let oidc = |issuer: &'static str, role: &'static str| {
        let known = ["serve", "--listen", "127.0.0.1:0", "--data-dir", dir, "--public-url", "https://console.example"];
        [known.as_slice(), &["--oidc-client-id", "console", "--oidc-issuer", issuer, "--oidc-role", role]].concat()
    };
    for (args, word) in [
        (vec!["--nonsense"], "--nonsense"),
        (vec!["serve", "--seed", "huge"], "huge"),
        (vec!["serve", "--listen", "nowhere"], "nowhere"),
        (vec!["serve", "--pace", "0"], "over 0"),
        (vec!["serve", "--aws", "--simulator-listen", "127.0.0.1:0"], "--simulator-listen"),
        (vec!["serve", "--region", "eu-west-1"], "--aws"),
        (vec!["serve", "--haste", "fast"], "--haste"),
        (vec!["serve", "--idle-minutes", "0"], "--idle-minutes"),
        (vec!["serve", "--oidc-issuer", "https://login.example"], "--oidc-client-id"),
        (oidc("http://login.example", "viewer=all"), "in the clear"),
        (oidc("https://login.example", "king=all"), "a role is one of"),
        (vec!["serve", "--data-dir", dir, "--listen", &address], "in use"),
        (vec!["serve", "--listen", "127.0.0.1:0", "--data-dir", inside.to_str().unwrap()], "--data-dir"),
        (vec!["serve", "--listen", "127.0.0.1:0", "--data-dir", dir, "--simulator-listen", "0.0.0.0:0"], "loopback"),
        (vec!["simulate", "--listen", "0.0.0.0:8080"], "loopback"),
        (vec!["simulate", "--listen", &address], "in use"),
    ] {
        let told = refused(&program().args(&args).output().unwrap());
        // 127.0.0.1 is what “loopback” means to a reader.
        let word = if word == "loopback" { "127.0.0.1" } else { word };
        assert!(told.contains(word), "{args:?}: {told}");
    }
}

/// The program over the AppStream that listens on `port`, as if that were AWS; without any credentials, wherever this machine has some.
pub fn on_aws(port: u16) -> Command {
    let mut command = program();
    command.args(["serve", "--aws", "--region", "us-east-1", "--calls-per-second", "200", "--endpoint-url"]);
    for (name, _) in std::env::vars().filter(|(n, _)| n.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null").env("AWS_EC2_METADATA_DISABLED", "true");
    command.arg(format!("http://127.0.0.1:{port}"));
    command
}

/// A running console; killed when dropped.
pub struct Running {
    child: Child,
    port: u16,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Over the AppStream that listens on `port`, as if that were AWS.
    pub fn on_aws(folder: &std::path::Path, port: u16) -> Self {
        let mut command = on_aws(port);
        command.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "example");
        Self::begun(command, folder, Some(PASSWORD)).0
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn start(folder: &std::path::Path, password: Option<&str>) -> (Self, String) {
        let mut command = program();
        command.arg("serve");
        Self::begun(command, folder, password)
    }

    /// What `command` starts.
    pub fn begun(mut command: Command, folder: &std::path::Path, password: Option<&str>) -> (Self, String) {
        command.args(["--listen", "127.0.0.1:0", "--data-dir"]).arg(folder).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(password) = password {
            command.env("APPSTREAM_CONSOLE_ADMIN_PASSWORD", password);
        }
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        let mut out = child.stdout.take().unwrap();
        let mut byte = [0];
        while !said.contains("AppStream  ") && out.read(&mut byte).unwrap() > 0 {
            said.push(char::from(byte[0]));
        }
        let port = said.split("http://127.0.0.1:").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap().parse().unwrap();
        (Self { child, port }, said)
    }

    /// Sends one request and reads until the connection ends or `until` was read.
    pub fn ask(&self, request: &str, until: &str) -> (String, TcpStream) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let mut some = [0; 4096];
        while !String::from_utf8_lossy(&answer).contains(until) {
            match stream.read(&mut some) {
                Ok(0) | Err(_) => break,
                Ok(n) => answer.extend_from_slice(&some[..n]),
            }
        }
        (String::from_utf8_lossy(&answer).into_owned(), stream)
    }

    pub fn sign_in(&self, password: &str) -> String {
        let body = format!("form[user]=admin&form[password]={}&form[to]=/", password.replace(' ', "+"));
        let request = format!(
            "POST /api/sign-in HTTP/1.1\r\nhost: 127.0.0.1:{0}\r\norigin: http://127.0.0.1:{0}\r\naccept: text/html\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {1}\r\nconnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        );
        self.ask(&request, "\r\n\r\n").0
    }

    /// Signs in; the cookie to send.
    pub fn cookie(&self, password: &str) -> String {
        let signed = self.sign_in(password);
        signed.lines().find_map(|l| l.strip_prefix("set-cookie: ")).expect("a cookie").split(';').next().unwrap().to_owned()
    }

    /// What a server function answers that only reads.
    pub fn get(&self, cookie: &str, path: &str) -> String {
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncookie: {cookie}\r\naccept: application/json\r\nconnection: close\r\n\r\n",
            self.port
        );
        body(&self.ask(&head, "\0").0)
    }

    /// What a server function answers to a form.
    pub fn post(&self, cookie: &str, path: &str, form: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{0}\r\norigin: http://127.0.0.1:{0}\r\ncookie: {cookie}\r\naccept: application/json\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {1}\r\nconnection: close\r\n\r\n{form}",
            self.port,
            form.len()
        );
        body(&self.ask(&head, "\0").0)
    }
}

/// The body of an answer, its chunks put together.
fn body(answer: &str) -> String {
    let (head, mut rest) = answer.split_once("\r\n\r\n").unwrap_or_default();
    if !head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        return rest.to_owned();
    }
    let mut whole = String::new();
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap_or(0);
        whole.push_str(after.get(..length).unwrap_or_default());
        rest = after.get(length + 2..).unwrap_or_default();
    }
    whole
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it_within_five_seconds_and_closes_open_streams() {
    let folder = tempfile::tempdir().unwrap();
    let (mut running, _) = Running::start(folder.path(), Some(PASSWORD));
    let signed = running.sign_in(PASSWORD);
    let cookie = signed.lines().find_map(|l| l.strip_prefix("set-cookie: ")).expect("a cookie").split(';').next().unwrap().to_owned();
    let request = format!("GET /api/live HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncookie: {cookie}\r\n\r\n", running.port);
    let (first, mut stream) = running.ask(&request, "data: ");
    assert!(first.contains("text/event-stream"), "{first}");
    let began = Instant::now();
    assert!(Command::new("kill").args(["-TERM", &running.child.id().to_string()]).status().unwrap().success());
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("the stream ends properly, not by a timeout");
    assert!(String::from_utf8_lossy(&rest).ends_with("0\r\n\r\n"), "the last chunk is sent");
    let status = running.child.wait().unwrap();
    assert!(status.success(), "{status}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn a_password_is_made_and_shown_once() {
    let folder = tempfile::tempdir().unwrap();
    let (running, said) = Running::start(folder.path(), None);
    let password = said.split("password   ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert!(running.sign_in(&password).contains("__Host-sid="));
    assert!(running.sign_in("not this").contains("302"));
    drop(running);
    let (_, said) = Running::start(folder.path(), None);
    assert!(!said.contains(&password), "{said}");
}
