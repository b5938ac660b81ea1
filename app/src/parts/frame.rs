//! The frame around every page: places, scope, data age, the banner when the server is lost, and the live data of all pages below.

use crate::api::frame::{FrameData, frame};
use crate::api::sign_in::SignOut;
use crate::error::AppError;
use crate::live::{Link, Live, use_live};
use crate::parts::account::account;
use crate::parts::attend::attend;
use crate::parts::capacity::{Hatch, thousands};
pub use crate::parts::data_age::DataAge;
use crate::parts::error_view::ErrorView;
use crate::parts::unsent;
use crate::paths;
use crate::ui::icon::Icon;
use domain::estate::Health;
use domain::failure::Failure;
use domain::form::Flash;
use domain::operator::Source;
use domain::role::{Right, Role};
use domain::time::duration;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

/// What a plain form post left for this page. In the context below the frame; read once.
#[derive(Clone, Copy)]
pub struct FlashContext(pub StoredValue<Option<Flash>>);

/// What was left for `form`, if anything.
pub fn use_flash(form: &str) -> Option<Flash> {
    use_context::<FlashContext>()?.0.with_value(|f| f.clone().filter(|f| f.form == form))
}

/// How many acts were done in this tab: what a page shows is asked anew after each. In the context below the frame.
#[derive(Clone, Copy)]
pub struct Acted(pub RwSignal<u32>);

/// The count of acts.
pub fn use_acted() -> Acted {
    expect_context::<Acted>()
}

/// What the person at hand is to the console: buttons say what their role may not do. In the context below the frame.
pub fn use_role() -> Role {
    use_context::<Role>().unwrap_or_default()
}

/// Whose account the page is seen with. In the context below the frame.
#[derive(Clone)]
struct User(String);

/// The name of the person at hand.
pub fn use_user() -> String {
    use_context::<User>().map(|user| user.0).unwrap_or_default()
}

/// The frame, with the page in it.
#[component]
pub fn Frame() -> impl IntoView {
    let data = Resource::new_blocking(|| (), |()| frame());
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match data.await {
                    Ok(data) => view! { <Framed data/> }.into_any(),
                    Err(error) => view! { <Lost error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The frame's own data could not be had.
#[component]
fn Lost(error: AppError) -> impl IntoView {
    let here = use_location().pathname;
    let (signed_out, due) = (error.0 == Failure::SignedOut, error.0 == Failure::PasswordDue);
    view! {
        <main id="main" class="p-8 grid gap-4 max-w-xl">
            <h1 class="h1">"AppStream Console"</h1>
            <ErrorView failure=error.0/>
            {if signed_out {
                view! { <a class="btn btn--primary w-fit" href=move || paths::sign_in(&here.get()) rel="external">"Sign in"</a> }.into_any()
            } else if due {
                view! { <a class="btn btn--primary w-fit" href=move || paths::new_password(&here.get()) rel="external">"Change password"</a> }.into_any()
            } else {
                view! { <a class="btn w-fit" href=here rel="external">"Try again"</a> }.into_any()
            }}
        </main>
    }
}

/// A place in the navigation.
pub struct Place {
    /// Its path.
    pub path: &'static str,
    /// Its words.
    pub label: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// The heading of the group that it begins; empty when it goes on with the last.
    pub group: &'static str,
    count: fn(&domain::estate::Estate) -> Option<i64>,
}

const fn place(path: &'static str, label: &'static str, icon: &'static str, group: &'static str) -> Place {
    Place { path, label, icon, group, count: |_| None }
}

/// The places that exist. What does not work yet is not shown.
pub const PLACES: [Place; 18] = [
    place(paths::OVERVIEW, "Overview", "overview", ""),
    Place { count: |e| i64::try_from(e.fleets.len()).ok(), ..place(paths::FLEETS, "Fleets", "fleets", "Operate") },
    Place { count: |e| Some(i64::from(e.tally.total())), ..place(paths::SESSIONS, "Sessions", "sessions", "") },
    Place { count: |e| i64::try_from(e.stacks.len()).ok(), ..place("/stacks", "Stacks", "stacks", "") },
    place(paths::JOBS, "Jobs", "clock", ""),
    place("/images", "Images", "images", "Build"),
    place("/image-builders", "Image builders", "builders", ""),
    place("/app-blocks", "App blocks", "appblocks", ""),
    place("/app-block-builders", "App block builders", "builders", ""),
    place("/applications", "Applications", "applications", ""),
    place("/users", "Users", "users", "Access"),
    place("/entitlements", "Entitlements", "entitlements", ""),
    place("/directory-configs", "Directory configs", "directories", ""),
    place("/image-exports", "Image exports", "external", "Account"),
    place("/usage-reports", "Usage reports", "download", ""),
    place("/licence-usage", "Licence usage", "key", ""),
    place(paths::AUDIT, "Audit", "info", ""),
    place(paths::ACCOUNTS, "Accounts", "accounts", ""),
];

/// The places that `role` may see.
pub fn places(role: Role) -> impl Iterator<Item = &'static Place> {
    let needs = |path| match path {
        paths::AUDIT => Right::ReadAudit,
        paths::ACCOUNTS => Right::Administer,
        _ => Right::Look,
    };
    PLACES.iter().filter(move |place| role.may(needs(place.path)))
}

/// The places in the bar at the foot of phones; the rest is behind “More”.
const TABS: [&str; 4] = [paths::OVERVIEW, paths::FLEETS, paths::SESSIONS, "/images"];
const MORE: Place = place("/more", "More", "menu", "");

fn is_here(place: &str, at: &str) -> bool {
    if place == "/" { at == "/" } else { at == place || at.contains(&format!("{place}/")) }
}

#[component]
fn Framed(data: FrameData) -> impl IntoView {
    let live = Live::new(&data);
    provide_context(live);
    provide_context(Acted(RwSignal::new(0)));
    provide_context(data.source);
    let role = data.operator.role;
    provide_context(role);
    provide_context(User(data.operator.user.clone()));
    attend();
    unsent::restore(here());
    provide_context(FlashContext(StoredValue::new(data.flash.clone())));
    let at = use_location().pathname;
    let scope = data.estate.scope.clone();
    let source = match data.source {
        Source::Embedded => "Embedded AppStream",
        Source::Aws => "AWS",
    };
    let links = move || {
        places(role)
            .map(|p| {
                let head = (!p.group.is_empty()).then(|| view! { <li class="side-h">{p.group}</li> });
                view! {
                    {head}
                    <li><a class="side-a" href=p.path title=p.label aria-current=move || is_here(p.path, &at.get()).then_some("page")>
                        <Icon name=p.icon/><span>{p.label}</span>
                        {move || live.estate.with(p.count).map(|n| view! { <span class="count">{thousands(n)}</span> })}
                    </a></li>
                }
            })
            .collect_view()
    };
    let tabs = PLACES
        .iter()
        .filter(|p| TABS.contains(&p.path))
        .chain(std::iter::once(&MORE))
        .map(
            |p| view! { <a href=p.path aria-current=move || is_here(p.path, &at.get()).then_some("page")><Icon name=p.icon/>{p.label}</a> },
        )
        .collect_view();
    let initials: String = data.operator.user.chars().take(2).collect::<String>().to_uppercase();
    let user = data.operator.user.clone();
    let sign_out = ServerAction::<SignOut>::new();
    view! {
        <a class="btn btn--primary skip" href="#main">"Skip to content"</a>
        <Hatch/>
        <div class="app">
            <aside class="side" aria-label="Main">
                <a class="side-brand" href="/" aria-label="AppStream Console, overview"><Icon name="mark" class="!w-5 !h-5"/><span>"AppStream Console"</span></a>
                <nav class="side-nav" aria-label="Main navigation"><ul>{links()}</ul></nav>
                <div class="side-foot max-xl:hidden flex items-center gap-1 px-3 py-2 border-t border-line text-12 text-text-3"><span class="truncate" title=data.version.clone()>{format!("v{}", data.version)}</span></div>
            </aside>
            <div class="min-w-0 flex flex-col">
                <header class="top">
                    <span class="scope-now min-w-0 flex items-center gap-2"><Icon name="globe"/>
                        <span class="truncate"><span class="sr-only">"Watching "</span>{account(&scope.account.0)}" "<span class="text-text-2">{scope.region.0.clone()}</span></span>
                        <span class="tag max-sm:hidden">{source}</span>
                    </span>
                    <span class="ml-auto"></span>
                    <button type="button" class="btn btn--icon btn--ghost js-only" aria-label="Switch theme" on:click=|_| switch_theme()><Icon name="moon"/></button>
                    <details class="relative account">
                        <summary class="avatar cursor-pointer list-none"><span aria-hidden="true">{initials}</span><span class="sr-only">{format!("{user}, account menu")}</span></summary>
                        <div class="menu absolute right-0 mt-2 z-(--z-popover)">
                            <p class="px-2 py-1 text-12 text-text-3">"Signed in as "<strong>{user.clone()}</strong>", "{role.words()}</p>
                            <a class="menu-i w-full" href=paths::ACCOUNT><Icon name="user"/>"Your account"</a>
                            <ActionForm action=sign_out><button class="menu-i w-full" type="submit"><Icon name="x"/>"Sign out"</button></ActionForm>
                        </div>
                    </details>
                </header>
                <LostBanner/>
                <RefusedBanner/>
                {data.trouble.map(|why| view! { <div class="banner banner--page t-warn" role="status"><Icon name="s-warn"/><strong class="flex-1">{why}</strong></div> })}
                <Outlet/>
            </div>
            <nav class="tabbar" aria-label="Quick navigation">{tabs}</nav>
        </div>
        <Announcer/>
        <SignedOutDialog/>
    }
    .into_any()
}

fn switch_theme() {
    #[cfg(feature = "hydrate")]
    {
        let Some(root) = document().document_element() else { return };
        let dark_system = window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|m| m.matches());
        let dark = root.get_attribute("data-theme").map_or(dark_system, |t| t == "dark");
        let next = if dark { "light" } else { "dark" };
        // A browser that refuses storage keeps the theme for this page.
        let _ = root.set_attribute("data-theme", next);
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item("theme", next);
        }
    }
}

/// Says that the stream is cut, since when, and when it is tried again. Rows stay.
#[component]
fn LostBanner() -> impl IntoView {
    let live = use_live();
    move || {
        match live.link.get() {
        Link::Cut { since, next } => Some(view! {
            <div class="banner banner--page t-warn" role="status">
                <Icon name="s-warn"/>
                <div class="flex-1"><strong>"Showing data from "<time datetime=since.iso() title=since.exact()>{since.clock()}</time></strong>
                    // What ticks is not read aloud each second.
                    <span aria-hidden="true">{move || match next.since(live.now.get()) {
                        ms if ms >= 1000 => [", trying again in ", &duration(ms), "."].concat(),
                        _ => ", trying again now.".to_owned(),
                    }}</span><span class="sr-only">", trying again by itself."</span>
                    <span class="text-text-2">" The console’s server does not answer."</span></div>
            </div>
        }.into_any()),
        Link::Paused { since } => Some(view! {
            <div class="banner banner--page t-off" role="status">
                <Icon name="info"/>
                <div class="flex-1"><strong>"Paused by you since "{since.clock()}" UTC."</strong></div>
                <div class="acts"><button type="button" class="btn btn--sm" on:click=move |_| live.toggle_pause()>"Resume"</button></div>
            </div>
        }.into_any()),
        _ => None,
    }
    }
}

/// Beyond this age what AWS refuses to renew is told on the whole page, not only in the data age.
const OLD: i64 = 5 * 60_000;

/// Says what AWS does not let the console read, and what to do. What was read before stays on screen.
#[component]
fn RefusedBanner() -> impl IntoView {
    let live = use_live();
    let told = Memo::new(move |_| {
        let now = live.now.get();
        live.estate.with(|e| {
            let tells = |h: &Health| h.taken.is_none_or(|t| now.since(t) > OLD) || h.failure.as_ref().is_some_and(Failure::asks_for_access);
            e.health.iter().filter(|h| tells(h)).find_map(|h| Some((h.kind, h.failure.clone()?))).map(|(kind, failure)| {
                // Without credentials nothing at all can be read.
                let nothing = matches!(failure, Failure::Credentials { .. });
                let what = if nothing { "AppStream" } else { kind.words() };
                (kind, format!("The console cannot read {what}. {}.", failure.advice().title), failure.advice())
            })
        })
    });
    let next = move || {
        let (kind, ..) = told.get()?;
        let next = live.estate.with(|e| e.health_of(kind).and_then(|h| h.next))?;
        Some(format!(" Trying again in {}.", duration(next.since(live.now.get()).max(0))))
    };
    move || {
        told.get().map(|(_, title, advice)| {
            view! {
                <div class="banner banner--page t-warn" role="status">
                    <Icon name="s-warn"/>
                    <div class="flex-1"><strong>{title}</strong>" "
                        <span class="text-text-2">{advice.next}{next}</span>
                        {advice.details.map(|d| view! { <p class="text-12"><code>{d}</code></p> })}</div>
                </div>
            }
            .into_any()
        })
    }
}

/// The page at hand, with its query.
fn here() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() { path } else { format!("{path}?{search}") }
    })
}

/// The page is kept; signing in returns to it.
#[component]
fn SignedOutDialog() -> impl IntoView {
    let live = use_live();
    let here = here();
    let back = move || paths::sign_in(&here.get());
    let out = Memo::new(move |_| live.link.get() == Link::SignedOut);
    move || {
        out.get().then(|| view! {
        <crate::ui::dialog::Dialog title="You are signed out" close=Signal::derive(back)>
            <div class="dlg-b"><p id="dialog-consequence">"Your sign-in ended. You return to this page, with what you entered but passwords."</p></div>
            <div class="dlg-f"><span class="ml-auto"></span><a class="btn btn--primary" href=back rel="external" data-stays="" on:click=move |_| unsent::keep(&here.get_untracked())>"Sign in"</a></div>
        </crate::ui::dialog::Dialog>
    })
    }
}

/// One polite live region: at most one message in ten seconds, summed up.
#[component]
fn Announcer() -> impl IntoView {
    let text = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    {
        let live = use_live();
        Effect::new(move |before: Option<(Vec<(String, String)>, domain::time::Millis)>| {
            let states: Vec<(String, String)> =
                live.estate.with(|e| e.fleets.iter().map(|f| (f.name.0.clone(), f.state.words())).collect());
            let now = live.now.get_untracked();
            let Some((old, last)) = before else { return (states, now.plus(-10_000)) };
            let changed: Vec<String> = states
                .iter()
                .filter(|s| old.iter().any(|o| o.0 == s.0 && o.1 != s.1))
                .map(|(n, s)| format!("{n} is now {}", s.to_lowercase()))
                .collect();
            if changed.is_empty() || now.since(last) < 10_000 {
                // What was not told yet is told with the next change.
                return (if changed.is_empty() { states } else { old }, last);
            }
            text.set(if changed.len() > 3 {
                format!("{} fleets changed state.", changed.len())
            } else {
                format!("{}.", changed.join("; "))
            });
            (states, now)
        });
    }
    view! { <div role="status" aria-live="polite" class="sr-only" data-announcer>{text}</div> }
}
