//! `/images/sharing`: own images × accounts, two rights a cell. Several changes are staged, seen as a difference, and applied at once.
//! Filter, window and added accounts are in the URL; what is staged outlives a change of those.

use super::staging::{Consequences, Send, Staging, Summary, boxes};
use crate::api::image::image_sharing;
use crate::pages::resources::cell::Taken;
use crate::parts::account::account as number;
use crate::parts::error_view::ErrorView;
use crate::parts::once::Once;
use crate::paths;
use crate::ui::icon::Icon;
use domain::failure::Failure;
use domain::sharing::{MOST_ACCOUNTS, SharedImage, SharingView, account, accounts, parts};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

const HERE: &str = "/images/sharing";

/// The page.
#[component]
pub fn ShareMatrix() -> impl IntoView {
    let asked = use_location().search.get_untracked();
    let first = Resource::new_blocking(move || asked.clone(), image_sharing);
    view! {
        <Title text="Sharing, images · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <Suspense fallback=|| ()>{move || Suspend::new(async move {
                match first.await {
                    Ok(first) => view! { <Shown first/> }.into_any(),
                    Err(error) => view! { <div class="head"><h1 class="h1">"Sharing"</h1></div><div class="px-(--gutter)"><ErrorView failure=error.0/></div> }.into_any(),
                }
            })}</Suspense>
        </main>
    }
}

/// The URL's parameter `key`.
fn parameter(query: &[(String, String)], key: &str) -> String {
    query.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone()).unwrap_or_default()
}

/// The page's URL with one parameter changed; a new filter begins at the first window.
fn with(query: &[(String, String)], key: &str, value: &str) -> String {
    let mut all: Vec<(String, String)> = query.iter().filter(|(k, _)| k != key && (k != "from" || key == "add")).cloned().collect();
    if key == "add" {
        all.retain(|(k, _)| k != "before");
    }
    if !value.is_empty() {
        all.push((key.to_owned(), value.to_owned()));
    }
    paths::with_query(HERE, &all)
}

/// The accounts that the URL adds: those of before, which a plain form sends along, and the new one.
fn added(query: &[(String, String)], own: &str) -> Vec<String> {
    accounts(&[&parameter(query, "before"), ",", &parameter(query, "add")].concat(), own)
}

#[component]
fn Shown(first: SharingView) -> impl IntoView {
    let search = use_location().search;
    let staging = Staging::new(&first, Callback::new(|()| ()));
    let view = RwSignal::new(first);
    let failure = RwSignal::new(None::<Failure>);
    let query = Memo::new(move |_| paths::pairs(&search.get()));
    #[cfg(feature = "hydrate")]
    {
        Effect::new(move |before: Option<()>| {
            let asked = search.get();
            if before.is_none() {
                return;
            }
            leptos::task::spawn_local(async move {
                match image_sharing(asked.clone()).await {
                    Ok(new) if search.try_get_untracked() == Some(asked) => {
                        let _ = staging.truth.try_update(|truth| {
                            truth.retain(|cell, _| !new.images.iter().any(|i| i.name == parts(cell).1));
                            truth.extend(new.rights.clone());
                        });
                        let _ = failure.try_set(None);
                        let _ = view.try_set(new);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        let _ = failure.try_set(Some(error.0));
                    }
                }
            });
        });
        crate::pages::resources::entering::guard(Signal::derive(move || !staging.changes.with(Vec::is_empty)));
    }
    let columns = Memo::new(move |_| {
        let mut all = view.with(|v| v.accounts.clone());
        // What is staged stays in sight, also when the window moves on.
        staging.wanted.with(|wanted| all.extend(wanted.keys().map(|c| parts(c).0.to_owned())));
        all.sort();
        all.dedup();
        all
    });
    let images = Memo::new(move |_| view.with(|v| v.images.clone()));
    view! {
        <div class="head"><nav class="crumb" aria-label="Breadcrumb"><a href="/images">"Images"</a><Icon name="right" class="i-12"/><span>"Sharing"</span></nav>
            <div class="mt-1 flex flex-wrap items-center gap-2"><h1 class="h1">"Sharing"</h1><span class="count text-14 mt-0.5">{move || view.with(|v| v.matched)}</span>
                <div class="ml-auto"><Taken at=Signal::derive(move || view.with(|v| v.taken))/></div></div>
            <p class="text-text-2 max-w-3xl mt-1">"Who else may use this account’s images in "{move || view.with(|v| v.region.clone())}". An account finds a shared image by its ARN, in this Region only."</p></div>
        {move || failure.get().map(|failure| view! { <div class="px-(--gutter) pb-2"><ErrorView failure role="status"/></div> })}
        <Filters view query columns/>
        <ActionForm action=staging.action on:submit:capture=staging.send() attr:class="flex-1 flex flex-col min-w-0" attr:novalidate=true>
            <Once done=staging.action.version()/>
            <div class="px-(--gutter) pb-4 grid gap-4 flex-1 content-start min-w-0">
                <Grid staging images columns/>
                <Windows view query/>
                <Consequences staging/>
            </div>
            <div class="formbar"><Summary staging/><span class="ml-auto"></span>
                <button type="button" class="btn js-only" on:click=move |_| staging.discard()>"Discard"</button><Send staging verb="Apply"/></div>
        </ActionForm>
    }
    .into_any()
}

/// Quick filters, the filter box, and the field for another account: all of them forms that lead to a URL.
#[component]
fn Filters(view: RwSignal<SharingView>, query: Memo<Vec<(String, String)>>, columns: Memo<Vec<String>>) -> impl IntoView {
    let facets = move || {
        let is = query.with(|q| parameter(q, "is"));
        view.with(|v| v.choices.clone())
            .into_iter()
            .map(|choice| {
                let href = query.with(|q| with(q, "is", &choice.value));
                view! { <a class="facet" href=href data-stays="" aria-current=(is == choice.value).then_some("true")>{choice.label}<span class="count">{choice.count}</span></a> }
            })
            .collect_view()
    };
    let navigate = use_navigate();
    let go = move |href: &str| navigate(href, NavigateOptions { replace: true, scroll: false, ..Default::default() });
    let filter = {
        let go = go.clone();
        move |ev| go(&query.with_untracked(|q| with(q, "q", &event_target_value(&ev))))
    };
    let typed = RwSignal::new(query.with_untracked(|q| parameter(q, "add")).rsplit(',').next().unwrap_or_default().to_owned());
    let first = view.with_untracked(|v| v.wrong.clone());
    if first.is_none() {
        typed.set(String::new());
    }
    let wrong = RwSignal::new(first);
    let add = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let own = view.with_untracked(|v| v.own.clone());
        let number = match account(&typed.get_untracked(), &own) {
            Err(sentence) => return wrong.set(Some(sentence)),
            Ok(number) if columns.with_untracked(|all| all.contains(&number)) => {
                return wrong.set(Some("This account has a column already.".to_owned()));
            }
            Ok(number) => number,
        };
        let mut all = query.with_untracked(|q| added(q, &own));
        if all.len() >= MOST_ACCOUNTS {
            return wrong.set(Some("That is too many accounts at once. Apply first.".to_owned()));
        }
        all.push(number);
        wrong.set(None);
        typed.set(String::new());
        go(&query.with_untracked(|q| with(q, "add", &all.join(","))));
    };
    // A plain form sends what was added before along with the new number.
    let before = move || {
        query
            .get()
            .into_iter()
            .filter(|(k, _)| k == "q" || k == "is")
            .map(|(k, v)| view! { <input type="hidden" name=k value=v/> })
            .collect_view()
    };
    let earlier = move || {
        let own = view.with_untracked(|v| v.own.clone());
        query.with(|q| added(q, &own)).join(",")
    };
    let note = "share-column-note";
    view! {
        <div class="px-(--gutter) pb-2"><nav class="facets" aria-label="Quick filters">{facets}</nav></div>
        <div class="bar flex-wrap items-start">
            <form class="fbox flex-1 basis-60" role="search" action=HERE><Icon name="search"/>
                <input type="search" name="q" data-filter="" aria-label="Filter images" placeholder="Filter by name" value=query.with_untracked(|q| parameter(q, "q")) prop:value=move || query.with(|q| parameter(q, "q")) on:input=filter autocomplete="off" spellcheck="false"/>
                <input type="hidden" name="add" value=earlier/></form>
            <form class="grid gap-1" action=HERE on:submit=add>{before}<input type="hidden" name="before" value=earlier/>
                <div class="flex gap-2"><div class="input" class:is-err=move || wrong.get().is_some()><input name="add" value=typed.get_untracked() prop:value=typed aria-label="Add an account" placeholder="Add an account: 12 digits" inputmode="numeric" autocomplete="off" spellcheck="false" aria-describedby=note aria-invalid=move || wrong.get().is_some().then_some("true") on:input=move |ev| { typed.set(event_target_value(&ev)); wrong.set(None); }/></div>
                    <button type="submit" class="btn">"Add"</button></div>
                <div id=note>{move || wrong.get().map(|sentence| view! { <p class="err" role="alert"><Icon name="s-fail"/><span>{sentence}</span></p> })}</div></form>
        </div>
    }
    .into_any()
}

#[component]
fn Grid(staging: Staging, images: Memo<Vec<SharedImage>>, columns: Memo<Vec<String>>) -> impl IntoView {
    let heads = move || columns.get().iter().map(|a| view! { <th scope="colgroup" colspan="2">{number(a)}</th> }).collect_view();
    let rights =
        move || columns.get().iter().map(|_| view! { <th scope="col">"Fleets"</th><th scope="col">"Builders"</th> }).collect_view();
    view! {
        <div class="overflow-x-auto relative" tabindex="0" role="region" aria-label="Images and accounts"><table class="tbl plain matrix">
            <caption class="sr-only">"Which account may use which image"</caption>
            <thead><tr><th scope="col" rowspan="2">"Image"</th>{heads}</tr><tr>{rights}</tr></thead>
            <tbody><For each=move || images.get() key=|i| format!("{i:?}") let:one>{row(staging, columns, one)}</For></tbody></table>
            <p class="text-text-2 py-3" hidden=move || images.with(|all| !all.is_empty())>"No image matches."</p>
            <p class="text-text-2 py-3" hidden=move || columns.with(|all| !all.is_empty()) || images.with(Vec::is_empty)>"None of these images is shared. Add an account to begin."</p></div>
    }
    .into_any()
}

fn row(staging: Staging, columns: Memo<Vec<String>>, image: SharedImage) -> AnyView {
    let name = StoredValue::new(image.name.clone());
    // Unknown rights must not be overwritten by an empty box.
    let locked = image.why_not.clone().or_else(|| image.failure.as_ref().map(|f| f.advice().title));
    let reason = locked.clone().map(|reason| {
        view! { <span class="text-12 text-text-3 font-[450] whitespace-normal inline-flex items-center gap-1"><Icon name="lock" class="i-12"/>{reason}</span> }
    });
    let failed = move || {
        staging
            .results
            .with(|all| all.iter().any(|r| r.failure.is_some() && name.with_value(|n| parts(&r.change.cell).1 == n)))
            .then(|| view! { <span class="tag tag--tone t-fault">"failed"</span> })
    };
    let cells = move || columns.get().iter().map(|account| name.with_value(|n| boxes(staging, account, n, locked.clone()))).collect_view();
    view! { <tr><th scope="row"><span class="inline-flex items-center gap-2">{image.name}{failed}</span>{reason.map(|r| view! { <div>{r}</div> })}</th>{cells}</tr> }
        .into_any()
}

/// Links to the windows before and after this one.
#[component]
fn Windows(view: RwSignal<SharingView>, query: Memo<Vec<(String, String)>>) -> impl IntoView {
    move || {
        let (start, len, matched) = view.with(|v| (v.start, v.images.len(), v.matched));
        let to = |from: usize| query.with(|q| with(q, "from", &from.to_string()));
        let before = (start > 0).then(|| view! { <a class="btn btn--sm" data-stays="" href=to(start.saturating_sub(50))>"Previous"</a> });
        let after = (start + len < matched).then(|| view! { <a class="btn btn--sm" data-stays="" href=to(start + len)>"Next"</a> });
        (matched > len).then(|| {
            let seen = [&(start + 1).to_string(), "–", &(start + len).to_string(), " of ", &matched.to_string(), " images"].concat();
            view! { <nav class="flex items-center gap-2 text-12 text-text-3" aria-label="Windows"><span>{seen}</span>{before}{after}</nav> }
        })
    }
}
