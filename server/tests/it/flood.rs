//! Too much of everything: sign-ins, sockets, and requests that come byte by byte. Others are served meanwhile.

use crate::program::{Running, program};
use crate::support::PASSWORD;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer to one request: its status, whole text and how long it took.
async fn ask(port: u16, request: String) -> (u16, String, Duration) {
    let began = Instant::now();
    let mut answer = Vec::new();
    if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await {
        // It may be refused before all of it is sent.
        let _ = stream.write_all(request.as_bytes()).await;
        let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    }
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    (status, text, began.elapsed())
}

fn get(port: u16, cookie: &str, path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nx-forwarded-for: 203.0.113.5\r\ncookie: {cookie}\r\naccept: text/html\r\nconnection: close\r\n\r\n"
    )
}

/// An attempt to sign in from `address`.
fn sign_in(port: u16, user: &str, password: &str, address: &str) -> String {
    let body = format!("form[user]={user}&form[password]={}", password.replace(' ', "+"));
    format!(
        "POST /api/sign-in HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\norigin: http://127.0.0.1:{port}\r\nx-forwarded-for: {address}\r\naccept: application/json\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn cookie(answer: &str) -> Option<String> {
    Some(answer.lines().find_map(|l| l.strip_prefix("set-cookie: "))?.split(';').next()?.to_owned())
}

/// The most memory a process has held, in MB.
fn most_memory(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
}

/// The time within which 95 of 100 were answered, and the longest.
fn p95(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    (times[times.len() * 95 / 100], times[times.len() - 1])
}

/// Waits until the console has asked AppStream for everything once.
async fn ready(port: u16) {
    for _ in 0..200 {
        if ask(port, get(port, "", "/readyz")).await.0 == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never became ready");
}

/// Asks for a page until `end`; each must be there.
async fn reader(port: u16, cookie: String, end: Instant) -> Vec<Duration> {
    let mut times = vec![];
    while Instant::now() < end {
        let (status, page, took) = ask(port, get(port, &cookie, "/fleets")).await;
        assert!(status == 200 && page.contains("finance-desktop"), "{status} after {took:?}");
        times.push(took);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "figures to read with --no-capture")]
async fn two_hundred_sign_ins_a_second_keep_nobody_out_who_was_in_and_no_page_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["serve", "--trusted-proxy", "127.0.0.1"]);
    let running = tokio::task::block_in_place(|| Running::begun(command, folder.path(), Some(PASSWORD)).0);
    let port = running.port();
    ready(port).await;
    let (_, entered, _) = ask(port, sign_in(port, "admin", PASSWORD, "203.0.113.5")).await;
    let mine = cookie(&entered).unwrap();
    let before = most_memory(running.id());
    let (tried, refused, lost) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let began = Instant::now();
    let end = began + Duration::from_secs(10);
    let pages = tokio::spawn(reader(port, mine, end));
    let known = tokio::spawn(async move {
        let mut times = vec![];
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let (_, answer, took) = ask(port, sign_in(port, "admin", PASSWORD, "203.0.113.5")).await;
            assert!(cookie(&answer).is_some() && !answer.contains("TooMany"), "who was in comes in again: {answer}");
            times.push(took);
        }
        times
    });
    let stranger = tokio::spawn(async move {
        for n in 1..50 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let (status, answer, _) = ask(port, sign_in(port, "admin", PASSWORD, "203.0.113.77")).await;
            if status < 400 && cookie(&answer).is_some() {
                return Some(n);
            }
        }
        None
    });
    let mut all = tokio::task::JoinSet::new();
    let mut tick = tokio::time::interval(Duration::from_millis(5));
    for n in 0..2_000_u32 {
        tick.tick().await;
        let (tried, refused, lost) = (Arc::clone(&tried), Arc::clone(&refused), Arc::clone(&lost));
        // A quarter of them against the one name there is; addresses by the thousand.
        let user = if n % 4 == 0 { "admin".to_owned() } else { format!("somebody-{n}") };
        let address = format!("198.51.{}.{}", n / 250, n % 250);
        all.spawn(async move {
            let (_, answer, took) = ask(port, sign_in(port, &user, "a wrong password", &address)).await;
            match () {
                () if answer.contains("WrongPassword") => tried.fetch_add(1, Ordering::Relaxed),
                () if answer.contains("TooManyAttempts") => refused.fetch_add(1, Ordering::Relaxed),
                () => lost.fetch_add(1, Ordering::Relaxed),
            };
            took
        });
    }
    let sent = began.elapsed();
    let (guess, longest_guess) = p95(all.join_all().await);
    let ((page, longest), count) = {
        let times = pages.await.unwrap();
        let n = times.len();
        (p95(times), n)
    };
    let (_, again) = p95(known.await.unwrap());
    let grown = most_memory(running.id()) - before;
    let figures = [tried, refused, lost].map(|n| n.load(Ordering::Relaxed));
    println!(
        "2000 attempts in {sent:?}: {} checked, {} told to come again, {} lost; p95 {guess:?}, longest {longest_guess:?}; {count} pages: p95 {page:?}, longest {longest:?}; known address in within {again:?}; a new one at attempt {:?}; {grown} MB more",
        figures[0],
        figures[1],
        figures[2],
        stranger.await.unwrap()
    );
    assert!(sent < Duration::from_secs(13), "the flood was none: {sent:?}");
    assert!(figures[0] > 50 && figures[1] > 200 && figures[2] == 0, "{figures:?}");
    assert!(page < Duration::from_secs(1), "{page:?}");
    assert!(again < Duration::from_secs(5), "{again:?}");
    assert!(grown < 150, "{grown} MB");
}

/// How a slow client sends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Manner {
    Silent,
    Head,
    Body,
}

/// Sends a byte a second until the other side ends it; after how long that was.
async fn slow(port: u16, manner: Manner) -> Duration {
    let began = Instant::now();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    match manner {
        Manner::Silent => {}
        Manner::Head => stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-long: ").await.unwrap(),
        Manner::Body => {
            let head = "POST /api/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 900\r\n\r\nform[user]=";
            stream.write_all(head.as_bytes()).await.unwrap();
        }
    }
    let mut some = [0; 512];
    loop {
        match tokio::time::timeout(Duration::from_secs(1), stream.read(&mut some)).await {
            // An answer before its request is whole is the end of it.
            Ok(_) => return began.elapsed(),
            Err(_) if began.elapsed() > Duration::from_secs(60) => return began.elapsed(),
            Err(_) if matches!(manner, Manner::Silent) => {}
            Err(_) => {
                if stream.write_all(b"x").await.is_err() {
                    return began.elapsed();
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "figures to read with --no-capture")]
async fn two_thousand_slow_sockets_end_in_time_and_others_are_served_meanwhile() {
    const SOCKETS: usize = 2_000;
    // Ours and the console's, which inherits it.
    let raised = std::process::Command::new("prlimit").args(["--pid", &std::process::id().to_string(), "--nofile=8192:"]).status();
    assert!(raised.unwrap().success(), "this test needs 8192 open files");
    let folder = tempfile::tempdir().unwrap();
    let (running, _) = tokio::task::block_in_place(|| Running::start(folder.path(), Some(PASSWORD)));
    let port = running.port();
    ready(port).await;
    let mine = tokio::task::block_in_place(|| running.cookie(PASSWORD));
    let before = most_memory(running.id());
    let manners = [Manner::Silent, Manner::Head, Manner::Body, Manner::Body];
    let mut sockets = tokio::task::JoinSet::new();
    for n in 0..SOCKETS {
        // Faster than they are accepted, the kernel takes some that the console never hears of.
        if n % 100 == 99 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let manner = manners[n % manners.len()];
        sockets.spawn(async move { (manner, slow(port, manner).await) });
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let times = reader(port, mine, Instant::now() + Duration::from_secs(20)).await;
    let (pages, (page, longest)) = (times.len(), p95(times));
    let ended = sockets.join_all().await;
    let last = &ended.iter().map(|(_, took)| *took).max().unwrap();
    for manner in [Manner::Silent, Manner::Head, Manner::Body] {
        let of = ended.iter().filter(|(m, _)| *m == manner).map(|(_, took)| *took);
        println!("{manner:?}: ended after {:?} to {:?}", of.clone().min().unwrap(), of.max().unwrap());
    }
    let grown = most_memory(running.id()) - before;
    println!(
        "{SOCKETS} slow sockets: {pages} pages meanwhile, p95 {page:?}, longest {longest:?}; the last socket ended after {last:?}; {grown} MB more"
    );
    assert!(page < Duration::from_secs(1), "{page:?}");
    assert!(*last < Duration::from_secs(40), "{last:?}");
    // Some 85 KB each without optimisation.
    assert!(grown < 300, "{grown} MB");
}
