//! What the tables of lists share: the window of rows that are drawn, the row in focus, the keys.
//!
//! Rows have a fixed height on wide screens; only those near the viewport are drawn. The first ones come with the page and are drawn
//! as they are until the browser has taken over. Phones, whose rows differ in height, draw the first ones and offer as many more at a
//! time ([`More`]).

use crate::api::session::FIRST_ROWS;
use leptos::html;
use leptos::prelude::*;

/// Rows drawn beyond the viewport, each way.
#[cfg(feature = "hydrate")]
const BEYOND: usize = 12;
/// A row's height, CSS pixels (`--row`).
#[cfg(feature = "hydrate")]
const ROW: f64 = 36.0;

/// Which rows are drawn, and which has focus.
#[derive(Clone, Copy)]
pub struct Rows {
    /// First row drawn.
    pub start: RwSignal<usize>,
    /// How many are drawn.
    pub len: RwSignal<usize>,
    /// The row that keys act on; counted among all matches.
    pub focus: RwSignal<Option<usize>>,
    /// Whether the browser has said how many rows fit; before, `start` and `len` are those of the page as it came.
    pub measured: RwSignal<bool>,
    /// Whether the pointer is over the rows.
    pub over: RwSignal<bool>,
    /// Counts requests to show what has changed meanwhile.
    pub applied: RwSignal<u32>,
    /// The body of the table.
    pub body: NodeRef<html::Tbody>,
}

impl Rows {
    /// The first rows, from `start` on.
    pub fn new(start: usize) -> Self {
        Self {
            start: RwSignal::new(start),
            len: RwSignal::new(FIRST_ROWS),
            focus: RwSignal::new(None),
            measured: RwSignal::new(false),
            over: RwSignal::new(false),
            applied: RwSignal::new(0),
            body: NodeRef::new(),
        }
    }

    /// The pointer has come over the rows; a finger points at nothing.
    pub fn point(self, ev: &leptos::ev::PointerEvent) {
        self.over.set(ev.pointer_type() == "mouse");
    }

    /// Shows what has changed while rows were held.
    pub fn apply(self) {
        self.applied.update(|n| *n += 1);
    }

    /// Follows scrolling and keys; runs in the browser only. `matched`: all rows of the answer. `open`, `peek` and `select` act on the
    /// row with the index given.
    pub fn live(self, matched: Signal<usize>, act: Callback<(Key, usize)>) {
        #[cfg(feature = "hydrate")]
        browser::follow(self, matched, act);
        #[cfg(not(feature = "hydrate"))]
        let _ = (matched, act);
    }
}

/// What a key asks of the row in focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Enter: open it.
    Open,
    /// Space: its details at the side.
    Peek,
    /// `x`: select it, or not.
    Select,
    /// `X`: select all from the last one selected to it.
    Range,
    /// `a`: select all that match.
    All,
    /// `e`: the first action.
    Act,
    /// Escape: clear.
    Clear,
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{BEYOND, FIRST_ROWS, Key, ROW, Rows};
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlElement, KeyboardEvent};

    pub fn follow(rows: Rows, matched: Signal<usize>, act: Callback<(Key, usize)>) {
        Effect::new(move |_| {
            let measure = move || measure(rows, matched);
            let scroll = window_event_listener_untyped("scroll", move |_| measure());
            let resize = window_event_listener_untyped("resize", move |_| measure());
            let keys = window_event_listener(leptos::ev::keydown, move |ev| key(rows, matched, act, &ev));
            Effect::new(move |_| {
                matched.track();
                request_animation_frame(measure);
            });
            on_cleanup(move || {
                scroll.remove();
                resize.remove();
                keys.remove();
            });
        });
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "row numbers and pixels")]
    fn measure(rows: Rows, matched: Signal<usize>) {
        let Some(body) = rows.body.get_untracked() else { return };
        let size = |v: Result<wasm_bindgen::JsValue, _>| v.ok().and_then(|v| v.as_f64()).unwrap_or(900.0);
        let (width, height) = (size(window().inner_width()), size(window().inner_height()));
        let all = matched.get_untracked();
        let (start, len) = if width <= 640.0 || all <= FIRST_ROWS {
            (0, FIRST_ROWS.max(rows.len.get_untracked()))
        } else {
            let above = (-body.get_bounding_client_rect().top() / ROW).floor().max(0.0) as usize;
            let seen = (height / ROW).ceil() as usize;
            // In steps, so that a small scroll redraws nothing.
            let start = above.saturating_sub(BEYOND) / BEYOND * BEYOND;
            (start.min(all.saturating_sub(seen)), seen + 3 * BEYOND)
        };
        if rows.start.get_untracked() != start {
            rows.start.set(start);
        }
        if rows.len.get_untracked() != len {
            rows.len.set(len);
        }
        if !rows.measured.get_untracked() {
            rows.measured.set(true);
        }
    }

    fn key(rows: Rows, matched: Signal<usize>, act: Callback<(Key, usize)>, ev: &KeyboardEvent) {
        if ev.ctrl_key() || ev.meta_key() || ev.alt_key() || ev.default_prevented() {
            return;
        }
        let target = ev.target().and_then(|t| t.dyn_into::<HtmlElement>().ok());
        let inside = |what: &str| target.as_ref().is_some_and(|t| t.closest(what).ok().flatten().is_some());
        if inside("dialog") || document().query_selector("dialog[open]").ok().flatten().is_some() {
            return;
        }
        let name = ev.key();
        if name == "Escape" {
            act.run((Key::Clear, 0));
            return;
        }
        let typing = inside("input:not([type=checkbox]), textarea, select");
        if typing {
            return;
        }
        if name == "/" {
            ev.prevent_default();
            if let Some(input) = document().query_selector("[data-filter]").ok().flatten().and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
                let _ = input.focus();
            }
            return;
        }
        if name == "." {
            rows.apply();
            return;
        }
        let all = matched.get_untracked();
        if all == 0 {
            return;
        }
        let now = rows.focus.get_untracked().map(|f| f.min(all - 1));
        let step = match name.as_str() {
            "j" | "ArrowDown" => Some(now.map_or(0, |f| (f + 1).min(all - 1))),
            "k" | "ArrowUp" => Some(now.map_or(0, |f| f.saturating_sub(1))),
            "Home" => Some(0),
            "End" => Some(all - 1),
            "PageDown" => Some(now.map_or(0, |f| (f + seen()).min(all - 1))),
            "PageUp" => Some(now.map_or(0, |f| f.saturating_sub(seen()))),
            _ => None,
        };
        if let Some(to) = step {
            ev.prevent_default();
            rows.focus.set(Some(to));
            show(rows, to);
            return;
        }
        // Enter and Space belong to the control that has the browser's focus, if one has.
        let on_control = inside("a, button, input, summary, select");
        let asked = match name.as_str() {
            "Enter" if !on_control => Key::Open,
            " " if !on_control => Key::Peek,
            "x" => Key::Select,
            "X" => Key::Range,
            "a" => Key::All,
            "e" => Key::Act,
            _ => return,
        };
        if asked == Key::All || now.is_some() || asked == Key::Act {
            ev.prevent_default();
            act.run((asked, now.unwrap_or(0)));
        }
    }

    /// Rows that fit on a screen, less two for continuity.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a screen")]
    fn seen() -> usize {
        let height = window().inner_height().ok().and_then(|v| v.as_f64()).unwrap_or(900.0);
        ((height / ROW) as usize).saturating_sub(5).max(1)
    }

    #[expect(clippy::cast_precision_loss, reason = "row numbers")]
    fn show(rows: Rows, index: usize) {
        let Some(body) = rows.body.get_untracked() else { return };
        let top = body.get_bounding_client_rect().top() + index as f64 * ROW;
        let height = window().inner_height().ok().and_then(|v| v.as_f64()).unwrap_or(900.0);
        let by = if top < 110.0 {
            top - 110.0
        } else if top + ROW > height - 80.0 {
            top + ROW - height + 80.0
        } else {
            return;
        };
        window().scroll_by_with_x_and_y(0.0, by);
    }
}

/// The empty room of rows that are not drawn.
#[component]
pub fn Spacer(
    /// How many rows.
    #[prop(into)]
    rows: Signal<usize>,
) -> impl IntoView {
    move || {
        (rows.get() > 0).then(|| view! { <tr class="spacer" aria-hidden="true"><td><svg width="1" height=rows.get() * 36></svg></td></tr> })
    }
}

/// The way on where rows do not follow the scrolling: on phones, and everywhere without scripts. The link leads to the next rows; once
/// the page is alive they are added below.
#[component]
pub fn More(
    /// The rows.
    rows: Rows,
    /// How many are shown, counted from the first of all.
    shown: Signal<usize>,
    /// How many there are.
    matched: Signal<usize>,
    /// The URL of the page that begins with a row.
    href: Callback<usize, String>,
) -> impl IntoView {
    let add = move |ev: leptos::ev::MouseEvent| {
        ev.prevent_default();
        rows.len.update(|len| *len += FIRST_ROWS);
    };
    move || {
        let (all, last) = (matched.get(), shown.get());
        (last < all).then(|| {
            let next = (all - last).min(FIRST_ROWS);
            let words = format!("Show {next} more");
            view! { <p class="more-rows px-(--gutter) py-3"><a class="btn" href=href.run(last) on:click=add>{words}</a></p> }
        })
    }
}
