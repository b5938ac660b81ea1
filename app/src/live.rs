//! How a page stays up to date: [`Live`] holds what the server last told, first by the page itself, then by the stream.
//!
//! The stream is server-sent events (`paths::LIVE`), one connection a tab. The browser's own reconnection is not used: it gives up on an
//! HTTP error and cannot say when it tries again. Nothing here empties what is on screen. Of sessions, of which there may be ten
//! thousand, a page has only the rows it shows: another view of them is another stream, which goes on with everything else.

use crate::api::frame::FrameData;
use domain::estate::Estate;
use domain::query::Window;
use domain::session::Session;
use domain::stack::PairRead;
use domain::time::Millis;
use domain::view::View;
use leptos::prelude::*;

/// How the stream does.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    /// Not opened yet: the page shows what came with it.
    Waiting,
    /// Open.
    Open,
    /// Cut. What is on screen is of `since` (AWS's clock); it is tried again at `next`.
    Cut { since: Millis, next: Millis },
    /// Paused by the person.
    Paused { since: Millis },
    /// The sign-in ended.
    SignedOut,
}

/// What a part of the page shows of the sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    /// Which part of the page.
    by: u32,
    /// What it shows.
    view: View,
}

/// The rows that the stream told, and for whom.
#[derive(Clone, Debug, Default, PartialEq)]
struct Shown {
    by: u32,
    /// Grows when rows of another view come.
    turn: u32,
    window: Window<Session>,
}

/// What pages read. In the Leptos context below the frame. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Live {
    /// Everything known but the rows of sessions.
    pub estate: RwSignal<Estate>,
    /// AWS's clock, ticking each second in the browser.
    pub now: RwSignal<Millis>,
    /// How the stream does.
    pub link: RwSignal<Link>,
    /// Pairs of stack and fleet whose sessions could not be read when they were last asked for; most often none.
    pub failing: Memo<Vec<PairRead>>,
    /// What the page shows of the sessions.
    asked: RwSignal<Option<Asked>>,
    /// What came of it.
    shown: RwSignal<Shown>,
    /// Parts of pages that have shown sessions so far.
    parts: StoredValue<u32>,
}

impl Live {
    /// From what came with the page. In the browser it opens the stream once effects run.
    pub fn new(data: &FrameData) -> Self {
        let estate = RwSignal::new(data.estate.clone());
        let failing = move || estate.with(|e| e.pairs.iter().filter(|p| p.failure.is_some()).cloned().collect());
        let live = Self {
            estate,
            now: RwSignal::new(data.estate.now),
            link: RwSignal::new(Link::Waiting),
            failing: Memo::new(move |_| failing()),
            asked: RwSignal::new(None),
            shown: RwSignal::new(Shown::default()),
            parts: StoredValue::new(0),
        };
        #[cfg(feature = "hydrate")]
        browser::open(live);
        live
    }

    /// Sessions as `view` asks for them, as long as the part of the page that calls this is there: `initial` until the stream has told
    /// them. A new view does not empty what is shown. The number grows when rows of another view come.
    pub fn sessions(&self, view: Signal<Option<View>>, initial: Window<Session>) -> Memo<(u32, Window<Session>)> {
        let (asked, shown) = (self.asked, self.shown);
        self.parts.update_value(|n| *n += 1);
        let by = self.parts.get_value();
        // Effects run in the browser only.
        Effect::new(move |_| asked.set(view.get().map(|view| Asked { by, view })));
        on_cleanup(move || {
            // The next page may have asked already, or all of it may be gone.
            if asked.try_with_untracked(|a| a.as_ref().is_some_and(|a| a.by == by)) == Some(true) {
                asked.set(None);
            }
        });
        Memo::new(move |_| shown.with(|s| if s.by == by { (s.turn, s.window.clone()) } else { (0, initial.clone()) }))
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
mod browser;

#[cfg(test)]
mod tests {
    #[test]
    fn pauses_grow_to_fifteen_seconds() {
        let waits: Vec<i64> = (0..7).map(super::pause_before).collect();
        assert_eq!(waits, [1, 2, 4, 8, 15, 15, 15]);
    }
}
