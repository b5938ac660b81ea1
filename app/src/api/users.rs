//! Many users of the pool at once: checked first, sent on demand, told row by row.

#[cfg(feature = "ssr")]
use super::jobs::{SEND, begins, done};
use crate::error::AppError;
use domain::pool::Report;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Users from a paste. Repeating it is safe: a user who is there with the same names counts as done.
#[server(endpoint = "users/import")]
pub async fn import_users(
    #[server(default)] text: String,
    #[server(default)] mail: bool,
    #[server(default)] tell: bool,
    #[server(default)] step: String,
    #[server(default)] once: String,
) -> Result<Report, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Manage).await?;
    let entries = [("text", text.clone()), ("mail", mail.to_string()), ("tell", tell.to_string())];
    let act = crate::ctx::Act::new("users/import", "users", entries).begins(begins(&step)).once(once);
    let (ready, send) = (cx.parts.resources.import(&text, mail, tell, step == SEND), step == SEND);
    let result = cx.act(&act, async { done(&cx, ready.await?, send, Report::paste).await }).await;
    cx.finish(act, result).await
}

/// Assigns or unassigns stacks, enables or disables, for many users. Repeating it is safe.
#[server(endpoint = "users/bulk")]
pub async fn bulk_users(
    #[server(default)] what: String,
    #[server(default)] users: String,
    #[server(default)] stacks: BTreeMap<String, String>,
    #[server(default)] tell: bool,
    #[server(default)] step: String,
    #[server(default)] once: String,
) -> Result<Report, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Run).await?;
    let names: Vec<String> = stacks.into_keys().collect();
    let entries = [("users", users.clone()), ("stacks", names.join("\n")), ("tell", tell.to_string())];
    let act = crate::ctx::Act::new("users/bulk", "users", entries).begins(begins(&step)).once(once);
    let (what, send) = (domain::pool::Bulk::of(&what), step == SEND);
    let ready = cx.parts.resources.bulk(what, &users, &names, tell, send);
    let result = cx.act(&act, async { done(&cx, ready.await?, send, Report::users).await }).await;
    cx.finish(act, result).await
}
