//! The accounts of the console. For administrators.

use crate::error::AppError;
use domain::account::{AccountForm, AllAccounts};
use leptos::prelude::*;

/// All accounts; and, once, the password that `ticket` stands for.
#[server(endpoint = "accounts", input = leptos::server_fn::codec::GetUrl)]
pub async fn accounts_page(#[server(default)] ticket: String) -> Result<AllAccounts, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Administer).await?;
    Ok(cx.parts.accounts.all(&ticket).await?)
}

/// Does something with an account. A password that is made is fetched by the ticket that this gives: what comes of a form is kept, and
/// passwords are not.
#[server(endpoint = "accounts/act")]
pub async fn account_act(#[server(default)] form: AccountForm, #[server(default)] once: String) -> Result<String, AppError> {
    use crate::ctx::{Act, Ctx};

    let cx = Ctx::authorize(domain::role::Right::Administer).await?;
    let slug = domain::account::Verb::parse(&form.verb).map_or("act", domain::account::Verb::slug);
    let entries = [("name", form.name.clone()), ("role", form.role.clone()), ("confirm", form.confirm.clone())];
    let act = Act::new(&format!("accounts/{slug}"), format!("accounts/{}", form.name), entries);
    let act = act.begins(crate::audit::Begins::AtOnce).once(once);
    let result = cx.act(&act, cx.parts.accounts.act(&cx.operator.user, &form)).await;
    if result.is_ok() {
        leptos_axum::redirect(crate::paths::ACCOUNTS);
    }
    cx.finish(act, result).await
}
