//! `/sign-in`.

use crate::api::sign_in::{Entrance, SignIn as SignInAction, at_entrance};
use crate::error::AppError;
use crate::parts::threshold::{Threshold, ends};
use crate::paths;
use crate::ui::icon::Icon;
use crate::ui::text_field::TextField;
use domain::failure::Failure;
use domain::form::Flash;
use leptos::form::{ActionForm, FromFormData};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The sign-in page. A plain form without WASM.
#[component]
pub fn SignIn() -> impl IntoView {
    let asked = Resource::new_blocking(|| (), |()| async { at_entrance().await.unwrap_or_default() });
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let Entrance { left, single, idle_minutes, most_minutes } = asked.await;
                let foot = Signal::stored(ends(idle_minutes, most_minutes));
                view! { <Threshold title="Sign in" subtitle="with your operator account" foot><SignInForm left single/></Threshold> }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn SignInForm(left: Option<Flash>, single: Option<String>) -> impl IntoView {
    let action = ServerAction::<SignInAction>::new();
    let local = RwSignal::new(left.as_ref().and_then(|f| f.failure.clone()));
    let query = use_query_map();
    let entries = left.map(|f| f.entries).unwrap_or_default();
    let entry = |name: &str| entries.get(name).cloned().unwrap_or_default();
    let to = query.with_untracked(|q| q.get("to")).filter(|t| !t.is_empty()).unwrap_or_else(|| entry("to"));
    let user = entry("user");
    let single = single.map(|words| {
        let href = paths::with_query(paths::SINGLE, &[("to".to_owned(), if to.is_empty() { "/".to_owned() } else { to.clone() })]);
        view! { <a class="btn w-full !h-10 !text-14 mt-4" href=href rel="external">{words}</a> }
    });
    let failure = Memo::new(move |_| match action.value().get() {
        Some(Err(AppError(failure))) => Some(failure),
        Some(Ok(())) => None,
        None => local.get(),
    });
    let at = move |field: &'static str| Signal::derive(move || failure.get().and_then(|f| AppError(f).at(field)));
    let whole = move || failure.get().filter(|f| !matches!(f, Failure::Fields(_))).map(|f| f.advice());
    let check = move |ev: leptos::ev::SubmitEvent| {
        if let Ok(typed) = SignInAction::from_event(&ev)
            && let Err(errors) = typed.form.parse()
        {
            ev.prevent_default();
            ev.stop_immediate_propagation();
            action.clear();
            local.set(Some(Failure::Fields(errors)));
        }
    };
    view! {
        <div class="mt-7">
            <ActionForm action on:submit:capture=check attr:class="grid gap-4" attr:novalidate=true>
                <input type="hidden" name="form[to]" value=to/>
                <TextField form="form" name="user" label="User name" error=at("user") value=user autocomplete="username"/>
                <TextField form="form" name="password" label="Password" error=at("password") kind="password" autocomplete="current-password"/>
                <div aria-live="polite">{move || whole().map(|a| view! { <p class="err" role="alert"><Icon name="s-fail"/><span>{a.title}". "{a.next}</span></p> })}</div>
                <button type="submit" class="btn btn--primary w-full !h-10 !text-14" aria-busy=move || action.pending().get().then_some("true")>"Sign in"</button>
            </ActionForm>
            {single}
        </div>
    }
}
