//! `/sign-in`.

use crate::api::sign_in::{SignIn as SignInAction, sign_in_entries};
use crate::error::AppError;
use crate::ui::icon::Icon;
use crate::ui::text_field::TextField;
use domain::failure::Failure;
use domain::form::Flash;
use leptos::form::{ActionForm, FromFormData};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The sign-in page. A plain form without WASM.
#[component]
pub fn SignIn() -> impl IntoView {
    let left = Resource::new_blocking(|| (), |()| async { sign_in_entries().await.ok().flatten() });
    view! {
        <Title text="Sign in · AppStream Console"/>
        <main id="main" class="min-h-screen grid lg:grid-cols-[minmax(26rem,34rem)_minmax(0,1fr)]">
            <div class="flex flex-col px-6 sm:px-14 py-8 sm:py-10">
                <p class="flex items-center gap-2.5 font-semibold"><Icon name="mark" class="!w-6 !h-6"/>"AppStream Console"</p>
                <div class="flex-1 grid content-center py-10">
                    <div class="w-full max-w-[22rem] max-sm:max-w-none">
                        <h1 class="text-24 font-semibold">"Sign in"</h1>
                        <p class="mt-1 text-text-2 text-14">"with your operator account"</p>
                        <Suspense fallback=|| ()>
                            {move || Suspend::new(async move { view! { <SignInForm left=left.await/> } })}
                        </Suspense>
                    </div>
                </div>
                <p class="text-12 leading-[1.125rem] text-text-3 max-w-[22rem]">"You’re signed out after 8 hours."</p>
            </div>
            <div class="relative overflow-hidden bg-canvas border-l border-line max-lg:hidden" aria-hidden="true"><Waves/></div>
        </main>
    }
    .into_any()
}

#[component]
fn SignInForm(left: Option<Flash>) -> impl IntoView {
    let action = ServerAction::<SignInAction>::new();
    let local = RwSignal::new(left.as_ref().and_then(|f| f.failure.clone()));
    let query = use_query_map();
    let entries = left.map(|f| f.entries).unwrap_or_default();
    let entry = |name: &str| entries.get(name).cloned().unwrap_or_default();
    let to = query.with_untracked(|q| q.get("to")).filter(|t| !t.is_empty()).unwrap_or_else(|| entry("to"));
    let user = entry("user");
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
        </div>
    }
}

/// Days of seats: a wave that wanders from row to row (`public/waves.svg`).
#[component]
fn Waves() -> impl IntoView {
    view! {
        <svg class="absolute inset-0 w-full h-full">
            <use href="/waves.svg#free" class="c-free opacity-50" width="100%" height="100%"></use>
            <use href="/waves.svg#used" class="c-use" width="100%" height="100%"></use>
        </svg>
    }
}
