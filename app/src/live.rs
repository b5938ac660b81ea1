//! How a page stays up to date: [`Live`] holds what the server last told, first by the page itself, then by the stream.
//!
//! The stream is server-sent events (`paths::LIVE`). The browser's own reconnection is not used: it gives up on an HTTP error and
//! cannot say when it tries again. Nothing here empties what is on screen.

use crate::api::frame::FrameData;
use domain::estate::Estate;
use domain::time::Millis;
use leptos::prelude::*;

/// How the stream does.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    /// Not opened yet: the page shows what came with it.
    Waiting,
    /// Open.
    Open,
    /// Cut since this moment (AWS's clock); tried again at the other.
    Cut { since: Millis, next: Millis },
    /// Paused by the person.
    Paused { since: Millis },
    /// The sign-in ended.
    SignedOut,
}

/// What pages read. In the Leptos context below the frame. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Live {
    /// Everything known; session rows only once [`sessions_here`](Self::sessions_here).
    pub estate: RwSignal<Estate>,
    /// Whether `estate` holds session rows.
    pub sessions_here: RwSignal<bool>,
    /// AWS's clock, ticking each second in the browser.
    pub now: RwSignal<Millis>,
    /// How the stream does.
    pub link: RwSignal<Link>,
    /// Whether a page asked for session rows; stays on for the life of the tab.
    want_sessions: RwSignal<bool>,
}

impl Live {
    /// From what came with the page. In the browser it opens the stream once effects run.
    pub fn new(data: &FrameData) -> Self {
        let live = Self {
            estate: RwSignal::new(data.estate.clone()),
            sessions_here: RwSignal::new(false),
            now: RwSignal::new(data.estate.now),
            link: RwSignal::new(Link::Waiting),
            want_sessions: RwSignal::new(false),
        };
        #[cfg(feature = "hydrate")]
        browser::open(live);
        live
    }

    /// Asks the stream for session rows.
    pub fn with_sessions(&self) {
        let want = self.want_sessions;
        Effect::new(move |_| {
            if !want.get_untracked() {
                want.set(true);
            }
        });
    }

    /// Pauses or resumes the stream.
    pub fn toggle_pause(&self) {
        self.link.update(|link| {
            *link = match link {
                Link::Paused { .. } => Link::Waiting,
                _ => Link::Paused { since: self.now.get_untracked() },
            }
        });
    }
}

/// The live data of the page at hand.
pub fn use_live() -> Live {
    expect_context::<Live>()
}

/// Seconds to wait before attempt number `n` (from 0): 1, 2, 4, 8, then 15.
pub fn pause_before(attempt: u32) -> i64 {
    (1_i64 << attempt.min(4)).min(15)
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{Link, Live, pause_before};
    use domain::estate::LiveEvent;
    use domain::time::Millis;
    use leptos::prelude::*;
    use std::cell::RefCell;
    use std::rc::Rc;
    use std::time::Duration;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{Event, EventSource, MessageEvent};

    /// One open stream; dropping it closes it.
    struct Stream {
        source: EventSource,
        _message: Closure<dyn FnMut(MessageEvent)>,
        _open: Closure<dyn FnMut(Event)>,
        _error: Closure<dyn FnMut(Event)>,
    }
    impl Drop for Stream {
        fn drop(&mut self) {
            self.source.set_onmessage(None);
            self.source.set_onopen(None);
            self.source.set_onerror(None);
            self.source.close();
        }
    }

    type Slot = Rc<RefCell<Option<Stream>>>;

    pub fn open(live: Live) {
        // Effects run in the browser only, after hydration.
        Effect::new(move |_| {
            let slot: Slot = Rc::default();
            // Whoever signs out leaves this page without a reload: nothing may reach for its signals afterwards.
            let last = send_wrapper::SendWrapper::new(Rc::clone(&slot));
            on_cleanup(move || drop(last.borrow_mut().take()));
            let attempt = RwSignal::new(0_u32);
            let wake = RwSignal::new(0_u32);
            clock(live);
            visibility(wake);
            let paused = Memo::new(move |_| live.link.with(|l| matches!(l, Link::Paused { .. })));
            Effect::new(move |_| {
                wake.track();
                let sessions = live.want_sessions.get();
                let (hidden, paused) = (document().hidden(), paused.get());
                slot.borrow_mut().take();
                if hidden || paused || live.link.with_untracked(|l| *l == Link::SignedOut) {
                    return;
                }
                connect(live, &slot, sessions, attempt, wake);
            });
        });
    }

    fn clock(live: Live) {
        // Told by the answers' clock: only what passed since is measured here, with the clock that never jumps.
        let base = RwSignal::new((live.now.get_untracked(), steady()));
        Effect::new(move |_| {
            let told = live.estate.with(|e| e.now);
            base.set((told, steady()));
            live.now.set(told);
        });
        let tick = set_interval_with_handle(
            move || {
                let (told, at) = base.get_untracked();
                live.now.set(told.plus(steady() - at));
            },
            Duration::from_secs(1),
        );
        if let Ok(tick) = tick {
            on_cleanup(move || tick.clear());
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since the page began")]
    fn steady() -> i64 {
        window().performance().map_or_else(js_sys::Date::now, |p| p.now()) as i64
    }

    fn visibility(wake: RwSignal<u32>) {
        let handle = window_event_listener_untyped("visibilitychange", move |_| wake.update(|n| *n += 1));
        on_cleanup(move || handle.remove());
    }

    fn connect(live: Live, slot: &Slot, sessions: bool, attempt: RwSignal<u32>, wake: RwSignal<u32>) {
        // A stream with session rows cannot continue one without them.
        let after = live.estate.with_untracked(|e| e.seq);
        let resume = live.sessions_here.get_untracked() == sessions && live.link.with_untracked(|l| *l != Link::Waiting);
        let mut url = format!("{}?sessions={sessions}", crate::paths::LIVE);
        if resume {
            url.push_str(&format!("&after={after}"));
        }
        let Ok(source) = EventSource::new(&url) else { return };
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Some(text) = event.data().as_string() else { return };
            match serde_json::from_str::<LiveEvent>(&text) {
                Ok(LiveEvent::Full(estate)) => {
                    attempt.set(0);
                    batch_set(live, *estate, sessions);
                }
                Ok(LiveEvent::Delta(delta)) => {
                    attempt.set(0);
                    let mut continues = true;
                    if delta.seq > live.estate.with_untracked(|e| e.seq) {
                        live.estate.update(|estate| continues = estate.apply(delta));
                    }
                    if !continues {
                        live.link.set(Link::Waiting);
                        wake.update(|n| *n += 1);
                    }
                }
                Ok(LiveEvent::SignedOut) => live.link.set(Link::SignedOut),
                // A newer server: a reload brings its own page.
                Err(_) => live.link.set(cut(live, 15)),
            }
        });
        let opened = Closure::<dyn FnMut(Event)>::new(move |_| {
            live.link.set(Link::Open);
            // For style and for tests: the page is alive.
            if let Some(root) = document().document_element() {
                let _ = root.set_attribute("data-live", "");
            }
        });
        let again = Rc::clone(slot);
        let error = Closure::<dyn FnMut(Event)>::new(move |_| {
            if live.link.with_untracked(|l| *l == Link::SignedOut) {
                return;
            }
            if let Some(stream) = again.borrow().as_ref() {
                stream.source.close();
            }
            let wait = pause_before(attempt.get_untracked());
            attempt.update(|n| *n += 1);
            live.link.set(cut(live, wait));
            ask_whether_signed_in(live);
            // The page may be gone by then.
            let again = move || {
                let _ = wake.try_update(|n| *n += 1);
            };
            set_timeout(again, Duration::from_secs(wait.unsigned_abs()));
        });
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        *slot.borrow_mut() = Some(Stream { source, _message: message, _open: opened, _error: error });
    }

    fn batch_set(live: Live, estate: domain::estate::Estate, sessions: bool) {
        live.estate.set(estate);
        live.sessions_here.set(sessions);
        live.link.set(Link::Open);
    }

    fn cut(live: Live, wait: i64) -> Link {
        let now = live.now.get_untracked();
        let since = match live.link.get_untracked() {
            Link::Cut { since, .. } => since,
            _ => now,
        };
        Link::Cut { since, next: Millis(now.0 + wait * 1000) }
    }

    /// An event source does not tell the status of a refusal, so a server function is asked.
    fn ask_whether_signed_in(live: Live) {
        leptos::task::spawn_local(async move {
            if let Err(error) = crate::api::frame::frame().await
                && error.0 == domain::failure::Failure::SignedOut
            {
                // Nothing to tell when the page is gone meanwhile.
                let _ = live.link.try_set(Link::SignedOut);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn pauses_grow_to_fifteen_seconds() {
        let waits: Vec<i64> = (0..7).map(super::pause_before).collect();
        assert_eq!(waits, [1, 2, 4, 8, 15, 15, 15]);
    }
}
