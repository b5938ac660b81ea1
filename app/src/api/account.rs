//! One's own account: its password, its sign-ins.

use crate::error::AppError;
use domain::account::{OwnAccount, PasswordForm, SecondForm};
use leptos::prelude::*;

/// What the page shows; and, once, the recovery codes that `ticket` stands for.
#[server(endpoint = "account", input = leptos::server_fn::codec::GetUrl)]
pub async fn account_page(#[server(default)] ticket: String) -> Result<OwnAccount, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    Ok(cx.parts.door.own(&cx.operator.user, &cx.session, &ticket).await?)
}

/// Says that somebody is at an open page: the sign-in goes on.
#[server(endpoint = "account/here", input = leptos::server_fn::codec::GetUrl)]
pub async fn here() -> Result<(), AppError> {
    crate::ctx::Ctx::authorize(domain::role::Right::Look).await.map(drop)
}

/// Changes one's own password. All sign-ins of the account end but this one, which goes on under a new id.
#[server(endpoint = "account/password")]
pub async fn change_password(#[server(default)] form: PasswordForm, #[server(default)] once: String) -> Result<(), AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let act = own(&cx, "account/password", once);
    let result = cx.act(&act, act::change_password(&cx, &form)).await;
    if result.is_ok() && !form.to.is_empty() {
        leptos_axum::redirect(domain::form::safe_return(&form.to));
        return Ok(());
    }
    cx.finish(act, result).await
}

/// Takes a step with one's second factor. Recovery codes that are made are fetched by the ticket that this gives.
#[server(endpoint = "account/second-factor")]
pub async fn change_second_factor(#[server(default)] form: SecondForm, #[server(default)] once: String) -> Result<String, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let act = own(&cx, "account/second-factor", once);
    let entries = [("step".to_owned(), form.step.clone())].into();
    let act = crate::ctx::Act { entries, ..act };
    let result = cx.act(&act, cx.parts.door.second_factor(&cx.operator.user, &form, &crate::ctx::client_address())).await;
    cx.finish(act, result).await
}

/// Ends one of one's own sign-ins, or all of them when `id` is empty.
#[server(endpoint = "account/sign-out")]
pub async fn end_sign_in(#[server(default)] id: String, #[server(default)] once: String) -> Result<(), AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let act = own(&cx, if id.is_empty() { "account/sign-out-everywhere" } else { "account/sign-out" }, once);
    let result = cx.act(&act, cx.parts.door.sign_out(&cx.operator.user, &id)).await;
    if id.is_empty() && result.is_ok() {
        leptos_axum::redirect(crate::paths::SIGN_IN);
        return Ok(());
    }
    cx.finish(act, result).await
}

/// An act on one's own account; nothing of what was entered is kept.
#[cfg(feature = "ssr")]
fn own(cx: &crate::ctx::Ctx, form: &str, once: String) -> crate::ctx::Act {
    let entries: [(&str, String); 0] = [];
    crate::ctx::Act::new(form, format!("accounts/{}", cx.operator.user), entries).begins(crate::audit::Begins::AtOnce).once(once)
}

#[cfg(feature = "ssr")]
mod act {
    use crate::ctx::{self, Ctx};
    use domain::account::PasswordForm;
    use domain::failure::Failure;
    use domain::operator::Operator;

    pub async fn change_password(cx: &Ctx, form: &PasswordForm) -> Result<(), Failure> {
        cx.parts.door.change_password(&cx.operator.user, form, &ctx::client_address()).await?;
        ctx::enter(&cx.session, &cx.parts, &Operator { one_time: false, ..cx.operator.clone() }).await
    }
}
