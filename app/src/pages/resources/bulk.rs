//! Rows that are ticked, and what can be done to all of them: a page of its own gets their keys. Without WASM the boxes are a plain form.

use crate::paths;
use crate::ui::icon::Icon;
use domain::pool::MOST_ROWS;
use domain::resource::{Bulk, Row};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What a row needs to be ticked: the parameter, what is selected, and how it changes.
pub type Pick = (String, RwSignal<BTreeSet<String>>, Callback<String>);

/// The form that the boxes belong to, wherever they stand.
const FORM: &str = "bulk";

/// A row's box.
pub fn picker((name, selected, toggle): Pick, row: &Row) -> AnyView {
    let (key, clicked) = (row.key.clone(), row.key.clone());
    let label = format!("Select {}", row.name);
    let value = row.key.clone();
    view! { <td role="cell" class="max-sm:row-span-2 max-sm:!pt-0.5"><input type="checkbox" class="cb" form=FORM name=name value=value aria-label=label prop:checked=move || selected.with(|s| s.contains(&key)) on:change=move |_| toggle.run(clicked.clone())/></td> }.into_any()
}

/// The bar over the list while something is selected.
pub fn bar(bulk: &Bulk, selected: &BTreeSet<String>, all: RwSignal<BTreeSet<String>>) -> AnyView {
    let n = selected.len();
    let links = bulk
        .acts
        .1
        .iter()
        .map(|(value, words, danger)| {
            let mut pairs = vec![(bulk.acts.0.clone(), value.clone())];
            pairs.extend(selected.iter().map(|key| (bulk.key.clone(), key.clone())));
            let class = if *danger { "btn btn--danger" } else { "btn" };
            view! { <a class=class href=paths::with_query(&bulk.path, &pairs)>{words.clone()}</a> }
        })
        .collect_view();
    // Their keys travel in the URL.
    let acts = if n > MOST_ROWS {
        view! { <span class="quiet">{format!("at most {MOST_ROWS} at once")}</span> }.into_any()
    } else {
        links.into_any()
    };
    view! {
        <div class="bulk mt-4 flex-wrap" role="toolbar" aria-label=format!("Actions for {n} selected rows")>
            <span class="font-semibold num whitespace-nowrap">{format!("{n} selected")}</span><span class="sep max-sm:hidden"></span>{acts}
            <button type="button" class="btn btn--icon" aria-label="Clear selection" on:click=move |_| all.set(BTreeSet::new())><Icon name="x"/></button>
        </div>
    }
    .into_any()
}

/// The same without scripts.
pub fn plain(bulk: Bulk) -> AnyView {
    let (name, acts) = bulk.acts;
    let buttons = acts
        .into_iter()
        .map(|(value, words, danger)| {
            let class = if danger { "btn btn--danger-quiet" } else { "btn" };
            view! { <button type="submit" class=class name=name.clone() value=value>{words}</button> }
        })
        .collect_view();
    view! { <form id=FORM method="get" action=bulk.path><noscript><p class="px-(--gutter) py-3 flex flex-wrap items-center gap-2"><span>"With those that are ticked:"</span>{buttons}</p></noscript></form> }.into_any()
}
