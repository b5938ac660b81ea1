//! `/{kind}`: the list of a kind.

use crate::api::resource::resource_list;
use crate::api::session::FIRST_ROWS;
use crate::error::AppError;
use crate::pages::not_found::NotFoundInFrame;
use crate::pages::resources::cell::{Taken, draw};
use crate::pages::resources::form::{ActDialog, asked_dialog, first_dialog};
use crate::parts::capacity::thousands;
use crate::parts::error_view::ErrorView;
use crate::parts::frame::use_acted;
use crate::parts::table::{Key, More, Rows, Spacer};
use crate::paths;
use domain::entry::FormView;
use domain::failure::Failure;
use domain::resource::{Cell, ListView, Row};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_params_map};
use std::collections::BTreeSet;

/// The list of the kind that the path names.
#[component]
pub fn ResourceList() -> impl IntoView {
    let params = use_params_map();
    let kind = Memo::new(move |_| params.with(|p| p.get("kind").unwrap_or_default()));
    move || {
        let kind = kind.get();
        view! { <Listed kind/> }
    }
}

#[component]
fn Listed(kind: String) -> impl IntoView {
    let search = use_location().search;
    let asked = (kind.clone(), search.get_untracked(), asked_dialog(&kind, ""));
    let first = Resource::new_blocking(
        move || asked.clone(),
        |(kind, query, dialog)| async move {
            let start = from(&query);
            let list = resource_list(kind, query, start, FIRST_ROWS).await?;
            Ok::<_, AppError>((list, first_dialog(dialog).await))
        },
    );
    view! {
        <Suspense fallback=|| ()>{move || {
            let kind = kind.clone();
            Suspend::new(async move {
                match first.await {
                    Ok((first, dialog)) => view! { <Shown kind first dialog/> }.into_any(),
                    Err(AppError(Failure::NotFound { .. })) => view! { <NotFoundInFrame/> }.into_any(),
                    Err(error) => refused(&kind, error),
                }
            })
        }}</Suspense>
    }
}

/// Where the window begins that the URL asks for.
fn from(query: &str) -> usize {
    paths::pairs(query).into_iter().find(|(k, _)| k == "from").and_then(|(_, v)| v.parse().ok()).unwrap_or(0)
}

fn refused(kind: &str, error: AppError) -> AnyView {
    let again = format!("/{kind}");
    view! {
        <Title text="AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head"><h1 class="h1">{kind.replace('-', " ")}</h1></div>
            <div class="px-(--gutter) grid gap-3"><ErrorView failure=error.0/><p><a class="btn" href=again rel="external">"Try again"</a></p></div>
        </main>
    }
    .into_any()
}

/// Asks again while something is on its way, slowly otherwise; only while the page is seen.
#[cfg(feature = "hydrate")]
fn again(moving: Signal<bool>, ask: impl Fn() + Clone + 'static) {
    Effect::new(move |_| {
        let every = std::time::Duration::from_secs(if moving.get() { 5 } else { 20 });
        let ask = ask.clone();
        if let Ok(handle) = set_interval_with_handle(
            move || {
                if !document().hidden() {
                    ask()
                }
            },
            every,
        ) {
            on_cleanup(move || handle.clear());
        }
    });
}

#[component]
fn Shown(kind: String, first: ListView, dialog: Option<Result<FormView, AppError>>) -> impl IntoView {
    let search = use_location().search;
    let rows = Rows::new(first.start);
    let (title, noun, about, columns, acts) =
        (first.title.clone(), first.noun.clone(), first.about.clone(), first.columns.clone(), first.acts.clone());
    let view = RwSignal::new(first);
    let failure = RwSignal::new(None::<Failure>);
    let acted = use_acted();
    let path = format!("/{kind}");
    #[cfg(feature = "hydrate")]
    {
        let asked = kind.clone();
        let ask = move || {
            let (kind, query, start, len) = (asked.clone(), search.get_untracked(), rows.start.get_untracked(), rows.len.get_untracked());
            leptos::task::spawn_local(async move {
                // The page may be gone by then.
                match resource_list(kind, query.clone(), start, len).await {
                    Ok(new) if search.try_get_untracked() == Some(query) => {
                        let _ = view.try_set(new);
                        let _ = failure.try_set(None);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        let _ = failure.try_set(Some(error.0));
                    }
                }
            });
        };
        let moved = ask.clone();
        Effect::new(move |before: Option<()>| {
            search.track();
            rows.start.track();
            rows.len.track();
            acted.0.track();
            if before.is_some() {
                moved();
            }
        });
        again(Signal::derive(move || view.with(|v| v.moving)), ask);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (failure, acted);
    let matched = Signal::derive(move || view.with(|v| v.matched));
    let total = Signal::derive(move || view.with(|v| v.total));
    let query = Memo::new(move |_| paths::pairs(&search.get()));
    let q = move || query.with(|all| all.iter().find(|(k, _)| k == "q").map(|(_, v)| v.clone()).unwrap_or_default());
    let navigate = use_navigate();
    let with = {
        let path = path.clone();
        move |key: &str, value: String| {
            let mut all: Vec<(String, String)> = query.get_untracked().into_iter().filter(|(k, _)| k != key && k != "from").collect();
            if !value.is_empty() {
                all.push((key.to_owned(), value));
            }
            paths::with_query(&path, &all)
        }
    };
    let more = {
        let with = with.clone();
        Callback::new(move |next: usize| with("from", next.to_string()))
    };
    let bulk = StoredValue::new(view.with_untracked(|v| v.bulk.clone()));
    let has_bulk = bulk.with_value(Option::is_some);
    let selected = RwSignal::new(BTreeSet::<String>::new());
    let toggle = Callback::new(move |key: String| {
        selected.update(|all| {
            if !all.remove(&key) {
                all.insert(key);
            }
        });
    });
    // What matches beyond the window is asked for.
    let select_all = {
        let kind = kind.clone();
        move || {
            let (kind, query) = (kind.clone(), search.get_untracked());
            leptos::task::spawn_local(async move {
                if let Ok(all) = resource_list(kind, query, 0, 2_000).await {
                    let _ = selected.try_set(all.rows.into_iter().map(|r| r.key).collect());
                }
            });
        }
    };
    let act = {
        let (navigate, path, select_all) = (navigate.clone(), path.clone(), select_all.clone());
        Callback::new(move |(key, at): (Key, usize)| {
            let row = view.with_untracked(|v| at.checked_sub(v.start).and_then(|i| v.rows.get(i).cloned()));
            match (key, row.as_ref()) {
                (Key::Select, Some(row)) if has_bulk => return toggle.run(row.key.clone()),
                (Key::All, _) if has_bulk => return select_all(),
                (Key::Clear, _) if !selected.with_untracked(BTreeSet::is_empty) => return selected.set(BTreeSet::new()),
                _ => {}
            }
            match (key, row.and_then(|r| r.href)) {
                (Key::Open | Key::Peek, Some(href)) => navigate(&href, Default::default()),
                (Key::Clear, _) if !query.with_untracked(Vec::is_empty) => navigate(&path, Default::default()),
                _ => {}
            }
        })
    };
    rows.live(matched, act);
    let typed = {
        let with = with.clone();
        move |ev: leptos::ev::Event| {
            navigate(&with("q", event_target_value(&ev)), NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    };
    let facets = move |key: &'static str, class: &'static str| {
        let with = with.clone();
        move || {
            view.with(|v| v.choices.clone())
                .into_iter()
                .filter(|choice| choice.key == key)
                .map(|choice| {
                    let (href, value) = (with(key, choice.value.clone()), choice.value.clone());
                    let here = move || query.with(|all| all.iter().find(|(k, _)| k == key).map_or("", |(_, v)| v.as_str()) == value).then_some("true");
                    let glyph = (!choice.glyph.is_empty()).then(|| view! { <svg class=["i ", &choice.tone].concat() aria-hidden="true" focusable="false"><use href=["/icons.svg#i-", &choice.glyph].concat()></use></svg> });
                    view! { <a class=class href=href aria-current=here>{glyph}{choice.label}<span class="count">{choice.count}</span></a> }
                })
                .collect_view()
        }
    };
    let (first, second) = (facets.clone()("is", "facet"), facets("has", "facet"));
    let (dialog_kind, dialog_here) = (kind.clone(), path.clone());
    let label = format!("Filter {}", title.to_lowercase());
    let (one, many) = (noun.clone(), title.to_lowercase());
    let heads = columns
        .iter()
        .enumerate()
        .map(|(at, head)| {
            let class = match at {
                0 => "col-name",
                1 | 2 => "",
                3 | 4 => "max-lg:hidden",
                _ => "max-xl:hidden",
            };
            let class = [class, width(head)].concat();
            view! { <th scope="col" role="columnheader" class=class>{head.clone()}</th> }
        })
        .collect_view();
    let pick_all = has_bulk.then(|| {
        let (label, select_all) = (format!("Select all {} that match", title.to_lowercase()), select_all.clone());
        let every = move || !selected.with(BTreeSet::is_empty) && selected.with(BTreeSet::len) >= matched.get();
        let change = move |ev: leptos::ev::Event| if event_target_checked(&ev) { select_all() } else { selected.set(BTreeSet::new()) };
        view! { <th scope="col" role="columnheader" class="col-cb"><input type="checkbox" class="cb js-only" aria-label=label prop:checked=every on:change=change/></th> }
    });
    let narrow = view.with_untracked(|v| v.narrow.clone()).map(|n| {
        let options = n.values.into_iter().map(|(value, words)| { let chosen = value == n.chosen; view! { <option value=value selected=chosen>{words}</option> } }).collect_view();
        let kept = move || q();
        view! { <form method="get" action=path.clone() class="px-(--gutter) pb-2 flex flex-wrap items-center gap-2">
            <label class="font-medium" for="narrow">{n.label}</label><div class="input !w-48"><select id="narrow" name=n.key>{options}</select></div>
            <input type="hidden" name="q" value=kept/><button type="submit" class="btn">"Show"</button></form> }
    });
    let others = move || {
        query.with(|all| {
            all.iter()
                .filter(|(k, _)| k != "q" && k != "do" && k != "from")
                .map(|(k, v)| view! { <input type="hidden" name=k.clone() value=v.clone()/> })
                .collect_view()
        })
    };
    let bar = move || bulk.get_value().and_then(|b| selected.with(|s| (!s.is_empty()).then(|| super::bulk::bar(&b, s, selected))));
    let plain = bulk.get_value().map(super::bulk::plain);
    let (has_choices, has_more) = view.with_untracked(|v| (!v.choices.is_empty(), v.choices.iter().any(|c| c.key == "has")));
    let (caption, clear) = (title.clone(), path.clone());
    let empty = move || {
        view.with(|v| (v.matched == 0).then_some(v.total)).map(|total| {
            let (head, text) = if total == 0 { (format!("No {noun} yet"), about.clone()) } else { (format!("No {noun} matches"), format!("{total} match without the filters.")) };
            view! { <div class="px-(--gutter) py-9 grid justify-items-start gap-1 max-w-md"><h2 class="text-14 font-semibold">{head}</h2><p class="text-text-2">{text}</p>{(total > 0).then(|| view! { <a class="btn mt-2" href=clear.clone()>"Clear filters"<kbd class="kbd">"Esc"</kbd></a> })}</div> }
        })
    };
    view! {
        <Title text=format!("{title} · AppStream Console")/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head flex flex-wrap items-center gap-2"><h1 class="h1">{title}</h1><span class="count text-14 mt-0.5">{total}</span>
                <div class="ml-auto flex flex-wrap items-center gap-2"><Taken at=Signal::derive(move || view.with(|v| v.taken))/>{super::cell::acts(acts)}</div></div>
            <ActDialog kind=dialog_kind name="" here=Signal::stored(dialog_here) first=dialog/>
            {move || failure.get().map(|failure| view! { <div class="px-(--gutter) pb-2"><ErrorView failure role="status"/></div> })}
            {narrow}
            {has_choices.then(|| view! { <div class="px-(--gutter) pb-2"><nav class="facets" aria-label="Quick filters">{first}</nav></div> })}
            {has_more.then(|| view! { <div class="px-(--gutter) pb-2"><nav class="facets" aria-label="More filters">{second}</nav></div> })}
            <div class="bar"><form class="fbox flex-1" role="search" action=path.clone()>
                {others}
                <crate::ui::icon::Icon name="search"/>
                <input type="search" name="q" data-filter="" aria-label=label placeholder="Filter by any word" prop:value=q value=q on:input=typed autocomplete="off" spellcheck="false"/>
                <span class="text-12 text-text-3" role="status">{move || format!("{} of {}", thousands(i64::try_from(matched.get()).unwrap_or(0)), thousands(i64::try_from(total.get()).unwrap_or(0)))}</span>
            </form></div>
            <table class="tbl stack resource-table" role="table" aria-rowcount=move || matched.get() + 1>
                <caption class="sr-only">{caption}</caption>
                <thead role="rowgroup"><tr role="row">{pick_all}{heads}</tr></thead>
                <tbody role="rowgroup" node_ref=rows.body>
                    <Spacer rows=Signal::derive(move || view.with(|v| if rows.measured.get() { v.start } else { 0 }))/>
                    <For each=move || view.with(|v| v.rows.iter().cloned().enumerate().map(|(i, r)| (i + v.start, r)).collect::<Vec<_>>()) key=|(i, r)| format!("{i} {r:?}") let:row>{line(row.0, row.1, rows, bulk.with_value(|b| b.as_ref().map(|b| b.key.clone())).map(|key| (key, selected, toggle)))}</For>
                    <Spacer rows=Signal::derive(move || view.with(|v| if rows.measured.get() { v.matched.saturating_sub(v.start + v.rows.len()) } else { 0 }))/>
                </tbody>
            </table>
            {empty}
            {plain}{bar}
            <More rows shown=Signal::derive(move || view.with(|v| v.start + v.rows.len())) matched href=more/>
            <div class="px-(--gutter) py-3 text-12 text-text-3 flex items-center gap-4"><span>{move || format!("{} {}", thousands(i64::try_from(matched.get()).unwrap_or(0)), if matched.get() == 1 { &one } else { &many })}</span>
                <span class="ml-auto max-sm:hidden flex items-center gap-1.5 js-only"><kbd class="kbd">"j"</kbd><kbd class="kbd">"k"</kbd>" move "<kbd class="kbd">"↵"</kbd>" open "<kbd class="kbd">"/"</kbd>" filter"{has_bulk.then(|| view! { " "<kbd class="kbd">"x"</kbd>" select "<kbd class="kbd">"a"</kbd>" all" })}</span></div>
        </main>
    }
    .into_any()
}

/// The width of a column whose values are short, so that the others have room.
fn width(head: &str) -> &'static str {
    match head {
        "State" | "Status" | "Instance" | "Used by" => " col-mid",
        "Base image" | "Agent" | "Created" | "Began" | "Progress" => " col-short",
        _ => "",
    }
}

fn line(index: usize, row: Row, rows: Rows, pick: Option<super::bulk::Pick>) -> AnyView {
    let class = if pick.is_some() { "max-sm:grid-cols-[1.5rem_minmax(0,1fr)_auto]" } else { "max-sm:grid-cols-[minmax(0,1fr)_auto]" };
    let key = row.key.clone();
    let is_selected =
        pick.as_ref().map(|(_, selected, _)| *selected).map(|selected| Memo::new(move |_| selected.with(|s| s.contains(&key))));
    let picker = pick.map(|pick| super::bulk::picker(pick, &row));
    let cells = row
        .cells
        .into_iter()
        .enumerate()
        .map(|(at, cell)| {
            // On phones a state stands beside the name; what else there is has a line of its own, unless it is nothing.
            let state = matches!(cell, Cell::Chip { .. });
            let class = match at {
                0 | 1 if cell == Cell::None => "truncate only-desk",
                0 if state => "truncate",
                0 | 1 => "truncate max-sm:col-span-full max-sm:text-12",
                2 | 3 => "only-desk truncate max-lg:hidden",
                _ => "only-desk truncate max-xl:hidden",
            };
            view! { <td role="cell" class=class>{draw(cell)}</td> }
        })
        .collect_view();
    let name = match row.href {
        Some(href) => view! { <a class="name" href=href>{row.name}</a> }.into_any(),
        None => view! { <span class="name">{row.name}</span> }.into_any(),
    };
    view! {
        <tr role="row" class=class class:is-focus=move || rows.focus.get() == Some(index) aria-selected=move || is_selected.and_then(|m| m.get().then_some("true")) aria-rowindex=index + 2>
            {picker}<th role="rowheader" scope="row">{name}</th>{cells}
        </tr>
    }
    .into_any()
}
