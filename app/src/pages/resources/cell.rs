//! One value, drawn.

use crate::parts::account::account;
use crate::parts::moment::Ago;
use crate::ui::icon::Icon;
use domain::resource::{ActLink, Cell, Weight};
use leptos::prelude::*;

/// A cell of a table or a fact.
pub fn draw(cell: Cell) -> AnyView {
    match cell {
        Cell::None => view! { <span class="text-text-3" aria-label="none">"–"</span> }.into_any(),
        Cell::Text(text) => view! { <span class="break-words">{text}</span> }.into_any(),
        // An account number is never broken.
        Cell::Mono(text) if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) => account(&text),
        Cell::Mono(text) => view! { <code class="break-all text-12">{text}</code> }.into_any(),
        Cell::Chip { tone, glyph, words, raw, fill } => {
            let class = format!("chip {tone}{}", if fill { " chip--fill" } else { "" });
            view! { <span class=class title=raw><svg class="i" aria-hidden="true" focusable="false"><use href=format!("/icons.svg#i-{glyph}")></use></svg>{words}</span> }.into_any()
        }
        Cell::Link { href, text } => view! { <a class="link break-words" href=href>{text}</a> }.into_any(),
        Cell::Time(at) => view! { <Ago at/> }.into_any(),
        Cell::Tag { tone, glyph, text, title } => {
            let glyph = (!glyph.is_empty()).then(
                || view! { <svg class="i" aria-hidden="true" focusable="false"><use href=["/icons.svg#i-", &glyph].concat()></use></svg> },
            );
            view! { <span class=["tag tag--tone ", &tone].concat() title=title>{glyph}{text}</span> }.into_any()
        }
        Cell::Many(all) => {
            let tags = all.into_iter().map(|text| view! { <span class="tag">{text}</span> }).collect_view();
            view! { <span class="inline-flex flex-wrap gap-1">{tags}</span> }.into_any()
        }
    }
}

/// Acts of a head that phones show; the others are behind “More actions” there.
const ON_PHONES: usize = 2;

/// The acts in the head of a page.
pub fn acts(all: Vec<ActLink>) -> AnyView {
    let rest: Vec<ActLink> = all.iter().skip(ON_PHONES).cloned().collect();
    let shown = all.into_iter().enumerate().map(|(at, act)| drawn(act, if at < ON_PHONES { "" } else { " max-sm:hidden" })).collect_view();
    let menu = (!rest.is_empty()).then(|| {
        let rest = rest.into_iter().map(|act| drawn(act, " w-full")).collect_view();
        view! { <details class="relative sm:hidden"><summary class="btn btn--icon list-none cursor-pointer"><Icon name="more"/><span class="sr-only">"More actions"</span></summary><div class="menu absolute right-0 mt-1 z-(--z-popover) grid gap-1">{rest}</div></details> }
    });
    view! { {shown}{menu} }.into_any()
}

/// A link to an act, or a button that says why it is not possible.
pub fn act_link(act: ActLink, small: bool) -> AnyView {
    drawn(act, if small { " btn--sm" } else { "" })
}

fn drawn(act: ActLink, more: &str) -> AnyView {
    let class = match act.weight {
        Weight::Primary => "btn btn--primary",
        Weight::Plain => "btn",
        Weight::Danger => "btn btn--danger-quiet",
    };
    let class = [class, more].concat();
    match act.why_not {
        None => {
            // Files are the browser's business, not the router's.
            let file = act.href.split('?').next().is_some_and(|path| path.ends_with(".csv") || path.ends_with(".jsonl"));
            view! { <a class=class href=act.href rel=file.then_some("external")>{act.label}</a> }.into_any()
        }
        Some(reason) => {
            let told = format!(". {reason}");
            view! { <button type="button" class=class aria-disabled="true" title=reason>{act.label}<span class="sr-only">{told}</span></button> }.into_any()
        }
    }
}

/// When AWS was asked, in words.
#[component]
pub fn Taken(
    /// The moment.
    #[prop(into)]
    at: Signal<domain::time::Millis>,
) -> impl IntoView {
    view! { <span class="live-age text-12 text-text-3 inline-flex items-center gap-1"><Icon name="clock"/>"Asked "{move || view! { <Ago at=at.get()/> }}</span> }
}
