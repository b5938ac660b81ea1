//! The live stream: server-sent events with the changes of the snapshot. It checks the sign-in again and again, and ends with it.

use super::AppState;
use crate::poll::hub::{Seat, serialised};
use app::ctx::OPERATOR;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::estate::LiveEvent;
use domain::operator::Operator;
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tower_sessions::Session;

/// How often the sign-in is checked.
const RECHECK: Duration = Duration::from_secs(5);
/// Messages that wait for a slow browser; beyond that the hub's own bound holds and it gets everything anew.
const WAITING: usize = 4;

/// What a browser asks for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Whether session rows are wanted.
    #[serde(default)]
    sessions: bool,
    /// The last `seq` it has.
    after: Option<u64>,
}

/// Opens the stream. The guard has already seen that somebody is signed in.
pub async fn stream(State(state): State<AppState>, Query(asked): Query<Asked>, headers: HeaderMap, session: Session) -> Response {
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let subscription = state.watcher.hub().subscribe(asked.sessions, last.or(asked.after));
    let (send, receive) = mpsc::channel::<Result<Event, Infallible>>(WAITING);
    tokio::spawn(async move {
        let end = state.end.clone();
        tokio::select! {
            () = end.cancelled() => {}
            () = send.closed() => {}
            () = feed(&state, asked.sessions, subscription.first, subscription.steps, subscription.seat, &send, session) => {}
        }
    });
    let events = Sse::new(ReceiverStream::new(receive)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    let mut response = events.into_response();
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn message(seq: u64, text: &Arc<str>) -> Event {
    Event::default().id(seq.to_string()).data(text.as_ref())
}

async fn feed(
    state: &AppState,
    sessions: bool,
    first: Vec<(u64, Arc<str>)>,
    mut steps: tokio::sync::broadcast::Receiver<crate::poll::hub::Step>,
    _seat: Seat,
    send: &mpsc::Sender<Result<Event, Infallible>>,
    session: Session,
) {
    let mut last = 0;
    for (seq, text) in &first {
        last = *seq;
        if send.send(Ok(message(*seq, text))).await.is_err() {
            return;
        }
    }
    let mut recheck = tokio::time::interval(RECHECK);
    loop {
        let next = tokio::select! {
            step = steps.recv() => match step {
                Ok(step) if step.seq <= last => continue,
                Ok(step) => (step.seq, step.text(sessions)),
                Err(RecvError::Lagged(_)) => state.watcher.hub().full(sessions),
                Err(RecvError::Closed) => return,
            },
            _ = recheck.tick() => {
                if signed_in(&session).await {
                    continue;
                }
                let _ = send.send(Ok(message(last, &serialised(&LiveEvent::SignedOut)))).await;
                return;
            }
        };
        last = next.0;
        if send.send(Ok(message(next.0, &next.1))).await.is_err() {
            return;
        }
    }
}

/// Reads the sign-in from storage, not from what this request once read. Trouble with storage does not sign anybody out.
async fn signed_in(session: &Session) -> bool {
    match session.load().await {
        Ok(()) => !matches!(session.get::<Operator>(OPERATOR).await, Ok(None)),
        Err(error) => {
            tracing::warn!(%error, "a sign-in could not be checked for the stream");
            true
        }
    }
}
