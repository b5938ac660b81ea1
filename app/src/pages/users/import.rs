//! `/users/import`: many users from a paste. Checked row by row before anything is sent; what fails stays to be sent again.

use crate::api::users::ImportUsers;
use crate::parts::frame::use_flash;
use crate::parts::many::{Batch, Checked, Rows, answered, at, below};
use crate::parts::once::Once;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

const EXAMPLE: &str = "ana.roy@example.com,Ana,Roy,legal;training";

/// The page.
#[component]
pub fn ImportUsersPage() -> impl IntoView {
    let action = ServerAction::<ImportUsers>::new();
    let left = use_flash("users/import");
    let entry = |name: &str| left.as_ref().and_then(|f| f.entries.get(name)).cloned();
    let (mail, tell) = (entry("mail").is_none_or(|m| m == "true"), entry("tell").is_some_and(|t| t == "true"));
    let before = answered(left.as_ref());
    let pasted = match &before {
        Some(Ok(report)) if report.sent => report.left.clone(),
        _ => entry("text").unwrap_or_default(),
    };
    let batch = Batch::new(Signal::derive(move || action.value().get()), action.pending(), before);
    let (answer, node) = (batch.answer, batch.node);
    let error = at(answer, "text");
    let send = |n| match n {
        1 => "Send 1 row".to_owned(),
        n => format!("Send {n} rows"),
    };
    view! {
        <Title text="Import users · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-3">
                <nav class="crumb" aria-label="Breadcrumb"><a href="/users">"Users"</a></nav>
                <h1 class="h1 mt-1">"Import users"</h1>
                <p id="consequence" class="text-text-2 max-w-2xl mt-1">"Creates users of the pool and assigns their stacks. Sending the same rows twice is safe: who is there already is left as is."</p>
            </div>
            <ActionForm action attr:class="flex-1 flex flex-col min-w-0" attr:novalidate=true attr:aria-describedby="consequence" on:input=move |_| batch.edited()>
                <Once done=action.version()/>
                <div class="px-(--gutter) pt-4 pb-8 grid gap-8 flex-1 content-start xl:grid-cols-[minmax(0,1fr)_21rem]">
                    <div class="min-w-0 grid content-start max-w-4xl">
                        <fieldset class="fs min-w-0"><legend class="sr-only">"People"</legend>
                            <div aria-hidden="true"><p class="font-[550] text-14">"People"</p></div>
                            <div class="fs-b !max-w-none"><div class="field"><label for="text">"People, one a line"</label>
                                <textarea id="text" name="text" rows="8" class="input mono" class:is-err=move || error.with(Option::is_some) aria-invalid=move || error.with(Option::is_some).then_some("true") aria-describedby="text-note" spellcheck="false" placeholder=EXAMPLE node_ref=node>{pasted}</textarea>
                                {below("text-note", error, "CSV or lines: mail address, first name, last name, stacks parted by semicolons. A first line with the names of the columns may put them in another order. 500 rows at most.")}</div></div></fieldset>
                        <fieldset class="fs min-w-0"><legend class="sr-only">"Mails"</legend>
                            <div aria-hidden="true"><p class="font-[550] text-14">"Mails"</p></div>
                            <div class="fs-b">
                                <div class="field"><label class="!h-auto min-h-6 font-[450]"><input type="checkbox" class="cb" name="mail" value="true" checked=mail aria-describedby="mail-note"/>"AWS mails each new user the invitation"</label><p id="mail-note" class="help">"The temporary password in it lives 7 days. Without the mail, send it later from the user’s page."</p></div>
                                <label class="flex items-center gap-1.5 min-h-6 font-[450]"><input type="checkbox" class="cb" name="tell" value="true" checked=tell/>"AWS mails each user about each assigned stack"</label>
                            </div></fieldset>
                        <div class="pt-4 min-w-0"><Rows answer/></div>
                    </div>
                    <aside class="min-w-0" aria-label="Code"><Checked answer/></aside>
                </div>
                {batch.bar("/users", send, false)}
            </ActionForm>
        </main>
    }
    .into_any()
}
