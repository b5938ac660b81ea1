//! The past: capacity of a fleet, and sessions. No AWS call.

use crate::error::AppError;
use domain::history::{ChartView, SessionsView};
use leptos::prelude::*;

/// Seats of a fleet over a range: `1h`, `24h`, `7d` or `30d`.
#[server(endpoint = "history/capacity", input = leptos::server_fn::codec::GetUrl)]
pub async fn capacity_history(
    account: String,
    region: String,
    fleet: String,
    #[server(default)] range: String,
) -> Result<ChartView, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let scope = domain::names::Scope::new(account, region);
    cx.scope(&scope)?;
    Ok(cx.parts.history.capacity(&asked(&cx, &[("fleet".to_owned(), fleet), ("range".to_owned(), range)])).await?)
}

/// Sessions over time and those that ended, of the watched scope. `query`: the page's query string with `range`, `fleet` and `q`.
#[server(endpoint = "history/sessions", input = leptos::server_fn::codec::GetUrl)]
pub async fn session_history(query: String) -> Result<SessionsView, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    Ok(cx.parts.history.sessions(&asked(&cx, &crate::paths::pairs(&query))).await?)
}

#[cfg(feature = "ssr")]
fn asked(cx: &crate::ctx::Ctx, pairs: &[(String, String)]) -> crate::history::Asked {
    crate::history::Asked::of(pairs, cx.estate().scope.clone(), cx.parts.gateway.aws_now())
}
