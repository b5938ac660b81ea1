//! `/users/assign?what=…&user=…`: stacks assigned or unassigned, users enabled or disabled, for many users at once. The list of users
//! leads here with those that are ticked; more can be typed.

use crate::api::users::BulkUsers;
use crate::live::use_live;
use crate::parts::frame::use_flash;
use crate::parts::many::{Batch, Checked, Rows, answered, at, below};
use crate::parts::once::Once;
use crate::paths;
use domain::pool::Bulk;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The page, made anew for each act.
#[component]
pub fn AssignStacksPage() -> impl IntoView {
    let search = use_location().search;
    let what = Memo::new(move |_| Bulk::of(&search.with(|s| value(s, "what"))));
    move || {
        let (what, users) = (what.get(), search.get_untracked());
        view! { <Form what users=named(&users)/> }
    }
}

fn value(search: &str, key: &str) -> String {
    paths::pairs(search).into_iter().find(|(k, _)| k == key).map(|(_, v)| v).unwrap_or_default()
}

fn named(search: &str) -> Vec<String> {
    paths::pairs(search).into_iter().filter(|(k, _)| k == "user").map(|(_, v)| v).collect()
}

#[component]
fn Form(what: Bulk, users: Vec<String>) -> impl IntoView {
    let action = ServerAction::<BulkUsers>::new();
    let left = use_flash("users/bulk");
    let entry = |name: &str| left.as_ref().and_then(|f| f.entries.get(name)).cloned();
    let before = answered(left.as_ref());
    let lines = match &before {
        Some(Ok(report)) if report.sent => report.left.clone(),
        _ => entry("users").unwrap_or_else(|| users.join("\n")),
    };
    let chosen: Vec<String> = entry("stacks").map(|s| s.lines().map(str::to_owned).collect()).unwrap_or_default();
    let tell = entry("tell").is_some_and(|t| t == "true");
    let batch = Batch::new(Signal::derive(move || action.value().get()), action.pending(), before);
    let (answer, node) = (batch.answer, batch.node);
    let (users_error, stacks_error) = (at(answer, "users"), at(answer, "stacks"));
    let send = move |n| match n {
        1 => format!("{} for 1 user", what.words()),
        n => format!("{} for {n} users", what.words()),
    };
    let tabs = Bulk::ALL
        .into_iter()
        .map(|other| {
            let mut pairs = vec![("what".to_owned(), other.slug().to_owned())];
            pairs.extend(users.iter().map(|u| ("user".to_owned(), u.clone())));
            let href = paths::with_query("/users/assign", &pairs);
            view! { <a class="tab" href=href aria-current=(other == what).then_some("page")>{other.words()}</a> }
        })
        .collect_view();
    let stacks = what.takes_stacks().then(|| {
        let names = use_live().estate.with_untracked(|e| e.stacks.iter().map(|s| s.name.0.clone()).collect::<Vec<_>>());
        let boxes = names
            .into_iter()
            .map(|name| {
                let checked = chosen.contains(&name);
                view! { <label class="flex items-center gap-1.5 min-h-6 font-[450] min-w-0"><input type="checkbox" class="cb" name=format!("stacks[{name}]") value="true" checked=checked/><span class="break-all">{name}</span></label> }
            })
            .collect_view();
        view! {
            <fieldset class="fs min-w-0" aria-describedby="stacks-note"><legend class="sr-only">"Stacks"</legend>
                <div aria-hidden="true"><p class="font-[550] text-14">"Stacks"</p></div>
                <div class="fs-b"><div class="grid gap-1 sm:grid-cols-2">{boxes}</div>
                    {below("stacks-note", stacks_error, "Users of the pool cannot use a stack whose fleet is joined to a domain.")}
                    {(what == Bulk::Assign).then(|| view! { <label class="flex items-center gap-1.5 min-h-6 font-[450]"><input type="checkbox" class="cb" name="tell" value="true" checked=tell/>"AWS mails each user about each stack"</label> })}</div></fieldset>
        }
    });
    let danger = what == Bulk::Disable || what == Bulk::Unassign;
    view! {
        <Title text=format!("{} · AppStream Console", what.words())/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-3">
                <nav class="crumb" aria-label="Breadcrumb"><a href="/users">"Users"</a></nav>
                <h1 class="h1 mt-1">{format!("{}, many users", what.words())}</h1>
                <p id="consequence" class="text-text-2 max-w-2xl mt-1">{what.consequence()}</p>
            </div>
            <nav class="tabs" aria-label="What to do">{tabs}</nav>
            <ActionForm action attr:class="flex-1 flex flex-col min-w-0" attr:novalidate=true attr:aria-describedby="consequence" on:input=move |_| batch.edited()>
                <Once done=action.version()/>
                <input type="hidden" name="what" value=what.slug()/>
                <div class="px-(--gutter) pt-4 pb-8 grid gap-8 flex-1 content-start xl:grid-cols-[minmax(0,1fr)_21rem]">
                    <div class="min-w-0 grid content-start max-w-4xl">
                        <fieldset class="fs min-w-0"><legend class="sr-only">"Users"</legend>
                            <div aria-hidden="true"><p class="font-[550] text-14">"Users"</p></div>
                            <div class="fs-b"><div class="field"><label for="users">"User names, one a line"</label>
                                <textarea id="users" name="users" rows="6" class="input mono" class:is-err=move || users_error.with(Option::is_some) aria-invalid=move || users_error.with(Option::is_some).then_some("true") aria-describedby="users-note" spellcheck="false" node_ref=node>{lines}</textarea>
                                {below("users-note", users_error, "As AppStream has them, capital letters too. 500 at most.")}</div></div></fieldset>
                        {stacks}
                        <div class="pt-4 min-w-0"><Rows answer/></div>
                    </div>
                    <aside class="min-w-0" aria-label="Code"><Checked answer/></aside>
                </div>
                {batch.bar("/users", send, danger)}
            </ActionForm>
        </main>
    }
    .into_any()
}
