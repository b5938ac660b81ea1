//! What narrows a list: quick filters with counts, and the filter box. All of it is the URL; without WASM they are links and a form.

use crate::paths;
use crate::ui::icon::Icon;
use domain::query::{Listed, Query, Term};
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use std::marker::PhantomData;

/// The question that the URL asks of a list of `R`.
pub fn use_query<R: Listed>() -> Memo<Query> {
    let map = use_query_map();
    Memo::new(move |_| map.with(|m| Query::parse::<R>(m.clone().into_iter().map(|(k, v)| (k.into_owned(), v)))))
}

/// A quick filter: label, tone, glyph, key and value; the all-filter has an empty key.
#[derive(Clone, Copy, Debug)]
pub struct Facet {
    /// For people.
    pub label: &'static str,
    /// Tone class.
    pub tone: &'static str,
    /// Glyph.
    pub glyph: &'static str,
    /// Field.
    pub key: &'static str,
    /// Value.
    pub value: &'static str,
}

/// Quick filters. `counts` are in the order of `facets`.
#[component]
pub fn Facets(
    /// The list's path.
    path: &'static str,
    /// What is asked now.
    query: Memo<Query>,
    /// The filters.
    facets: &'static [Facet],
    /// Their counts.
    #[prop(into)]
    counts: Signal<Vec<usize>>,
    /// All rows.
    #[prop(into)]
    total: Signal<usize>,
) -> impl IntoView {
    let all = move || query.with(Query::is_open);
    view! {
        <nav class="facets -ml-2" aria-label="Quick filters">
            <a class="facet" href=path aria-current=move || all().then_some("true")>"All"<span class="count">{total}</span></a>
            {facets.iter().enumerate().map(|(i, f)| {
                let href = move || query.with(|q| paths::with_query(path, &q.toggle(f.key, f.value).pairs()));
                let on = move || query.with(|q| q.has(f.key, f.value));
                view! {
                    <a class=format!("facet {}", f.tone) href=href aria-current=move || on().then_some("true")>
                        <Icon name=f.glyph/>{f.label}<span class="count">{move || counts.with(|c| c.get(i).copied().unwrap_or_default())}</span>
                    </a>
                }
            }).collect_view()}
        </nav>
    }
    .into_any()
}

/// The filter box: tokens, and words that search.
#[component]
pub fn FilterBox<R: Listed>(
    /// The list's path.
    path: &'static str,
    /// What is asked now.
    query: Memo<Query>,
    /// Name for screen readers.
    label: &'static str,
    /// What can be searched.
    placeholder: &'static str,
    /// How many match.
    #[prop(into)]
    matched: Signal<usize>,
    /// The row type.
    #[prop(optional)]
    _rows: PhantomData<R>,
) -> impl IntoView {
    let navigate = use_navigate();
    let replace = NavigateOptions { replace: true, scroll: false, ..Default::default() };
    let node = NodeRef::<html::Input>::new();
    let on_input = {
        let (navigate, replace) = (navigate.clone(), replace.clone());
        move |ev| {
            let text = event_target_value(&ev);
            // A token is complete when it is sent, not while it is typed.
            if !text.contains(':') {
                let next = Query { q: text, ..query.get_untracked() };
                navigate(&paths::with_query(path, &next.pairs()), replace.clone());
            }
        }
    };
    let submit = navigate.clone();
    let on_submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Some(input) = node.get_untracked() else { return };
        let mut pairs = Query { q: String::new(), ..query.get_untracked() }.pairs();
        pairs.push(("q".into(), input.value()));
        let next = Query::parse::<R>(pairs);
        input.set_value(&next.q);
        submit(&paths::with_query(path, &next.pairs()), NavigateOptions { scroll: false, ..Default::default() });
    };
    // Backspace in the empty box takes the last token away.
    let on_key = move |ev: leptos::ev::KeyboardEvent| {
        let empty = node.get_untracked().is_some_and(|input| input.value().is_empty());
        let mut next = query.get_untracked();
        if ev.key() == "Backspace" && empty && next.terms.pop().is_some() {
            navigate(&paths::with_query(path, &next.pairs()), NavigateOptions { scroll: false, ..Default::default() });
        }
    };
    let hidden = move || query.with(|q| Query { q: String::new(), ..q.clone() }.pairs());
    let initial = query.with_untracked(|q| q.q.clone());
    view! {
        <form class="fbox" method="get" action=path role="search" on:submit=on_submit>
            <Icon name="filter" class="text-text-3"/>
            {move || hidden().into_iter().map(|(k, v)| view! { <input type="hidden" name=k value=v/> }).collect_view()}
            {move || query.with(|q| q.terms.iter().enumerate().map(|(i, t)| token::<R>(path, q, i, t)).collect_view())}
            <input type="search" name="q" node_ref=node data-filter aria-label=label placeholder=placeholder value=initial maxlength="200" autocomplete="off" on:input=on_input on:keydown=on_key/>
            <span class="pr-1 text-12 text-text-3 num" aria-live="off">{move || query.with(|q| !q.is_open()).then(|| format!("{} match", matched.get()))}</span>
            <span class="pr-1 max-sm:hidden js-only"><kbd class="kbd">"/"</kbd></span>
        </form>
    }
    .into_any()
}

fn token<R: Listed>(path: &'static str, query: &Query, at: usize, term: &Term) -> impl IntoView + use<R> {
    let label = R::FIELDS.iter().find(|f| f.key == term.key).map_or("", |f| f.label);
    let mut rest = query.clone();
    rest.terms.remove(at);
    let values = term.values.iter().map(|v| v.replace('-', " ")).collect::<Vec<_>>().join(" or ");
    let values = if label == "State" || label == "Health" { values } else { term.values.join(" or ") };
    let name = format!("Remove filter {label} {} {values}", term.op.words());
    let whole = format!("{label} {} {values}", term.op.words());
    view! {
        <span class="tok" role="group" aria-label=whole>
            <span>{label}" "{term.op.words()}</span><b>{values}</b>
            <a class="tok-x" href=paths::with_query(path, &rest.pairs()) aria-label=name><Icon name="x"/></a>
        </span>
    }
}

/// A sortable column's header.
#[component]
pub fn SortHead<R: Listed>(
    /// The list's path.
    path: &'static str,
    /// What is asked now.
    query: Memo<Query>,
    /// The field.
    field: &'static str,
    /// Its label.
    label: &'static str,
    /// What all its values share, said once.
    #[prop(optional, into)]
    note: Signal<Option<String>>,
    /// Classes of the cell.
    #[prop(optional)]
    class: &'static str,
    /// The row type.
    #[prop(optional)]
    _rows: PhantomData<R>,
) -> impl IntoView {
    let direction = Memo::new(move |_| query.with(|q| q.effective_sort::<R>().first().filter(|(k, _)| k == field).map(|(_, down)| *down)));
    let href = move || query.with(|q| paths::with_query(path, &q.toggle_sort::<R>(field).pairs()));
    let sort = move || match direction.get() {
        Some(true) => Some("descending"),
        Some(false) => Some("ascending"),
        None => None,
    };
    view! {
        <th scope="col" role="columnheader" class=class aria-sort=sort>
            <a class="sort" href=href>{label}{move || note.get().map(|n| view! { <span class="text-text-3 truncate">{n}</span> })}{move || direction.get().map(|down| view! { <Icon name=if down { "sortdesc" } else { "sortasc" }/> })}</a>
        </th>
    }
}
