//! `/`: a sentence on what is wrong, seats across fleets, problems first, sessions now.

use crate::live::use_live;
use crate::parts::capacity::{CapacityBar, Free, thousands};
use crate::parts::chip::{Chip, fleet_look};
use crate::parts::frame::DataAge;
use crate::paths;
use crate::ui::icon::Icon;
use domain::estate::Estate;
use domain::fleet::{Fleet, FleetState, Seats};
use domain::fleet_error::Gravity;
use domain::problem::{Problem, problems};
use leptos::prelude::*;
use leptos_meta::Title;

/// Fleets shown on this page.
const SHOWN: usize = 12;

/// The overview.
#[component]
pub fn Overview() -> impl IntoView {
    let estate = use_live().estate;
    let found = Memo::new(move |_| estate.with(problems));
    let seats = Memo::new(move |_| estate.with(|e| Seats { desired: None, ..Seats::sum(e.fleets.iter().map(Fleet::seats)) }));
    let tally = Memo::new(move |_| estate.with(|e| e.tally));
    let tightest = Memo::new(move |_| estate.with(least_room));
    let moving = Memo::new(move |_| estate.with(|e| e.fleets.iter().filter(|f| f.state.is_moving()).cloned().collect::<Vec<_>>()));
    let ready = Memo::new(move |_| estate.with(Estate::is_ready));
    let room = move || seats.with(|s| (s.max - s.in_use - s.free - s.pending).max(0));
    let running = move || estate.with(|e| (e.fleets.iter().filter(|f| f.state == FleetState::Running).count(), e.fleets.len()));
    view! {
        <Title text="Overview · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head flex flex-wrap items-start gap-x-6 gap-y-2 !pt-5">
                <div class="flex-1 min-w-0 sm:min-w-96 max-sm:basis-full">
                    <h1 class="text-24 font-[450] text-text-2 max-sm:text-20 text-pretty">{move || headline(&found.get(), &estate.with(|e| e.scope.clone()), tally.get().total(), ready.get())}</h1>
                </div>
                <div class="flex items-center gap-1 -mr-2 max-sm:-ml-2"><DataAge/></div>
            </div>
            <section aria-labelledby="est" class="px-(--gutter) pb-5">
                <h2 id="est" class="sr-only">"Seats across all fleets"</h2>
                <div class="flex items-end mb-2">
                    <dl class="flex flex-1 flex-wrap items-end gap-x-8 max-sm:gap-x-0 max-sm:justify-between gap-y-2 num">
                        {figure("key bg-cap-inuse", "In use", move || seats.get().in_use)}
                        {figure("key bg-cap-free", "Free", move || seats.get().free)}
                        {figure("key key-p", "Pending", move || seats.get().pending)}
                        {figure("key key-track", "Room", room)}
                    </dl>
                    <p class="text-12 text-text-3 max-sm:hidden">{move || { let (up, all) = running(); format!("{up} of {all} fleets running · {} seats at most", thousands(i64::from(seats.get().max))) }}</p>
                </div>
                <CapacityBar seats=seats large=true/>
            </section>
            <div class="grid lg:grid-cols-[minmax(0,1fr)_22rem] border-t border-line flex-1">
                <div class="min-w-0 lg:border-r border-line">
                    <section aria-labelledby="prob" class="px-(--gutter) pt-4 pb-2">
                        <div class="flex items-baseline gap-2"><h2 id="prob" class="h2">"Problems"</h2><span class="count">{move || found.with(Vec::len)}</span></div>
                        {move || if found.with(Vec::is_empty) {
                            view! { <p class="py-3 text-text-2">{if ready.get() { "Nothing needs you." } else { "AppStream has not answered yet." }}</p> }.into_any()
                        } else {
                            let scope = estate.with(|e| e.scope.clone());
                            view! { <ul class="mt-1">{found.get().into_iter().map(|p| problem(p, &scope)).collect_view()}</ul> }.into_any()
                        }}
                    </section>
                    <section aria-labelledby="cap" class="pt-4 border-t border-line">
                        <div class="flex items-baseline gap-2 px-(--gutter)"><h2 id="cap" class="h2">"Capacity by fleet"</h2><span class="count">"least room first"</span>
                            <a class="link ml-auto text-12" href=paths::FLEETS>{move || format!("All {} fleets", estate.with(|e| e.fleets.len()))}</a></div>
                        <table class="tbl tbl--plain stack ov-fleets" role="table"><caption class="sr-only">"Fleets, least room first"</caption>
                            <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader" class="col-name">"Fleet"</th><th scope="col" role="columnheader">"Seats, up to maximum"</th><th scope="col" role="columnheader" class="r col-n max-sm:hidden">"In use"</th><th scope="col" role="columnheader" class="r col-n">"Free"</th><th scope="col" role="columnheader" class="r col-n max-sm:hidden">"Max"</th></tr></thead>
                            <tbody role="rowgroup"><For each=move || tightest.get() key=|f| f.name.clone() let:fleet>{line(fleet.name.0.clone(), tightest, estate)}</For></tbody>
                        </table>
                    </section>
                </div>
                <div class="min-w-0">
                    <section aria-labelledby="now" class="px-(--gutter) pt-4 pb-5">
                        <div class="flex items-baseline"><h2 id="now" class="h2">"Sessions now"</h2><a class="link ml-auto text-12" href=paths::SESSIONS>"All sessions"</a></div>
                        <dl class="mt-3 grid grid-cols-3 gap-2 num">
                            {presence("Connected", "connected", move || tally.get().connected)}
                            {presence("Not connected", "not-connected", move || tally.get().not_connected)}
                            {presence("Pending", "pending", move || tally.get().pending)}
                        </dl>
                    </section>
                    <section aria-labelledby="prog" class="px-(--gutter) pt-4 pb-5 border-t border-line">
                        <h2 id="prog" class="h2">"In progress"</h2>
                        {move || if moving.with(Vec::is_empty) {
                            view! { <p class="pt-2 text-text-2">"No fleet starts or stops."</p> }.into_any()
                        } else {
                            let scope = estate.with(|e| e.scope.clone());
                            view! { <ul class="mt-1">{moving.get().into_iter().map(|f| view! {
                                <li class="flex items-center gap-2 py-1.5"><a class="name truncate" href=paths::fleet(&scope, &f.name)>{f.name.0.clone()}</a><span class="ml-auto"><Chip look=fleet_look(&f)/></span></li>
                            }).collect_view()}</ul> }.into_any()
                        }}
                    </section>
                </div>
            </div>
        </main>
    }
    .into_any()
}

/// Fleets that run or start, those with the least room first.
fn least_room(estate: &Estate) -> Vec<Fleet> {
    let mut fleets: Vec<Fleet> =
        estate.fleets.iter().filter(|f| matches!(f.state, FleetState::Running | FleetState::Starting)).cloned().collect();
    fleets.sort_by_key(|f| (f.seats().free, f.name.clone()));
    fleets.truncate(SHOWN);
    fleets
}

fn figure(key: &'static str, label: &'static str, n: impl Fn() -> i32 + Send + Sync + 'static) -> AnyView {
    view! { <div class="flex flex-col-reverse"><dt class="flex items-center gap-1.5 text-12 text-text-2"><span class=key></span>{label}</dt><dd class="text-20 font-semibold">{move || thousands(i64::from(n()))}</dd></div> }.into_any()
}

fn presence(label: &'static str, slug: &'static str, n: impl Fn() -> u32 + Send + Sync + 'static) -> AnyView {
    let href = paths::with_query(paths::SESSIONS, &[("state".into(), slug.into())]);
    view! { <div><dt class="text-12 text-text-3"><a class="hover:underline" href=href>{label}</a></dt><dd class="text-16 font-semibold">{move || thousands(i64::from(n()))}</dd></div> }.into_any()
}

/// What is wrong, in a sentence: the two worst, how many more, how many people stream.
fn headline(found: &[Problem], scope: &domain::names::Scope, people: u32, ready: bool) -> AnyView {
    if !ready {
        return view! { "Looking at AppStream for the first time…" }.into_any();
    }
    let faults: Vec<&Problem> = found.iter().filter(|p| p.gravity == Gravity::Fault).collect();
    let strong = "font-semibold text-text hover:underline underline-offset-4 decoration-1";
    let named = faults.iter().take(2).map(|p| {
        let href = p.fleet.as_ref().map_or_else(|| paths::OVERVIEW.to_owned(), |f| paths::fleet(scope, f));
        view! { <a class=strong href=href>{p.subject.clone()}</a>" "{p.effect.clone()}". " }
    });
    let more = faults.len().saturating_sub(2);
    view! {
        {named.collect_view()}
        {(faults.is_empty()).then_some(if found.is_empty() { "All is well. " } else { "No fault. " })}
        {(more > 0).then(|| format!("{more} more need you. "))}
        <span class="whitespace-nowrap"><span class="font-semibold text-text num">{thousands(i64::from(people))}</span>{if people == 1 { " person is streaming." } else { " people are streaming." }}</span>
    }
    .into_any()
}

fn problem(p: Problem, scope: &domain::names::Scope) -> AnyView {
    let (tone, glyph, word) = match p.gravity {
        Gravity::Fault => ("t-fault", "s-fail", "Fault:"),
        Gravity::Warning => ("t-warn", "s-warn", "Warning:"),
    };
    let href = p.fleet.as_ref().map(|f| if p.code.is_empty() { paths::fleet(scope, f) } else { paths::fleet_tab(scope, f, "errors") });
    let subject = match &href {
        Some(href) => view! { <a class="name" href=href.clone()>{p.subject}</a> }.into_any(),
        None => view! { <span class="name">{p.subject}</span> }.into_any(),
    };
    let next = if p.code.is_empty() { "Change capacity…" } else { "What to do" };
    let act = p
        .fleet
        .as_ref()
        .map(|f| if p.code.is_empty() { format!("{}?do=capacity", paths::fleet(scope, f)) } else { paths::fleet_tab(scope, f, "errors") });
    view! {
        <li class=format!("grid grid-cols-[1rem_minmax(0,1fr)_auto] gap-x-3 py-2 border-b border-line last:border-0 {tone}")>
            <span class="tone-icon pt-0.5"><Icon name=glyph/><span class="sr-only">{word}</span></span>
            <div class="min-w-0"><p class="text-text">{subject}" "{p.effect}</p><p class="text-12 leading-[1.125rem] text-text-2 text-pretty" title=p.code>{p.detail}</p></div>
            <div class="grid justify-items-end content-start max-sm:col-start-2 max-sm:justify-items-start max-sm:pt-1">{act.map(|a| view! { <a class="btn btn--link !text-12 max-sm:-ml-1" href=a>{next}</a> })}</div>
        </li>
    }
    .into_any()
}

fn line(name: String, all: Memo<Vec<Fleet>>, estate: RwSignal<Estate>) -> AnyView {
    let fleet = {
        let name = name.clone();
        Memo::new(move |_| all.with(|l| l.iter().find(|f| f.name.0 == name).cloned()))
    };
    let seats = Signal::derive(move || fleet.with(|f| f.as_ref().map(Fleet::seats).unwrap_or_default()));
    let up = Signal::derive(move || fleet.with(|f| f.as_ref().is_some_and(|f| f.state == FleetState::Running)));
    let href = estate.with_untracked(|e| paths::fleet(&e.scope, &name.as_str().into()));
    view! {
        <tr role="row" class="max-sm:grid-cols-[minmax(0,1fr)_auto]"><th role="rowheader" scope="row"><a class="name" href=href>{name}</a></th><td role="cell" class="max-sm:col-span-full max-sm:order-last max-sm:!py-1"><CapacityBar seats/></td><td role="cell" class="r is-text only-desk">{move || seats.get().in_use}</td><td role="cell" class="r"><Free seats up/><span class="sm:hidden">" free of "{move || seats.get().max}</span></td><td role="cell" class="r only-desk">{move || seats.get().max}</td></tr>
    }
    .into_any()
}
