//! `/sessions/history`: how many at once, how many came and went, how long they stayed, and the newest that ended. Range, fleet and user
//! are in the URL; without WASM the same page comes from plain links and one form.

use crate::api::history::session_history;
use crate::error::AppError;
use crate::live::use_live;
use crate::parts::capacity::thousands;
use crate::parts::chart::{Chart, ChartLinks, keep, legend, value};
use crate::parts::error_view::ErrorView;
use crate::parts::frame::DataAge;
use crate::parts::moment::Ago;
use crate::paths;
use domain::history::{ChartView, Ended, MOST_ENDED, Range, SessionsView};
use domain::time::{Millis, duration};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// “Now | History”: the two pages of sessions.
#[component]
pub fn SessionTabs(
    /// Whether the page at hand is the history.
    #[prop(optional)]
    history: bool,
) -> impl IntoView {
    view! {
        <nav class="tabs mb-3" aria-label="Sessions now and before">
            <a class="tab" href=paths::SESSIONS aria-current=(!history).then_some("page")>"Now"</a>
            <a class="tab" href=paths::SESSION_HISTORY aria-current=history.then_some("page")>"History"</a>
        </nav>
    }
    .into_any()
}

/// The page.
#[component]
pub fn SessionHistory() -> impl IntoView {
    let search = use_location().search;
    let query = Memo::new(move |_| search.get());
    // What is asked for, without how it is shown.
    let asked = Memo::new(move |_| query.with(|q| paths::with_query("", &named(q, &["range", "fleet", "q"])).trim_start_matches('?').to_owned()));
    let first_asked = asked.get_untracked();
    let first = Resource::new_blocking(move || first_asked.clone(), session_history);
    view! {
        <Title text="Session history · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head flex flex-wrap items-center gap-2 !pb-1"><h1 class="h1">"Session history"</h1><div class="ml-auto -mr-2 flex items-center gap-1.5"><DataAge/></div></div>
            <SessionTabs history=true/>
            <Filters query/>
            <Suspense fallback=|| ()>{move || Suspend::new(async move {
                let first = first.await;
                view! { <Shown first query asked/> }
            })}</Suspense>
        </main>
    }
    .into_any()
}

/// The pairs of `query` with these names.
fn named(query: &str, names: &[&str]) -> Vec<(String, String)> {
    paths::pairs(query).into_iter().filter(|(k, v)| names.contains(&k.as_str()) && !v.is_empty()).collect()
}

/// Which fleet, and whose sessions.
#[component]
fn Filters(query: Memo<String>) -> impl IntoView {
    let live = use_live();
    let (fleet, user) = query.with_untracked(|q| (value(q, "fleet"), value(q, "q")));
    let mut fleets = live.estate.with_untracked(|e| e.fleets.iter().map(|f| f.name.0.clone()).collect::<Vec<_>>());
    if !fleet.is_empty() && !fleets.contains(&fleet) {
        fleets.push(fleet.clone());
    }
    let options = fleets.into_iter().map(|name| view! { <option value=name.clone() selected=name == fleet>{name.clone()}</option> }).collect_view();
    let kept = move || {
        let kept = query.with(|q| named(q, &["range", "view"]));
        kept.into_iter().map(|(k, v)| view! { <input type="hidden" name=k value=v/> }).collect_view()
    };
    view! {
        <form class="px-(--gutter) pb-4 flex flex-wrap items-end gap-x-3 gap-y-2" method="get" action=paths::SESSION_HISTORY>
            {kept}
            <div class="field"><label for="history-fleet">"Fleet"</label><div class="input w-56"><select id="history-fleet" name="fleet"><option value="">"All fleets"</option>{options}</select></div></div>
            <div class="field"><label for="history-user">"User has in the name"</label><div class="input w-56"><input id="history-user" type="search" name="q" value=user autocomplete="off"/></div></div>
            <button class="btn" type="submit">"Show"</button>
        </form>
    }
    .into_any()
}

#[component]
fn Shown(first: Result<SessionsView, AppError>, query: Memo<String>, asked: Memo<String>) -> impl IntoView {
    let shown = RwSignal::new(first);
    keep(shown, asked, session_history);
    let failed = Memo::new(move |_| shown.with(|s| s.as_ref().err().cloned()));
    let view = Memo::new(move |_| shown.with(|s| s.as_ref().ok().cloned()).unwrap_or_default());
    let chart = Memo::new(move |_| view.with(|v| v.chart.clone()));
    move || match failed.get() {
        Some(error) => view! { <div class="px-(--gutter)"><ErrorView failure=error.0 role="status"/></div> }.into_any(),
        None => whole(view, chart, query),
    }
}

fn whole(view: Memo<SessionsView>, chart: Memo<ChartView>, query: Memo<String>) -> AnyView {
    let newest = move |place: usize| move || chart.with(|c| c.points.last().and_then(|(_, n)| n.get(place).copied().flatten()));
    let csv = move || paths::with_query(paths::SESSIONS_CSV, &query.with(|q| named(q, &["range", "fleet", "q"])));
    let samples = move || paths::with_query(paths::CAPACITY_CSV, &query.with(|q| named(q, &["range", "fleet"])));
    view! {
        <div class="px-(--gutter) grid xl:grid-cols-[minmax(0,1fr)_19rem] gap-x-8 gap-y-6 pb-6">
            <section aria-labelledby="once" class="min-w-0">
                <div class="flex flex-wrap items-center gap-x-4 gap-y-2 mb-3">
                    <h2 id="once" class="h2">"Sessions at once"</h2>
                    <div class="flex flex-wrap items-center gap-x-4 gap-y-1 text-12">{legend("bg-cap-inuse", "Connected", newest(0))}{legend("bg-cap-free", "All", newest(1))}</div>
                    <ChartLinks path=paths::SESSION_HISTORY.to_owned() query/>
                </div>
                <Chart view=chart name="Sessions at once" query/>
                <p class="mt-2 text-12 flex flex-wrap gap-x-4"><a class="link" href=csv download rel="external">"Sessions as CSV"</a><a class="link" href=samples download rel="external">"Samples as CSV"</a></p>
            </section>
            <section aria-labelledby="fig" class="min-w-0">
                <h2 id="fig" class="h2">{move || format!("In the last {}", chart.with(|c| c.range.words()))}</h2>
                {move || view.with(figures)}
            </section>
            <section aria-labelledby="lasted" class="min-w-0">
                <h2 id="lasted" class="h2">"How long sessions lasted"</h2>
                {move || view.with(classes)}
            </section>
            <section aria-labelledby="people" class="min-w-0">
                <h2 id="people" class="h2">"Longest by user"</h2>
                {move || view.with(people)}
            </section>
        </div>
        <section aria-labelledby="ended" class="min-w-0 pb-8">
            <div class="flex items-baseline gap-2 px-(--gutter)"><h2 id="ended" class="h2">"Ended sessions"</h2><span class="count">{move || thousands(view.with(|v| v.matched))}</span></div>
            {move || view.with(ended)}
        </section>
    }
    .into_any()
}

fn figures(v: &SessionsView) -> AnyView {
    let lasted = |seconds: Option<i64>| seconds.map_or_else(|| "–".to_owned(), |s| duration(s * 1000));
    let peak = v.peak.map_or_else(|| "–".to_owned(), |(n, at)| format!("{} at {}", thousands(i64::from(n)), v.chart.range.moment(at)));
    let unseen = (v.unseen > 0).then(|| {
        view! { <p class="mt-2 text-12 text-text-3">{format!("{} ended while the console did not look; their durations are not counted.", thousands(v.unseen))}</p> }
    });
    view! {
        <dl class="dl mt-1 num history-figures">
            <dt>"Starts"</dt><dd class="justify-end">{thousands(v.starts)}</dd>
            <dt>"Ends"</dt><dd class="justify-end">{thousands(v.ends)}</dd>
            <dt>"Most at once"</dt><dd class="justify-end">{peak}</dd>
            <dt>"Median duration"</dt><dd class="justify-end">{lasted(v.durations.median)}</dd>
            <dt>"95 % at most"</dt><dd class="justify-end">{lasted(v.durations.p95)}</dd>
        </dl>
        {unseen}
    }
    .into_any()
}

/// The histogram: a table whose bars are beside its numbers.
fn classes(v: &SessionsView) -> AnyView {
    if v.durations.count == 0 {
        return view! { <p class="mt-2 text-text-2">"No session ended in this time whose end was seen."</p> }.into_any();
    }
    let most = v.durations.classes.iter().map(|(_, n)| *n).max().unwrap_or_default().max(1);
    let row = |(label, n): &(String, usize)| {
        let width = format!("{}%", n * 100 / most);
        view! { <tr><th scope="row">{label.clone()}</th><td><svg class="capbar" aria-hidden="true"><rect class="capbar-u" height="100%" width=width></rect></svg></td><td class="r">{thousands(i64::try_from(*n).unwrap_or_default())}</td></tr> }
    };
    view! {
        <table class="tbl tbl--plain tbl--inset num mt-1 history-classes" data-density="compact"><caption class="sr-only">"How long sessions lasted"</caption>
            <thead class="sr-only"><tr><th scope="col">"Duration"</th><th scope="col">"Share"</th><th scope="col">"Sessions"</th></tr></thead>
            <tbody>{v.durations.classes.iter().map(row).collect_view()}</tbody></table>
    }
    .into_any()
}

fn people(v: &SessionsView) -> AnyView {
    if v.people.is_empty() {
        return view! { <p class="mt-2 text-text-2">"Nobody’s session ended in this time."</p> }.into_any();
    }
    let row = |p: &domain::history::Person| {
        view! { <dt class="truncate" title=p.user_id.clone()>{p.user_id.clone()}</dt><dd class="justify-end whitespace-nowrap">{format!("{} in {}", duration(p.seconds * 1000), thousands(p.sessions))}</dd> }
    };
    view! { <dl class="dl mt-1 num history-people">{v.people.iter().map(row).collect_view()}</dl> }.into_any()
}

fn ended(v: &SessionsView) -> AnyView {
    if v.ended.is_empty() {
        return view! { <p class="px-(--gutter) mt-2 text-text-2">"No session ended in this time."</p> }.into_any();
    }
    let range = v.chart.range;
    let more = usize::try_from(v.matched).is_ok_and(|n| n > MOST_ENDED);
    view! {
        <table class="tbl tbl--plain stack mt-1 num"><caption class="sr-only">"Ended sessions, the newest first"</caption>
            <thead><tr><th scope="col" class="col-user-wide">"User"</th><th scope="col">"Fleet"</th><th scope="col" class="max-xl:hidden">"Stack"</th><th scope="col">"Started"</th><th scope="col" class="history-end">"Ended"</th><th scope="col" class="r">"Lasted"</th></tr></thead>
            <tbody>{v.ended.iter().map(|e| row(e, range)).collect_view()}</tbody></table>
        {more.then(|| view! { <p class="px-(--gutter) mt-2 text-12 text-text-3">{format!("The newest {MOST_ENDED}. The CSV file has all.")}</p> })}
    }
    .into_any()
}

fn row(e: &Ended, range: Range) -> AnyView {
    let at = Millis::from_seconds;
    let started = match e.started {
        Some(start) => view! { <Ago at=at(start)/> }.into_any(),
        None => "never".into_any(),
    };
    let end = if e.known {
        view! { <Ago at=at(e.ended)/> }.into_any()
    } else {
        // A shorter range would hide which day it was.
        let (from, to) = (at(e.last_seen), at(e.ended));
        let range = if e.ended - e.last_seen > 43_200 { Range::Week } else { range };
        let title = format!("between {} and {}; the console did not look meanwhile", from.exact(), to.exact());
        view! { <span title=title>{format!("between {} and {}", range.moment(e.last_seen), range.moment(e.ended))}</span> }.into_any()
    };
    let lasted = if e.known { duration(e.lasted() * 1000) } else { format!("at most {}", duration(e.lasted() * 1000)) };
    view! { <tr><th scope="row" title=e.id.clone()>{e.user_id.clone()}</th><td>{e.fleet.clone()}</td><td class="max-xl:hidden">{e.stack.clone()}</td><td>{started}</td><td>{end}</td><td class="r">{lasted}</td></tr> }.into_any()
}
