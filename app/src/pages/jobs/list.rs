//! `/jobs`: long acts of everybody, the newest first.

use super::{bar, chip, every, when};
use crate::api::jobs::jobs;
use crate::error::AppError;
use crate::parts::chart::keep_every;
use crate::parts::error_view::ErrorView;
use crate::paths;
use domain::job::Job;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page.
#[component]
pub fn JobList() -> impl IntoView {
    let first = Resource::new_blocking(|| (), |()| jobs());
    view! {
        <Title text="Jobs · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-2"><h1 class="h1">"Jobs"</h1>
                <p class="text-text-2 max-w-2xl mt-1">"What is done to many sessions, users or fleets at once. The server goes on with it when you close this page, and after a restart."</p></div>
            <div class="px-(--gutter) pt-2 pb-8 min-w-0">
                <Suspense fallback=|| ()>{move || Suspend::new(async move { let first = first.await; view! { <Told first/> } })}</Suspense>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Told(first: Result<Vec<Job>, AppError>) -> impl IntoView {
    let shown = RwSignal::new(first);
    let moves = move || shown.with_untracked(|s| s.as_ref().is_ok_and(|all| all.iter().any(|j| !j.rests())));
    keep_every(shown, Memo::new(|_| String::new()), |_| jobs(), move || every(moves()));
    move || {
        match shown.get() {
        Err(error) => view! { <ErrorView failure=error.0/> }.into_any(),
        Ok(all) if all.is_empty() => view! {
            <p class="text-text-2">"No jobs yet. Select several "<a class="link" href=paths::SESSIONS>"sessions"</a>" or "<a class="link" href="/users">"users"</a>", and choose what to do with them."</p>
        }.into_any(),
        Ok(all) => view! {
            <table class="tbl tbl--plain tbl--inset num job-table"><caption class="sr-only">"Jobs, the newest first"</caption>
                <thead><tr><th scope="col">"Job"</th><th scope="col">"Stands"</th><th scope="col" class="max-sm:hidden">"Progress"</th><th scope="col" class="max-lg:hidden">"Made by"</th><th scope="col" class="max-sm:hidden">"Made, UTC"</th></tr></thead>
                <tbody>{all.iter().map(row).collect_view()}</tbody></table>
        }.into_any(),
    }
    }
}

fn row(job: &Job) -> AnyView {
    view! {
        <tr><th scope="row"><a class="link" href=paths::job(job.id)>{job.title()}</a></th><td>{chip(job)}</td>
            <td class="max-sm:hidden"><span class="grid gap-1 py-1">{bar(&job.counts)}<span class="text-12 text-text-2">{job.counts.words()}</span></span></td>
            <td class="max-lg:hidden">{job.who.clone()}</td><td class="max-sm:hidden">{when(job.made)}</td></tr>
    }
    .into_any()
}
