//! What dialog and matrix have in common: the staged changes, what they cost, and sending them. The decisions are
//! [`domain::sharing`]'s; here they are only shown.

use crate::api::image::ShareImages;
use crate::error::AppError;
use crate::pages::resources::code::AsCode;
use crate::parts::error_view::ErrorView;
use crate::parts::frame::use_flash;
use crate::ui::icon::Icon;
use domain::failure::Failure;
use domain::form::FieldError;
use domain::sharing::{
    Change, LOSING, Rights, ShareForm, ShareResult, SharingView, Table, apply, at, calls, cell, confirm_field, diff, losing, parts, summary,
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The state of a sharing form at hand. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Staging {
    /// The owner's account.
    pub own: StoredValue<String>,
    /// What is true, as far as it was shown.
    pub truth: RwSignal<Table>,
    /// Cells that were touched, and what is wanted in them.
    pub wanted: RwSignal<Table>,
    /// What would be done.
    pub changes: Memo<Vec<Change>>,
    /// Account numbers typed again.
    confirm: RwSignal<BTreeMap<String, String>>,
    /// What came of the last sending.
    pub results: RwSignal<Vec<ShareResult>>,
    /// Why nothing was sent.
    pub failure: RwSignal<Option<Failure>>,
    /// The sending.
    pub action: ServerAction<ShareImages>,
    /// What stood in the field for a new account, after a plain post.
    pub added: StoredValue<String>,
}

impl Staging {
    /// Over what the server told; what a plain form post left is staged again. `done` is called when everything was done.
    pub fn new(view: &SharingView, done: Callback<()>) -> Self {
        let left = use_flash("image/share");
        let (mut truth, mut wanted) = (view.rights.clone(), Table::new());
        truth.retain(|_, rights| *rights != Rights::NONE);
        let entries = left.as_ref().map(|l| ShareForm::from_entries(&l.entries)).unwrap_or_default();
        let mut stage = |cell: &String, is: Rights| {
            if at(&truth, cell) != is {
                wanted.insert(cell.clone(), is);
            }
        };
        for cell in entries.was.keys() {
            stage(cell, Rights { fleet: entries.fleet.contains_key(cell), builder: entries.builder.contains_key(cell) });
        }
        let results: Vec<ShareResult> = left.as_ref().and_then(|l| serde_json::from_str(&l.outcome).ok()).unwrap_or_default();
        // A refused addition is in no box.
        results.iter().filter(|r| r.failure.is_some()).for_each(|r| stage(&r.change.cell, r.change.is));
        let refused = left.as_ref().is_some_and(|l| l.failure.is_some());
        let added = if refused { entries.add.clone() } else { String::new() };
        let (truth, wanted) = (RwSignal::new(truth), RwSignal::new(wanted));
        let this = Self {
            own: StoredValue::new(view.own.clone()),
            truth,
            wanted,
            changes: Memo::new(move |_| {
                wanted.with(|wanted| {
                    truth.with(|truth| {
                        let was = wanted.keys().map(|cell| (cell.clone(), at(truth, cell))).collect();
                        diff(&was, wanted)
                    })
                })
            }),
            confirm: RwSignal::new(entries.confirm.clone()),
            results: RwSignal::new(results),
            failure: RwSignal::new(left.and_then(|l| l.failure)),
            action: ServerAction::new(),
            added: StoredValue::new(added),
        };
        Effect::new(move |_| match this.action.value().get() {
            Some(Ok(results)) => this.heard(results, done),
            Some(Err(error)) => this.failure.set(Some(error.0)),
            None => {}
        });
        this
    }

    /// What was done is true from now on; what failed stays staged, with its reason.
    fn heard(self, results: Vec<ShareResult>, done: Callback<()>) {
        let made: Vec<Change> = results.iter().filter(|r| r.failure.is_none()).map(|r| r.change.clone()).collect();
        self.truth.update(|truth| apply(truth, &made));
        self.wanted.update(|wanted| wanted.retain(|cell, _| !made.iter().any(|change| change.cell == *cell)));
        self.failure.set(None);
        self.confirm.set(BTreeMap::new());
        let all = made.len() == results.len();
        self.results.set(results);
        if all {
            done.run(());
        }
    }

    /// What the cell shall be.
    pub fn is(self, cell: &str) -> Rights {
        self.wanted.with(|wanted| wanted.get(cell).copied()).unwrap_or_else(|| self.truth.with(|truth| at(truth, cell)))
    }

    /// What the cell is.
    pub fn was(self, cell: &str) -> Rights {
        self.truth.with(|truth| at(truth, cell))
    }

    /// Stages a cell.
    pub fn set(self, cell: &str, rights: Rights) {
        let was = self.truth.with_untracked(|truth| at(truth, cell));
        self.wanted.update(|wanted| {
            if was == rights {
                wanted.remove(cell);
            } else {
                wanted.insert(cell.to_owned(), rights);
            }
        });
        self.results.update(|all| all.retain(|r| r.change.cell != cell));
        self.failure.set(None);
    }

    /// Drops everything that is staged.
    pub fn discard(self) {
        self.wanted.set(Table::new());
        self.results.set(vec![]);
        self.failure.set(None);
        self.confirm.set(BTreeMap::new());
    }

    /// The sentence at a field.
    pub fn at(self, field: &str) -> Option<String> {
        self.failure.get().and_then(|f| AppError(f).at(field))
    }

    /// What became of a cell.
    pub fn result(self, cell: &str) -> Option<ShareResult> {
        self.results.with(|all| all.iter().find(|r| r.change.cell == cell).cloned())
    }

    /// Sends the changed cells, and only them, once every number is typed.
    pub fn send(self) -> impl Fn(leptos::ev::SubmitEvent) + Copy {
        move |ev| {
            ev.prevent_default();
            ev.stop_immediate_propagation();
            let changes = self.changes.get_untracked();
            let form = ShareForm::of(&changes, self.confirm.get_untracked());
            let wrong = if changes.is_empty() { vec![FieldError::new("", "Nothing is changed yet.")] } else { form.unconfirmed(&changes) };
            if wrong.is_empty() {
                self.failure.set(None);
                self.action.dispatch(ShareImages { form, once: String::new() });
            } else {
                #[cfg(feature = "hydrate")]
                focus(&field_id(&wrong[0].field));
                self.failure.set(Some(Failure::Fields(wrong)));
            }
        }
    }
}

/// The id of the field `name`.
pub fn field_id(name: &str) -> String {
    ["share-", name].concat()
}

/// Puts the browser's focus on the element with this id.
#[cfg(feature = "hydrate")]
pub fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    if let Some(element) = document().get_element_by_id(id).and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Refused only when it is not in the document any more.
        let _ = element.focus();
    }
}

/// The two boxes of a cell, each in its own table cell, named for a screen reader by what they allow to whom.
pub fn boxes(staging: Staging, account: &str, image: &str, locked: Option<String>) -> AnyView {
    let key = cell(account, image);
    let was = {
        let key = key.clone();
        move || staging.was(&key).code()
    };
    let one = |fleet: bool| {
        let (key, read, key_of) = (key.clone(), key.clone(), key.clone());
        let get = move || {
            let rights = staging.is(&read);
            if fleet { rights.fleet } else { rights.builder }
        };
        let first = untrack(get.clone());
        let label = [if fleet { "Fleets of " } else { "Image builders of " }, account, " may use ", image].concat();
        let name = ["form[", if fleet { "fleet" } else { "builder" }, "][", &key, "]"].concat();
        let differs = {
            let key = key.clone();
            move || {
                let (was, is) = (staging.was(&key), staging.is(&key));
                if fleet { was.fleet != is.fleet } else { was.builder != is.builder }
            }
        };
        let change = move |ev: leptos::ev::Event| {
            let mut rights = untrack(|| staging.is(&key));
            let ticked = event_target_checked(&ev);
            if fleet {
                rights.fleet = ticked
            } else {
                rights.builder = ticked
            }
            staging.set(&key, rights);
        };
        let off = locked.is_some();
        let failed = {
            let key = key_of.clone();
            move || staging.result(&key).is_some_and(|r| r.failure.is_some())
        };
        view! { <td class:is-staged=differs class:is-failed=failed><input type="checkbox" class="cb" name=name value="true" checked=first prop:checked=get disabled=off title=locked.clone() aria-label=label on:change=change/></td> }
    };
    let (fleets, builders) = (one(true), one(false));
    let hidden =
        locked.is_none().then(|| view! { <td hidden><input type="hidden" name=["form[was][", &key, "]"].concat() value=was/></td> });
    view! { {fleets}{builders}{hidden} }.into_any()
}

/// What the changes cost others, with a field in which each account's number is typed; the results; the same as code.
#[component]
pub fn Consequences(
    /// The form.
    staging: Staging,
) -> impl IntoView {
    let who = Memo::new(move |_| staging.changes.with(|changes| losing(changes)));
    let warning = move |(account, images): (String, Vec<String>)| {
        let field = confirm_field(&account);
        let (id, note) = (field_id(&field), [&field_id(&field), "-note"].concat());
        let typed = staging.confirm.with_untracked(|c| c.get(&field).cloned()).unwrap_or_default();
        let error = {
            let field = field.clone();
            Memo::new(move |_| staging.at(&field))
        };
        let name = ["form[confirm][", &field, "]"].concat();
        let input = move |ev| staging.confirm.update(|c| drop(c.insert(field.clone(), event_target_value(&ev))));
        view! {
            <div class="banner t-warn"><Icon name="s-warn"/><div class="flex-1 min-w-0 grid gap-2">
                <p><strong>{account.clone()}" loses "{images.join(", ")}" for its fleets."</strong>" "{LOSING}</p>
                <div class="field"><label for=id.clone()>"Type "{account}" to confirm"</label>
                    <div class="input max-w-60" class:is-err=move || error.get().is_some()><input id=id name=name value=typed inputmode="numeric" autocomplete="off" spellcheck="false" aria-describedby=note.clone() aria-invalid=move || error.get().is_some().then_some("true") on:input=input/></div>
                    <div id=note>{move || error.get().map(|sentence| view! { <p class="err"><Icon name="s-fail"/><span>{sentence}</span></p> })}</div></div>
            </div></div>
        }
    };
    // Above the fields: what belongs to none of them.
    let general = move || {
        staging.failure.get().map(|failure| match &failure {
            Failure::Fields(errors) => {
                let all = errors.iter().map(|e| view! { <li>{e.message.clone()}</li> }).collect_view();
                view! { <div class="banner t-fault" role="alert"><Icon name="s-fail"/><div><strong>"Nothing was sent."</strong><ul class="mt-1 list-disc pl-4">{all}</ul></div></div> }.into_any()
            }
            _ => view! { <ErrorView failure/> }.into_any(),
        })
    };
    view! {
        {general}
        {move || told(staging.results.get())}
        <For each=move || who.get() key=|(account, images)| [account.as_str(), &images.join(" ")].concat() let:one>{warning(one)}</For>
        <AsCode calls=Signal::derive(move || staging.changes.with(|changes| calls(changes)))/>
    }
    .into_any()
}

/// The results, a line each: failures with their reason.
fn told(results: Vec<ShareResult>) -> Option<AnyView> {
    let failed = results.iter().filter(|r| r.failure.is_some()).count();
    let all = results.len();
    let lines = results
        .into_iter()
        .map(|result| match result.failure.clone() {
            None => view! { <li><Icon name="s-check"/>{result.words()}"."</li> }.into_any(),
            Some(failure) => {
                let (account, image) = parts(&result.change.cell);
                let (head, advice) = ([account, ", ", image, ": "].concat(), failure.advice());
                view! { <li><Icon name="s-fail"/><strong>{head}</strong>{advice.title}". "{advice.next}</li> }.into_any()
            }
        })
        .collect_view();
    let head = match failed {
        0 => "Every change was made.".to_owned(),
        n => [&(all - n).to_string(), " of ", &all.to_string(), " changes were made; the others stay staged."].concat(),
    };
    (all > 0).then(|| {
        let tone = if failed == 0 { "banner t-ok" } else { "banner t-fault" };
        let glyph = if failed == 0 { "s-check" } else { "s-fail" };
        view! { <div class=tone role="alert"><Icon name=glyph/><div class="flex-1 min-w-0"><strong>{head}</strong><ul class="mt-1 share-results">{lines}</ul></div></div> }.into_any()
    })
}

/// How much is staged, and the button that sends it.
#[component]
pub fn Send(
    /// The form.
    staging: Staging,
    /// The button's verb: “Save”, “Apply”.
    verb: &'static str,
) -> impl IntoView {
    let pending = staging.action.pending();
    let words = move || match staging.changes.with(Vec::len) {
        0 => [verb, " changes"].concat(),
        1 => [verb, " 1 change"].concat(),
        n => [verb, " ", &n.to_string(), " changes"].concat(),
    };
    // Without scripts nobody knows what is ticked before it is sent.
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let idle = move || alive.get() && staging.changes.with(Vec::is_empty);
    view! { <button type="submit" class="btn btn--primary" disabled=idle aria-busy=move || pending.get().then_some("true")>{words}</button> }
}

/// “3 to add, 1 to remove”.
#[component]
pub fn Summary(
    /// The form.
    staging: Staging,
) -> impl IntoView {
    let words = Memo::new(move |_| staging.changes.with(|changes| summary(changes)));
    view! { <span class="text-12 text-text-2" role="status">{words}</span> }
}
