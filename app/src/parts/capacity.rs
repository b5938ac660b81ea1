//! The capacity bar: in use, free, pending, room, and a mark at desired. Drawn as SVG, since the page's policy forbids style
//! attributes.

use crate::ui::icon::Icon;
use domain::fleet::Seats;
use leptos::prelude::*;

fn percent(part: i32, whole: i32) -> String {
    format!("{:.2}%", f64::from(part.max(0)) / f64::from(whole.max(1)) * 100.0)
}

/// The bar.
#[component]
pub fn CapacityBar(
    /// What it shows.
    #[prop(into)]
    seats: Signal<Seats>,
    /// The large one of the overview.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let label = move || {
        let s = seats.get();
        format!("{} in use, {} free, {} pending, maximum {}", s.in_use, s.free, s.pending, s.max)
    };
    let whole = move || {
        let s = seats.get();
        s.max.max(s.in_use + s.free + s.pending)
    };
    view! {
        <svg class=if large { "capbar capbar--lg" } else { "capbar" } role="img" aria-label=label>
            <rect class="capbar-u" height="100%" width=move || percent(seats.get().in_use, whole())></rect>
            <rect class="capbar-f" height="100%" x=move || percent(seats.get().in_use, whole()) width=move || percent(seats.get().free, whole())></rect>
            <rect fill="url(#hatch)" height="100%" x=move || percent(seats.get().in_use + seats.get().free, whole()) width=move || percent(seats.get().pending, whole())></rect>
            {move || seats.get().desired.filter(|d| *d > 0 && !large).map(|d| {
                let x = percent(d, whole());
                view! { <line class="capbar-m" x1=x.clone() x2=x y1="-3" y2="100%"></line> }
            })}
        </svg>
    }
}

/// The hatch that pending seats are drawn with; once a page.
#[component]
pub fn Hatch() -> impl IntoView {
    view! {
        <svg width="0" height="0" class="absolute" aria-hidden="true">
            <defs>
                <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch-line" width="1.5" height="4"></rect>
                </pattern>
            </defs>
        </svg>
    }
}

/// The number of free seats, with its warning.
#[component]
pub fn Free(
    /// What it shows.
    #[prop(into)]
    seats: Signal<Seats>,
    /// Whether sessions can start at all.
    #[prop(into)]
    up: Signal<bool>,
) -> impl IntoView {
    move || {
        let s = seats.get();
        match (up.get(), s.is_full(), s.is_low()) {
            (false, ..) => view! { <span aria-label="not applicable">"–"</span> }.into_any(),
            (_, true, _) => view! { <span class="t-fault tone-text inline-flex items-center gap-1 font-medium"><Icon name="s-fail" class="i-12"/>"0"</span> }.into_any(),
            (_, _, true) => view! { <span class="t-warn tone-text inline-flex items-center gap-1 font-medium"><Icon name="s-warn" class="i-12"/>{s.free}</span> }.into_any(),
            _ => s.free.into_any(),
        }
    }
}

/// `1,156`: thousands with commas.
pub fn thousands(n: i64) -> String {
    let digits = n.abs().to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if n < 0 { format!("−{out}") } else { out }
}
