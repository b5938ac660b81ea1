//! `…/images/{name}/sharing?do=share`: who may use one image. Changes are staged and saved together.

use super::staging::{Consequences, Send, Staging, Summary, boxes, field_id};
use crate::api::image::image_sharing;
use crate::error::AppError;
use crate::parts::account::{ActsIn, account as number};
use crate::parts::error_view::{ErrorView, NotNow};
use crate::parts::frame::use_acted;
use crate::parts::once::Once;
use crate::paths;
use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use domain::sharing::{Rights, SharingView, account, cell, parts};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

/// The words of `?do=` that open this dialog.
pub const OPENS: [&str; 2] = ["share", "unshare"];

/// What the dialog needs, where the URL asks for it. It is asked for with the page's own data, since a boundary of its own within the
/// page's would not be taken over by the browser.
pub async fn first_sharing(image: &str, verb: &str) -> Option<Result<SharingView, AppError>> {
    if !OPENS.contains(&verb) {
        return None;
    }
    Some(image_sharing(paths::with_query("", &[("image".to_owned(), image.to_owned())])).await)
}

/// The dialog, when the URL asks for it. `unshare` begins with the account in `row` taken out.
#[component]
pub fn ShareDialog(
    /// The image.
    #[prop(into)]
    image: String,
    /// The page without the dialog.
    #[prop(into)]
    here: Signal<String>,
    /// What came with the page.
    first: Option<Result<SharingView, AppError>>,
) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|q| (q.get("do").unwrap_or_default(), q.get("row").unwrap_or_default())));
    let view = RwSignal::new(first);
    #[cfg(feature = "hydrate")]
    {
        let image = image.clone();
        Effect::new(move |before: Option<()>| {
            let (verb, _) = asked.get();
            if before.is_none() && view.with_untracked(Option::is_some) {
                return;
            }
            view.set(None);
            let image = image.clone();
            leptos::task::spawn_local(async move {
                let new = first_sharing(&image, &verb).await;
                let _ = view.try_set(new);
            });
        });
    }
    move || {
        let (verb, row) = asked.get_untracked();
        let row = if verb == "unshare" { row } else { String::new() };
        let image = image.clone();
        view.get().map(|view| match view {
            Ok(view) => view! { <Share image row view here/> }.into_any(),
            Err(error) => view! { <NotNow failure=error.0 close=here/> }.into_any(),
        })
    }
}

#[component]
fn Share(image: String, row: String, view: SharingView, here: Signal<String>) -> impl IntoView {
    let (navigate, acted) = (use_navigate(), use_acted().0);
    let done = Callback::new(move |()| {
        acted.update(|n| *n += 1);
        navigate(&here.get_untracked(), NavigateOptions { replace: true, scroll: false, ..Default::default() });
    });
    let staging = Staging::new(&view, done);
    let locked = view.images.first().and_then(|i| i.why_not.clone());
    let failure = view.images.first().and_then(|i| i.failure.clone());
    let mut known = view.accounts.clone();
    for (number, _) in
        staging.wanted.with_untracked(|w| w.keys().map(|c| parts(c)).map(|(a, i)| (a.to_owned(), i.to_owned())).collect::<Vec<_>>())
    {
        if !known.contains(&number) {
            known.push(number);
        }
    }
    if !row.is_empty() && known.contains(&row) && staging.wanted.with_untracked(|w| w.is_empty()) {
        staging.set(&cell(&row, &image), Rights::NONE);
    }
    let accounts = RwSignal::new(known);
    let typed = RwSignal::new(staging.added.get_value());
    let wrong = RwSignal::new(None::<String>);
    let error = Memo::new(move |_| wrong.get().or_else(|| staging.at("add")));
    let add = {
        let image = image.clone();
        move || {
            let checked = staging.own.with_value(|own| account(&typed.get_untracked(), own));
            match checked {
                Err(sentence) => wrong.set(Some(sentence)),
                Ok(number) if accounts.with_untracked(|all| all.contains(&number)) => {
                    wrong.set(Some("The image is shared with this account already; tick its boxes.".to_owned()));
                }
                Ok(number) => {
                    staging.set(&cell(&number, &image), Rights { fleet: true, builder: false });
                    accounts.update(|all| all.push(number));
                    wrong.set(None);
                    typed.set(String::new());
                }
            }
            #[cfg(feature = "hydrate")]
            super::staging::focus(&field_id("add"));
        }
    };
    let pressed = add.clone();
    let enter = move |ev: leptos::ev::KeyboardEvent| {
        if ev.key() == "Enter" {
            ev.prevent_default();
            pressed();
        }
    };
    let (id, note) = (field_id("add"), "share-add-note");
    let off = locked.is_some();
    let lines = {
        let (image, locked) = (image.clone(), locked.clone());
        move |number: String| line(staging, accounts, number, &image, locked.clone())
    };
    let region = view.region.clone();
    view! {
        <Dialog title=["Share ", &image].concat() close=here wide=true>
            <ActionForm action=staging.action on:submit:capture=staging.send() attr:class="contents" attr:novalidate=true>
                <Once done=staging.action.version()/><input type="hidden" name="form[image]" value=image.clone()/>
                <div class="dlg-b grid gap-4">
                    <p id="dialog-consequence" class="text-text-2">"Accounts you add can use it in "{region}" at once. For another Region, copy the image there first."</p>
                    {locked.map(|reason| view! { <div class="banner t-warn"><Icon name="s-warn"/><p>{reason}</p></div> })}
                    {failure.map(|failure| view! { <ErrorView failure role="status"/> })}
                    <div class="field"><label for=id.clone()>"Add an account"</label>
                        <div class="flex gap-2"><div class="input flex-1" class:is-err=move || error.get().is_some()>
                            <input id=id name="form[add]" value=staging.added.get_value() prop:value=typed inputmode="numeric" autocomplete="off" spellcheck="false" placeholder="12 digits" disabled=off
                                aria-describedby=note aria-invalid=move || error.get().is_some().then_some("true")
                                on:input=move |ev| { typed.set(event_target_value(&ev)); wrong.set(None); } on:keydown=enter/></div>
                            <button type="button" class="btn js-only" disabled=off on:click=move |_| add()>"Add"</button></div>
                        <div id=note>{move || match error.get() {
                            Some(sentence) => view! { <p class="err" role="alert"><Icon name="s-fail"/><span>{sentence}</span></p> }.into_any(),
                            None => view! { <p class="help">"It gets the right for fleets; change that in the table. An account without either right loses the image."</p> }.into_any(),
                        }}</div></div>
                    <div class="overflow-x-auto relative" tabindex="0" role="region" aria-label="Accounts"><table class="tbl tbl--plain dlg-table share-table"><caption class="sr-only">"Accounts that may use the image"</caption>
                        <thead><tr><th scope="col" class="share-account">"Account"</th><th scope="col">"Fleets"</th><th scope="col">"Image builders"</th><th scope="col" class="r"><span class="sr-only">"Remove"</span></th></tr></thead>
                        <tbody><For each=move || accounts.get() key=|n| n.clone() let:one>{lines(one)}</For></tbody></table>
                        <p class="text-text-2 py-2" hidden=move || accounts.with(|a| !a.is_empty())>"Shared with no account."</p></div>
                    <Consequences staging/>
                </div>
                <div class="dlg-f"><ActsIn/><Summary staging/><span class="ml-auto"></span><a class="btn" href=here>"Cancel"</a><Send staging verb="Save"/></div>
            </ActionForm>
        </Dialog>
    }
    .into_any()
}

/// The row of one account.
fn line(staging: Staging, accounts: RwSignal<Vec<String>>, account: String, image: &str, locked: Option<String>) -> AnyView {
    let key = StoredValue::new(cell(&account, image));
    let was = move || key.with_value(|k| staging.was(k));
    let is = move || key.with_value(|k| staging.is(k));
    let gone = Memo::new(move |_| was() != Rights::NONE && is() == Rights::NONE);
    let new = Memo::new(move |_| was() == Rights::NONE);
    let failed = Memo::new(move |_| key.with_value(|k| staging.result(k)).is_some_and(|r| r.failure.is_some()));
    let tag = move || {
        if failed.get() {
            Some(view! { <span class="tag tag--tone t-fault">"failed"</span> })
        } else if gone.get() {
            Some(view! { <span class="tag tag--tone t-fault">"removed"</span> })
        } else {
            (new.get() && is() != Rights::NONE).then(|| view! { <span class="tag tag--tone t-ok">"added"</span> })
        }
    };
    let label = {
        let account = account.clone();
        move || [if gone.get() { "Keep " } else { "Remove " }, &account].concat()
    };
    let toggle = {
        let account = account.clone();
        move |_| {
            let key = key.get_value();
            if new.get_untracked() {
                staging.set(&key, Rights::NONE);
                accounts.update(|all| all.retain(|a| *a != account));
                #[cfg(feature = "hydrate")]
                super::staging::focus(&field_id("add"));
            } else if gone.get_untracked() {
                staging.set(&key, untrack(was));
            } else {
                staging.set(&key, Rights::NONE);
            }
        }
    };
    let glyph = Signal::derive(move || if gone.get() { "refresh" } else { "x" });
    let off = locked.is_some();
    let cells = boxes(staging, &account, image, locked);
    view! {
        <tr><th scope="row"><span class="inline-flex items-center gap-2"><span class:line-through=gone>{number(&account)}</span>{tag}</span></th>{cells}
            <td class="r"><button type="button" class="btn btn--icon btn--ghost btn--sm js-only" disabled=off aria-label=label on:click=toggle><Icon name=glyph/></button></td></tr>
    }
    .into_any()
}
