//! How a page stays up to date: [`Live`] holds what the server last told, first by the page itself, then by the stream.
//!
//! The stream is server-sent events (`paths::LIVE`), one connection a tab. The browser's own reconnection is not used: it gives up on an
//! HTTP error and cannot say when it tries again. Nothing here empties what is on screen.

use crate::api::frame::FrameData;
use domain::estate::Estate;
use domain::stack::PairRead;
use domain::time::Millis;
use leptos::prelude::*;

/// Session rows are kept for so long after the page that showed them was left.
const LINGER: std::time::Duration = std::time::Duration::from_secs(60);

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

/// What pages read. In the Leptos context below the frame. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Live {
    /// Everything known; session rows only while [`sessions_here`](Self::sessions_here).
    pub estate: RwSignal<Estate>,
    /// Whether `estate` holds session rows.
    pub sessions_here: RwSignal<bool>,
    /// AWS's clock, ticking each second in the browser.
    pub now: RwSignal<Millis>,
    /// How the stream does.
    pub link: RwSignal<Link>,
    /// Pairs of stack and fleet whose sessions could not be read when they were last asked for; most often none.
    pub failing: Memo<Vec<PairRead>>,
    /// How many parts of the page show session rows.
    showing_sessions: RwSignal<u32>,
}

impl Live {
    /// From what came with the page. In the browser it opens the stream once effects run.
    pub fn new(data: &FrameData) -> Self {
        let estate = RwSignal::new(data.estate.clone());
        let failing = move || estate.with(|e| e.pairs.iter().filter(|p| p.failure.is_some()).cloned().collect());
        let live = Self {
            estate,
            sessions_here: RwSignal::new(false),
            now: RwSignal::new(data.estate.now),
            link: RwSignal::new(Link::Waiting),
            failing: Memo::new(move |_| failing()),
            showing_sessions: RwSignal::new(0),
        };
        #[cfg(feature = "hydrate")]
        browser::open(live);
        live
    }

    /// Asks the stream for session rows as long as the part of the page that calls this is there, and a little longer: who goes back
    /// does not wait for them.
    pub fn with_sessions(&self) {
        let showing = self.showing_sessions;
        // Effects run in the browser only.
        Effect::new(move |_| {
            showing.update(|n| *n += 1);
            on_cleanup(move || {
                // The page may be gone by then.
                let less = move || {
                    let _ = showing.try_update(|n| *n = n.saturating_sub(1));
                };
                set_timeout(less, LINGER);
            });
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
mod browser;

#[cfg(test)]
mod tests {
    #[test]
    fn pauses_grow_to_fifteen_seconds() {
        let waits: Vec<i64> = (0..7).map(super::pause_before).collect();
        assert_eq!(waits, [1, 2, 4, 8, 15, 15, 15]);
    }
}
