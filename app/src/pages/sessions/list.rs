//! `/sessions`: all sessions of all stacks and fleets in one list; found, filtered, sorted, selected, expired.

use crate::api::session::{FIRST_ROWS, SessionPage, matching, session_list};
use crate::live::use_live;
use crate::pages::sessions::expire::{ExpireDialog, LeftResults};
use crate::pages::sessions::history::SessionTabs;
use crate::pages::sessions::peek::Peek;
use crate::pages::sessions::rows::{Selection, Shared, live_rows, row};
use crate::parts::capacity::thousands;
use crate::parts::data_age::PairsRead;
use crate::parts::filter::{Facet, Facets, FilterBox, SortHead, use_query};
use crate::parts::frame::{DataAge, use_role};
use crate::parts::hold::{Waiting, hold};
use crate::parts::table::{Key, More, Rows, Spacer};
use crate::paths;
use crate::ui::icon::Icon;
use domain::list::SESSION_FACETS;
use domain::query::Query;
use domain::role::Right;
use domain::session::{Presence, Session};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};

const fn facet(label: &'static str, tone: &'static str, glyph: &'static str, at: usize) -> Facet {
    Facet { label, tone, glyph, key: SESSION_FACETS[at].0, value: SESSION_FACETS[at].1 }
}

static FACETS: [Facet; 6] = [
    facet("Connected", "t-ok", "s-link", 0),
    facet("Not connected", "t-off", "s-unlink", 1),
    facet("Pending", "t-busy", "s-pending", 2),
    facet("Ends within 30 m", "t-warn", "clock", 3),
    facet("On draining instances", "t-note", "s-drain", 4),
    facet("Expired", "t-off", "s-x", 5),
];

/// The list.
#[component]
pub fn SessionList() -> impl IntoView {
    let search = use_location().search;
    let asked = search.get_untracked();
    let start: usize = paths::pairs(&asked).into_iter().find(|(k, _)| k == "from").and_then(|(_, v)| v.parse().ok()).unwrap_or(0);
    let initial = Resource::new_blocking(move || (asked.clone(), start), |(asked, start)| session_list(asked, start));
    view! {
        <Title text="Sessions · AppStream Console"/>
        <Suspense fallback=|| ()>{move || Suspend::new(async move { let first = initial.await.unwrap_or_default(); view! { <Listed first/> } })}</Suspense>
    }
}

#[component]
fn Listed(first: SessionPage) -> impl IntoView {
    let live = use_live();
    // Why this person may not expire sessions.
    let may_not = StoredValue::new(use_role().why_not(Right::EndSessions));
    let query = use_query::<Session>();
    let map = use_query_map();
    let SessionPage { window: first, named } = first;
    let rows = Rows::new(first.start);
    let peek = Memo::new(move |_| map.with(|m| m.get("peek").unwrap_or_default()));
    let url_ids = Memo::new(move |_| map.with(|m| m.get_all("id").unwrap_or_default()));
    let came = StoredValue::new((url_ids.get_untracked(), named));
    // Once the page is alive they are asked for anew.
    Effect::new(move |_| came.set_value((Vec::new(), Vec::new())));
    let selected = RwSignal::new(url_ids.get_untracked().into_iter().map(|id| (id, false)).collect::<Selection>());
    let told = live_rows(first, query, peek, rows);
    let held = hold(told, rows, Signal::derive(move || selected.with(|s| !s.is_empty())));
    let view = Memo::new(move |_| held.with(|h| h.window.clone()));
    let matched = Signal::derive(move || view.with(|v| v.matched));
    let total = Signal::derive(move || view.with(|v| v.total));
    let doing = Memo::new(move |_| map.with(|m| m.get("do").unwrap_or_default()));
    let scope = live.estate.with_untracked(|e| e.scope.clone());
    // Every link of this page keeps the question and adds what it is about.
    let here = move |extra: &[(&str, &str)]| {
        let mut pairs = query.with(Query::pairs);
        pairs.extend(extra.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        paths::with_query(paths::SESSIONS, &pairs)
    };
    let go = {
        let navigate = use_navigate();
        move |url: &str| navigate(url, NavigateOptions { scroll: false, ..Default::default() })
    };
    // Of what is selected, how many people are connected; what is on the page is known better than when it was selected.
    let chosen = Memo::new(move |_| {
        let connected = |s: &Session| s.presence() == Presence::Connected;
        selected.with(|all| {
            let now = view.with(|v| {
                v.rows.iter().filter(|s| all.contains_key(&s.id.0)).map(|s| (s.id.0.clone(), connected(s))).collect::<Selection>()
            });
            let yes = all.iter().filter(|(id, before)| now.get(*id).copied().unwrap_or(**before)).count();
            (yes, all.len() - yes)
        })
    });
    // Rows that are not on the page are asked for; until they are here nothing changes.
    let select = move |from: usize, to: usize, instead: bool| {
        let asked = paths::with_query("", &query.with_untracked(Query::pairs));
        leptos::task::spawn_local(async move {
            if let Ok(all) = matching(asked.trim_start_matches('?').to_owned(), from, to).await {
                let _ = selected.try_update(|now| if instead { *now = all.into_iter().collect() } else { now.extend(all) });
            }
        });
    };
    let select_all = move || select(0, u32::MAX as usize, true);
    // Where a range begins: the row that was selected last.
    let anchor = RwSignal::new(0_usize);
    let pick = Callback::new(move |(at, to_here): (usize, bool)| {
        let from = if to_here { anchor.get_untracked() } else { at };
        let (low, high) = (from.min(at), from.max(at));
        let here: Option<Selection> = view.with_untracked(|v| {
            let range = v.rows.get(low.checked_sub(v.start)?..=high.checked_sub(v.start)?)?;
            Some(range.iter().map(|s| (s.id.0.clone(), s.presence() == Presence::Connected)).collect())
        });
        match here {
            Some(here) => selected.update(|all| match here.keys().next() {
                Some(one) if here.len() == 1 && all.remove(one).is_some() => {}
                _ => all.extend(here),
            }),
            None => select(low, high, false),
        }
        anchor.set(at);
    });
    let mail = Memo::new(move |_| view.with(|v| shared_mail_domain(&v.rows)));
    let shared = Shared { held, rows, selected, pick, peek, mail };
    let act = {
        let go = go.clone();
        Callback::new(move |(key, at): (Key, usize)| {
            let session = view.with_untracked(|v| at.checked_sub(v.start).and_then(|i| v.rows.get(i).cloned()));
            match (key, session) {
                (Key::Open | Key::Peek, Some(s)) => go(&here(&[("peek", &s.id.0)])),
                (Key::Select, _) => pick.run((at, false)),
                (Key::Range, _) => pick.run((at, true)),
                (Key::All, _) => select_all(),
                (Key::Act, _) if may_not.with_value(Option::is_some) => {}
                (Key::Act, focused) => {
                    if selected.with_untracked(Selection::is_empty)
                        && let Some(s) = focused
                    {
                        selected.update(|all| {
                            all.insert(s.id.0.clone(), s.presence() == Presence::Connected);
                        });
                    }
                    if !selected.with_untracked(Selection::is_empty) {
                        go(&here(&[("do", "expire")]));
                    }
                }
                (Key::Clear, _) if peek.with_untracked(|p| !p.is_empty()) => go(&here(&[])),
                (Key::Clear, _) if !selected.with_untracked(Selection::is_empty) => selected.set(Selection::new()),
                (Key::Clear, _) if !query.with_untracked(Query::is_open) => go(paths::SESSIONS),
                _ => {}
            }
        })
    };
    rows.live(matched, act);
    let peeked = Memo::new(move |last: Option<&Option<Session>>| {
        let id = peek.get();
        if id.is_empty() {
            return None;
        }
        let known = view.with(|v| v.peek.iter().chain(&v.rows).find(|s| s.id.0 == id).cloned());
        known.or_else(|| last.cloned().flatten().filter(|s| s.id.0 == id))
    });
    let ready = Memo::new(move |_| live.estate.with(|e| e.is_ready()));
    let all_shown = move |ev: leptos::ev::Event| if event_target_checked(&ev) { select_all() } else { selected.set(Selection::new()) };
    let all_selected = move || selected.with(|s| !s.is_empty() && s.len() >= matched.get());
    let row_scope = scope.clone();
    // Memos: the dialog and the details are not made anew when what they show changes.
    let dialog_open = Memo::new(move |_| doing.get() == "expire" && (!url_ids.get().is_empty() || selected.with(|s| !s.is_empty())));
    let peek_open = Memo::new(move |_| peeked.with(|p| p.as_ref().map(|s| s.id.0.clone())));
    let more = Callback::new(move |next: usize| here(&[("from", &next.to_string())]));
    view! {
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head flex flex-wrap items-center gap-2 !pb-2"><h1 class="h1">"Sessions"</h1><span class="count text-14 mt-0.5">{move || thousands(i64::try_from(total.get()).unwrap_or(0))}</span><div class="ml-auto -mr-2 flex items-center gap-1.5"><DataAge/></div></div>
            <SessionTabs/>
            <LeftResults/>
            <div class="px-(--gutter) pb-2"><Facets path=paths::SESSIONS query facets=&FACETS counts=Signal::derive(move || view.with(|v| v.facets.clone())) total/></div>
            <div class="bar"><FilterBox<Session> path=paths::SESSIONS query label="Filter sessions" placeholder="User, fleet, stack, instance" matched/><Waiting rows waiting=Signal::derive(move || held.with(|h| h.waiting))/></div>
            <div class="flex flex-1 min-w-0" class:has-peek=move || peeked.with(Option::is_some)>
                <form class="flex-1 min-w-0 flex flex-col" method="get" action=paths::SESSIONS>
                    {move || query.with(Query::pairs).into_iter().map(|(k, v)| view! { <input type="hidden" name=k value=v/> }).collect_view()}
                    <input type="hidden" name="do" value="expire"/>
                    <table class="tbl stack session-table" role="table" aria-rowcount=move || matched.get() + 1>
                        <caption class="sr-only">"Sessions"</caption>
                        <thead role="rowgroup"><tr role="row">
                            <th scope="col" role="columnheader" class="col-cb"><input type="checkbox" class="cb js-only" aria-label="Select all sessions that match" prop:checked=all_selected on:change=all_shown/></th>
                            <SortHead<Session> path=paths::SESSIONS query field="user" label="User" note=mail class="col-name"/>
                            <SortHead<Session> path=paths::SESSIONS query field="state" label="State" class="col-state"/>
                            <SortHead<Session> path=paths::SESSIONS query field="fleet" label="Fleet"/>
                            <SortHead<Session> path=paths::SESSIONS query field="stack" label="Stack" class="max-2xl:hidden"/>
                            <SortHead<Session> path=paths::SESSIONS query field="running" label="Running for" class="r col-running max-lg:hidden"/>
                            <SortHead<Session> path=paths::SESSIONS query field="left" label="Ends in"/>
                            <SortHead<Session> path=paths::SESSIONS query field="instance" label="Instance" class="col-instance max-xl:hidden"/>
                        </tr></thead>
                        <tbody role="rowgroup" node_ref=rows.body on:pointerenter=move |ev| rows.point(&ev) on:pointerleave=move |_| rows.over.set(false)>
                            <Spacer rows=Signal::derive(move || view.with(|v| if rows.measured.get() { v.start } else { 0 }))/>
                            <For each=move || view.get().rows key=|s| s.id.clone() let:session>{row(session, shared, row_scope.clone(), move |id| here(&[("peek", id)]))}</For>
                            <Spacer rows=Signal::derive(move || view.with(|v| if rows.measured.get() && v.matched > FIRST_ROWS { v.matched.saturating_sub(v.start + v.rows.len()) } else { 0 }))/>
                        </tbody>
                    </table>
                    {move || (matched.get() == 0).then(|| empty(ready.get(), total.get()))}
                    <More rows shown=Signal::derive(move || view.with(|v| v.start + v.rows.len())) matched href=more/>
                    <noscript><p class="px-(--gutter) py-3 flex gap-3"><button class="btn btn--danger" type="submit" disabled=may_not.with_value(Option::is_some)>"Expire selected sessions…"</button>{may_not.get_value()}</p></noscript>
                    <div class="px-(--gutter) py-3 text-12 text-text-3 flex items-center gap-4"><span>{move || format!("{} of {} sessions", thousands(i64::try_from(matched.get()).unwrap_or(0)), thousands(i64::try_from(total.get()).unwrap_or(0)))}</span>
                        <PairsRead/>
                        <span class="ml-auto max-sm:hidden flex items-center gap-1.5 js-only"><kbd class="kbd">"j"</kbd><kbd class="kbd">"k"</kbd>" move "<kbd class="kbd">"x"</kbd>" select "<kbd class="kbd">"space"</kbd>" details "<kbd class="kbd">"e"</kbd>" expire"</span></div>
                    {move || (selected.with(|s| !s.is_empty())).then(|| {
                        let n = selected.with(Selection::len);
                        let (yes, no) = chosen.get();
                        view! {
                            <div class="bulk mt-4" role="toolbar" aria-label=format!("Actions for {n} selected sessions")>
                                <span class="font-semibold num whitespace-nowrap">{format!("{n} selected")}</span><span class="quiet whitespace-nowrap ml-1.5 max-lg:hidden">{format!("{yes} connected, {no} not")}</span><span class="sep max-sm:hidden"></span><span class="sm:hidden ml-auto"></span>
                                {expire(n, here(&[("do", "expire")]), may_not)}
                                <button type="button" class="btn btn--icon" aria-label="Clear selection" on:click=move |_| selected.set(Selection::new())><Icon name="x"/></button>
                            </div>
                        }
                    })}
                    <div class="h-6"></div>
                </form>
                {move || peek_open.get().and_then(|id| Some((id, peeked.get_untracked()?))).map(|(id, first)| {
                    let session = Signal::derive(move || peeked.get().unwrap_or_else(|| first.clone()));
                    view! { <Peek session close=Signal::derive(move || here(&[])) expire=Signal::derive(move || here(&[("do", "expire"), ("id", &id)]))/> }
                })}
            </div>
            {move || dialog_open.get().then(|| view! { <ExpireDialog ids=url_ids selected came close=Signal::derive(move || here(&[]))/> })}
        </main>
    }
    .into_any()
}

fn expire(n: usize, href: String, may_not: StoredValue<Option<String>>) -> AnyView {
    let words = if n == 1 { "Expire 1 session…".to_owned() } else { format!("Expire {n} sessions…") };
    match may_not.get_value() {
        None => view! { <a class="btn btn--danger" href=href><Icon name="s-x"/>{words}</a> }.into_any(),
        Some(reason) => {
            let told = format!(". {reason}");
            view! { <button type="button" class="btn" aria-disabled="true" title=reason><Icon name="s-x"/>{words}<span class="sr-only">{told}</span></button> }.into_any()
        }
    }
}

/// `@halden.example` when all users of the rows share it: then the column's header says it once.
fn shared_mail_domain(rows: &[Session]) -> Option<String> {
    let domain = |s: &Session| s.user_id.split_once('@').map(|(_, domain)| domain.to_owned());
    let first = domain(rows.first()?)?;
    rows.iter().all(|s| domain(s).as_deref() == Some(&first)).then(|| format!("@{first}"))
}

fn empty(ready: bool, total: usize) -> AnyView {
    let (title, text) = match (ready, total) {
        (false, _) => ("Looking for sessions…", "AppStream has not answered yet.".to_owned()),
        (_, 0) => {
            ("Nobody is streaming", "A session begins when a person opens a streaming link or signs in at a stack’s portal.".to_owned())
        }
        (_, n) => ("No session matches", format!("{n} sessions match without the filters.")),
    };
    view! { <div class="px-(--gutter) py-9 grid justify-items-start gap-1 max-w-md"><h2 class="text-14 font-semibold">{title}</h2><p class="text-text-2">{text}</p>{(ready && total > 0).then(|| view! { <a class="btn mt-2" href=paths::SESSIONS>"Clear filters"<kbd class="kbd">"Esc"</kbd></a> })}</div> }.into_any()
}
