//! `/jobs/{id}`: one long act, each of its subjects with what came of it, and the buttons to hold it.

use super::{bar, chip, every, when};
use crate::api::jobs::{ROWS, SteerJob, one_job};
use crate::error::AppError;
use crate::pages::not_found::NotFoundInFrame;
use crate::parts::chart::{keep_every, value};
use crate::parts::error_view::ErrorView;
use crate::parts::frame::{use_flash, use_role};
use crate::parts::once::Once;
use crate::paths;
use crate::ui::icon::Icon;
use domain::failure::Failure;
use domain::job::{Item, Job, JobView, Stands, Steer, Subject};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};

/// What is asked for: the job's number, and the page's query.
async fn ask(asked: String) -> Result<JobView, AppError> {
    let (id, query) = asked.split_once('?').unwrap_or((&asked, ""));
    one_job(id.parse().unwrap_or(0), query.to_owned()).await
}

/// The page.
#[component]
pub fn JobPage() -> impl IntoView {
    let (params, search) = (use_params_map(), use_location().search);
    let asked = Memo::new(move |_| [&params.with(|p| p.get("id").unwrap_or_default()), "?", &search.get()].concat());
    let before = asked.get_untracked();
    let first = Resource::new_blocking(move || before.clone(), ask);
    view! {
        <Suspense fallback=|| ()>{move || Suspend::new(async move {
            match first.await {
                Err(AppError(Failure::NotFound { .. })) => view! { <NotFoundInFrame/> }.into_any(),
                first => view! { <Told first asked/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Told(first: Result<JobView, AppError>, asked: Memo<String>) -> impl IntoView {
    let shown = RwSignal::new(first);
    let moves = move || shown.with_untracked(|s| s.as_ref().is_ok_and(|v| !v.job.rests()));
    keep_every(shown, asked, ask, move || every(moves()));
    let steer = ServerAction::<SteerJob>::new();
    Effect::new(move |before: Option<usize>| {
        let now = steer.version().get();
        if before.is_some_and(|before| before != now) {
            leptos::task::spawn_local(async move {
                let new = ask(asked.get_untracked()).await;
                if new.is_ok() {
                    let _ = shown.try_set(new);
                }
            });
        }
        now
    });
    let failed = Memo::new(move |_| shown.with(|s| s.as_ref().err().cloned()));
    let told = Memo::new(move |_| shown.with(|s| s.as_ref().ok().cloned()));
    move || match failed.get() {
        Some(error) => view! { <main id="main" class="p-8" tabindex="-1"><ErrorView failure=error.0/></main> }.into_any(),
        None => match told.get_untracked() {
            Some(first) => {
                let told = Signal::derive(move || told.get().unwrap_or_else(|| first.clone()));
                view! { <One told asked steer/> }.into_any()
            }
            None => ().into_any(),
        },
    }
}

#[component]
fn One(told: Signal<JobView>, asked: Memo<String>, steer: ServerAction<SteerJob>) -> impl IntoView {
    let job = Memo::new(move |_| told.with(|t| t.job.clone()));
    let (id, made, who) = job.with_untracked(|j| (j.id, j.made, j.who.clone()));
    let title = job.with_untracked(Job::title);
    let left = StoredValue::new(use_flash("jobs/steer").and_then(|f| f.failure));
    let refused = move || match steer.value().get() {
        Some(Err(AppError(failure))) => Some(failure),
        Some(Ok(())) => None,
        None => left.get_value(),
    };
    let counts = move || job.with(|j| j.counts);
    view! {
        <Title text=format!("{title} · AppStream Console")/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-3">
                <nav class="crumb" aria-label="Breadcrumb"><a href=paths::JOBS>"Jobs"</a></nav>
                <div class="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
                    <h1 class="h1">{title}</h1><span>{move || job.with(chip)}</span>
                    <span class="text-text-3">"made by "{who}", "{when(made)}" UTC"{move || job.with(|j| j.ended).map(|at| view! { ", ended "{when(at)}" UTC" })}</span>
                    <ActionForm action=steer attr:class="ml-auto flex flex-wrap items-center gap-1.5 max-sm:ml-0">
                        <Once done=steer.version()/><input type="hidden" name="id" value=id/>
                        <noscript><a class="btn" href=paths::job(id)>"Refresh"</a></noscript>
                        <Buttons job pending=steer.pending()/>
                    </ActionForm>
                </div>
                <div class="mt-3 grid gap-1 max-w-2xl">{move || bar(&counts())}<p class="text-12 text-text-2 num" role="status">{move || counts().words()}</p></div>
            </div>
            {move || refused().map(|failure| view! { <div class="px-(--gutter) pb-3"><ErrorView failure/></div> })}
            {move || job.with(|j| (!j.why.is_empty()).then(|| j.why.clone())).map(|why| view! { <div class="px-(--gutter) pb-3"><div class="banner t-warn" role="status"><Icon name="s-warn"/><div>{why}</div></div></div> })}
            {move || told.with(back)}
            <Filters job asked/>
            <Items told asked/>
        </main>
    }
    .into_any()
}

/// The way back of a rollout: a rollout of each image that fleets had before.
fn back(told: &JobView) -> Option<AnyView> {
    let mut had: std::collections::BTreeMap<&str, Vec<&str>> = Default::default();
    for item in told.items.iter().filter(|i| i.stands == Stands::Done) {
        if let Subject::Fleet { fleet, was: Some(was), .. } = &item.subject {
            had.entry(was).or_default().push(fleet);
        }
    }
    let link = |(image, fleets): (&str, Vec<&str>)| {
        let mut pairs = vec![("image".to_owned(), image.to_owned())];
        pairs.extend(fleets.iter().map(|f| ("fleet".to_owned(), (*f).to_owned())));
        let words = format!(
            "Roll {} back to {image}…",
            if let [one] = fleets.as_slice() { (*one).to_owned() } else { format!("{} fleets", fleets.len()) }
        );
        view! { <a class="btn btn--sm" href=paths::with_query(paths::ROLLOUT, &pairs)>{words}</a> }
    };
    (told.job.rests() && !had.is_empty())
        .then(|| view! { <div class="px-(--gutter) pb-3 flex flex-wrap gap-2">{had.into_iter().map(link).collect_view()}</div> }.into_any())
}

/// What a person can do to it. A button that would mean nothing now is not there; one that the role does not allow says so.
#[component]
fn Buttons(job: Memo<Job>, pending: Memo<bool>) -> impl IntoView {
    let role = use_role();
    let button = move |steer: Steer| {
        let words = match steer {
            Steer::Pause => "Pause",
            Steer::Resume => "Resume",
            Steer::Stop => "Stop",
            Steer::Retry => "Send the rest again",
        };
        let class = if steer == Steer::Stop { "btn btn--danger-quiet" } else { "btn" };
        let why = move || job.with(|j| role.why_not(j.work.right()));
        let offered = Memo::new(move |_| job.with(|j| j.can(steer).is_ok()));
        view! {
            <button type="submit" name="steer" value=steer.slug() class=class hidden=move || !offered.get() disabled=move || pending.get() || why().is_some() title=why>{words}</button>
        }
    };
    Steer::ALL.map(button).collect_view()
}

/// Which items are shown.
#[component]
fn Filters(job: Memo<Job>, asked: Memo<String>) -> impl IntoView {
    let id = job.with_untracked(|j| j.id);
    let chosen = move || asked.with(|a| value(a.split_once('?').map_or("", |(_, q)| q), "only"));
    let tab = move |slug: &'static str, words: &'static str, n: Memo<usize>| {
        let href = if slug.is_empty() { paths::job(id) } else { format!("{}?only={slug}", paths::job(id)) };
        view! { <a class="tab" href=href aria-current=move || (chosen() == slug).then_some("page")>{words}<span class="count">{move || n.get()}</span></a> }
    };
    let all = tab("", "All", Memo::new(move |_| job.with(|j| j.counts.total())));
    let each = Stands::ALL.map(|s| tab(s.slug(), s.look().2, Memo::new(move |_| job.with(|j| j.counts.of(s))))).collect_view();
    view! { <nav class="tabs" aria-label="Which are shown">{all}{each}</nav> }
}

#[component]
fn Items(told: Signal<JobView>, asked: Memo<String>) -> impl IntoView {
    let rows = move || told.with(|t| t.items.iter().map(row).collect_view());
    let link = move |from: usize, words: &'static str| {
        let (id, query) = asked.with(|a| a.split_once('?').map(|(id, q)| (id.to_owned(), q.to_owned())).unwrap_or_default());
        let mut pairs = paths::pairs(&query);
        pairs.retain(|(k, _)| k != "from");
        pairs.push(("from".to_owned(), from.to_string()));
        view! { <a class="btn btn--sm" href=paths::with_query(&format!("{}/{id}", paths::JOBS), &pairs)>{words}</a> }
    };
    let turn = move || {
        let (from, matched) = told.with(|t| (t.from, t.matched));
        (matched > ROWS).then(|| view! {
            <nav class="flex flex-wrap items-center gap-2 mt-3" aria-label="More of them">
                <span class="text-12 text-text-2 num">{format!("{} to {} of {matched}", from + 1, (from + ROWS).min(matched))}</span>
                {(from > 0).then(|| link(from.saturating_sub(ROWS), "Before"))}{(from + ROWS < matched).then(|| link(from + ROWS, "After"))}
            </nav>
        })
    };
    view! {
        <div class="px-(--gutter) pt-2 pb-8 min-w-0">
            <table class="tbl tbl--plain tbl--inset job-items"><caption class="sr-only">"What came of each"</caption>
                <thead><tr><th scope="col">"Who or what"</th><th scope="col">"Stands"</th><th scope="col" class="max-sm:hidden">"Why"</th><th scope="col" class="max-lg:hidden">"When, UTC"</th></tr></thead>
                <tbody>{rows}</tbody></table>
            {move || told.with(|t| t.items.is_empty()).then(|| view! { <p class="mt-2 text-text-2">"None of them stands so."</p> })}
            {turn}
        </div>
    }
    .into_any()
}

fn row(item: &Item) -> AnyView {
    let (tone, glyph, words) = item.stands.look();
    let (detail, told) = (item.subject.detail(), item.told.clone());
    view! {
        <tr><th scope="row" class="font-[450]"><span class="break-all">{item.subject.label().to_owned()}</span>{(!detail.is_empty()).then(|| view! { <span class="block text-12 text-text-3">{detail}</span> })}
                {(!told.is_empty()).then(|| view! { <span class="block text-12 text-text-2 sm:hidden">{told.clone()}</span> })}</th>
            <td><span class=format!("chip {tone}")><Icon name=glyph/>{words}</span></td>
            <td class="max-sm:hidden">{told.clone()}</td>
            <td class="max-lg:hidden">{item.at.map(|at| view! { <time datetime=at.iso() title=at.exact()>{at.clock()}</time> })}</td></tr>
    }
    .into_any()
}
