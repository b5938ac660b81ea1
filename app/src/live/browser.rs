//! The stream in the browser: opened once effects run, closed while the tab is hidden for long or the person pauses, opened anew after
//! it breaks, from where it was.

use super::{Asked, Link, Live, pause_before};
use domain::estate::LiveEvent;
use domain::time::Millis;
use domain::view::View;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

/// A tab that is hidden for longer gives its connection back: browsers allow six for one server, and nobody looks.
const HIDDEN: Duration = Duration::from_secs(20);
/// The server says something at least every fifteen seconds; after so much silence the connection is dead without having said so.
const SILENCE: i64 = 40_000;
/// A connection that says nothing at all is given up sooner.
const NO_ANSWER: i64 = 15_000;
/// Session rows are told for so long after the page that showed them was left.
const LINGER: Duration = Duration::from_secs(60);
const WATCH: Duration = Duration::from_secs(5);

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

/// What keeps the stream going. Cheap to copy; of no use once the page is gone.
#[derive(Clone, Copy)]
struct Line {
    live: Live,
    /// Attempts since the last message.
    attempt: RwSignal<u32>,
    /// Counts reasons to connect anew.
    wake: RwSignal<u32>,
    /// Whether what is here must not be continued: a change was missed.
    gap: StoredValue<bool>,
    /// Whether there is a connection, or an attempt at one.
    up: StoredValue<bool>,
    /// When something was last heard, by the clock that never jumps.
    heard: StoredValue<i64>,
    /// What the stream tells of sessions.
    told: StoredValue<Option<Asked>>,
    /// Whether its first rows are still to come.
    awaited: StoredValue<bool>,
    /// The view whose rows are shown.
    last: StoredValue<View>,
}

pub(super) fn open(live: Live) {
    // Effects run in the browser only, after hydration.
    Effect::new(move |_| {
        let slot: Rc<RefCell<Option<Stream>>> = Rc::default();
        // Whoever signs out leaves this page without a reload: nothing may reach for its signals afterwards.
        let last = send_wrapper::SendWrapper::new(Rc::clone(&slot));
        on_cleanup(move || drop(last.borrow_mut().take()));
        let line = Line {
            live,
            attempt: RwSignal::new(0),
            wake: RwSignal::new(0),
            gap: StoredValue::new(false),
            up: StoredValue::new(false),
            heard: StoredValue::new(steady()),
            told: StoredValue::new(None),
            awaited: StoredValue::new(false),
            last: StoredValue::new(View::default()),
        };
        clock(live);
        let away = visibility(line);
        line.watch();
        let paused = Memo::new(move |_| live.link.with(|l| matches!(l, Link::Paused { .. })));
        let began = StoredValue::new(false);
        Effect::new(move |_| {
            line.wake.track();
            let closed = away.get() || paused.get();
            slot.borrow_mut().take();
            line.up.set_value(false);
            if began.get_value() && !closed && live.link.with_untracked(|l| *l != Link::SignedOut) {
                *slot.borrow_mut() = line.connect();
            }
        });
        // Once it is laid out, the page knows which rows it shows.
        request_animation_frame(move || {
            let begin = move || {
                if began.try_set_value(true).is_none() {
                    line.again();
                }
            };
            set_timeout(begin, Duration::ZERO);
        });
        Effect::new(move |_| {
            live.asked.track();
            if began.get_value() {
                line.turn();
            }
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

/// Whether the tab has been hidden for long. Whoever comes back while the stream is cut does not wait for the next attempt.
fn visibility(line: Line) -> RwSignal<bool> {
    let away = RwSignal::new(document().hidden());
    let handle = window_event_listener_untyped("visibilitychange", move |_| {
        if document().hidden() {
            let still = move || {
                if document().hidden() {
                    let _ = away.try_set(true);
                }
            };
            set_timeout(still, HIDDEN);
        } else if away.get_untracked() {
            away.set(false);
        } else if line.live.link.with_untracked(|l| matches!(l, Link::Cut { .. })) {
            line.again();
        }
    });
    on_cleanup(move || handle.remove());
    away
}

impl Line {
    fn again(self) {
        // The page may be gone by now.
        let _ = self.wake.try_update(|n| *n += 1);
    }

    /// Gives up a connection from which nothing comes any more.
    fn watch(self) {
        let tick = set_interval_with_handle(
            move || {
                let patience = if self.live.link.with_untracked(|l| *l == Link::Open) { SILENCE } else { NO_ANSWER };
                if self.up.get_value() && !document().hidden() && steady() - self.heard.get_value() > patience {
                    self.lost();
                }
            },
            WATCH,
        );
        if let Ok(tick) = tick {
            on_cleanup(move || tick.clear());
        }
    }

    /// The page shows other sessions than the stream tells.
    fn turn(self) {
        let (told, asked) = (self.told.get_value(), self.live.asked.get_untracked());
        let same = told.as_ref().map(|t| &t.view) == asked.as_ref().map(|a| &a.view);
        match asked {
            None if told.is_some() => {
                // Who goes back within a minute finds them as fresh as before.
                let still = move || {
                    let left = self.live.asked.try_with_untracked(Option::is_none) == Some(true);
                    if left && self.told.try_with_value(Option::is_some) == Some(true) {
                        self.again();
                    }
                };
                set_timeout(still, LINGER);
            }
            Some(asked) if same => {
                if !self.awaited.get_value() && self.live.shown.with_untracked(|s| s.by != asked.by) {
                    self.live.shown.update(|s| s.by = asked.by);
                }
                self.told.set_value(Some(asked));
            }
            // Whoever scrolls fast sees the rows of the last step before the next one is asked for.
            Some(_) if !self.awaited.get_value() || !self.up.get_value() => self.again(),
            _ => {}
        }
    }

    fn connect(self) -> Option<Stream> {
        let live = self.live;
        let asked = live.asked.get_untracked();
        let mut pairs = asked.as_ref().map(|a| a.view.pairs()).unwrap_or_default();
        if !self.gap.get_value() {
            pairs.push(("after".to_owned(), live.estate.with_untracked(|e| e.seq).to_string()));
        }
        let url = crate::paths::with_query(crate::paths::LIVE, &pairs);
        self.awaited.set_value(asked.is_some());
        self.told.set_value(asked);
        self.heard.set_value(steady());
        self.up.set_value(true);
        let Ok(source) = EventSource::new(&url) else {
            self.lost();
            return None;
        };
        let closes = source.clone();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Some(text) = event.data().as_string() else { return };
            self.heard.set_value(steady());
            match serde_json::from_str::<LiveEvent>(&text) {
                Ok(event) => self.take(event, &closes),
                // A newer server: a reload brings its own page.
                Err(_) => {
                    closes.close();
                    self.lost();
                }
            }
        });
        let opened = Closure::<dyn FnMut(Event)>::new(move |_| {
            // One that was cut is open again once it has said something worth having.
            if live.link.with_untracked(|l| *l == Link::Waiting) {
                live.link.set(Link::Open);
            }
            // For style and for tests: the page is alive.
            if let Some(root) = document().document_element() {
                let _ = root.set_attribute("data-live", "");
            }
        });
        let closes = source.clone();
        let error = Closure::<dyn FnMut(Event)>::new(move |_| {
            closes.close();
            if live.link.with_untracked(|l| *l != Link::SignedOut) {
                self.lost();
                ask_whether_signed_in(live);
            }
        });
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Stream { source, _message: message, _open: opened, _error: error })
    }

    fn take(self, event: LiveEvent, source: &EventSource) {
        let live = self.live;
        match event {
            LiveEvent::Full(estate) if live.estate.with_untracked(|mine| mine.would_lose_to(&estate)) => {
                // A server that has just begun knows less than this page.
                source.close();
                self.lost();
            }
            LiveEvent::Full(estate) => {
                self.gap.set_value(false);
                self.heard_well();
                live.estate.set(*estate);
            }
            LiveEvent::Delta(delta) => {
                self.heard_well();
                let mut continues = true;
                if delta.seq > live.estate.with_untracked(|e| e.seq) {
                    live.estate.update(|estate| continues = estate.apply(delta));
                }
                if !continues {
                    self.gap.set_value(true);
                    self.again();
                }
            }
            LiveEvent::Rows(step) => {
                self.heard_well();
                let (first, told) = (self.awaited.get_value(), self.told.get_value());
                self.awaited.set_value(false);
                let mut continues = true;
                live.shown.update(|shown| {
                    continues = step.apply(&mut shown.window);
                    if let Some(told) = told.filter(|_| first) {
                        let other = self.last.with_value(|last| *last != told.view);
                        if other {
                            shown.turn += 1;
                        }
                        shown.by = told.by;
                        self.last.set_value(told.view);
                    }
                });
                if continues { self.turn() } else { self.again() }
            }
            LiveEvent::Beat => self.heard_well(),
            LiveEvent::SignedOut => live.link.set(Link::SignedOut),
        }
    }

    fn heard_well(self) {
        self.attempt.set(0);
        if self.live.link.with_untracked(|l| *l != Link::Open) {
            self.live.link.set(Link::Open);
        }
    }

    /// The stream is cut: says so, and tries again after a pause that grows with each attempt.
    fn lost(self) {
        let live = self.live;
        self.up.set_value(false);
        let wait = pause_before(self.attempt.get_untracked()) * 1000;
        self.attempt.update(|n| *n += 1);
        let since = match live.link.get_untracked() {
            Link::Cut { since, .. } => since,
            _ => live.estate.with_untracked(|e| e.now),
        };
        live.link.set(Link::Cut { since, next: Millis(live.now.get_untracked().0 + wait) });
        // A little scattered: after a restart of the server all tabs come at once.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "seconds")]
        let scattered = (wait as f64 * (0.85 + 0.15 * js_sys::Math::random())) as u64;
        let attempt = self.attempt.get_untracked();
        let again = move || {
            // Somebody may have been quicker, or the old connection has spoken again.
            let due = live.link.try_with_untracked(|l| matches!(l, Link::Cut { .. })) == Some(true);
            if due && self.up.try_get_value() == Some(false) && self.attempt.try_get_untracked() == Some(attempt) {
                self.again();
            }
        };
        set_timeout(again, Duration::from_millis(scattered));
    }
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
