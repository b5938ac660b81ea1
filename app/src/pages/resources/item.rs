//! `/{account}/{region}/{kind}/{name}` and its tabs: one thing. What is no tab is the form of an act.

use crate::api::resource::{resource_form, resource_item};
use crate::error::AppError;
use crate::pages::images::dialog::{ShareDialog, first_sharing};
use crate::pages::not_found::{NotFoundInFrame, status_404};
use crate::pages::resources::cell::{Taken, act_link, draw};
use crate::pages::resources::code::CodeBlock;
use crate::pages::resources::form::{self, ActDialog, Which, asked_dialog, first_dialog};
use crate::parts::account::account;
use crate::parts::error_view::ErrorView;
use crate::parts::frame::use_acted;
use crate::parts::moment::Ago;
use crate::paths;
use crate::ui::icon::Icon;
use domain::entry::FormView;
use domain::failure::Failure;
use domain::fleet_error::explain;
use domain::resource::{Branch, ItemView, Section, Trouble};
use domain::sharing::SharingView;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

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

/// A thing, and what the dialog over it needs.
type Thing = (ItemView, Option<Result<FormView, AppError>>, Option<Result<SharingView, AppError>>);

/// What came for a path.
#[derive(Clone, Serialize, Deserialize)]
enum Came {
    /// The thing.
    Item(Box<Thing>),
    /// What is no tab of it is an act.
    Form(Box<Result<FormView, AppError>>),
    /// Neither.
    Failed(AppError),
}

#[component]
fn One(which: [String; 5]) -> impl IntoView {
    let query = use_location().search.get_untracked();
    let opens = use_query_map().with_untracked(|q| q.get("do")).unwrap_or_default();
    let asked = (which.clone(), asked_dialog(&which[2], &which[3]), query.clone(), opens);
    // All of it at once: a boundary within a boundary is not taken over by the browser.
    let first = Resource::new_blocking(
        move || asked.clone(),
        |([account, region, kind, name, tab], dialog, query, opens)| async move {
            match resource_item(account, region, kind.clone(), name.clone(), tab.clone()).await {
                Ok(item) => {
                    let shared = if kind == "images" { first_sharing(&name, &opens).await } else { None };
                    Came::Item(Box::new((item, first_dialog(dialog).await, shared)))
                }
                Err(AppError(Failure::NotFound { noun, .. })) if noun == "tab" => {
                    Came::Form(Box::new(resource_form(kind, name, tab, query).await))
                }
                Err(error) => Came::Failed(error),
            }
        },
    );
    view! {
        <Suspense fallback=|| ()>{move || {
            let (which, query) = (which.clone(), query.clone());
            Suspend::new(async move {
                match first.await {
                    Came::Item(thing) => {
                        let (first, dialog, sharing) = *thing;
                        view! { <Shown which first dialog sharing/> }.into_any()
                    }
                    Came::Form(form) => {
                        let [_, _, kind, name, verb] = which;
                        form::shown(Which { kind, name, verb, query }, *form)
                    }
                    Came::Failed(AppError(Failure::NotFound { noun, .. })) if noun == "page" || noun == "account and region" => {
                        view! { <NotFoundInFrame/> }.into_any()
                    }
                    Came::Failed(error) => gone(&which, error),
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
fn Shown(
    which: [String; 5],
    first: ItemView,
    dialog: Option<Result<FormView, AppError>>,
    sharing: Option<Result<SharingView, AppError>>,
) -> impl IntoView {
    let which_name = which[3].clone();
    let (name, title, list, kind) = (first.name.clone(), first.name.clone(), first.list.clone(), first.kind.clone());
    let scope = first.scope.clone();
    let (view, acted) = (RwSignal::new(first), use_acted());
    #[cfg(feature = "hydrate")]
    Effect::new(move |before: Option<u32>| {
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
        let acts = acted.0.get();
        if before.is_some_and(|before| before != acts) {
            ask();
        }
        if let Ok(handle) = set_interval_with_handle(ask, every) {
            on_cleanup(move || handle.clear());
        }
        acts
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (which, acted);
    let sections = Memo::new(move |_| view.with(|v| v.sections.clone()));
    let preview = Memo::new(move |_| view.with(|v| v.preview.clone()));
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
                <nav class="crumb" aria-label="Breadcrumb"><a href=format!("/{kind}")>{list}</a><Icon name="right" class="i-12"/><span>{account(&scope.account.0)}" "<span class="text-text-3">{scope.region.0.clone()}</span></span></nav>
                <div class="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
                    <h1 class="h1 break-all">{name}</h1>
                    {move || (state.get() != domain::resource::Cell::None).then(|| draw(state.get()))}
                    <span class="text-text-3 max-sm:hidden">{move || view.with(|v| v.aka.clone())}</span>
                    <div class="ml-auto flex flex-wrap items-center gap-1.5 max-sm:ml-0"><Taken at=Signal::derive(move || view.with(|v| v.taken))/>{move || super::cell::acts(acts.get())}</div>
                </div>
            </div>
            {tabs}
            {(dialog_kind == "images").then(|| {
                let here = here.clone();
                view! { <ShareDialog image=dialog_name.clone() here=Signal::stored(here) first=sharing/> }
            })}
            <ActDialog kind=dialog_kind name=dialog_name here=Signal::stored(here) first=dialog/>
            <div class="px-(--gutter) pt-4 pb-8 grid gap-8">
                {move || view.with(|v| v.troubles.clone()).into_iter().map(trouble).collect_view()}
                {move || preview.get().map(super::preview::draw)}
                {move || parts(sections.get())}
                {overview.then(|| as_code(Signal::derive(move || view.with(|v| v.code.clone()))))}
            </div>
        </main>
    }
    .into_any()
}

/// What hangs on a fleet, for a tab of its page, which is its own: with the acts on it.
type TabData = Result<ItemView, AppError>;

/// The data of a fleet's tab.
async fn fleet_tab(scope: domain::names::Scope, name: String, tab: &'static str) -> TabData {
    resource_item(scope.account.0, scope.region.0, "fleets".to_owned(), name, tab.to_owned()).await
}

/// A tab of a fleet.
#[component]
pub fn TabOf(
    /// Where it is.
    scope: domain::names::Scope,
    /// The fleet.
    name: String,
    /// The tab.
    tab: &'static str,
) -> impl IntoView {
    let asked = (scope.clone(), name.clone());
    let first = Resource::new_blocking(move || asked.clone(), move |(scope, name)| fleet_tab(scope, name, tab));
    view! {
        <Suspense fallback=|| ()>{move || {
            let (scope, name) = (scope.clone(), name.clone());
            Suspend::new(async move {
                let first = first.await;
                view! { <Hanging scope name tab first/> }
            })
        }}</Suspense>
    }
}

/// What hangs on the fleet, asked for anew after each act.
#[component]
fn Hanging(scope: domain::names::Scope, name: String, tab: &'static str, first: TabData) -> impl IntoView {
    let data = RwSignal::new(first);
    #[cfg(feature = "hydrate")]
    {
        let (acted, live) = (use_acted().0, crate::live::use_live());
        // Its state decides what can be changed now.
        let known = name.clone();
        let state = Memo::new(move |_| live.estate.with(|e| e.fleets.iter().find(|f| f.name.as_str() == known).map(|f| f.state.clone())));
        Effect::new(move |before: Option<(u32, Option<domain::fleet::FleetState>)>| {
            let acts = (acted.get(), state.get());
            if before.is_some_and(|b| b != acts) {
                let (scope, name) = (scope.clone(), name.clone());
                leptos::task::spawn_local(async move {
                    let new = fleet_tab(scope, name, tab).await;
                    let _ = data.try_set(new);
                });
            }
            acts
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (scope, name, tab);
    let whole = tab.is_empty();
    move || match data.get() {
        Ok(item) => {
            let stop = item
                .sections
                .iter()
                .any(|s| !s.locked.is_empty())
                .then(|| stop_to_edit(&paths::fleet(&item.scope, &domain::names::FleetName(item.name.clone()))));
            let code = whole.then(|| as_code(Signal::stored(item.code)));
            view! { <div class="px-(--gutter) pt-5 pb-8 grid gap-8">{stop}{parts(item.sections)}{code}</div> }.into_any()
        }
        Err(error) => view! { <div class="px-(--gutter) pt-5"><ErrorView failure=error.0/></div> }.into_any(),
    }
}

fn trouble(trouble: Trouble) -> AnyView {
    let words = explain(&trouble.code).or_else(|| domain::image_error::explain(&trouble.code));
    view! {
        <div class="banner t-fault" role="status"><Icon name="s-fail"/><div class="flex-1 min-w-0 grid gap-1">
            <p><strong>{words.map_or("AWS reports an error", |w| w.meaning)}</strong>" "<span class="text-text-2">{trouble.message}</span></p>
            {words.map(|w| view! { <ul class="list-disc pl-4 text-text-2">{w.steps.iter().map(|s| view! { <li>{*s}</li> }).collect_view()}</ul> })}
            <p class="text-12"><code>{trouble.code}</code>{trouble.since.map(|at| view! { " "<Ago at/> })}</p>
        </div></div>
    }
    .into_any()
}

/// A line of a tree, with what is below it as a list of its own.
fn branch(one: Branch) -> AnyView {
    let notes = one
        .notes
        .into_iter()
        .filter(|n| *n != domain::resource::Cell::None)
        .map(|n| view! { <span class="text-12 text-text-3">{draw(n)}</span> })
        .collect_view();
    let below = (!one.below.is_empty()).then(|| view! { <ul>{one.below.into_iter().map(branch).collect_view()}</ul> });
    let (class, tag) =
        if one.here { ("tree-line is-here", Some(view! { <span class="tag">"this image"</span> })) } else { ("tree-line", None) };
    view! { <li><span class=class aria-current=one.here.then_some("page")>{draw(one.cell)}{tag}{notes}</span>{below}</li> }.into_any()
}

/// The parts of a page: groups of details that follow each other stand side by side where there is room.
fn parts(all: Vec<Section>) -> AnyView {
    let groups = all.iter().take_while(|s| !s.facts.is_empty() && s.acts.is_empty()).count();
    let mut all = all.into_iter();
    let details: Vec<AnyView> = all.by_ref().take(groups).map(section).collect();
    let rest = all.map(section).collect_view();
    view! { <div class="grid gap-x-10 gap-y-8 xl:grid-cols-2 items-start empty:hidden">{details}</div>{rest} }.into_any()
}

/// What a running thing is told by where something needs a stop.
fn stop_to_edit(base: &str) -> AnyView {
    view! { <div class="banner t-off"><Icon name="lock"/><div class="flex-1 min-w-0">"It runs: what is marked with a lock needs it stopped, the rest can change now."</div><div class="acts"><a class="btn btn--sm" href=[base, "?do=stop"].concat()>"Stop to edit…"</a></div></div> }.into_any()
}

fn as_code(code: Signal<Vec<domain::resource::Code>>) -> AnyView {
    view! { <section class="min-w-0 max-w-4xl"><h2 class="h2 mb-2">"As code"</h2><CodeBlock code/></section> }.into_any()
}

pub fn section(part: Section) -> AnyView {
    let tree = (!part.tree.is_empty()).then(|| view! { <ul class="tree">{part.tree.into_iter().map(branch).collect_view()}</ul> });
    let facts = (!part.facts.is_empty()).then(|| {
        let rows = part
            .facts
            .into_iter()
            .map(|(name, cell)| {
                let lock = part.locked.contains(&name).then(|| view! { <span class="ml-auto flex-none" title="Needs a stop"><Icon name="lock" class="i-12"/><span class="sr-only">"Needs a stop"</span></span> });
                view! { <dt>{name}</dt><dd class="min-w-0">{draw(cell)}{lock}</dd> }
            })
            .collect_view();
        view! { <dl class="dl max-w-4xl border-t border-line">{rows}</dl> }
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
    let nothing = (facts.is_none() && table.is_none() && tree.is_none() && part.failure.is_none())
        .then(|| view! { <p class="text-text-2">{part.empty}</p> });
    view! {
        <section class="min-w-0 grid gap-2">
            <div class="flex flex-wrap items-center gap-2"><h2 class="h2">{part.title}</h2><div class="ml-auto flex flex-wrap gap-1.5">{part.acts.into_iter().map(|a| act_link(a, true)).collect_view()}</div></div>
            {(!part.note.is_empty()).then(|| view! { <p class="text-text-2 max-w-3xl">{part.note}</p> })}
            {part.failure.map(|failure| view! { <ErrorView failure role="status"/> })}
            {tree}{facts}{table}{nothing}
        </section>
    }
    .into_any()
}
