//! The stream: everything first, then changes; it ends with the sign-in.

use crate::support::{Console, message};
use axum::http::StatusCode;
use domain::estate::LiveEvent;
use domain::fleet::FleetState;
use simulator::Seed;

#[tokio::test]
async fn the_stream_tells_everything_then_changes_then_that_the_sign_in_ended() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let answer = console.get("/api/live?sessions=true", &cookie).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut body = answer.into_body();
    let LiveEvent::Full(mut mine) = message(&mut body).await else { panic!("everything comes first") };
    assert!(mine.sessions.len() > 50);
    assert_eq!(mine.fleet("training-lab").unwrap().state, FleetState::Stopped);
    let (status, _) = console.call("/api/fleet/start", &cookie, "form[name]=training-lab").await;
    assert_eq!(status, StatusCode::OK);
    loop {
        let LiveEvent::Delta(delta) = message(&mut body).await else { panic!("then changes") };
        assert!(mine.apply(delta), "changes continue one another");
        if mine.fleet("training-lab").unwrap().state == FleetState::Starting {
            break;
        }
    }
    console.call("/api/sign-out", &cookie, "").await;
    loop {
        match message(&mut body).await {
            LiveEvent::Delta(_) => {}
            LiveEvent::SignedOut => break,
            LiveEvent::Full(_) => panic!("nothing is told anew"),
        }
    }
    assert_eq!(console.get("/api/live", &cookie).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn without_session_rows_the_stream_is_small_and_has_the_counts() {
    let console = Console::start(Seed::Demo).await;
    let cookie = console.sign_in().await;
    let mut body = console.get("/api/live", &cookie).await.into_body();
    let LiveEvent::Full(estate) = message(&mut body).await else { panic!("everything comes first") };
    assert!(estate.sessions.is_empty());
    assert!(estate.tally.total() > 50);
}
