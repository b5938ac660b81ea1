//! `/users/assign?what=…&user=…`: stacks assigned or unassigned, users enabled or disabled, for many users at once. The list of users
//! leads here with those that are ticked; more can be typed.

use super::report::{Answer, Checked, Rows, at, below, ready};
use crate::api::users::{BulkUsers, SEND};
use crate::error::AppError;
use crate::live::use_live;
use crate::parts::frame::use_flash;
use crate::paths;
use crate::ui::icon::Icon;
use domain::pool::{Bulk, Report};
use leptos::form::ActionForm;
use leptos::html;
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
    let before: Answer = left.as_ref().and_then(|f| match &f.failure {
        Some(failure) => Some(Err(AppError(failure.clone()))),
        None => serde_json::from_str::<Report>(&f.outcome).ok().map(Ok),
    });
    let lines = match &before {
        Some(Ok(report)) if report.sent => report.left.clone(),
        _ => entry("users").unwrap_or_else(|| users.join("\n")),
    };
    let chosen: Vec<String> = entry("stacks").map(|s| s.lines().map(str::to_owned).collect()).unwrap_or_default();
    let tell = entry("tell").is_some_and(|t| t == "true");
    let before = StoredValue::new(before);
    let answer = Signal::derive(move || action.value().get().or_else(|| before.get_value()));
    let node = NodeRef::<html::Textarea>::new();
    let (typed, checked) = (RwSignal::new(0_u32), RwSignal::new(0_u32));
    let edited = move |_| typed.update(|n| *n += 1);
    Effect::new(move |_| {
        if action.pending().get() {
            checked.set(typed.get_untracked());
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(report)) = action.value().get()
            && report.sent
            && let Some(area) = node.get_untracked()
        {
            area.set_value(&report.left);
        }
    });
    let (users_error, stacks_error) = (at(answer, "users"), at(answer, "stacks"));
    let count = ready(answer);
    let stale = Memo::new(move |_| typed.get() != checked.get());
    let pending = action.pending();
    let send = move || match count.get() {
        1 => format!("{} for 1 user", what.words()),
        n => format!("{} for {n} users", what.words()),
    };
    let status = move || match (pending.get(), stale.get() && count.get() > 0) {
        (true, _) => "Waiting for AWS…",
        (_, true) => "Changed since the check: check again.",
        _ => "",
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
            <ActionForm action attr:class="flex-1 flex flex-col min-w-0" attr:novalidate=true attr:aria-describedby="consequence" on:input=edited>
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
                <div class="formbar"><span class="text-12 text-text-2" role="status">{status}</span><span class="ml-auto"></span>
                    <a class="btn max-sm:hidden" href="/users">{move || if answer.with(|a| matches!(a, Some(Ok(r)) if r.sent)) { "Back to users" } else { "Cancel" }}</a>
                    <button type="submit" name="step" value="check" class="btn" class:btn--primary=move || count.get() == 0 disabled=pending><Icon name="s-check"/>"Check"</button>
                    {move || (count.get() > 0).then(|| view! { <button type="submit" name="step" value=SEND class=if danger { "btn btn--danger" } else { "btn btn--primary" } disabled=move || pending.get() || stale.get() aria-busy=move || pending.get().then_some("true")>{send}</button> })}
                </div>
            </ActionForm>
        </main>
    }
    .into_any()
}
