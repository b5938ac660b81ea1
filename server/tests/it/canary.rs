//! No secret is kept: one canary in each, and then a look into the log at its most talkative, the database's files, every page, the
//! audit and its exports.

use crate::support::{Console, PASSWORD, text};
use axum::http::StatusCode;
use domain::fleet::FleetState;
use simulator::Seed;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const DIRECTORY: &str = "Canary-directory-1a";
const CONTEXT: &str = "canary-context-2b";
const WRONG: &str = "canary-wrong-password-3c";

/// Every secret that went through the console while everything was done with it.
async fn handled(console: &Console) -> (String, Vec<(&'static str, String)>) {
    console.post("/api/sign-in", "", "/sign-in", &format!("form[user]=admin&form[password]={WRONG}")).await;
    let cookie = console.sign_in().await;

    // A directory's password: taken and refused, live and by plain forms, and as code.
    let directory = |name: &str, password: &str| {
        format!(
            "kind=directory-configs&name=&verb=new&query=&fields[DirectoryName]={name}&fields[OrganizationalUnitDistinguishedNames]=OU%3DA,DC%3Dx\
             &fields[ServiceAccountCredentials.AccountName]=x\\svc&fields[ServiceAccountCredentials.AccountPassword]={password}"
        )
    };
    let (status, answer) = console.call("/api/resource/act", &cookie, &directory("corp.canary.example", DIRECTORY)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    for name in ["corp.canary.example", "%00", "second.canary.example"] {
        console.post("/api/resource/act", &cookie, "/directory-configs/new", &directory(name, DIRECTORY)).await;
    }
    let (_, code) = console.call("/api/resource/code", &cookie, &directory("corp.canary.example", DIRECTORY)).await;
    assert!(code.to_string().contains("create-directory-config") && !code.to_string().contains(DIRECTORY), "{code}");

    // A streaming URL, and what its session is told in confidence.
    let estate = console.watcher.hub().estate();
    let pair = estate.pairs.iter().find(|p| estate.fleet(p.fleet()).is_some_and(|f| f.state == FleetState::Running)).unwrap();
    let url = format!(
        "kind=stacks&name={}&verb=url&query=&fields[FleetName]={}&fields[UserId]=ana&fields[SessionContext]={CONTEXT}",
        pair.stack(),
        pair.fleet()
    );
    let (status, made) = console.call("/api/resource/act", &cookie, &url).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let made = made["secret"].as_str().unwrap().to_owned();
    let token = made.rsplit(['=', '/', '?']).next().unwrap().to_owned();
    assert!(token.len() > 8, "{made}");
    console.post("/api/resource/act", &cookie, "/stacks", &url).await;
    console.post("/api/resource/act", &cookie, "/stacks", &url.replace("UserId]=ana", "UserId]=")).await;

    let sid = cookie.split_once('=').unwrap().1.to_owned();
    let secrets = [
        ("directory password", DIRECTORY.to_owned()),
        ("session context", CONTEXT.to_owned()),
        ("streaming URL", made),
        ("streaming URL’s token", token),
        ("wrong password", WRONG.to_owned()),
        ("password", PASSWORD.to_owned()),
        ("password, encoded", PASSWORD.replace(' ', "+")),
        ("web session", sid),
    ];
    (cookie, secrets.to_vec())
}

#[tokio::test]
async fn no_secret_is_in_logs_database_pages_audit_or_exports() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(server::cmd::log_filter(Some("trace,aws_smithy_runtime=trace")))
        .with_ansi(false)
        .with_writer(log.clone());
    // Each test is a process of its own; a subscriber for all threads.
    subscriber.try_init().expect("run with cargo nextest: a process for each test");
    let console = Console::start(Seed::Demo).await;
    let (cookie, secrets) = handled(&console).await;

    let mut places: Vec<(String, Vec<u8>)> = vec![];
    for path in [
        "/",
        "/directory-configs",
        "/directory-configs/new",
        "/111122223333/us-east-1/directory-configs/corp.canary.example",
        "/stacks",
        "/audit",
        "/audit?record=4",
        "/audit?record=6",
        "/audit/records.csv",
        "/audit/records.jsonl",
        "/sessions",
        "/sign-in",
        "/history/sessions.csv",
    ] {
        let page = console.get(path, &cookie).await;
        assert!(page.status().is_success(), "{path}: {}", page.status());
        let page = text(page).await;
        // What everything below relies on: it is there, without its secrets.
        if path == "/audit/records.jsonl" {
            assert!(
                page.contains("CreateStreamingURL") && page.contains("(not recorded)") && page.contains("second.canary.example"),
                "{page}"
            );
        }
        places.push((path.to_owned(), page.into_bytes()));
    }
    for file in std::fs::read_dir(console.folder()).unwrap() {
        let file = file.unwrap().path();
        places.push((file.display().to_string(), std::fs::read(&file).unwrap()));
    }
    assert!(places.iter().any(|(name, bytes)| name.ends_with(".sqlite") && !bytes.is_empty()));
    let logged = log.0.lock().unwrap().clone();
    assert!(logged.len() > 10_000, "something is logged");
    places.push(("log".to_owned(), logged));

    let mut found = vec![];
    for (place, bytes) in &places {
        for (what, secret) in &secrets {
            if let Some(at) = bytes.windows(secret.len()).position(|window| window == secret.as_bytes()) {
                let around =
                    String::from_utf8_lossy(&bytes[at.saturating_sub(200)..(at + secret.len() + 40).min(bytes.len())]).into_owned();
                found.push(format!("{what} in {place}: …{around}…"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}
