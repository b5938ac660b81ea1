//! State chips: one exhaustive match from state to tone, glyph and word (design section 5).

use crate::ui::icon::Icon;
use domain::fleet::{Fleet, FleetState};
use domain::fleet_error::Gravity;
use domain::problem::of_fleet;
use domain::session::{DrainStatus, Presence, Session};
use domain::time::{Millis, duration};
use leptos::prelude::*;

/// Tone class, glyph, word, raw value of AWS, and whether it needs eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    tone: &'static str,
    glyph: &'static str,
    words: String,
    raw: String,
    fill: bool,
}

/// How a fleet's state looks.
pub fn fleet_look(fleet: &Fleet) -> Look {
    let (tone, glyph) = match fleet.state {
        FleetState::Running => ("t-ok", "s-on"),
        FleetState::Starting => ("t-busy", "s-up"),
        FleetState::Stopping => ("t-busy", "s-down"),
        FleetState::Stopped => ("t-off", "s-off"),
        FleetState::Other(_) => ("t-off", "s-unknown"),
    };
    let (words, raw) = (fleet.state.words(), fleet.state.wire().to_owned());
    let n = fleet.errors.len();
    if n == 0 {
        return Look { tone, glyph, words, raw, fill: false };
    }
    let grave = of_fleet(fleet).iter().any(|p| !p.code.is_empty() && p.gravity == Gravity::Fault);
    let (tone, glyph) = if grave { ("t-fault", "s-fail") } else { ("t-warn", "s-warn") };
    Look { tone, glyph, words: format!("{words}, {n} error{}", if n == 1 { "" } else { "s" }), raw, fill: true }
}

/// How a session's state looks in lists.
pub fn session_look(session: &Session) -> Look {
    let (tone, glyph) = match session.presence() {
        Presence::Connected => ("t-ok", "s-link"),
        Presence::NotConnected => ("t-off", "s-unlink"),
        Presence::Pending => ("t-busy", "s-pending"),
        Presence::Expired => ("t-off", "s-x"),
        Presence::Unknown => ("t-off", "s-unknown"),
    };
    let words = match session.presence() {
        Presence::Unknown => session.state.words(),
        known => known.words().to_owned(),
    };
    Look { tone, glyph, words, raw: session.state.wire().to_owned(), fill: false }
}

/// How a session's instance looks, where it matters: only draining ones.
pub fn is_draining(session: &Session) -> bool {
    session.drain == Some(DrainStatus::Draining)
}

/// A chip. `since`: when not `None`, its age stands behind the word.
#[component]
pub fn Chip(
    /// What it looks like.
    #[prop(into)]
    look: Signal<Look>,
    /// Age in words, shown after the word.
    #[prop(optional, into)]
    age: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <span class=move || look.with(|l| format!("chip {}{}", l.tone, if l.fill { " chip--fill" } else { "" })) title=move || look.with(|l| l.raw.clone())>
            <Icon name=Signal::derive(move || look.with(|l| l.glyph))/>
            {move || look.with(|l| l.words.clone())}
            {move || age.get().map(|a| view! { <span class="text-text-3">{a}</span> })}
        </span>
    }
}

/// The age of a state, from a minute on.
pub fn age(since: Option<Millis>, now: Millis) -> Option<String> {
    since.map(|s| now.since(s)).filter(|ms| *ms >= 60_000).map(duration)
}
