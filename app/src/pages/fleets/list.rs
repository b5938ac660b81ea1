//! `/fleets`: all fleets, those with the least room first.

use crate::live::use_live;
use crate::parts::capacity::{CapacityBar, Free, thousands};
use crate::parts::chip::{Chip, fleet_look};
use crate::parts::filter::{Facet, Facets, FilterBox, SortHead, use_query};
use crate::parts::frame::DataAge;
use crate::parts::hold::{Held, Waiting, hold};
use crate::parts::table::{Key, Rows, Spacer};
use crate::paths;
use domain::fleet::{Fleet, FleetState};
use domain::list::FLEET_FACETS;
use domain::query::window;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

const fn facet(label: &'static str, tone: &'static str, glyph: &'static str, at: usize) -> Facet {
    Facet { label, tone, glyph, key: FLEET_FACETS[at].0, value: FLEET_FACETS[at].1 }
}

static FACETS: [Facet; 6] = [
    facet("Running", "t-ok", "s-on", 0),
    facet("Starting", "t-busy", "s-up", 1),
    facet("Stopping", "t-busy", "s-down", 2),
    facet("Stopped", "t-off", "s-off", 3),
    facet("With errors", "t-fault", "s-fail", 4),
    facet("Low on seats", "t-warn", "s-warn", 5),
];

/// The list.
#[component]
pub fn FleetList() -> impl IntoView {
    let live = use_live();
    let query = use_query::<Fleet>();
    let rows = Rows::new(0);
    let all = Memo::new(move |_| {
        let (query, start, len) = (query.get(), rows.start.get(), rows.len.get());
        let window = live.estate.with(|e| window(&e.fleets, &query, e.now, start, len, FLEET_FACETS));
        ((query, start, len), window)
    });
    let held = hold(all, rows, Signal::derive(|| false));
    let view = Memo::new(move |_| held.with(|h| h.window.clone()));
    let matched = Signal::derive(move || view.with(|v| v.matched));
    let total = Signal::derive(move || view.with(|v| v.total));
    let scope = live.estate.with_untracked(|e| e.scope.clone());
    let navigate = use_navigate();
    let act = {
        let scope = scope.clone();
        Callback::new(move |(key, at): (Key, usize)| {
            let fleet = view.with_untracked(|v| at.checked_sub(v.start).and_then(|i| v.rows.get(i).cloned()));
            match (key, fleet) {
                (Key::Open | Key::Peek, Some(f)) => navigate(&paths::fleet(&scope, &f.name), Default::default()),
                (Key::Clear, _) if !query.with_untracked(domain::query::Query::is_open) => navigate(paths::FLEETS, Default::default()),
                _ => {}
            }
        })
    };
    rows.live(matched, act);
    let ready = Memo::new(move |_| live.estate.with(|e| e.fleets_taken().is_some()));
    view! {
        <Title text="Fleets · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head flex flex-wrap items-center gap-2"><h1 class="h1">"Fleets"</h1><span class="count text-14 mt-0.5">{total}</span><div class="ml-auto flex items-center gap-1.5"><DataAge/><a class="btn max-sm:hidden" href=paths::ROLLOUT>"Roll out an image…"</a><a class="btn btn--primary" href="/fleets/new">"Create fleet…"</a></div></div>
            <div class="px-(--gutter) pb-2"><Facets path=paths::FLEETS query facets=&FACETS counts=Signal::derive(move || view.with(|v| v.facets.clone())) total/></div>
            <div class="bar"><FilterBox<Fleet> path=paths::FLEETS query label="Filter fleets" placeholder="Filter by name, type, image or instance" matched/><Waiting rows waiting=Signal::derive(move || held.with(|h| h.waiting))/></div>
            <table class="tbl stack fleet-table" role="table" aria-rowcount=move || matched.get() + 1>
                <caption class="sr-only">"Fleets"</caption>
                <thead role="rowgroup"><tr role="row">
                    <SortHead<Fleet> path=paths::FLEETS query field="name" label="Fleet" class="col-name"/>
                    <SortHead<Fleet> path=paths::FLEETS query field="state" label="State" class="col-state"/>
                    <SortHead<Fleet> path=paths::FLEETS query field="type" label="Type" class="col-type max-2xl:hidden"/>
                    <th scope="col" role="columnheader">"Seats, up to maximum"</th>
                    <SortHead<Fleet> path=paths::FLEETS query field="inuse" label="In use" class="r col-n"/>
                    <SortHead<Fleet> path=paths::FLEETS query field="free" label="Free" class="r col-n"/>
                    <SortHead<Fleet> path=paths::FLEETS query field="max" label="Max" class="r col-n max-lg:hidden max-xl:!pr-(--gutter)"/>
                    <SortHead<Fleet> path=paths::FLEETS query field="image" label="Image" class="col-image max-xl:hidden"/>
                    <th scope="col" role="columnheader" class="sm:hidden">"Seats"</th>
                </tr></thead>
                <tbody role="rowgroup" node_ref=rows.body on:pointerenter=move |ev| rows.point(&ev) on:pointerleave=move |_| rows.over.set(false)>
                    <Spacer rows=Signal::derive(move || view.with(|v| v.start))/>
                    <For each=move || view.get().rows key=|f| f.name.clone() let:fleet>{row(fleet, held, rows, scope.clone())}</For>
                    <Spacer rows=Signal::derive(move || view.with(|v| v.matched - v.start - v.rows.len()))/>
                </tbody>
            </table>
            {move || (matched.get() == 0).then(|| empty(ready.get(), total.get()))}
            <div class="px-(--gutter) py-3 text-12 text-text-3 flex items-center gap-4"><span>{move || format!("{} fleets", thousands(i64::try_from(matched.get()).unwrap_or(0)))}</span>
                <span class="ml-auto max-sm:hidden flex items-center gap-1.5 js-only"><kbd class="kbd">"j"</kbd><kbd class="kbd">"k"</kbd>" move "<kbd class="kbd">"↵"</kbd>" open "<kbd class="kbd">"/"</kbd>" filter"</span></div>
        </main>
    }
    .into_any()
}

fn empty(ready: bool, total: usize) -> AnyView {
    let (title, text) = match (ready, total) {
        (false, _) => ("Looking for fleets…", "AppStream has not answered yet.".to_owned()),
        (_, 0) => ("No fleets yet", "A fleet is a set of streaming instances. This account has none in this Region.".to_owned()),
        (_, n) => ("No fleet matches", format!("{n} fleets match without the filters.")),
    };
    view! { <div class="px-(--gutter) py-9 grid justify-items-start gap-1 max-w-md"><h2 class="text-14 font-semibold">{title}</h2><p class="text-text-2">{text}</p>{(ready && total > 0).then(|| view! { <a class="btn mt-2" href=paths::FLEETS>"Clear filters"<kbd class="kbd">"Esc"</kbd></a> })}</div> }.into_any()
}

fn row<T: Clone + PartialEq + Send + Sync + 'static>(
    first: Fleet,
    held: Memo<Held<Fleet, T>>,
    rows: Rows,
    scope: domain::names::Scope,
) -> AnyView {
    let name = first.name.clone();
    let key = name.clone();
    let fleet = Memo::new(move |_| held.with(|h| h.window.rows.iter().find(|f| f.name == key).cloned()).unwrap_or_else(|| first.clone()));
    let index = {
        let key = name.clone();
        Memo::new(move |_| held.with(|h| h.window.rows.iter().position(|f| f.name == key).map_or(0, |i| i + h.window.start)))
    };
    let gone = {
        let key = name.clone();
        Memo::new(move |_| held.with(|h| h.gone.contains(key.as_str())))
    };
    let seats = Signal::derive(move || fleet.with(Fleet::seats));
    let up = Signal::derive(move || fleet.with(|f| f.state == FleetState::Running));
    let dash = move |n: i32| if up.get() { n.to_string() } else { "–".to_owned() };
    view! {
        <tr role="row" class="max-sm:grid-cols-[minmax(0,1fr)_auto]" class:is-gone=gone class:is-focus=move || rows.focus.get() == Some(index.get()) aria-rowindex=move || index.get() + 2>
            <th role="rowheader" scope="row"><a class="name" href=paths::fleet(&scope, &name)>{name.0.clone()}</a></th>
            <td role="cell"><Chip look=Signal::derive(move || fleet.with(fleet_look))/></td>
            <td role="cell" class="only-desk max-2xl:hidden" title=move || fleet.with(|f| f.instance_type.clone())>{move || fleet.with(Fleet::type_words)}</td>
            <td role="cell" class="max-sm:col-span-2 max-sm:!py-1.5"><CapacityBar seats/></td>
            <td role="cell" class="r is-text only-desk">{move || dash(seats.get().in_use)}</td>
            <td role="cell" class="r only-desk"><Free seats up/></td>
            <td role="cell" class="r only-desk max-lg:hidden max-xl:!pr-(--gutter)">{move || seats.get().max}</td>
            <td role="cell" class="only-desk max-xl:hidden"><span class="truncate">{move || fleet.with(|f| f.image_name.clone().unwrap_or_else(|| "–".into()))}</span></td>
            <td role="cell" class="sm:hidden text-12"><span class="text-text">{move || dash(seats.get().in_use)}</span>" of "{move || seats.get().max}</td>
        </tr>
    }
    .into_any()
}
