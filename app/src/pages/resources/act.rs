//! `/{kind}/{verb}` and `…/{name}/{verb}`: the form of an act, made from the service model by the server.

use crate::api::resource::{ResourceAct, resource_code, resource_form};
use crate::error::AppError;
use crate::pages::not_found::NotFoundInFrame;
use crate::parts::error_view::ErrorView;
use crate::parts::frame::use_flash;
use crate::ui::icon::Icon;
use domain::failure::Failure;
use domain::resource::{Code, Done, Entry, Field, FormView, Group};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_navigate, use_params_map};
use std::collections::BTreeMap;

/// The form that the path names.
#[component]
pub fn ResourceForm() -> impl IntoView {
    let params = use_params_map();
    let search = use_location().search;
    let which = Memo::new(move |_| params.with(|p| ["kind", "name", "verb"].map(|k| p.get(k).unwrap_or_default())));
    move || {
        let [kind, name, verb] = which.get();
        let query = search.get_untracked();
        view! { <VerbForm kind name verb query/> }
    }
}

/// The form of `verb` on `name`, or on the list.
#[component]
pub fn VerbForm(
    /// The kind's slug.
    kind: String,
    /// The thing, or empty.
    name: String,
    /// The verb's slug.
    verb: String,
    /// The page's query string.
    query: String,
) -> impl IntoView {
    let asked = (kind.clone(), name.clone(), verb.clone(), query.clone());
    let form = Resource::new_blocking(move || asked.clone(), |(kind, name, verb, query)| resource_form(kind, name, verb, query));
    view! {
        <Suspense fallback=|| ()>{move || {
            let which = [kind.clone(), name.clone(), verb.clone(), query.clone()];
            Suspend::new(async move {
                match form.await {
                    Ok(form) => view! { <Shown which form/> }.into_any(),
                    Err(AppError(Failure::NotFound { .. })) => view! { <NotFoundInFrame/> }.into_any(),
                    Err(error) => {
                        let back = if which[1].is_empty() { format!("/{}", which[0]) } else { "..".to_owned() };
                        view! { <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1"><div class="head"><h1 class="h1">"Not possible now"</h1></div><div class="px-(--gutter) grid gap-3"><ErrorView failure=error.0/><p><a class="btn" href=back>"Back"</a></p></div></main> }.into_any()
                    }
                }
            })
        }}</Suspense>
    }
}

#[component]
fn Shown(which: [String; 4], form: FormView) -> impl IntoView {
    let [kind, name, verb, query] = which.clone();
    let action = ServerAction::<ResourceAct>::new();
    let left = use_flash(&format!("resource/{kind}/{verb}"));
    let before = StoredValue::new(left.clone());
    let failure = Signal::derive(move || match action.value().get() {
        Some(Err(AppError(failure))) => Some(failure),
        Some(Ok(_)) => None,
        None => before.with_value(|l| l.as_ref().and_then(|l| l.failure.clone())),
    });
    let done = Signal::derive(move || match action.value().get() {
        Some(Ok(done)) => Some(done),
        Some(Err(_)) => None,
        None => before.with_value(|l| l.as_ref().and_then(|l| serde_json::from_str::<Done>(&l.outcome).ok())),
    });
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(done)) = action.value().get()
            && !done.to.is_empty()
        {
            navigate(&done.to, Default::default());
        }
    });
    let mut groups = form.groups.clone();
    if let Some(left) = left.filter(|l| l.failure.is_some()) {
        refill(&mut groups, &left.entries);
    }
    let wide = groups.iter().map(|g| g.fields.len()).sum::<usize>() > 0;
    let node = NodeRef::<leptos::html::Div>::new();
    let code = code(node, which);
    let at = move |path: &str| {
        let path = path.to_owned();
        Signal::derive(move || failure.get().and_then(|f| AppError(f).at(&path)))
    };
    let known: Vec<String> = groups.iter().flat_map(|g| g.fields.iter().map(|f| f.path.clone())).chain(["confirm".to_owned()]).collect();
    let fields = groups.into_iter().map(|g| group(g, &at)).collect_view();
    let confirm = form.confirm.clone();
    let confirms = (!confirm.is_empty()).then(|| {
        let field = Field {
            path: "confirm".into(),
            label: format!("Type {confirm} to confirm"),
            help: String::new(),
            entry: Entry::Text,
            value: String::new(),
            required: true,
        };
        one(field, "confirm".into(), at("confirm"))
    });
    let submit_class = if form.danger { "btn btn--danger" } else { "btn btn--primary" };
    let (title, back, crumb) = (form.title.clone(), form.back.clone(), form.list.clone());
    let list = format!("/{kind}");
    view! {
        <Title text=format!("{title} · AppStream Console")/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-3">
                <nav class="crumb" aria-label="Breadcrumb"><a href=list>{crumb}</a>{(!name.is_empty()).then(|| { let name = name.clone(); let back = back.clone(); view! { <Icon name="right" class="i-12"/><a href=back>{name}</a> } })}</nav>
                <h1 class="h1 mt-1 break-words">{form.title}</h1>
                <p id="consequence" class="text-text-2 max-w-2xl mt-1">{form.consequence}</p>
            </div>
            <ActionForm action attr:class="flex-1 flex flex-col min-w-0" attr:novalidate=true attr:aria-describedby="consequence">
                <input type="hidden" name="kind" value=kind/><input type="hidden" name="name" value=name/><input type="hidden" name="verb" value=verb/><input type="hidden" name="query" value=query/>
                <div class="px-(--gutter) pt-4 pb-8 grid gap-8" class=("xl:grid-cols-[minmax(0,1fr)_22rem]", wide)>
                    <div class="min-w-0 grid gap-6 content-start max-w-3xl" node_ref=node>
                        <Outcome failure done known/>
                        {fields}{confirms}
                    </div>
                    <aside class="min-w-0" aria-label="As code"><h2 class="h2">"As code"</h2><p class="help mb-2">{format!("{} with what is entered so far.", form.operation)}</p><CodeBlock code/></aside>
                </div>
                <div class="savebar"><span class="ml-auto"></span><a class="btn" href=back>"Cancel"</a>
                    <button type="submit" class=submit_class aria-busy=move || action.pending().get().then_some("true")>{form.submit}</button></div>
            </ActionForm>
        </main>
    }
    .into_any()
}

/// What a plain form post left, back in the fields. Passwords are never kept.
fn refill(groups: &mut [Group], entries: &BTreeMap<String, String>) {
    for field in groups.iter_mut().flat_map(|g| &mut g.fields).filter(|f| f.entry != Entry::Password) {
        let prefix = format!("{}:", field.path);
        let ticked: Vec<&str> = entries.iter().filter(|(k, _)| k.starts_with(&prefix)).map(|(_, v)| v.as_str()).collect();
        field.value = if ticked.is_empty() { entries.get(&field.path).cloned().unwrap_or_default() } else { ticked.join("\n") };
    }
}

/// The request as code, asked anew when somebody stops typing.
fn code(node: NodeRef<leptos::html::Div>, which: [String; 4]) -> Signal<Vec<Code>> {
    let all = RwSignal::new(vec![]);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        use wasm_bindgen::JsCast;
        let Some(root) = node.get() else { return };
        let which = which.clone();
        let ask = move || {
            let [kind, name, verb, query] = which.clone();
            let mut fields = BTreeMap::new();
            let inputs = root.query_selector_all("[name^='fields[']").ok();
            for input in inputs.iter().flat_map(|list| (0..list.length()).filter_map(|i| list.item(i))) {
                let (name, value) = if let Some(i) = input.dyn_ref::<web_sys::HtmlInputElement>() {
                    if i.type_() == "checkbox" && !i.checked() {
                        continue;
                    }
                    // A password never leaves before the form is sent; the code has a placeholder in its place.
                    let secret = i.type_() == "password" && !i.value().is_empty();
                    (i.name(), if secret { "placeholder".to_owned() } else { i.value() })
                } else if let Some(i) = input.dyn_ref::<web_sys::HtmlTextAreaElement>() {
                    (i.name(), i.value())
                } else if let Some(i) = input.dyn_ref::<web_sys::HtmlSelectElement>() {
                    (i.name(), i.value())
                } else {
                    continue;
                };
                fields.insert(name.trim_start_matches("fields[").trim_end_matches(']').to_owned(), value);
            }
            leptos::task::spawn_local(async move {
                if let Ok(new) = resource_code(kind, name, verb, query, fields).await {
                    let _ = all.try_set(new);
                }
            });
        };
        ask();
        let waiting = StoredValue::new(None::<TimeoutHandle>);
        let handle = window_event_listener(leptos::ev::input, move |_| {
            waiting.update_value(|w| {
                if let Some(w) = w.take() {
                    w.clear();
                }
                *w = set_timeout_with_handle(ask.clone(), std::time::Duration::from_millis(400)).ok();
            });
        });
        on_cleanup(move || handle.remove());
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (node, which);
    #[cfg(not(feature = "hydrate"))]
    let _ = resource_code;
    all.into()
}

/// The same request in several languages.
#[component]
pub fn CodeBlock(
    /// The texts.
    #[prop(into)]
    code: Signal<Vec<Code>>,
) -> impl IntoView {
    view! {
        {move || code.get().into_iter().enumerate().map(|(at, one)| {
            let label = format!("{} as text", one.language);
            view! { <details open=at == 0 class="cli mb-2 relative overflow-hidden"><summary class="cursor-pointer px-3 py-1.5 text-12">{one.language}</summary><pre class="px-3 pb-2 overflow-x-auto text-12" tabindex="0" aria-label=label><code>{one.text}</code></pre></details> }
        }).collect_view()}
    }
}

/// Puts a text on the clipboard, in the browser.
fn copy(text: &str) {
    #[cfg(feature = "hydrate")]
    // The promise is not waited for: the browser asks the person if it must.
    drop(window().navigator().clipboard().write_text(text));
    #[cfg(not(feature = "hydrate"))]
    let _ = text;
}

/// What came of it: the failure as a whole, or what was done.
#[component]
fn Outcome(failure: Signal<Option<Failure>>, done: Signal<Option<Done>>, known: Vec<String>) -> impl IntoView {
    let shown = move || {
        failure.get().map(|failure| match &failure {
            Failure::Fields(errors) => {
                let (at, above): (Vec<_>, Vec<_>) = errors.iter().cloned().partition(|e| known.contains(&e.field));
                let links = at.into_iter().map(|e| view! { <li><a class="link" href=format!("#field-{}", e.field)>{domain::form::last_word(&e.field)}</a>": "{e.message}</li> }).collect_view();
                let rest = above.into_iter().map(|e| view! { <li>{domain::form::last_word(&e.field)}" "{e.message}</li> }).collect_view();
                view! { <div class="banner t-fault" role="alert"><Icon name="s-fail"/><div><strong>"Nothing was sent."</strong><ul class="mt-1 list-disc pl-4">{links}{rest}</ul></div></div> }.into_any()
            }
            _ => view! { <ErrorView failure/> }.into_any(),
        })
    };
    let told = move || {
        done.get().map(|done| {
            let tone = if done.rows.is_empty() || done.secret.is_some() { "banner t-ok" } else { "banner t-warn" };
            let rows = done.rows.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
            view! { <div class=tone role="alert"><Icon name="s-check"/><div class="flex-1 min-w-0 grid gap-2"><strong>{done.message}</strong><dl class="dl">{rows}</dl>{done.secret.map(|secret| view! { <StreamingUrl secret/> })}</div></div> }
        })
    };
    view! { {shown}{told} }
}

/// A streaming URL: masked, opened or copied, written nowhere.
#[component]
fn StreamingUrl(secret: domain::resource::Secret) -> impl IntoView {
    let host = secret.0.split('?').next().unwrap_or_default().to_owned();
    let (url, copied) = (secret.0, RwSignal::new(false));
    let href = url.clone();
    let copy = move |_| {
        copy(&url);
        copied.set(true);
    };
    view! {
        <p><code class="break-all text-12">{host}"?parameters=••••••••"</code></p>
        <p class="flex flex-wrap gap-2"><button type="button" class="btn btn--sm" on:click=copy><Icon name="copy"/>{move || if copied.get() { "Copied" } else { "Copy URL" }}</button>
            <a class="btn btn--sm" href=href target="_blank" rel="noreferrer noopener"><Icon name="external"/>"Open"<span class="sr-only">" in a new tab"</span></a></p>
    }
}

fn group(part: Group, at: &impl Fn(&str) -> Signal<Option<String>>) -> AnyView {
    let titled = !part.title.is_empty();
    let fields = part
        .fields
        .into_iter()
        .map(|field| {
            let error = at(&field.path);
            let name = format!("fields[{}]", field.path);
            one(field, name, error)
        })
        .collect_view();
    if titled {
        view! { <fieldset class="min-w-0 grid gap-3 border-t border-line pt-4"><legend class="h2 float-left w-full">{part.title}</legend>{(!part.help.is_empty()).then(|| view! { <p class="help">{part.help}</p> })}<div class="grid gap-4 sm:grid-cols-2">{fields}</div></fieldset> }.into_any()
    } else {
        view! { <div class="grid gap-4 sm:grid-cols-2">{fields}</div> }.into_any()
    }
}

fn one(field: Field, name: String, error: Signal<Option<String>>) -> AnyView {
    let id = format!("field-{}", field.path);
    let note = format!("{id}-note");
    let optional = (!field.required && !matches!(field.entry, Entry::Many(_))).then(|| view! { <span class="opt">" optional"</span> });
    let invalid = move || error.get().is_some().then_some("true");
    let (help, label) = (field.help.clone(), field.label.clone());
    let below = {
        let note = note.clone();
        view! {
            <div id=note>{move || match error.get() {
                Some(sentence) => view! { <p class="err"><Icon name="s-fail"/><span>{sentence}</span></p> }.into_any(),
                None => (!help.is_empty()).then(|| view! { <p class="help">{help.clone()}</p> }).into_any(),
            }}</div>
        }
    };
    let is_err = move || error.get().is_some();
    let control = match field.entry {
        Entry::Long | Entry::Lines => {
            let rows = if matches!(field.entry, Entry::Lines) { "3" } else { "2" };
            view! { <div class="input !h-auto" class:is-err=is_err><textarea id=id.clone() name=name rows=rows spellcheck="false" aria-describedby=note aria-invalid=invalid>{field.value}</textarea></div> }.into_any()
        }
        Entry::Choice(choices) => {
            let options = choices
                .into_iter()
                .map(|(value, words)| {
                    let chosen = value == field.value;
                    view! { <option value=value selected=chosen>{words}</option> }
                })
                .collect_view();
            view! { <div class="input" class:is-err=is_err><select id=id.clone() name=name aria-describedby=note aria-invalid=invalid><option value="">"Not set"</option>{options}</select></div> }.into_any()
        }
        Entry::Many(choices) => {
            let ticked: Vec<String> = field.value.lines().map(str::to_owned).collect();
            let path = field.path.clone();
            let boxes = choices
                .into_iter()
                .map(|(value, words)| {
                    let checked = ticked.contains(&value);
                    let name = format!("fields[{path}:{value}]");
                    view! { <label class="flex items-center gap-2 min-h-6"><input type="checkbox" class="cb" name=name value=value checked=checked/>{words}</label> }
                })
                .collect_view();
            return view! { <fieldset class="field" id=id><legend class="text-13 font-[550]">{label}</legend><div class="grid gap-1 sm:grid-cols-2">{boxes}</div>{below}</fieldset> }.into_any();
        }
        entry => {
            let kind = if entry == Entry::Password { "password" } else { "text" };
            let mode = if entry == Entry::Number { "numeric" } else { "text" };
            let fill = if entry == Entry::Password { "new-password" } else { "off" };
            view! { <div class="input" class:is-err=is_err><input id=id.clone() name=name type=kind value=field.value inputmode=mode autocomplete=fill spellcheck="false" autocapitalize="none" aria-describedby=note aria-invalid=invalid/></div> }.into_any()
        }
    };
    view! { <div class="field"><label for=id>{label}{optional}</label>{control}{below}</div> }.into_any()
}
