//! `/{account}/{region}/{kind}/{name}` and its tabs: one thing. What is no tab is the form of an act.

use crate::api::resource::resource_item;
use crate::error::AppError;
use crate::pages::not_found::{NotFoundInFrame, status_404};
use crate::pages::resources::cell::{Taken, act_link, draw};
use crate::pages::resources::code::CodeBlock;
use crate::pages::resources::form::{ActDialog, VerbForm, Which};
use crate::parts::error_view::ErrorView;
use crate::parts::moment::Ago;
use crate::paths;
use crate::ui::icon::Icon;
use domain::failure::Failure;
use domain::fleet_error::explain;
use domain::resource::{ItemView, Section, Trouble};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};

/// The thing that the path names.
#[component]
pub fn ResourceItem() -> impl IntoView {
    let params = use_params_map();
    let which = Memo::new(move |_| params.with(|p| ["account", "region", "kind", "name", "tab"].map(|k| p.get(k).unwrap_or_default())));
    move || {
        let which = which.get();
        view! { <One which/> }
    }
}

#[component]
fn One(which: [String; 5]) -> impl IntoView {
    let asked = which.clone();
    let query = use_location().search.get_untracked();
    let first =
        Resource::new_blocking(move || asked.clone(), |[account, region, kind, name, tab]| resource_item(account, region, kind, name, tab));
    view! {
        <Suspense fallback=|| ()>{move || {
            let (which, query) = (which.clone(), query.clone());
            Suspend::new(async move {
                match first.await {
                    Ok(first) => view! { <Shown which first/> }.into_any(),
                    Err(AppError(Failure::NotFound { noun, .. })) if noun == "tab" => {
                        let [_, _, kind, name, verb] = which;
                        let which = Which { kind, name, verb, query };
                        view! { <VerbForm which/> }.into_any()
                    }
                    Err(AppError(Failure::NotFound { noun, .. })) if noun == "page" || noun == "account and region" => view! { <NotFoundInFrame/> }.into_any(),
                    Err(error) => gone(&which, error),
                }
            })
        }}</Suspense>
    }
}

fn gone(which: &[String; 5], error: AppError) -> AnyView {
    if matches!(error.0, Failure::NotFound { .. }) {
        status_404();
    }
    let back = format!("/{}", which[2]);
    let name: String = which[3].chars().take(120).collect();
    view! {
        <Title text="Not found · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head"><h1 class="h1 break-words">{name}</h1></div>
            <div class="px-(--gutter) grid gap-3"><ErrorView failure=error.0/><p><a class="btn" href=back>"Back to the list"</a></p></div>
        </main>
    }
    .into_any()
}

#[component]
fn Shown(which: [String; 5], first: ItemView) -> impl IntoView {
    let which_name = which[3].clone();
    let (name, title, list, kind) = (first.name.clone(), first.name.clone(), first.list.clone(), first.kind.clone());
    let scope = first.scope.clone();
    let view = RwSignal::new(first);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        let every = std::time::Duration::from_secs(if view.with(|v| v.moving) { 5 } else { 20 });
        let which = which.clone();
        let ask = move || {
            let [account, region, kind, name, tab] = which.clone();
            if !document().hidden() {
                leptos::task::spawn_local(async move {
                    // What cannot be had now stays as it was; its age tells.
                    if let Ok(new) = resource_item(account, region, kind, name, tab).await {
                        let _ = view.try_update(|v| {
                            if *v != new {
                                *v = new
                            }
                        });
                    }
                });
            }
        };
        if let Ok(handle) = set_interval_with_handle(ask, every) {
            on_cleanup(move || handle.clear());
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = which;
    let sections = Memo::new(move |_| view.with(|v| v.sections.clone()));
    let acts = Memo::new(move |_| view.with(|v| v.acts.clone()));
    let state = Memo::new(move |_| view.with(|v| v.state.clone()));
    let base = format!("/{}/{}/{kind}/{}", scope.account, scope.region, paths::encode(&name));
    let (all_tabs, tab) = view.with_untracked(|v| (v.tabs.clone(), v.tab.clone()));
    let here = if tab.is_empty() { base.clone() } else { format!("{base}/{tab}") };
    let overview = tab.is_empty();
    let tabs = (all_tabs.len() > 1).then(|| {
        let links = all_tabs
            .into_iter()
            .map(|(slug, words)| {
                let href = if slug.is_empty() { base.clone() } else { format!("{base}/{slug}") };
                view! { <a class="tab" href=href aria-current=(slug == tab).then_some("page")>{words}</a> }
            })
            .collect_view();
        view! { <nav class="tabs" aria-label="Sections">{links}</nav> }
    });
    let (dialog_kind, dialog_name) = (kind.clone(), which_name);
    view! {
        <Title text=format!("{title}, {} · AppStream Console", list.to_lowercase())/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-3">
                <nav class="crumb" aria-label="Breadcrumb"><a href=format!("/{kind}")>{list}</a><Icon name="right" class="i-12"/><span>{scope.account.0.clone()}" "<span class="text-text-3">{scope.region.0.clone()}</span></span></nav>
                <div class="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
                    <h1 class="h1 break-all">{name}</h1>
                    {move || (state.get() != domain::resource::Cell::None).then(|| draw(state.get()))}
                    <span class="text-text-3 max-sm:hidden">{move || view.with(|v| v.aka.clone())}</span>
                    <div class="ml-auto flex flex-wrap items-center gap-1.5 max-sm:ml-0"><Taken at=Signal::derive(move || view.with(|v| v.taken))/>{move || acts.get().into_iter().map(|a| act_link(a, false)).collect_view()}</div>
                </div>
            </div>
            {tabs}
            <ActDialog kind=dialog_kind name=dialog_name here=Signal::derive(move || here.clone())/>
            <div class="px-(--gutter) pt-4 pb-8 grid gap-8">
                {move || view.with(|v| v.troubles.clone()).into_iter().map(trouble).collect_view()}
                {move || sections.get().into_iter().map(section).collect_view()}
                {overview.then(|| view! { <section class="min-w-0 max-w-4xl"><h2 class="h2 mb-2">"As code"</h2><CodeBlock code=Signal::derive(move || view.with(|v| v.code.clone()))/></section> })}
            </div>
        </main>
    }
    .into_any()
}

/// A tab of a fleet, whose page is its own: what hangs on it, with the acts on that.
#[component]
pub fn TabOf(
    /// Where it is.
    scope: domain::names::Scope,
    /// The fleet.
    name: String,
    /// The tab.
    tab: &'static str,
) -> impl IntoView {
    let asked = (scope.account.0, scope.region.0, name);
    let item = Resource::new_blocking(
        move || asked.clone(),
        move |(account, region, name)| resource_item(account, region, "fleets".to_owned(), name, tab.to_owned()),
    );
    view! {
        <Suspense fallback=|| ()>{move || Suspend::new(async move {
            match item.await {
                Ok(item) => view! { <div class="px-(--gutter) pt-5 pb-8 grid gap-8">{item.sections.into_iter().map(section).collect_view()}</div> }.into_any(),
                Err(error) => view! { <div class="px-(--gutter) pt-5"><ErrorView failure=error.0/></div> }.into_any(),
            }
        })}</Suspense>
    }
}

/// A fleet as code.
#[component]
pub fn CodeOf(
    /// Where it is.
    scope: domain::names::Scope,
    /// The fleet.
    name: String,
) -> impl IntoView {
    let asked = (scope.account.0, scope.region.0, name);
    let item = Resource::new_blocking(
        move || asked.clone(),
        move |(account, region, name)| resource_item(account, region, "fleets".to_owned(), name, String::new()),
    );
    view! {
        <Suspense fallback=|| ()>{move || Suspend::new(async move {
            match item.await {
                Ok(item) => view! { <section class="px-(--gutter) pt-6 pb-8 min-w-0 max-w-4xl"><h2 class="h2 mb-2">"As code"</h2><CodeBlock code=Signal::stored(item.code)/></section> }.into_any(),
                Err(error) => view! { <div class="px-(--gutter) pt-5"><ErrorView failure=error.0/></div> }.into_any(),
            }
        })}</Suspense>
    }
}

fn trouble(trouble: Trouble) -> AnyView {
    let words = explain(&trouble.code);
    view! {
        <div class="banner t-fault" role="status"><Icon name="s-fail"/><div class="flex-1 min-w-0 grid gap-1">
            <p><strong>{words.map_or("AWS reports an error", |w| w.meaning)}</strong>" "<span class="text-text-2">{trouble.message}</span></p>
            {words.map(|w| view! { <ul class="list-disc pl-4 text-text-2">{w.steps.iter().map(|s| view! { <li>{*s}</li> }).collect_view()}</ul> })}
            <p class="text-12"><code>{trouble.code}</code>{trouble.since.map(|at| view! { " "<Ago at/> })}</p>
        </div></div>
    }
    .into_any()
}

fn section(part: Section) -> AnyView {
    let facts = (!part.facts.is_empty()).then(|| {
        let rows = part.facts.into_iter().map(|(name, cell)| view! { <dt>{name}</dt><dd class="min-w-0">{draw(cell)}</dd> }).collect_view();
        view! { <dl class="dl max-w-4xl">{rows}</dl> }
    });
    let has_acts = part.rows.iter().any(|(_, acts)| !acts.is_empty());
    let table = (!part.rows.is_empty()).then(|| {
        let heads = part.columns.iter().map(|h| view! { <th scope="col">{h.clone()}</th> }).collect_view();
        let rows = part
            .rows
            .into_iter()
            .map(|(cells, acts)| {
                let cells = cells.into_iter().map(|cell| view! { <td>{draw(cell)}</td> }).collect_view();
                let acts = has_acts.then(|| view! { <td class="r">{acts.into_iter().map(|a| act_link(a, true)).collect_view()}</td> });
                view! { <tr>{cells}{acts}</tr> }
            })
            .collect_view();
        view! { <div class="overflow-x-auto relative" tabindex="0" role="region" aria-label=part.title.clone()><table class="tbl plain"><thead><tr>{heads}{has_acts.then(|| view! { <th scope="col" class="r"><span class="sr-only">"Acts"</span></th> })}</tr></thead><tbody>{rows}</tbody></table></div> }
    });
    let nothing = (facts.is_none() && table.is_none() && part.failure.is_none()).then(|| view! { <p class="text-text-2">{part.empty}</p> });
    view! {
        <section class="min-w-0 grid gap-2">
            <div class="flex flex-wrap items-center gap-2"><h2 class="h2">{part.title}</h2><div class="ml-auto flex flex-wrap gap-1.5">{part.acts.into_iter().map(|a| act_link(a, true)).collect_view()}</div></div>
            {part.failure.map(|failure| view! { <ErrorView failure role="status"/> })}
            {facts}{table}{nothing}
        </section>
    }
    .into_any()
}
