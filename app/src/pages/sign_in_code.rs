//! `/sign-in/code`: the code after the password.

use crate::api::sign_in::{SignInCode, at_entrance};
use crate::error::AppError;
use crate::parts::threshold::Threshold;
use crate::paths;
use crate::ui::icon::Icon;
use crate::ui::text_field::TextField;
use domain::failure::Failure;
use domain::form::Flash;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The page.
#[component]
pub fn SignInCodePage() -> impl IntoView {
    let left = Resource::new_blocking(|| (), |()| async { at_entrance().await.unwrap_or_default().left });
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let left = left.await.filter(|f| f.form == "sign-in/code");
                view! { <Threshold title="Enter your code" subtitle="from your authenticator, or a recovery code"><CodeForm left/></Threshold> }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn CodeForm(left: Option<Flash>) -> impl IntoView {
    let action = ServerAction::<SignInCode>::new();
    let to = use_query_map().with_untracked(|q| q.get("to")).filter(|to| !to.is_empty());
    let to = to.or_else(|| left.as_ref().and_then(|f| f.entries.get("to").cloned())).unwrap_or_else(|| "/".to_owned());
    let before = left.and_then(|f| f.failure);
    let failure = Memo::new(move |_| match action.value().get() {
        Some(Err(AppError(failure))) => Some(failure),
        Some(Ok(())) => None,
        None => before.clone(),
    });
    let error = Signal::derive(move || failure.get().and_then(|f| AppError(f).at("code")));
    let whole = move || failure.get().filter(|f| !matches!(f, Failure::Fields(_))).map(|f| f.advice());
    view! {
        <div class="mt-7">
            <ActionForm action attr:class="grid gap-4" attr:novalidate=true>
                <input type="hidden" name="form[to]" value=to/>
                <TextField form="form" name="code" label="Code" error autocomplete="one-time-code"/>
                <div aria-live="polite">{move || whole().map(|a| view! { <p class="err" role="alert"><Icon name="s-fail"/><span>{a.title}". "{a.next}</span></p> })}</div>
                <button type="submit" class="btn btn--primary w-full !h-10 !text-14" aria-busy=move || action.pending().get().then_some("true")>"Go on"</button>
                <p><a class="link" href=paths::SIGN_IN>"Start again"</a></p>
            </ActionForm>
        </div>
    }
}
