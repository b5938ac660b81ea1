//! One's own sign-ins, and how to end them.

use crate::api::account::EndSignIn;
use crate::error::AppError;
use crate::parts::error_view::ErrorView;
use crate::parts::frame::use_flash;
use crate::parts::moment::Ago;
use crate::parts::once::Once;
use crate::parts::threshold::ends;
use domain::account::SignIn;
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The part of the account's page.
#[component]
pub fn Section(
    /// The sign-ins.
    all: Vec<SignIn>,
    /// Ends one or all.
    action: ServerAction<EndSignIn>,
    /// Minutes without anybody, and at most.
    limits: (u32, u32),
) -> impl IntoView {
    let left = use_flash("account/sign-out").and_then(|f| f.failure);
    let failure = move || match action.value().get() {
        Some(Err(AppError(failure))) => Some(failure),
        Some(Ok(())) => None,
        None => left.clone(),
    };
    let rows = all.into_iter().map(|one| row(one, action)).collect_view();
    view! {
        <section class="min-w-0 grid gap-2">
            <div class="flex flex-wrap items-center gap-2">
                <h2 class="h2" id="sign-ins-title">"Sign-ins"</h2>
                <ActionForm action attr:class="ml-auto">
                    <Once done=action.version()/>
                    <button type="submit" class="btn btn--sm btn--danger-quiet">"Sign out everywhere"</button>
                </ActionForm>
            </div>
            <p class="text-text-2 max-w-3xl">{ends(limits.0, limits.1)}</p>
            {move || failure().map(|failure| view! { <ErrorView failure/> })}
            <div class="overflow-x-auto relative" tabindex="0" role="region" aria-labelledby="sign-ins-title"><table class="tbl plain">
                <thead><tr><th scope="col">"Browser"</th><th scope="col">"From"</th><th scope="col">"Signed in"</th><th scope="col">"Last seen"</th><th scope="col" class="r"><span class="sr-only">"Acts"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </section>
    }
    .into_any()
}

fn row(one: SignIn, action: ServerAction<EndSignIn>) -> impl IntoView {
    let end = if one.here {
        view! { <span class="tag">"this one"</span> }.into_any()
    } else {
        let which = format!(" {} from {}", one.browser, one.address);
        view! {
            <ActionForm action>
                <Once done=action.version()/>
                <input type="hidden" name="id" value=one.id/>
                <button type="submit" class="btn btn--sm">"Sign out"<span class="sr-only">{which}</span></button>
            </ActionForm>
        }
        .into_any()
    };
    view! { <tr><td>{one.browser}</td><td><code class="text-12">{one.address}</code></td><td><Ago at=one.began/></td><td><Ago at=one.seen/></td><td class="r">{end}</td></tr> }
}
