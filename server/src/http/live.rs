//! The live stream: server-sent events with the changes of the snapshot. It ends with its sign-in: at once where this process ended it,
//! and otherwise when it is checked again.

use super::AppState;
use crate::poll::hub::{Hub, Message, serialised};
use app::ctx::OPERATOR;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::estate::LiveEvent;
use domain::operator::Operator;
use domain::query::Window;
use domain::view::{View, WindowDelta};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::watch;
use tokio_stream::wrappers::ReceiverStream;
use tower_sessions::Session;

/// How often the sign-in is checked.
const RECHECK: Duration = Duration::from_secs(5);
/// After so much silence a comment keeps proxies from closing the connection.
const COMMENT: Duration = Duration::from_secs(10);
/// After so much silence an event tells the browser, which cannot see comments, that the connection is alive.
const BEAT: Duration = Duration::from_secs(15);

/// Opens the stream. The guard has already seen that somebody is signed in. `after` is the last `seq` that the browser has; what else
/// it asks for is a [`View`] of the sessions.
pub async fn stream(
    State(state): State<AppState>,
    Query(asked): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    session: Session,
) -> Response {
    let number = |text: &str| text.parse::<u64>().ok();
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(number);
    let after = asked.iter().find(|(key, _)| key == "after").and_then(|(_, v)| number(v));
    let view = View::parse::<domain::session::Session>(asked);
    // One message waits at most. A browser that is slower than the changes gets them put together.
    let (send, receive) = mpsc::channel::<Result<Event, Infallible>>(1);
    tokio::spawn(async move {
        tokio::select! {
            () = state.end.cancelled() => {}
            () = send.closed() => {}
            () = feed(state.watcher.hub(), view, last.or(after), &send, session, state.sign_ins.ended()) => {}
        }
    });
    let mut response = Sse::new(ReceiverStream::new(receive)).keep_alive(KeepAlive::new().interval(COMMENT)).into_response();
    let headers = response.headers_mut();
    // For proxies: nginx must not hold messages back, nobody may store or recompress them.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    response
}

fn event(message: &Message) -> Event {
    Event::default().id(message.seq.to_string()).data(message.text.as_ref())
}

fn bare(what: &LiveEvent) -> Event {
    Event::default().data(serialised(what).as_ref())
}

/// Sends what leads from `last` to the newest snapshot, and what changed in the rows of `view`, whenever there is something and the
/// browser has room for it.
async fn feed(
    hub: &Hub,
    view: Option<View>,
    mut last: Option<u64>,
    send: &mpsc::Sender<Result<Event, Infallible>>,
    session: Session,
    mut ended: watch::Receiver<()>,
) {
    let (mut news, _seat) = hub.listen();
    let opened_by = session.get::<Operator>(OPERATOR).await.ok().flatten();
    let mut recheck = tokio::time::interval(RECHECK);
    let mut beat = tokio::time::interval(BEAT);
    let mut told = false;
    let mut rows_due = false;
    // The rows that the browser has: a window, not the list.
    let mut shown: Option<Window<Arc<domain::session::Session>>> = None;
    loop {
        tokio::select! {
            biased;
            // First, so that a browser that does not read cannot hold it up.
            () = due(&mut recheck, &mut ended) => match signed_in(&session).await {
                Ok(now) if now == opened_by => {}
                // Another role: the browser comes back and gets what it may see now.
                Ok(Some(_)) => return,
                Ok(None) => {
                    let _ = send.try_send(Ok(bare(&LiveEvent::SignedOut)));
                    return;
                }
                // Trouble with storage does not sign anybody out.
                Err(error) => tracing::warn!(%error, "a sign-in could not be checked for the stream"),
            },
            heard = news.changed(), if told => {
                if heard.is_err() {
                    return;
                }
                told = false;
            }
            _ = beat.tick(), if told => match send.try_send(Ok(bare(&LiveEvent::Beat))) {
                Err(TrySendError::Closed(_)) => return,
                // A browser that has not read the last message yet needs no other.
                Ok(()) | Err(TrySendError::Full(_)) => {}
            },
            // What to say is decided when there is room to say it.
            room = send.reserve(), if !told => {
                let Ok(room) = room else { return };
                news.mark_unchanged();
                // Both in turn: a browser that is slower than the snapshots gets its rows all the same.
                let skips = std::mem::take(&mut rows_due);
                if !skips && let Some(message) = hub.since(last) {
                    last = Some(message.seq);
                    room.send(Ok(event(&message)));
                    beat.reset();
                    rows_due = view.is_some();
                    continue;
                }
                told = !skips;
                if let Some(view) = &view {
                    let now = hub.sessions(view);
                    if let Some(step) = WindowDelta::between(shown.as_ref(), &now) {
                        shown = Some(now);
                        room.send(Ok(bare(&LiveEvent::Rows(step.owned()))));
                        beat.reset();
                    }
                }
            }
        }
    }
}

/// Waits until the sign-in must be looked at.
async fn due(recheck: &mut tokio::time::Interval, ended: &mut watch::Receiver<()>) {
    tokio::select! {
        _ = recheck.tick() => {}
        Ok(()) = ended.changed() => {}
    }
}

/// Reads the sign-in from storage, not from what this request once read.
async fn signed_in(session: &Session) -> Result<Option<Operator>, tower_sessions::session::Error> {
    session.load().await?;
    session.get::<Operator>(OPERATOR).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use domain::estate::Estate;
    use domain::role::Role;
    use std::sync::{Arc, Mutex};
    use tokio::time::Instant;
    use tower_sessions::session::{Id, Record};
    use tower_sessions::session_store::{Result, SessionStore};

    /// One sign-in in memory.
    #[derive(Clone, Debug, Default)]
    struct One(Arc<Mutex<Option<Record>>>);

    #[async_trait]
    impl SessionStore for One {
        async fn save(&self, record: &Record) -> Result<()> {
            *self.0.lock().unwrap() = Some(record.clone());
            Ok(())
        }
        async fn load(&self, _: &Id) -> Result<Option<Record>> {
            Ok(self.0.lock().unwrap().clone())
        }
        async fn delete(&self, _: &Id) -> Result<()> {
            *self.0.lock().unwrap() = None;
            Ok(())
        }
    }

    async fn signed_in_as(user: &str, store: &One) -> Session {
        let session = Session::new(None, Arc::new(store.clone()), None);
        session.insert(OPERATOR, Operator { user: user.into(), role: Role::Viewer, one_time: false }).await.unwrap();
        session.save().await.unwrap();
        session
    }

    struct Stream {
        hub: Hub,
        store: One,
        events: mpsc::Receiver<std::result::Result<Event, Infallible>>,
        task: tokio::task::JoinHandle<()>,
        ends: watch::Sender<()>,
    }

    async fn open(after: Option<u64>) -> Stream {
        let (hub, store) = (Hub::new(Estate { seq: 7, ..Estate::default() }), One::default());
        let session = signed_in_as("ann", &store).await;
        let (send, events) = mpsc::channel(1);
        let for_feed = hub.clone();
        let (ends, ended) = watch::channel(());
        let task = tokio::spawn(async move { feed(&for_feed, None, after, &send, session, ended).await });
        Stream { hub, store, events, task, ends }
    }

    impl Stream {
        async fn next(&mut self) -> String {
            format!("{:?}", self.events.recv().await.unwrap().unwrap())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_missed_nothing_hears_so_at_once_and_then_at_least_every_fifteen_seconds() {
        let mut stream = open(Some(7)).await;
        let began = Instant::now();
        for n in 0..3 {
            assert!(stream.next().await.contains("Beat"));
            assert_eq!(began.elapsed(), BEAT * n);
        }
        stream.hub.publish(Estate::default());
        assert!(stream.next().await.contains("Delta"));
        assert_eq!(stream.hub.audience(), 1);
        drop(stream.events);
        stream.hub.publish(Estate::default());
        stream.task.await.unwrap();
        assert_eq!(stream.hub.audience(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_browser_that_does_not_read_cannot_hold_up_the_end_of_its_sign_in() {
        let stream = open(None).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        (0..50).for_each(|_| stream.hub.publish(Estate::default()));
        assert_eq!(stream.events.len(), 1, "one message waits, whatever happens");
        *stream.store.0.lock().unwrap() = None;
        tokio::time::timeout(RECHECK * 2, stream.task).await.expect("it ends").unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_sign_in_that_is_ended_here_ends_its_stream_at_once() {
        let mut stream = open(Some(7)).await;
        stream.next().await;
        let began = Instant::now();
        *stream.store.0.lock().unwrap() = None;
        stream.ends.send_replace(());
        assert!(stream.next().await.contains("SignedOut"));
        stream.task.await.unwrap();
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_becomes_somebody_else_must_come_again() {
        let mut stream = open(None).await;
        assert!(stream.next().await.contains("Full"));
        let mut record = stream.store.0.lock().unwrap().clone().unwrap();
        record.data.insert(OPERATOR.to_owned(), serde_json::json!({"user": "bob"}));
        *stream.store.0.lock().unwrap() = Some(record);
        tokio::time::timeout(RECHECK * 2, stream.task).await.expect("it ends").unwrap();
    }
}
