//! One fleet: capacity now, sessions, errors with cause and remedy, configuration.

use crate::api::fleet::StartFleet;
use crate::live::use_live;
use crate::pages::fleets::acts::{Buttons, Outcomes};
use crate::pages::fleets::chart::SeatsOverTime;
use crate::pages::not_found::{NotFoundInFrame, status_404};
use crate::pages::resources::form::{VerbForm, Which};
use crate::pages::resources::item::TabOf;
use crate::pages::sessions::rows::FleetSessions;
use crate::parts::account::account;
use crate::parts::capacity::{CapacityBar, Free};
use crate::parts::chip::{Chip, fleet_look};
use crate::parts::frame::DataAge;
use crate::paths;
use crate::ui::icon::Icon;
use domain::fleet::{Fleet, FleetState};
use domain::fleet_error::{Gravity, explain};
use domain::names::Scope;
use domain::problem::of_fleet;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

const TABS: [(&str, &str); 7] = [
    ("", "Capacity"),
    ("sessions", "Sessions"),
    ("errors", "Errors"),
    ("configuration", "Configuration"),
    ("stacks", "Stacks"),
    ("applications", "Applications"),
    ("tags", "Tags"),
];

/// Tabs that show what hangs on the fleet.
const HANGS: [&str; 3] = ["stacks", "applications", "tags"];

/// A fleet's page, on any of its tabs.
#[component]
pub fn FleetDetail() -> impl IntoView {
    let params = use_params_map();
    let which = Memo::new(move |_| {
        params.with(|p| {
            let [account, region, name, tab] = ["account", "region", "name", "tab"].map(|k| p.get(k).unwrap_or_default());
            // What is no tab is an act: edit, tags.
            let act = if TABS.iter().any(|(slug, _)| *slug == tab) { String::new() } else { tab };
            (account, region, name, act)
        })
    });
    move || {
        let (account, region, name, verb) = which.get();
        if verb.is_empty() {
            return view! { <One account region name/> }.into_any();
        }
        let query = leptos_router::hooks::use_location().search.get_untracked();
        let here = use_live().estate.with_untracked(|e| e.scope == Scope::new(account, region));
        let which = Which { kind: "fleets".to_owned(), name, verb, query };
        if here { view! { <VerbForm which/> }.into_any() } else { view! { <NotFoundInFrame/> }.into_any() }
    }
}

#[component]
fn One(account: String, region: String, name: String) -> impl IntoView {
    let live = use_live();
    let params = use_params_map();
    let tab = Memo::new(move |_| params.with(|p| p.get("tab").unwrap_or_default()));
    let scope = Scope::new(account, region);
    let here = live.estate.with_untracked(|e| e.scope == scope);
    let wanted = name.clone();
    let found = Memo::new(move |_| live.estate.with(|e| e.fleet(&wanted).cloned()));
    if !here {
        return view! { <NotFoundInFrame/> }.into_any();
    }
    // One that was just made is here before the watcher knows of it; one that vanishes while one looks stays on screen.
    let seen = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or_default() || found.with(Option::is_some));
    (move || {
        let seen = seen.get();
        match found.get_untracked() {
            Some(first) if seen => view! { <Seen scope=scope.clone() name=name.clone() first found tab/> }.into_any(),
            _ => gone(&name),
        }
    })
    .into_any()
}

#[component]
fn Seen(scope: Scope, name: String, first: Fleet, found: Memo<Option<Fleet>>, tab: Memo<String>) -> impl IntoView {
    // A fleet that vanishes while one looks keeps its last row on screen, with a word about it.
    let fleet = Memo::new(move |last: Option<&Fleet>| found.get().or_else(|| last.cloned()).unwrap_or_else(|| first.clone()));
    let vanished = Memo::new(move |_| found.with(Option::is_none));
    let start = ServerAction::<StartFleet>::new();
    let fleet_name = fleet.with_untracked(|f| f.name.clone());
    let base = paths::fleet(&scope, &fleet_name);
    let path = {
        let base = base.clone();
        move || {
            let t = tab.get();
            if t.is_empty() { base.clone() } else { format!("{base}/{t}") }
        }
    };
    let title = {
        let name = name.clone();
        move || format!("{name}, {} · AppStream Console", TABS.iter().find(|(s, _)| *s == tab.get()).map_or("", |(_, l)| l).to_lowercase())
    };
    // The server writes the title last: by then what belongs to the page may be gone.
    let title: TextProp = if cfg!(feature = "hydrate") { title.into() } else { title().into() };
    let tabs = TABS
        .iter()
        .map(|(slug, label)| {
            let href = if slug.is_empty() { base.clone() } else { format!("{base}/{slug}") };
            let extra = move || match *slug {
                "sessions" => Some(view! { <span class="count">{move || fleet.with(|f| f.seats().in_use)}</span> }.into_any()),
                "errors" => fleet
                    .with(|f| (!f.errors.is_empty()).then_some(f.errors.len()))
                    .map(|n| view! { <span class="chip chip--fill t-fault !h-4 !px-1 !gap-1"><Icon name="s-fail"/>{n}</span> }.into_any()),
                _ => None,
            };
            view! { <a class="tab" href=href aria-current=move || (tab.get() == *slug).then_some("page")>{*label}{extra}</a> }
        })
        .collect_view();
    let (buttons_here, outcomes_here) = (path(), path());
    view! {
        <Title text=title/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-3">
                <nav class="crumb" aria-label="Breadcrumb"><a href=paths::FLEETS>"Fleets"</a><Icon name="right" class="i-12"/><span>{account(&scope.account.0)}" "<span class="text-text-3">{scope.region.0.clone()}</span></span></nav>
                <div class="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
                    <h1 class="h1">{name}</h1>
                    <Chip look=Signal::derive(move || fleet.with(fleet_look))/>
                    <span class="text-text-3">{move || fleet.with(Fleet::type_words)}</span>
                    <span class="text-text-3 max-sm:hidden">{move || fleet.with(|f| f.display_name.clone())}</span>
                    <div class="fleet-acts ml-auto flex flex-wrap items-center gap-1.5 max-sm:ml-0 max-sm:w-full"><div class="max-sm:basis-full max-sm:-ml-2"><DataAge/></div><Buttons fleet here=buttons_here base=base.clone() start/></div>
                </div>
            </div>
            <nav class="tabs" aria-label="Fleet sections">{tabs}</nav>
            {move || vanished.get().then(|| view! { <div class="px-(--gutter) pt-4"><div class="banner t-warn" role="status"><Icon name="s-warn"/><div><strong>"This fleet no longer exists."</strong>" What you see is what it was."</div></div></div> })}
            <Outcomes fleet here=outcomes_here start/>
            {move || match tab.get().as_str() {
                "sessions" => view! { <FleetSessions name=fleet_name.clone()/> }.into_any(),
                "errors" => view! { <Errors fleet/> }.into_any(),
                "configuration" => view! { <TabOf scope=scope.clone() name=fleet_name.0.clone() tab=""/> }.into_any(),
                slug => match HANGS.iter().find(|hangs| **hangs == slug) {
                    Some(slug) => view! { <TabOf scope=scope.clone() name=fleet_name.0.clone() tab=slug/> }.into_any(),
                    None => view! { <Capacity fleet base=base.clone() scope=scope.clone()/> }.into_any(),
                },
            }}
        </main>
    }
    .into_any()
}

fn gone(name: &str) -> AnyView {
    status_404();
    let shown: String = name.chars().take(120).collect();
    view! {
        <Title text="Not found · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head flex items-center gap-2"><h1 class="h1">"Fleet “"{shown}"” does not exist"</h1><div class="ml-auto"><DataAge/></div></div>
            <div class="px-(--gutter) grid gap-3 text-text-2"><p>"It may have been deleted, or its name is mistyped. Names are case-sensitive."</p><p><a class="btn" href=paths::FLEETS>"Back to fleets"</a></p></div>
        </main>
    }
    .into_any()
}

#[component]
fn Capacity(fleet: Memo<Fleet>, base: String, scope: Scope) -> impl IntoView {
    let seats = Signal::derive(move || fleet.with(Fleet::seats));
    let up = Signal::derive(move || fleet.with(|f| f.state == FleetState::Running));
    let worst = move || {
        fleet.with(|f| {
            let mut all = of_fleet(f);
            all.sort_by_key(|p| std::cmp::Reverse(p.gravity));
            all.into_iter().next()
        })
    };
    let unit = move || fleet.with(|f| f.seat_unit());
    let name = fleet.with_untracked(|f| f.name.0.clone());
    let live = use_live();
    let stacks = move || {
        fleet.with(|f| {
            live.estate.with(|e| {
                e.pairs.iter().filter(|p| p.fleet() == f.name.as_str()).map(|p| p.stack().to_owned()).collect::<Vec<_>>().join(", ")
            })
        })
    };
    view! {
        <div class="px-(--gutter) pt-5 grid gap-5">
            {move || worst().map(|p| {
                let (tone, glyph) = if p.gravity == Gravity::Fault { ("banner t-fault", "s-fail") } else { ("banner t-warn", "s-warn") };
                let (href, label) = if p.code.is_empty() { (format!("{base}?do=capacity"), "Change capacity…") } else { (format!("{base}/errors"), "What to do") };
                view! { <div class=tone><Icon name=glyph/><div class="flex-1 min-w-0"><strong>{p.subject}" "{p.effect}"."</strong>" "<span class="text-text-2">{p.detail}</span></div><div class="acts"><a class="btn btn--sm" href=href>{label}</a></div></div> }
            })}
            <div class="grid xl:grid-cols-[minmax(0,1fr)_19rem] gap-8">
                <SeatsOverTime scope name=name seats/>
                <div class="grid content-start gap-8 sm:max-xl:grid-cols-2 rail">
                <section aria-labelledby="now" class="min-w-0">
                    <h2 id="now" class="h2">"Capacity now"</h2>
                    <p class="mt-2 flex items-baseline gap-2"><span class="text-32 font-semibold num">{move || seats.get().in_use}</span><span class="text-text-2">{move || format!("of {} {}s in use", seats.get().max, unit())}</span></p>
                    <div class="mt-2"><CapacityBar seats large=true/></div>
                    <dl class="dl mt-3">
                        <dt>"Free"</dt><dd class="justify-end"><Free seats up/></dd>
                        <dt>"Pending"</dt><dd class="justify-end">{move || seats.get().pending}</dd>
                        <dt>"Desired"</dt><dd class="justify-end">{move || seats.get().desired.map_or_else(|| "–".to_owned(), |d| d.to_string())}</dd>
                        {move || fleet.with(|f| f.capacity.user_sessions.clone()).map(|u| view! {
                            <dt>"Instances"</dt><dd class="justify-end">{move || fleet.with(|f| format!("{} running, {} in use", f.capacity.running, f.capacity.in_use))}</dd>
                            <dt>"Draining"</dt><dd class="justify-end">{format!("{} instances with {} sessions", u.draining, u.drain_mode_active)}</dd>
                        })}
                    </dl>
                </section>
                <section aria-labelledby="on" class="min-w-0">
                    <h2 id="on" class="h2">"Runs on"</h2>
                    <dl class="dl mt-1">
                        <dt>"Image"</dt><dd>{move || fleet.with(|f| f.image_name.clone().unwrap_or_else(|| "–".into()))}</dd>
                        <dt>"Instance"</dt><dd>{move || fleet.with(|f| f.instance_type.clone())}</dd>
                        <dt>"Stacks"</dt><dd>{move || { let s = stacks(); if s.is_empty() { "none; nobody can start a session".to_owned() } else { s } }}</dd>
                        <dt>"ARN"</dt><dd><code class="trunc" title=move || fleet.with(|f| f.arn.clone())>{move || fleet.with(|f| f.arn.clone())}</code></dd>
                    </dl>
                </section>
                </div>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Errors(fleet: Memo<Fleet>) -> impl IntoView {
    let errors = Memo::new(move |_| fleet.with(|f| f.errors.clone()));
    view! {
        <section aria-labelledby="open" class="px-(--gutter) pt-5 max-w-4xl">
            <div class="flex items-baseline gap-2"><h2 id="open" class="h2">"Open"</h2><span class="count">{move || errors.with(Vec::len)}</span></div>
            {move || errors.with(Vec::is_empty).then(|| view! { <p class="mt-2 text-text-2">"AWS reports no error on this fleet."</p> })}
            {move || errors.get().into_iter().map(|e| {
                let known = explain(&e.code);
                let grave = known.is_none_or(|k| k.gravity == Gravity::Fault);
                let (tone, glyph) = if grave { ("bg-fault-soft t-fault", "s-fail") } else { ("bg-warn-soft t-warn", "s-warn") };
                let title = known.map_or_else(|| "AWS reports an error that this console does not know".to_owned(), |k| format!("This fleet {}", k.effect));
                view! {
                    <article class="mt-3 rounded-3 border border-line overflow-hidden">
                        <div class=format!("flex items-start gap-3 px-4 py-3 {tone}")><span class="tone-icon pt-0.5"><Icon name=glyph/></span>
                            <div class="min-w-0 flex-1"><h3 class="font-semibold text-text">{title}</h3><p class="text-12 text-text-2 mt-0.5"><code>{e.code.clone()}</code>" · DescribeFleets"</p></div></div>
                        <div class="px-4 py-3.5 grid gap-4">
                            {known.map(|k| view! { <div><h4 class="font-semibold">"What it means"</h4><p class="mt-1 text-text-2">{k.meaning}</p></div> })}
                            {(!e.message.is_empty()).then(|| view! { <div><h4 class="font-semibold">"AWS says"</h4><p class="mt-1 text-text-2">{e.message.clone()}</p></div> })}
                            {known.map(|k| view! { <div><h4 class="font-semibold">"What to do"</h4><ol class="mt-1 grid gap-1 list-decimal pl-5 text-text-2">{k.steps.iter().map(|s| view! { <li>{*s}</li> }).collect_view()}</ol></div> })}
                        </div>
                    </article>
                }
            }).collect_view()}
        </section>
    }
    .into_any()
}
