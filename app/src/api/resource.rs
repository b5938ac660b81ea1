//! Images, stacks, users and the rest: their lists, pages, forms and acts. What they are is told by [`crate::resources::Resources`].

use crate::error::AppError;
use domain::entry::FormView;
use domain::resource::{Call, Code, Done, ItemView, ListView};
use leptos::prelude::*;

/// A window of a list. `query`: the page's query string.
#[server(endpoint = "resource/list", input = leptos::server_fn::codec::GetUrl)]
pub async fn resource_list(kind: String, query: String, start: usize, len: usize) -> Result<ListView, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let mut view = cx.parts.resources.list(&kind, &query, start, len.min(2_000)).await?;
    view.limit(cx.operator.role);
    Ok(view)
}

/// One thing, on one of its tabs. What is no tab of it is [`Failure::NotFound`](domain::failure::Failure::NotFound) with the noun `tab`.
#[server(endpoint = "resource/item", input = leptos::server_fn::codec::GetUrl)]
pub async fn resource_item(
    account: String,
    region: String,
    kind: String,
    name: String,
    #[server(default)] tab: String,
) -> Result<ItemView, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    cx.scope(&domain::names::Scope::new(account, region))?;
    let mut view = cx.parts.resources.item(&kind, &name, &tab).await?;
    view.limit(cx.operator.role);
    Ok(view)
}

/// The form of an act; `name` is empty for acts on the list.
#[server(endpoint = "resource/form", input = leptos::server_fn::codec::GetUrl)]
pub async fn resource_form(kind: String, name: String, verb: String, query: String) -> Result<FormView, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    cx.may(cx.parts.resources.right(&kind, &verb)?)?;
    Ok(cx.parts.resources.form(&kind, &name, &verb, &query).await?)
}

/// The request that the form would send, as code. Passwords are placeholders.
#[server(endpoint = "resource/code")]
pub async fn resource_code(
    kind: String,
    name: String,
    verb: String,
    query: String,
    #[server(default)] fields: domain::entry::Entries,
) -> Result<Vec<Code>, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    cx.may(cx.parts.resources.right(&kind, &verb)?)?;
    Ok(cx.parts.resources.code(&kind, &name, &verb, &query, &fields).await?)
}

/// Requests as code, in their order.
#[server(endpoint = "resource/request", input = leptos::server_fn::codec::Json)]
pub async fn request_code(calls: Vec<Call>) -> Result<Vec<Code>, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    Ok(cx.parts.resources.request_code(&calls)?)
}

/// Does an act. Repeating one that was done is refused by AWS with a sentence, or changes nothing.
#[server(endpoint = "resource/act")]
pub async fn resource_act(
    kind: String,
    name: String,
    verb: String,
    #[server(default)] query: String,
    #[server(default)] confirm: String,
    #[server(default)] once: String,
    #[server(default)] fields: domain::entry::Entries,
) -> Result<Done, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    cx.demand(cx.parts.resources.right(&kind, &verb)?, &format!("resource/{kind}/{verb}")).await?;
    let called = if name.is_empty() { fields.get("Name").cloned().unwrap_or_default() } else { name.clone() };
    let about = [("query", &query), ("confirm", &confirm)].map(|(name, value)| (name.to_owned(), value.clone()));
    let entered = fields.0.clone().into_iter().chain(about.into_iter().filter(|(_, value)| !value.is_empty()));
    let act = crate::ctx::Act::new(&format!("resource/{kind}/{verb}"), format!("{kind}/{called}"), entered).once(once);
    let result = cx.act(&act, cx.parts.resources.act(&kind, &name, &verb, &query, &confirm, &fields)).await;
    if crate::ctx::is_plain_form().await
        && let Ok(done) = &result
        && !done.to.is_empty()
    {
        leptos_axum::redirect(&done.to);
        return result.map_err(AppError);
    }
    let mut kept = result;
    if crate::ctx::is_plain_form().await
        && let Ok(done) = &mut kept
        && done.secret.take().is_some()
    {
        // What a plain post leaves for the next page is stored; a streaming URL never is.
        done.message =
            "The URL was made, but a page without scripts cannot show it: it would have to be stored. Use the AWS CLI command.".into();
    }
    cx.finish(act, kept).await
}
