//! Long acts: all of them, and one with what came of each of its subjects.

pub mod detail;
pub mod list;

use crate::paths;
use crate::ui::icon::Icon;
use domain::job::{Counts, Job, JobId};
use domain::time::Millis;
use leptos::prelude::*;

/// Says that a job does what was asked for, and leads there.
#[component]
pub fn Underway(
    /// The job.
    job: JobId,
) -> impl IntoView {
    view! { <div class="banner t-note" role="status"><Icon name="info"/><div><strong>"The server is working on it."</strong>" It goes on when you leave. "<a class="link" href=paths::job(job)>{format!("Job {job}")}</a>" shows what came of each."</div></div> }
        .into_any()
}

/// Where a job stands, as a chip.
fn chip(job: &Job) -> AnyView {
    let (tone, glyph, words) = job.look();
    view! { <span class=format!("chip {tone}")><Icon name=glyph/>{words}</span> }.into_any()
}

/// What is done and what failed, as a bar. The words stand beside it.
fn bar(counts: &Counts) -> AnyView {
    let (done, failed) = counts.shares();
    view! {
        <svg class="jobbar" aria-hidden="true"><rect class="j-all" width="100%" height="100%"></rect>
            <rect class="j-done" width=format!("{done}%") height="100%"></rect>
            <rect class="j-failed" x=format!("{done}%") width=format!("{failed}%") height="100%"></rect></svg>
    }
    .into_any()
}

fn when(at: Millis) -> AnyView {
    view! { <time datetime=at.iso() title=at.exact()>{[&at.day_month(), ", ", &at.hour_minute()].concat()}</time> }.into_any()
}

/// Seconds after which a page asks again.
fn every(moves: bool) -> u32 {
    if moves { 1 } else { 15 }
}
