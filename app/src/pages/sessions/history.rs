//! `/sessions/history`: how many streamed at once, how long, and which sessions ended. Read from the console's own record.

use crate::api::history::session_history;
use crate::error::AppError;
use crate::live::use_live;
use crate::parts::chart::{Chart, ChartLinks, keep, legend, value};
use crate::parts::error_view::ErrorView;
use crate::parts::frame::DataAge;
use crate::paths;
use crate::ui::icon::Icon;
use domain::history::{Ended, Range, SessionsView};
use domain::time::{Millis, duration};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The two pages about sessions, as tabs.
#[component]
pub fn SessionTabs(
    /// Whether this is the history.
    #[prop(optional)]
    history: bool,
) -> impl IntoView {
    let tab = |href: &'static str, label: &'static str, here: bool| view! { <a class="tab" href=href aria-current=here.then_some("page")>{label}</a> };
    view! { <nav class="tabs mb-3" aria-label="Session pages">{tab(paths::SESSIONS, "Now", !history)}{tab(paths::SESSION_HISTORY, "History", history)}</nav> }
}

/// The page.
#[component]
pub fn SessionHistory() -> impl IntoView {
    let search = use_location().search;
    let query = Memo::new(move |_| search.get());
    let asked = query.get_untracked();
    let first = Resource::new_blocking(move || asked.clone(), session_history);
    view! {
        <Title text="Session history · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head flex flex-wrap items-center gap-2 !pb-2"><h1 class="h1">"Sessions"</h1><div class="ml-auto -mr-2 flex items-center gap-1.5"><DataAge/></div></div>
            <SessionTabs history=true/>
            <div class="px-(--gutter) pt-2 pb-8 grid gap-7 min-w-0">
                <Asked query/>
                <Suspense fallback=|| ()>{move || Suspend::new(async move { let first = first.await; view! { <Told first query/> } })}</Suspense>
            </div>
        </main>
    }
    .into_any()
}

/// Which fleet and whose sessions: a plain form.
#[component]
fn Asked(query: Memo<String>) -> impl IntoView {
    let live = use_live();
    let at = move |key: &'static str| query.with(|q| value(q, key));
    let fleets = live.estate.with_untracked(|e| e.fleets.iter().map(|f| f.name.0.clone()).collect::<Vec<_>>());
    let chosen = at("fleet");
    let options =
        fleets.into_iter().map(|name| view! { <option value=name.clone() selected=name == chosen>{name.clone()}</option> }).collect_view();
    view! {
        <form method="get" action=paths::SESSION_HISTORY class="flex flex-wrap items-end gap-3">
            <div class="field"><label for="history-fleet">"Fleet"</label><div class="input"><select id="history-fleet" name="fleet"><option value="">"All fleets"</option>{options}</select></div></div>
            <div class="field"><label for="history-user">"User"</label><div class="input"><input id="history-user" name="q" type="search" value=at("q") placeholder="Part of a name"/></div></div>
            <input type="hidden" name="range" value=move || at("range")/>
            <button class="btn" type="submit">"Show"</button>
        </form>
    }
    .into_any()
}

#[component]
fn Told(first: Result<SessionsView, AppError>, query: Memo<String>) -> impl IntoView {
    let shown = RwSignal::new(first);
    keep(shown, query, session_history);
    let failed = Memo::new(move |_| shown.with(|s| s.as_ref().err().cloned()));
    let told = Signal::derive(move || shown.with(|s| s.as_ref().ok().cloned()).unwrap_or_default());
    move || match failed.get() {
        Some(error) => view! { <ErrorView failure=error.0/> }.into_any(),
        None => view! { <Concurrency told query/><Figures told/><EndedSessions told query/> }.into_any(),
    }
}

#[component]
fn Concurrency(told: Signal<SessionsView>, query: Memo<String>) -> impl IntoView {
    let now = move |i: usize| told.with(|t| t.chart.points.last().and_then(|(_, n)| n.get(i).copied().flatten()));
    view! {
        <section aria-labelledby="at-once" class="min-w-0">
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2 mb-3">
                <h2 id="at-once" class="h2">"At once"</h2>
                <div class="flex flex-wrap items-center gap-x-4 gap-y-1 text-12">{legend("bg-cap-inuse", "Connected", move || now(0))}{legend("bg-cap-free", "All sessions", move || now(1))}</div>
                <ChartLinks path=paths::SESSION_HISTORY.to_owned() query/>
            </div>
            <Chart view=Signal::derive(move || told.with(|t| t.chart.clone())) name="Sessions at once" query/>
        </section>
    }
    .into_any()
}

#[component]
fn Figures(told: Signal<SessionsView>) -> impl IntoView {
    let lasted = |seconds: Option<i64>| seconds.map_or_else(|| "–".to_owned(), |s| duration(s * 1000));
    let peak = move || {
        told.with(|t| {
            t.peak.map_or_else(
                || "–".to_owned(),
                |(n, at)| {
                    format!("{n}, {}", [&Millis::from_seconds(at).day_month(), ", ", &Millis::from_seconds(at).hour_minute()].concat())
                },
            )
        })
    };
    let classes = move || {
        told.with(|t| {
            let most = t.durations.classes.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
            let row = |(words, n): &(String, usize)| {
                let width = format!("{}%", n * 100 / most);
                view! { <tr><th scope="row">{words.clone()}</th><td class="w-full"><svg class="histbar" aria-hidden="true"><rect class="c-use" height="100%" width=width></rect></svg></td><td class="r">{*n}</td></tr> }
            };
            t.durations.classes.iter().map(row).collect_view()
        })
    };
    let people = move || {
        told.with(|t| t.people.iter().map(|p| view! { <tr><th scope="row"><span class="truncate">{p.user_id.clone()}</span></th><td class="r">{p.sessions}</td><td class="r">{duration(p.seconds * 1000)}</td></tr> }).collect_view())
    };
    let range = move || told.with(|t| t.chart.range.words());
    view! {
        <div class="grid lg:grid-cols-3 gap-8">
            <section aria-labelledby="figures" class="min-w-0"><h2 id="figures" class="h2">"Over the last "{range}</h2>
                <dl class="dl mt-1">
                    <dt>"Started"</dt><dd class="justify-end">{move || told.with(|t| t.starts)}</dd>
                    <dt>"Ended"</dt><dd class="justify-end">{move || told.with(|t| t.ends)}</dd>
                    <dt>"Most at once"</dt><dd class="justify-end">{peak}</dd>
                    <dt>"Median"</dt><dd class="justify-end">{move || told.with(|t| lasted(t.durations.median))}</dd>
                    <dt>"95 of 100 within"</dt><dd class="justify-end">{move || told.with(|t| lasted(t.durations.p95))}</dd>
                </dl>
                {move || told.with(|t| t.unseen).gt(&0).then(|| view! { <p class="mt-2 text-12 text-text-3">{move || told.with(|t| t.unseen)}" ended while the console was not watching; how long they lasted is not counted."</p> })}
            </section>
            <section aria-labelledby="lasted" class="min-w-0"><h2 id="lasted" class="h2">"How long they lasted"</h2>
                <table class="tbl tbl--plain tbl--inset num hist-table" data-density="compact"><caption class="sr-only">"Ended sessions by how long they lasted"</caption><thead class="sr-only"><tr><th scope="col">"Lasted"</th><th scope="col">"Share"</th><th scope="col">"Sessions"</th></tr></thead><tbody>{classes}</tbody></table></section>
            <section aria-labelledby="people" class="min-w-0"><h2 id="people" class="h2">"Who streamed longest"</h2>
                <table class="tbl tbl--plain tbl--inset num" data-density="compact"><caption class="sr-only">"People by the time they streamed"</caption><thead><tr><th scope="col">"User"</th><th scope="col" class="r col-n">"Sessions"</th><th scope="col" class="r col-n">"Time"</th></tr></thead><tbody>{people}</tbody></table></section>
        </div>
    }
    .into_any()
}

#[component]
fn EndedSessions(told: Signal<SessionsView>, query: Memo<String>) -> impl IntoView {
    let csv = move || {
        let pairs = query
            .with(|q| [("range", Range::parse(&value(q, "range")).slug().to_owned()), ("fleet", value(q, "fleet")), ("q", value(q, "q"))]);
        paths::with_query(paths::SESSIONS_CSV, &pairs.map(|(k, v)| (k.to_owned(), v)))
    };
    let time = |at: i64| Millis::from_seconds(at);
    let when = move |at: i64| view! { <time datetime=time(at).iso() title=time(at).exact()>{[&time(at).day_month(), ", ", &time(at).hour_minute()].concat()}</time> };
    let row = move |s: &Ended| {
        let lasted = if s.known { duration(s.lasted() * 1000) } else { format!("at most {}", duration(s.lasted() * 1000)) };
        let known = s.known;
        let last_seen = s.last_seen;
        view! {
            <tr><th scope="row"><span class="truncate">{s.user_id.clone()}</span></th><td class="max-sm:hidden">{s.fleet.clone()}</td><td class="max-lg:hidden">{s.stack.clone()}</td>
                <td class="max-lg:hidden">{s.started.map_or_else(|| "–".into_any(), |at| when(at).into_any())}</td>
                <td>{(!known).then(|| view! { <span class="text-text-3">"between "{when(last_seen)}" and "</span> })}{when(s.ended)}</td><td class="r">{lasted}</td></tr>
        }
    };
    let rows = move || told.with(|t| t.ended.iter().map(row).collect_view());
    view! {
        <section aria-labelledby="ended" class="min-w-0">
            <div class="flex flex-wrap items-center gap-3 mb-1"><h2 id="ended" class="h2">"Ended"</h2><span class="count">{move || told.with(|t| t.matched)}</span>
                <a class="btn btn--sm ml-auto" href=csv download rel="external"><Icon name="download" class="i-12"/>"Download as CSV"</a></div>
            <table class="tbl tbl--plain tbl--inset num ended-table" data-density="compact"><caption class="sr-only">"The sessions that ended last"</caption>
                <thead><tr><th scope="col">"User"</th><th scope="col" class="max-sm:hidden">"Fleet"</th><th scope="col" class="max-lg:hidden">"Stack"</th><th scope="col" class="max-lg:hidden">"Started, UTC"</th><th scope="col">"Ended, UTC"</th><th scope="col" class="r">"Lasted"</th></tr></thead>
                <tbody>{rows}</tbody></table>
            {move || told.with(|t| t.ended.is_empty()).then(|| view! { <p class="mt-2 text-text-2">"No session has ended that the console knows of."</p> })}
            {move || told.with(|t| t.matched > i64::try_from(t.ended.len()).unwrap_or(0)).then(|| view! { <p class="mt-2 text-12 text-text-3">"Only the newest are shown; the file has all."</p> })}
        </section>
    }
    .into_any()
}
