//! One's second factor: an authenticator is told a secret, a code of it confirms that, and from then on one is asked at each sign-in.

use crate::api::account::ChangeSecondFactor;
use crate::error::AppError;
use crate::parts::error_view::ErrorView;
use crate::parts::frame::use_flash;
use crate::parts::once::Once;
use crate::ui::icon::Icon;
use crate::ui::text_field::TextField;
use domain::account::{Enrolment, SecondFactor, Step};
use domain::failure::Failure;
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The form of a plain post.
pub const FORM: &str = "account/second-factor";

/// The part of the account's page.
#[component]
pub fn Section(
    /// As it is.
    factor: SecondFactor,
    /// Recovery codes that were just made.
    codes: Vec<String>,
    /// The act.
    action: ServerAction<ChangeSecondFactor>,
) -> impl IntoView {
    let before = use_flash(FORM).and_then(|f| f.failure);
    let failure = Memo::new(move |_| match action.value().get() {
        Some(Err(AppError(failure))) => Some(failure),
        Some(Ok(_)) => None,
        None => before.clone(),
    });
    let whole = move || failure.get().filter(|f| !matches!(f, Failure::Fields(_)));
    let body = match factor {
        SecondFactor::Off => view! {
            <p class="text-text-2">"A code from an authenticator on your phone, asked after the password: who learns your password cannot come in with it."</p>
            {asks_password(action, failure, &[(Step::Begin, "Set up a second factor", "btn btn--primary")])}
        }
        .into_any(),
        SecondFactor::Begun(enrolment) => begun(enrolment, action, failure),
        SecondFactor::On { codes_left } => view! {
            <p class="text-text-2"><span class="chip t-ok"><Icon name="s-on"/>"On"</span>{format!(" A code is asked at each sign-in. {codes_left} recovery codes are left.")}</p>
            {asks_password(action, failure, &[(Step::Codes, "Make new recovery codes", "btn"), (Step::Off, "Switch off", "btn btn--danger-quiet")])}
        }
        .into_any(),
    };
    view! {
        <section class="min-w-0 grid gap-3 max-w-md" aria-labelledby="second-title">
            <h2 class="h2" id="second-title">"Second factor"</h2>
            {(!codes.is_empty()).then(|| shown(codes))}
            {body}
            {move || whole().map(|failure| view! { <ErrorView failure/> })}
        </section>
    }
    .into_any()
}

/// Recovery codes, this once.
fn shown(codes: Vec<String>) -> AnyView {
    let codes = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
    view! {
        <div class="banner t-ok" role="status"><Icon name="key"/><div class="flex-1 min-w-0">
            <strong>"Keep these recovery codes where your phone is not."</strong>
            <p class="text-text-2">"Each lets you in once without the authenticator. They are shown this once; those of before are void."</p>
            <ul class="mt-2 grid gap-1" data-codes>{codes}</ul></div></div>
    }
    .into_any()
}

fn at(failure: Memo<Option<Failure>>, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || failure.get().and_then(|f| AppError(f).at(field)))
}

/// Steps that ask for the password.
fn asks_password(
    action: ServerAction<ChangeSecondFactor>,
    failure: Memo<Option<Failure>>,
    steps: &[(Step, &'static str, &'static str)],
) -> AnyView {
    let buttons = steps
        .iter()
        .map(|(step, words, class)| view! { <button type="submit" class=*class name="form[step]" value=step.slug()>{*words}</button> })
        .collect_view();
    view! {
        <ActionForm action attr:class="grid gap-4" attr:novalidate=true>
            <Once done=action.version()/>
            <TextField form="second" posts="form" name="current_password" label="Your password" error=at(failure, "current_password") kind="password" autocomplete="current-password"/>
            <div class="flex flex-wrap gap-2">{buttons}</div>
        </ActionForm>
    }
    .into_any()
}

fn begun(enrolment: Enrolment, action: ServerAction<ChangeSecondFactor>, failure: Memo<Option<Failure>>) -> AnyView {
    let Enrolment { secret, url, side, path } = enrolment;
    // A quiet zone of four squares, as the standard asks for.
    let view_box = format!("-4 -4 {0} {0}", side + 8);
    let groups = secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    view! {
        <p class="text-text-2">"Let your authenticator read this picture, or type the secret into it; then enter the code that it shows."</p>
        <svg width="192" height="192" viewBox=view_box role="img" aria-label="QR code for the authenticator" shape-rendering="crispEdges">
            <rect x="-4" y="-4" width="100%" height="100%" fill="#fff"></rect><path d=path fill="#000"></path>
        </svg>
        <dl class="dl"><dt>"Secret"</dt><dd><code class="break-all" data-secret>{groups}</code></dd><dt>"As a link"</dt><dd><a class="link break-all" href=url rel="external">"Open in an authenticator"</a></dd></dl>
        <ActionForm action attr:class="grid gap-4" attr:novalidate=true>
            <Once done=action.version()/>
            <TextField form="second" posts="form" name="code" label="Code" error=at(failure, "code") autocomplete="one-time-code" inputmode="numeric"/>
            <div class="flex flex-wrap gap-2">
                <button type="submit" class="btn btn--primary" name="form[step]" value=Step::Confirm.slug()>"Confirm"</button>
                <button type="submit" class="btn" name="form[step]" value=Step::Cancel.slug()>"Cancel"</button>
            </div>
        </ActionForm>
    }
    .into_any()
}
