//! Sessions: the first rows of a list, and expiring one or many.

use crate::error::AppError;
use domain::form::{ExpireForm, ExpireResult};
use domain::query::Window;
use domain::session::Session;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The most rows that arrive with a page.
pub const FIRST_ROWS: usize = 200;

/// What a page with a list of sessions begins with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionPage {
    /// The first rows of the list.
    pub window: Window<Session>,
    /// The sessions that the URL names by `peek` and `id`, as far as they are known, wherever they are in the list.
    pub named: Vec<Session>,
}

/// The sessions that `query` (a URL's query string, without `?`) asks for, from `start` on; the newest snapshot, no AWS call.
#[server(endpoint = "session/list", input = leptos::server_fn::codec::GetUrl)]
pub async fn session_list(query: String, start: usize) -> Result<SessionPage, AppError> {
    use domain::list::SESSION_FACETS;
    use domain::query::{Query, window};

    let cx = crate::ctx::Ctx::authorize().await?;
    let pairs = crate::paths::pairs(&query);
    let estate = cx.estate();
    let is_named = |s: &&Session| pairs.iter().any(|(key, value)| matches!(key.as_str(), "peek" | "id") && *value == s.id.0);
    let named = estate.sessions.iter().filter(is_named).cloned().collect();
    let query = Query::parse::<Session>(pairs);
    Ok(SessionPage { window: window(&estate.sessions, &query, cx.parts.gateway.aws_now(), start, FIRST_ROWS, SESSION_FACETS), named })
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
    use domain::estate::{Kind, Touched};
    use domain::failure::Failure;
    use domain::session::Presence;

    let estate = cx.estate();
    let connected = estate.sessions.iter().filter(|s| s.presence() == Presence::Connected && form.ids.contains(&s.id.0)).count();
    let ids = form.parse(connected).map_err(Failure::Fields)?;
    let mut results = Vec::with_capacity(ids.len());
    for id in ids {
        let known = estate.sessions.iter().find(|s| s.id == id);
        let touched = known.map_or(Touched::Kind(Kind::Sessions), |s| {
            Touched::Sessions(domain::stack::Pair { stack: s.stack.clone(), fleet: s.fleet.clone() })
        });
        let user_id = known.map_or_else(|| id.0.clone(), |s| s.user_id.clone());
        let failure = cx.parts.gateway.expire_session(&id).await.err();
        // Also after a failure: a call that was not answered may have been heard.
        cx.parts.watch.touch(touched);
        results.push(ExpireResult { id, user_id, failure });
    }
    // What was in use gets free.
    cx.parts.watch.hurry(Kind::Fleets);
    Ok(results)
}
