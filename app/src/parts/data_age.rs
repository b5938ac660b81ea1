//! How old the data is, what of it failed and why, and whether AWS slows the console down.

use crate::live::{Link, use_live};
use crate::ui::icon::Icon;
use domain::estate::{Estate, Kind};
use domain::failure::Failure;
use domain::stack::PairRead;
use domain::time::{Millis, ago, duration};
use leptos::prelude::*;

/// Failing pairs that are named; the rest is counted.
const NAMED: usize = 6;

/// From this age on what is shown is not called live, whatever the pace: two intervals of sessions, the slower of what pages show, and
/// some slack (design section 3).
const LATE: i64 = 45_000;

/// The age of the data in a page's head; opened, it tells of each kind, and of each pair of stack and fleet that cannot be read.
#[component]
pub fn DataAge() -> impl IntoView {
    let live = use_live();
    let stale = Memo::new(move |_| {
        let now = live.now.get();
        let late = live.estate.with(|e| shown_since(e, now)).is_some_and(|taken| now.since(taken) > LATE);
        let old = late || live.estate.with(|e| e.slowed.is_some() || !e.health.iter().all(|h| h.is_fresh(now)));
        old || !live.failing.with(Vec::is_empty) || !matches!(live.link.get(), Link::Open | Link::Waiting)
    });
    let words = move || match live.link.get() {
        Link::Cut { since, .. } => ["Data from ", &since.clock()].concat(),
        Link::Paused { since } => ["Paused since ", &since.clock()].concat(),
        Link::SignedOut => "Signed out".to_owned(),
        Link::Open | Link::Waiting => {
            let now = live.now.get();
            live.estate.with(|e| headline(e, live.failing.with(Vec::len), now))
        }
    };
    let kinds = move || {
        let now = live.now.get();
        let health = live.estate.with(|e| e.health.clone());
        let line = |h: domain::estate::Health| {
            let age = h.taken.map_or_else(|| "not yet".to_owned(), |t| ago(t, now));
            let trouble = h.failure.as_ref().map(|f| told(f, h.next, now));
            view! { <li class="px-2 py-1"><strong>{h.kind.words()}</strong>" "{age}{trouble}</li> }
        };
        health.into_iter().map(line).collect_view()
    };
    let slowed = move || {
        let rate = live.estate.with(|e| e.slowed)?;
        let text = format!("Slowed by AWS: {} calls a minute instead of {}.", rate.now, rate.full);
        Some(view! { <p class="px-2 py-1 t-warn flex gap-1.5"><Icon name="s-warn" class="i-12 mt-0.5 tone-icon"/><span>{text}</span></p> })
    };
    let pairs = move || {
        let now = live.now.get();
        live.failing.with(|all| {
            let rest = all.len().saturating_sub(NAMED);
            let rows = all.iter().take(NAMED).map(|p| view! { <li class="px-2 py-1">{pair_words(p, now)}</li> }).collect_view();
            (!all.is_empty()).then(|| {
                view! {
                    <p class="px-2 pt-2 font-semibold">"Sessions that cannot be read"</p>
                    <ul>{rows}{(rest > 0).then(|| view! { <li class="px-2 py-1">{format!("and of {rest} more pairs")}</li> })}</ul>
                }
            })
        })
    };
    view! {
        <details class="relative">
            <summary class="live cursor-pointer list-none" class:is-stale=stale><span class="live-dot"></span><span>{words}</span></summary>
            <div class="menu absolute right-0 max-sm:left-0 max-sm:right-auto mt-1 z-(--z-popover) text-12 w-72">
                <ul>{kinds}</ul>
                <p class="px-2 py-1 text-text-2"><PairsRead/></p>
                {slowed}{pairs}
                <button type="button" class="menu-i w-full js-only" on:click=move |_| live.toggle_pause()>{move || if matches!(live.link.get(), Link::Paused { .. }) { "Resume" } else { "Pause" }}</button>
            </div>
        </details>
    }
    .into_any()
}

/// “37 of 37 stack–fleet pairs read”: sessions are asked for pair by pair.
#[component]
pub fn PairsRead() -> impl IntoView {
    let estate = use_live().estate;
    let words = move || {
        let (read, all) = estate.with(Estate::pairs_read);
        format!("{read} of {all} stack–fleet pairs read")
    };
    view! { <span>{words}</span> }.into_any()
}

/// Marks a row of sessions that were last read a while ago because their pair cannot be read now.
#[component]
pub fn StaleMark(
    /// The row’s stack.
    stack: String,
    /// The row’s fleet.
    fleet: String,
) -> impl IntoView {
    let live = use_live();
    let id = [&stack, "/", &fleet].concat();
    let failing = Memo::new(move |_| live.failing.with(|all| all.iter().find(|p| p.id == id).cloned()));
    move || {
        let read = failing.get()?;
        let title = move || pair_words(&read, live.now.get());
        let age = read_age(failing, live.now);
        Some(
            view! { <span class="t-warn tone-text inline-flex items-center gap-1 ml-1.5" title=title><Icon name="clock" class="i-12"/><span class="sr-only">"read "</span>{age}</span> },
        )
    }
}

fn read_age(failing: Memo<Option<PairRead>>, now: RwSignal<Millis>) -> impl Fn() -> Option<String> {
    move || failing.with(|p| Some(ago(p.as_ref()?.taken?, now.get())))
}

/// When the oldest of what pages show was read. Stacks are asked rarely: they count only when something is not fresh.
fn shown_since(estate: &Estate, now: Millis) -> Option<Millis> {
    let all_fresh = estate.health.iter().all(|h| h.is_fresh(now));
    estate.health.iter().filter(|h| !all_fresh || h.kind != Kind::Stacks).map(|h| h.taken).min().flatten()
}

fn headline(estate: &Estate, failing: usize, now: Millis) -> String {
    let health = &estate.health;
    let fresh = health.iter().filter(|h| h.is_fresh(now)).count();
    let all_fresh = fresh == health.len();
    let told = match shown_since(estate, now) {
        Some(taken) if all_fresh && failing > 0 => {
            let (read, all) = estate.pairs_read();
            format!("{read} of {all} pairs live · updated {}", ago(taken, now))
        }
        Some(taken) if all_fresh && now.since(taken) > LATE => ["Updated ", &ago(taken, now)].concat(),
        Some(taken) if all_fresh => ["Live · updated ", &ago(taken, now)].concat(),
        Some(taken) => format!("{fresh} of {} live · oldest {}", health.len(), duration(now.since(taken))),
        None => "Looking at AppStream…".to_owned(),
    };
    if estate.slowed.is_some() { told + " · slowed by AWS" } else { told }
}

/// “ – the reason; trying again in 20 s”.
fn told(failure: &Failure, next: Option<Millis>, now: Millis) -> String {
    let again = next.map(|next| ["; trying again in ", &duration(next.since(now))].concat());
    [" – ", &failure.advice().title, &again.unwrap_or_default()].concat()
}

/// “stack/fleet, read 6 m ago – the reason; trying again in 20 s”.
fn pair_words(pair: &PairRead, now: Millis) -> String {
    let age = pair.taken.map_or_else(|| ", not read yet".to_owned(), |t| [", read ", &ago(t, now)].concat());
    let why = pair.failure.as_ref().map(|f| told(f, pair.next, now)).unwrap_or_default();
    [pair.id.as_str(), &age, &why].concat()
}
