//! `/{kind}/{verb}` and `…/{name}/{verb}`: the form of an act, made from the service model by the server. An act without fields is a
//! dialog over the page it was asked on: `?do={verb}`.

use super::code::{CodeBlock, Folded, later};
use super::entering::Entering;
use super::fields::group;
use super::outcome::Outcome;
use crate::api::resource::{ResourceAct, resource_code, resource_form};
use crate::error::AppError;
use crate::pages::not_found::NotFoundInFrame;
use crate::parts::account::ActsIn;
use crate::parts::error_view::{ErrorView, NotNow};
use crate::parts::frame::{use_acted, use_flash};
use crate::parts::once::Once;
use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use domain::entry::{Clear, Entries, Entry, Field, FormView, Group, Limit, Need, When};
use domain::failure::Failure;
use domain::packaging::{button, is_new_version};
use domain::resource::{Code, Done};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_params_map, use_query_map};

/// What a form is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// The kind's slug.
    pub kind: String,
    /// The thing, or empty on lists.
    pub name: String,
    /// The verb's slug.
    pub verb: String,
    /// The page's query string: which row is meant.
    pub query: String,
}

/// The form that the path names.
#[component]
pub fn ResourceForm() -> impl IntoView {
    let params = use_params_map();
    let search = use_location().search;
    let which = Memo::new(move |_| params.with(|p| ["kind", "name", "verb"].map(|k| p.get(k).unwrap_or_default())));
    move || {
        let [kind, name, verb] = which.get();
        let which = Which { kind, name, verb, query: search.get_untracked() };
        view! { <VerbForm which/> }
    }
}

fn asked(which: &Which) -> Resource<Result<FormView, AppError>> {
    let which = which.clone();
    Resource::new_blocking(move || which.clone(), |w| resource_form(w.kind, w.name, w.verb, w.query))
}

/// The form of an act, as a page.
#[component]
pub fn VerbForm(
    /// Whose.
    which: Which,
) -> impl IntoView {
    let form = asked(&which);
    view! {
        <Suspense fallback=|| ()>{move || {
            let which = which.clone();
            Suspend::new(async move {
                shown(which, form.await)
            })
        }}</Suspense>
    }
}

/// The form that was asked for, or why it could not be had.
pub fn shown(which: Which, form: Result<FormView, AppError>) -> AnyView {
    match form {
        Ok(form) => view! { <Page which form/> }.into_any(),
        Err(AppError(Failure::NotFound { .. })) => view! { <NotFoundInFrame/> }.into_any(),
        Err(error) => refused(&which, error),
    }
}

fn refused(which: &Which, error: AppError) -> AnyView {
    let back = if which.name.is_empty() { format!("/{}", which.kind) } else { "..".to_owned() };
    view! {
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head"><h1 class="h1">"Not possible now"</h1></div>
            <div class="px-(--gutter) grid gap-3"><ErrorView failure=error.0/><p><a class="btn" href=back>"Back"</a></p></div>
        </main>
    }
    .into_any()
}

/// What `?do=` asks for, on the page of `kind` and `name`; none where it asks for nothing.
pub fn asked_dialog(kind: &str, name: &str) -> Option<Which> {
    let verb = use_query_map().with_untracked(|q| q.get("do")).filter(|verb| !is_own(kind, verb))?;
    let query = use_location().search.get_untracked();
    Some(Which { kind: kind.to_owned(), name: name.to_owned(), verb, query })
}

/// Whether a page has a dialog of its own for the verb: sharing an image, stopping a fleet and changing its capacity.
fn is_own(kind: &str, verb: &str) -> bool {
    match kind {
        "images" => crate::pages::images::dialog::OPENS.contains(&verb),
        "fleets" => ["stop", "capacity"].contains(&verb),
        _ => false,
    }
}

/// The form of a dialog that the page was opened with: it is asked for with the page's own data, since a boundary of its own within the
/// page's would not be taken over by the browser.
pub async fn first_dialog(which: Option<Which>) -> Option<Result<FormView, AppError>> {
    match which {
        Some(w) => Some(resource_form(w.kind, w.name, w.verb, w.query).await),
        None => None,
    }
}

/// The dialog of the act that `?do=` names, over a list or a thing's page.
#[component]
pub fn ActDialog(
    /// The kind's slug.
    #[prop(into)]
    kind: String,
    /// The thing, or empty on lists.
    #[prop(into)]
    name: String,
    /// The page's own path.
    #[prop(into)]
    here: Signal<String>,
    /// The form that came with the page.
    first: Option<Result<FormView, AppError>>,
) -> impl IntoView {
    let asked = asked_dialog(&kind, &name);
    let opened = RwSignal::new(asked.zip(first));
    #[cfg(feature = "hydrate")]
    {
        let query = use_query_map();
        let search = use_location().search;
        Effect::new(move |before: Option<(String, String)>| {
            let (verb, row) = query.with(|q| (q.get("do").unwrap_or_default(), q.get("row").unwrap_or_default()));
            let now = (verb.clone(), row);
            if before.is_none() && opened.with_untracked(Option::is_some) || before.as_ref() == Some(&now) {
                return now;
            }
            opened.set(None);
            if !verb.is_empty() && !is_own(&kind, &verb) {
                let which = Which { kind: kind.clone(), name: name.clone(), verb, query: search.get_untracked() };
                leptos::task::spawn_local(async move {
                    let form = first_dialog(Some(which.clone())).await;
                    // Another may have been asked for meanwhile.
                    if query.try_with_untracked(|q| q.get("do")) == Some(Some(which.verb.clone())) {
                        let _ = opened.try_set(form.map(|form| (which, form)));
                    }
                });
            }
            now
        });
    }
    move || {
        opened.get().map(|(which, form)| match form {
            Ok(form) => view! { <InDialog which form here/> }.into_any(),
            Err(error) => view! { <NotNow failure=error.0 close=here/> }.into_any(),
        })
    }
}

/// What page and dialog have in common.
struct Pieces {
    action: ServerAction<ResourceAct>,
    entering: Entering,
    failure: Signal<Option<Failure>>,
    done: Signal<Option<Done>>,
    known: Vec<(String, String)>,
    groups: Vec<Group>,
    node: NodeRef<leptos::html::Div>,
    code: Signal<Vec<Code>>,
    /// What was checked last: its proof, and the entries.
    checked: RwSignal<Option<(String, Entries)>>,
}

fn set_up(which: &Which, mut form: FormView) -> Pieces {
    let action = ServerAction::<ResourceAct>::new();
    let left = use_flash(&format!("resource/{}/{}", which.kind, which.verb));
    let mut first = form.standing();
    let before = left.as_ref().and_then(|l| serde_json::from_str::<Done>(&l.outcome).ok());
    // After a check the entries are still needed.
    let checked = before.as_ref().map(|done| done.checked.clone()).unwrap_or_default();
    // What was refused, as a whole or in rows, stays to be sent again.
    let rows_left = before.as_ref().is_some_and(|d| !d.rows.is_empty() && d.until.is_none());
    if let Some(left) = left.as_ref().filter(|l| l.failure.is_some() || !checked.is_empty() || rows_left) {
        first = Entries(left.entries.clone());
        first.remove("step");
        first.remove("checked");
    }
    let checked = RwSignal::new((!checked.is_empty()).then(|| (checked, first.clone())));
    let entering = Entering::new(form.clone(), first.clone(), left.as_ref().and_then(|l| l.failure.clone()));
    let before = StoredValue::new(before);
    let done = Signal::derive(move || match action.value().get() {
        Some(Ok(done)) => Some(done),
        Some(Err(_)) => None,
        None => before.get_value(),
    });
    let (navigate, acted) = (use_navigate(), use_acted());
    Effect::new(move |_| match action.value().get() {
        Some(Ok(done)) => {
            entering.hear(None);
            acted.0.update(|n| *n += 1);
            checked.set((!done.checked.is_empty()).then(|| (done.checked.clone(), entering.entries.get_untracked())));
            if !done.to.is_empty() {
                navigate(&done.to, NavigateOptions { replace: true, ..Default::default() });
            }
        }
        Some(Err(error)) => entering.hear(Some(error.0)),
        None => {}
    });
    if !form.confirm.is_empty() {
        let label = format!("Type {} to confirm", form.confirm);
        form.groups.push(Group { title: String::new(), help: String::new(), fields: vec![confirm(label)] });
    }
    refill(&mut form.groups, &first);
    let node = NodeRef::new();
    #[cfg(feature = "hydrate")]
    {
        let dirty = Signal::derive(move || done.with(Option::is_none) && !entering.changes.with(Vec::is_empty));
        entering.watch(node, dirty);
    }
    Pieces {
        action,
        entering,
        failure: entering.failure(),
        done,
        known: form.fields().map(|f| (f.path.clone(), f.label.clone())).collect(),
        groups: form.groups,
        node,
        checked,
        code: code(entering, which.clone()),
    }
}

/// The field in which the name is typed again.
fn confirm(label: String) -> Field {
    Field {
        path: "confirm".into(),
        label,
        help: String::new(),
        entry: Entry::Text,
        value: String::new(),
        need: Need::Yes,
        limit: Limit::default(),
        only: vec![],
        picks: vec![],
        row: String::new(),
        when: When::Always,
        clear: Clear::Never,
    }
}

/// What was entered before, back in the fields. Passwords are never kept.
fn refill(groups: &mut [Group], entries: &Entries) {
    for field in groups.iter_mut().flat_map(|g| &mut g.fields).filter(|f| f.entry != Entry::Password) {
        let prefix = format!("{}:", field.path);
        let ticked: Vec<&str> = entries.iter().filter(|(k, _)| k.starts_with(&prefix)).map(|(_, v)| v.as_str()).collect();
        field.value = if ticked.is_empty() { entries.get(&field.path).cloned().unwrap_or_default() } else { ticked.join("\n") };
    }
}

fn hidden(which: Which) -> impl IntoView {
    view! {
        <input type="hidden" name="kind" value=which.kind/><input type="hidden" name="name" value=which.name/>
        <input type="hidden" name="verb" value=which.verb/><input type="hidden" name="query" value=which.query/>
    }
}

/// What stands in the way, each with where to remove it.
fn blocked(form: &FormView) -> Option<AnyView> {
    let all = form.blockers.iter().map(|(sentence, href)| view! { <li>{sentence.clone()}" "<a class="link" href=href.clone()>"Go there"<span class="sr-only">": "{sentence.clone()}</span></a></li> }).collect_view();
    (!form.blockers.is_empty()).then(|| {
        view! { <div class="banner t-warn"><Icon name="s-warn"/><div class="flex-1 min-w-0"><strong>"Something still uses it."</strong><ul class="mt-1 list-disc pl-4">{all}</ul></div></div> }.into_any()
    })
}

fn check(entering: Entering) -> impl Fn(leptos::ev::SubmitEvent) + Copy {
    move |ev| {
        if !entering.may_send() {
            ev.prevent_default();
            ev.stop_immediate_propagation();
        }
    }
}

fn submit(form: &FormView, set: &Pieces) -> AnyView {
    if form.submit.is_empty() {
        return ().into_any();
    }
    let (danger, pending, blocked) = (form.danger, set.action.pending(), !form.blockers.is_empty());
    let class = if danger { "btn btn--danger" } else { "btn btn--primary" };
    if !form.checks.is_empty() {
        return checked_submit(form, set);
    }
    let (entries, words, counts) = (set.entering.entries, form.submit.clone(), is_new_version(form));
    let words = move || if counts { entries.with(button) } else { words.clone() };
    view! { <button type="submit" class=class disabled=blocked aria-busy=move || pending.get().then_some("true")>{words}</button> }
        .into_any()
}

/// Two steps: the first button checks, the second comes when the same entries were checked with success.
fn checked_submit(form: &FormView, set: &Pieces) -> AnyView {
    let (pending, checked, entering, words) = (set.action.pending(), set.checked, set.entering, form.submit.clone());
    let good = Memo::new(move |_| {
        let same = |of: &Entries| entering.entries.with(|e| e == of);
        checked.with(|c| c.as_ref().filter(|(_, of)| same(of)).map(|(proof, _)| proof.clone()))
    });
    let class = move || if good.with(Option::is_some) { "btn" } else { "btn btn--primary" };
    let go = move || {
        good.get().map(|proof| view! { <input type="hidden" name="fields[checked]" value=proof/><button type="submit" class="btn btn--primary" name="fields[step]" value="go">{words.clone()}</button> })
    };
    view! { <button type="submit" class=class name="fields[step]" value="check" aria-busy=move || pending.get().then_some("true")>{form.checks.clone()}</button>{go} }.into_any()
}

#[component]
fn Page(which: Which, form: FormView) -> impl IntoView {
    let mut set = set_up(&which, form.clone());
    let entering = set.entering;
    let fields = std::mem::take(&mut set.groups).into_iter().map(|g| group(g, entering)).collect_view();
    let locked = (!form.locked.is_empty()).then(|| {
        let rows = form.locked.iter().map(|(label, value)| view! { <dt>{label.clone()}</dt><dd class="break-words">{value.clone()}</dd> }).collect_view();
        view! { <div class="fs"><div><p class="font-[550] text-14 inline-flex items-center gap-1.5"><Icon name="lock" class="i-14"/>"Set when it was made"</p></div><div class="fs-b"><dl class="dl">{rows}</dl></div></div> }
    });
    let running = form.fields().any(|f| f.when == When::Stopped).then(|| {
        let stop = format!("{}?do=stop", form.back);
        view! { <div class="banner t-off"><Icon name="lock"/><div class="flex-1 min-w-0">"It runs: fields marked “now” change at once, the others need it stopped."</div><div class="acts"><a class="btn btn--sm" href=stop>"Stop to edit…"</a></div></div> }
    });
    let (edits, back, title) = (form.edits, form.back.clone(), form.title.clone());
    let (anew, old) = (is_new_version(&form), which.name.clone());
    let preview = form.preview.clone().map(|stands| {
        let now = Memo::new(move |_| entering.entries.with(|e| stands.with(e)));
        move || super::preview::draw(now.get())
    });
    let list = format!("/{}", which.kind);
    let name = which.name.clone();
    let crumb = (!name.is_empty()).then(|| view! { <Icon name="right" class="i-12"/><a href=back.clone()>{name}</a> });
    let count = move || {
        let n = entering.changes.with(Vec::len);
        let word = match (edits, n) {
            (_, 0) => return String::new(),
            (_, 1) if anew => return format!("1 change from {old}, not saved"),
            (_, _) if anew => return format!("{n} changes from {old}, not saved"),
            (true, 1) => "1 change, not saved",
            (true, _) => return format!("{n} changes, not saved"),
            (false, 1) => "1 field filled",
            (false, _) => return format!("{n} fields filled"),
        };
        word.to_owned()
    };
    let changes = (edits || anew).then(|| {
        let rows = move || {
            let all = entering.changes.get();
            if all.is_empty() {
                return view! { <p class="text-text-3">"None yet."</p> }.into_any();
            }
            all.into_iter()
                .map(|c| {
                    let gone = c.is.is_empty();
                    view! { <div class="mt-2"><p class="text-12 text-text-3">{c.label}</p>{(!c.was.is_empty()).then(|| view! { <p class="line-through text-text-3 break-words whitespace-pre-line">{c.was}</p> })}<p class="break-words whitespace-pre-line">{if gone { "cleared".to_owned() } else { c.is }}</p></div> }
                })
                .collect_view()
                .into_any()
        };
        view! { <section class="mb-5 js-only"><h2 class="h2">"Changes"</h2>{rows}</section> }
    });
    let (action, node, code) = (set.action, set.node, set.code);
    let (failure, done, known) = (set.failure, set.done, std::mem::take(&mut set.known));
    view! {
        <Title text=format!("{title} · AppStream Console")/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-3">
                <nav class="crumb" aria-label="Breadcrumb"><a href=list>{form.list.clone()}</a>{crumb}</nav>
                <h1 class="h1 mt-1 break-words">{title}</h1>
                <p id="consequence" class="text-text-2 max-w-2xl mt-1">{form.consequence.clone()}</p>
            </div>
            <ActionForm action on:submit:capture=check(entering) attr:class="flex-1 flex flex-col min-w-0" attr:novalidate=true attr:aria-describedby="consequence">
                <Once done=action.version()/>{hidden(which)}
                <div class="px-(--gutter) pt-4 pb-8 grid gap-8 flex-1 content-start xl:grid-cols-[minmax(0,1fr)_21rem]">
                    <div class="min-w-0 grid content-start max-w-4xl" node_ref=node>
                        <div class="grid gap-3 mb-3 empty:hidden">{blocked(&form)}{running}<Outcome failure done known/></div>
                        {locked}{fields}
                    </div>
                    <aside class="min-w-0" aria-label="Preview, changes and code">{preview}{changes}<div class="js-only"><h2 class="h2">"As code"</h2><p class="help mb-2">{format!("{} with what is entered so far.", form.operation)}</p>{move || code.with(Vec::is_empty).then(|| view! { <div class="cli p-3" aria-hidden="true"><span class="skel w-48"></span></div> })}<CodeBlock code/></div></aside>
                </div>
                <div class="formbar"><span class="text-12 text-text-2" role="status">{count}</span><span class="ml-auto"></span><a class="btn" href=back>{if edits { "Discard" } else { "Cancel" }}</a>{submit(&form, &set)}</div>
            </ActionForm>
        </main>
    }
    .into_any()
}

#[component]
fn InDialog(which: Which, form: FormView, here: Signal<String>) -> impl IntoView {
    let mut set = set_up(&which, form.clone());
    let entering = set.entering;
    let fields = std::mem::take(&mut set.groups).into_iter().flat_map(|g| g.fields).map(|f| super::fields::one(f, entering)).collect_view();
    let (action, node, code) = (set.action, set.node, set.code);
    let (failure, done, known) = (set.failure, set.done, std::mem::take(&mut set.known));
    let button = submit(&form, &set);
    let consequence = form.consequence.clone();
    let stop = blocked(&form);
    view! {
        <Dialog title=form.title.clone() close=here>
            <ActionForm action on:submit:capture=check(entering) attr:class="contents" attr:novalidate=true>
                <Once done=action.version()/>{hidden(which)}
                <div class="dlg-b grid gap-4" node_ref=node>
                    <p id="dialog-consequence">{consequence}</p>
                    {stop}<Outcome failure done known/>{fields}
                    <Folded code/>
                </div>
                <div class="dlg-f"><ActsIn/><span class="ml-auto"></span><a class="btn" href=here>"Cancel"</a>{button}</div>
            </ActionForm>
        </Dialog>
    }
    .into_any()
}

/// The request as code. A password never leaves before the form is sent; the code has a placeholder in its place.
fn code(entering: Entering, which: Which) -> Signal<Vec<Code>> {
    later(move || {
        let mut entries = entering.entries.get();
        entering.form.with_value(|form| {
            for secret in form.fields().filter(|f| f.entry == Entry::Password) {
                if let Some(value) = entries.get_mut(&secret.path).filter(|v| !v.is_empty()) {
                    *value = "placeholder".to_owned();
                }
            }
        });
        let Which { kind, name, verb, query } = which.clone();
        Some(resource_code(kind, name, verb, query, entries))
    })
}
