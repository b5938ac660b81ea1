//! Long acts: what they came to, and steering them.

use crate::error::AppError;
use domain::job::{Job, JobId, JobView};
use leptos::prelude::*;

/// Items of a job on one page.
pub const ROWS: usize = 100;

/// What `step` says when rows are to be sent; anything else only checks them.
pub const SEND: &str = "send";

/// All jobs, the newest first.
#[server(endpoint = "jobs", input = leptos::server_fn::codec::GetUrl)]
pub async fn jobs() -> Result<Vec<Job>, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    Ok(cx.parts.jobs.list().await?)
}

/// A job with the items that its page shows: `query` is the page's, with `only` and `from`.
#[server(endpoint = "jobs/one", input = leptos::server_fn::codec::GetUrl)]
pub async fn one_job(id: JobId, #[server(default)] query: String) -> Result<JobView, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let pairs = crate::paths::pairs(&query);
    let value = |name: &str| pairs.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str());
    let (only, from) = (domain::job::Stands::parse(value("only")), value("from").parse().unwrap_or(0));
    Ok(cx.parts.jobs.view(id, only, from, ROWS).await?)
}

/// Pauses, resumes or stops a job, or sends again what failed. Needs the right that the job's own act needs. Safe to repeat.
#[server(endpoint = "jobs/steer")]
pub async fn steer_job(
    #[server(default)] id: JobId,
    #[server(default)] steer: String,
    #[server(default)] once: String,
) -> Result<(), AppError> {
    use crate::ctx::{Act, Ctx};
    use domain::failure::Failure;

    let cx = Ctx::authorize(domain::role::Right::Look).await?;
    let found = cx.parts.jobs.view(id, None, 0, 0).await;
    if let Ok(view) = &found {
        cx.demand(view.job.work.right(), "jobs/steer").await?;
    }
    let how = domain::job::Steer::parse(&steer);
    let act = Act::new("jobs/steer", format!("jobs/{id}"), [("steer", steer)]).begins(crate::audit::Begins::AtOnce).once(once);
    let result = cx
        .act(&act, async {
            found?;
            let unknown = || Failure::Wire { message: "a job is paused, resumed, stopped or retried".into() };
            cx.parts.jobs.steer(id, how.ok_or_else(unknown)?).await
        })
        .await;
    cx.finish(act, result).await
}

/// When the record of a form of many rows is written.
#[cfg(feature = "ssr")]
pub(super) fn begins(step: &str) -> crate::audit::Begins {
    if step == SEND { crate::audit::Begins::AtOnce } else { crate::audit::Begins::Check }
}

/// Makes a job of what is ready, if it is to be sent; `left` is how rows that are not done are entered again.
#[cfg(feature = "ssr")]
pub(super) async fn done(
    cx: &crate::ctx::Ctx,
    ready: domain::pool::Ready,
    send: bool,
    left: fn(&domain::pool::Report) -> String,
) -> Result<domain::pool::Report, domain::failure::Failure> {
    let domain::pool::Ready { mut report, work, subjects } = ready;
    if send && !subjects.is_empty() {
        let (job, done) = cx.job(work.clone(), subjects).await?;
        match done {
            Some(done) => report.settle(&work, &done.items),
            None => report.job = Some(job),
        }
    }
    report.sent = send;
    // While a job is at it nothing is known to be left.
    report.left = if report.job.is_some() { String::new() } else { left(&report) };
    Ok(report)
}
