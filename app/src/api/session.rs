//! Sessions: the first rows of a list, and expiring one or many.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use domain::form::ExpireResult;
use domain::form::{ExpireForm, Expired};
use domain::query::Window;
use domain::session::Session;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The most rows that arrive with a page.
pub const FIRST_ROWS: usize = 60;

/// What a page with a list of sessions begins with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionPage {
    /// The first rows of the list.
    pub window: Window<Session>,
    /// The sessions that the URL names by `id`, as far as they are known: those that a dialog which comes with the page is about.
    pub named: Vec<Session>,
}

/// The sessions that `query` (a URL's query string, without `?`) asks for, from `start` on, the one whose details it names by `peek`, and
/// those it names by `id`; the newest snapshot, no AWS call.
#[server(endpoint = "session/list", input = leptos::server_fn::codec::GetUrl)]
pub async fn session_list(query: String, start: usize) -> Result<SessionPage, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let mut pairs = crate::paths::pairs(&query);
    let ids = pairs.iter().filter(|(key, _)| key == "id").map(|(_, id)| id.clone()).collect();
    pairs.retain(|(key, _)| !matches!(key.as_str(), "from" | "rows"));
    pairs.extend([("from".to_owned(), start.to_string()), ("rows".to_owned(), FIRST_ROWS.to_string())]);
    let window = domain::view::View::parse::<Session>(pairs).map(|view| cx.parts.watch.sessions(&view)).unwrap_or_default();
    Ok(SessionPage { window, named: known(&cx, ids) })
}

/// Ids of the sessions that `query` asks for, from number `from` (0 is the first) to number `to`, and whether their people are
/// connected: what “select all” and a range of rows need to know of rows that are not on the page.
#[server(endpoint = "session/matching", input = leptos::server_fn::codec::GetUrl)]
pub async fn matching(query: String, from: usize, to: usize) -> Result<Vec<(String, bool)>, AppError> {
    use domain::query::Query;
    use domain::session::Presence;

    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let estate = cx.estate();
    let all = Query::parse::<Session>(crate::paths::pairs(&query)).select(&estate.sessions, estate.now);
    let wanted = all.get(from..to.saturating_add(1).min(all.len())).unwrap_or_default();
    let row = |i: &usize| (estate.sessions[*i].id.0.clone(), estate.sessions[*i].presence() == Presence::Connected);
    Ok(wanted.iter().map(row).collect())
}

/// The sessions with these ids, as far as they are known.
#[server(endpoint = "session/named")]
pub async fn named(#[server(default)] ids: Vec<String>) -> Result<Vec<Session>, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    Ok(known(&cx, ids))
}

#[cfg(feature = "ssr")]
fn known(cx: &crate::ctx::Ctx, ids: Vec<String>) -> Vec<Session> {
    let ids: std::collections::HashSet<String> = ids.into_iter().collect();
    cx.estate().sessions.iter().filter(|s| ids.contains(s.id.as_str())).map(|s| Session::clone(s)).collect()
}

/// Expires sessions, one after the other; one failure does not stop the rest. Several are a job: what is not done within five seconds is
/// to be seen there. Repeating it is harmless: ExpireSession accepts ended and unknown ids. With five or more connected people the
/// words of `domain::form::expire_words` must be typed.
#[server(endpoint = "session/expire")]
pub async fn expire_sessions(form: ExpireForm, #[server(default)] once: String) -> Result<Expired, AppError> {
    use crate::audit::Begins;

    let cx = crate::ctx::Ctx::authorize(domain::role::Right::EndSessions).await?;
    let (target, begins) = match form.ids.as_slice() {
        [id] => (format!("sessions/{id}"), Begins::Called),
        all => (format!("{} sessions", all.len()), Begins::AtOnce),
    };
    let act = crate::ctx::Act::new("session/expire", target, [("ids", form.ids.join(",")), ("confirm", form.confirm.clone())]);
    let act = act.begins(begins).once(once);
    let result = cx.act(&act, expire(&cx, &form)).await;
    cx.finish(act, result).await
}

#[cfg(feature = "ssr")]
async fn expire(cx: &crate::ctx::Ctx, form: &ExpireForm) -> Result<Expired, domain::failure::Failure> {
    use domain::estate::{Kind, Touched};
    use domain::failure::Failure;
    use domain::job::{Subject, Work};
    use domain::session::Presence;
    use domain::stack::Pair;

    let estate = cx.estate();
    let connected = estate.sessions.iter().filter(|s| s.presence() == Presence::Connected && form.ids.contains(&s.id.0)).count();
    let ids = form.parse(connected).map_err(Failure::Fields)?;
    let known: std::collections::HashMap<_, _> = estate.sessions.iter().map(|s| (&s.id, s)).collect();
    let pair = |id| known.get(id).map(|s| Pair { stack: s.stack.clone(), fleet: s.fleet.clone() });
    let user = |id: &domain::names::SessionId| known.get(id).map_or_else(|| id.0.clone(), |s| s.user_id.clone());
    if let [id] = ids.as_slice() {
        let failure = cx.parts.gateway.expire_session(id).await.err();
        // Also after a failure: a call that was not answered may have been heard.
        cx.parts.watch.touch(pair(id).map_or(Touched::Kind(Kind::Sessions), Touched::Sessions));
        // What was in use gets free.
        cx.parts.watch.hurry(Kind::Fleets);
        return Ok(Expired { results: vec![ExpireResult { id: id.clone(), user_id: user(id), failure }], job: None });
    }
    let subjects = ids.iter().map(|id| Subject::Session { id: id.0.clone(), user: user(id), pair: pair(id) }).collect();
    let (job, done) = cx.job(Work::Expire, subjects).await?;
    let Some(done) = done else { return Ok(Expired { results: vec![], job: Some(job) }) };
    let result = |item: domain::job::Item| match item.subject {
        Subject::Session { id, user, .. } => Some(ExpireResult { id: id.into(), user_id: user, failure: item.failure }),
        _ => None,
    };
    Ok(Expired { results: done.items.into_iter().filter_map(result).collect(), job: None })
}
