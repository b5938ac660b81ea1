//! Changing one's password: a part of the account's page, and a page of its own for one-time passwords.

use crate::api::account::ChangePassword;
use crate::api::sign_in::{SignOut, at_entrance};
use crate::error::AppError;
use crate::parts::error_view::ErrorView;
use crate::parts::frame::use_flash;
use crate::parts::once::Once;
use crate::parts::threshold::Threshold;
use crate::ui::icon::Icon;
use crate::ui::text_field::TextField;
use domain::account::MIN_PASSWORD;
use domain::failure::Failure;
use domain::form::Flash;
use leptos::form::{ActionForm, FromFormData};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The form of a plain post.
const FORM: &str = "account/password";

/// Where a one-time password is changed.
#[component]
pub fn NewPassword() -> impl IntoView {
    let action = ServerAction::<ChangePassword>::new();
    let sign_out = ServerAction::<SignOut>::new();
    let left = Resource::new_blocking(|| (), |()| async { at_entrance().await.unwrap_or_default().left });
    let query = use_query_map();
    let to = move || query.with_untracked(|q| q.get("to")).filter(|to| !to.is_empty()).unwrap_or_else(|| "/".to_owned());
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let left = left.await.filter(|f| f.form == FORM);
                view! {
                    <Threshold title="Choose a password" subtitle="Yours was made by somebody else, for one time. Everything else is possible after this.">
                        <div class="mt-7 grid gap-4">
                            <Fields action left to=to() words="Change password and go on"/>
                            <ActionForm action=sign_out><button class="btn w-full" type="submit">"Sign out"</button></ActionForm>
                        </div>
                    </Threshold>
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// The part of the account's page.
#[component]
pub fn Section(
    /// The act.
    action: ServerAction<ChangePassword>,
) -> impl IntoView {
    let left = use_flash(FORM);
    let done = left.as_ref().is_some_and(|f| f.failure.is_none());
    let done = move || action.value().get().map_or(done, |r| r.is_ok());
    view! {
        <section class="min-w-0 grid gap-3 max-w-md" aria-labelledby="password-title">
            <h2 class="h2" id="password-title">"Password"</h2>
            {move || done().then(|| view! { <div class="banner t-ok" role="status"><Icon name="s-on"/><div class="flex-1">"Your password is changed. Every other sign-in of yours has ended."</div></div> })}
            <Fields action left to=String::new() words="Change password"/>
        </section>
    }
    .into_any()
}

#[component]
fn Fields(action: ServerAction<ChangePassword>, left: Option<Flash>, to: String, words: &'static str) -> impl IntoView {
    let local = RwSignal::new(left.and_then(|f| f.failure));
    let failure = Memo::new(move |_| match action.value().get() {
        Some(Err(AppError(failure))) => Some(failure),
        Some(Ok(())) => None,
        None => local.get(),
    });
    let at = move |field: &'static str| Signal::derive(move || failure.get().and_then(|f| AppError(f).at(field)));
    let whole = move || failure.get().filter(|f| !matches!(f, Failure::Fields(_)));
    let check = move |ev: leptos::ev::SubmitEvent| {
        if let Ok(typed) = ChangePassword::from_event(&ev)
            && let Err(errors) = typed.form.parse()
        {
            ev.prevent_default();
            ev.stop_immediate_propagation();
            action.clear();
            local.set(Some(Failure::Fields(errors)));
        }
    };
    let help = format!("At least {MIN_PASSWORD} characters of any kind. What is guessed first is refused.");
    view! {
        <ActionForm action on:submit:capture=check attr:class="grid gap-4" attr:novalidate=true>
            <Once done=action.version()/>
            <input type="hidden" name="form[to]" value=to/>
            <TextField form="form" name="current_password" label="Current password" error=at("current_password") kind="password" autocomplete="current-password"/>
            <TextField form="form" name="new_password" label="New password" error=at("new_password") kind="password" autocomplete="new-password" help/>
            <TextField form="form" name="repeat_password" label="New password again" error=at("repeat_password") kind="password" autocomplete="new-password"/>
            {move || whole().map(|failure| view! { <ErrorView failure/> })}
            <button type="submit" class="btn btn--primary w-fit" aria-busy=move || action.pending().get().then_some("true")>{words}</button>
        </ActionForm>
    }
}
