//! Sessions: the first rows of a list, and expiring one or many.

use crate::error::AppError;
use domain::form::{ExpireForm, ExpireResult};
use domain::query::Window;
use domain::session::Session;
use leptos::prelude::*;

/// The most rows that arrive with a page.
pub const FIRST_ROWS: usize = 200;

/// The sessions that `query` (a URL's query string, without `?`) asks for, from `start` on; the newest snapshot, no AWS call.
#[server(endpoint = "session/list", input = leptos::server_fn::codec::GetUrl)]
pub async fn session_list(query: String, start: usize) -> Result<Window<Session>, AppError> {
    use domain::list::SESSION_FACETS;
    use domain::query::{Query, window};

    let cx = crate::ctx::Ctx::authorize().await?;
    let query = Query::parse::<Session>(crate::paths::pairs(&query));
    Ok(window(&cx.estate().sessions, &query, cx.parts.gateway.aws_now(), start, FIRST_ROWS, SESSION_FACETS))
}

/// The sessions with these ids, as far as they are known. For the dialog and the details of a page without WASM.
#[server(endpoint = "session/some", input = leptos::server_fn::codec::GetUrl)]
pub async fn some_sessions(#[server(default)] ids: Vec<String>) -> Result<Vec<Session>, AppError> {
    let cx = crate::ctx::Ctx::authorize().await?;
    Ok(cx.estate().sessions.iter().filter(|s| ids.contains(&s.id.0)).cloned().collect())
}

/// Expires sessions, one after the other; one failure does not stop the rest. Repeating it is harmless: ExpireSession accepts ended
/// and unknown ids. With five or more connected people the words of `domain::form::expire_words` must be typed.
#[server(endpoint = "session/expire")]
pub async fn expire_sessions(form: ExpireForm) -> Result<Vec<ExpireResult>, AppError> {
    let cx = crate::ctx::Ctx::authorize().await?;
    let entries = [("ids".to_owned(), form.ids.join(",")), ("confirm".to_owned(), form.confirm.clone())];
    cx.finish("session/expire", entries, expire(&cx, &form).await).await
}

#[cfg(feature = "ssr")]
async fn expire(cx: &crate::ctx::Ctx, form: &ExpireForm) -> Result<Vec<ExpireResult>, domain::failure::Failure> {
    use domain::estate::Kind;
    use domain::failure::Failure;
    use domain::session::Presence;

    let estate = cx.estate();
    let connected = estate.sessions.iter().filter(|s| s.presence() == Presence::Connected && form.ids.contains(&s.id.0)).count();
    let ids = form.parse(connected).map_err(Failure::Fields)?;
    let mut results = Vec::with_capacity(ids.len());
    for id in ids {
        let known = estate.sessions.iter().find(|s| s.id == id);
        let user_id = known.map_or_else(|| id.0.clone(), |s| s.user_id.clone());
        let failure = cx.parts.gateway.expire_session(&id).await.err();
        results.push(ExpireResult { id, user_id, failure });
    }
    cx.parts.watch.hurry(Kind::Sessions);
    cx.parts.watch.hurry(Kind::Fleets);
    Ok(results)
}
