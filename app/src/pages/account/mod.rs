//! `/account`: one's own account. And `/account/password`, where a one-time password is changed.

pub mod password;
mod second;
mod sign_ins;

use crate::api::account::{ChangePassword, ChangeSecondFactor, EndSignIn, account_page};
use crate::parts::error_view::ErrorView;
use crate::parts::frame::{use_acted, use_flash};
use domain::account::OwnAccount;
use leptos::prelude::*;
use leptos_meta::Title;

/// What is done on the page.
#[derive(Clone, Copy)]
struct Acts {
    password: ServerAction<ChangePassword>,
    second: ServerAction<ChangeSecondFactor>,
    end: ServerAction<EndSignIn>,
}

impl Acts {
    fn new() -> Self {
        Self { password: ServerAction::new(), second: ServerAction::new(), end: ServerAction::new() }
    }

    /// How many were done: what is shown is asked anew after each. What was refused leaves the page as it is.
    fn done(self) -> Memo<usize> {
        let count = |ok: Signal<bool>| Memo::new(move |before: Option<&usize>| before.copied().unwrap_or_default() + usize::from(ok.get()));
        let password = count(Signal::derive(move || matches!(self.password.value().get(), Some(Ok(())))));
        let second = count(Signal::derive(move || matches!(self.second.value().get(), Some(Ok(_)))));
        let end = count(Signal::derive(move || matches!(self.end.value().get(), Some(Ok(())))));
        Memo::new(move |_| password.get() + second.get() + end.get())
    }
}

/// The page.
#[component]
pub fn AccountPage() -> impl IntoView {
    let (acts, acted) = (Acts::new(), use_acted());
    let first = use_flash(second::FORM).filter(|f| f.failure.is_none()).and_then(|f| serde_json::from_str::<String>(&f.outcome).ok());
    let ticket = Memo::new(move |before: Option<&String>| match (acts.second.value().get(), before) {
        (Some(Ok(ticket)), _) => ticket,
        (_, Some(before)) => before.clone(),
        (_, None) => first.clone().unwrap_or_default(),
    });
    let done = acts.done();
    let told = Resource::new_blocking(move || (ticket.get(), done.get(), acted.0.get()), |(ticket, ..)| account_page(ticket));
    view! {
        <Title text="Your account · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-2"><h1 class="h1">"Your account"</h1></div>
            <div class="px-(--gutter) pt-2 pb-8 grid gap-8 min-w-0">
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        match told.await {
                            Ok(account) => view! { <Shown account acts/> }.into_any(),
                            Err(error) => view! { <ErrorView failure=error.0/> }.into_any(),
                        }
                    })}
                </Transition>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Shown(account: OwnAccount, acts: Acts) -> impl IntoView {
    let OwnAccount { user, role, has_password, second, codes, sign_ins, idle_minutes, most_minutes } = account;
    view! {
        <dl class="dl max-w-4xl border-t border-line"><dt>"Name"</dt><dd>{user}</dd><dt>"Role"</dt><dd>{role.words()}</dd></dl>
        {has_password.then(|| view! { <password::Section action=acts.password/><second::Section factor=second codes=codes.0 action=acts.second/> })}
        <sign_ins::Section all=sign_ins action=acts.end limits=(idle_minutes, most_minutes)/>
    }
}
