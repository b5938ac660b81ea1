//! What is entered in a form while somebody types: the entries, what is wrong with them, what they change, and the question before
//! they are lost. Reading them is [`domain::entry::parse`], the same as on the server.

use crate::error::AppError;
use domain::entry::{Change, Entries, Field, FormView, changes, parse};
use domain::failure::Failure;
use domain::form::FieldError;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The state of a form at hand. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Entering {
    /// The form.
    pub form: StoredValue<FormView>,
    /// What is entered.
    pub entries: RwSignal<Entries>,
    /// Whether scripts run: until then every field is there.
    pub alive: RwSignal<bool>,
    /// Fields that were left, or sent: their errors are told.
    touched: RwSignal<BTreeSet<String>>,
    /// What is changed.
    pub changes: Memo<Vec<Change>>,
    /// What is wrong.
    wrong: Memo<Vec<FieldError>>,
    /// What the server said, and the entries it was said of.
    said: RwSignal<Option<(Failure, Entries)>>,
}

impl Entering {
    /// `first` is what stands in the fields, `before` what a plain form post left.
    pub fn new(form: FormView, first: Entries, before: Option<Failure>) -> Self {
        let alive = RwSignal::new(false);
        Effect::new(move |_| alive.set(true));
        let form = StoredValue::new(form);
        let said = RwSignal::new(before.map(|f| (f, first.clone())));
        let entries = RwSignal::new(first);
        Self {
            changes: Memo::new(move |_| entries.with(|e| form.with_value(|form| changes(form, e)))),
            wrong: Memo::new(move |_| entries.with(|e| form.with_value(|form| wrong(form, e)))),
            form,
            said,
            entries,
            alive,
            touched: RwSignal::default(),
        }
    }

    /// The sentence at a field.
    pub fn error(&self, path: &str) -> Memo<Option<String>> {
        let (this, path) = (*self, path.to_owned());
        Memo::new(move |_| {
            let said = this.said.with(|said| {
                let (failure, of) = said.as_ref()?;
                let as_sent = this.entries.with(|e| e.get(&path) == of.get(&path));
                if as_sent { AppError(failure.clone()).at(&path) } else { None }
            });
            if said.is_some() || !this.touched.with(|t| t.contains(&path)) {
                return said;
            }
            this.wrong.with(|all| all.iter().find(|e| e.field == path).map(|e| e.message.clone()))
        })
    }

    /// Whether a field does not apply to what is entered.
    pub fn away(&self, path: &str) -> Memo<bool> {
        let this = *self;
        let field = self.form.with_value(|form| form.fields().find(|f| f.path == path && !f.only.is_empty()).cloned());
        Memo::new(move |_| {
            field.as_ref().is_some_and(|f| this.alive.get() && this.entries.with(|e| this.form.with_value(|form| !form.applies(f, e))))
        })
    }

    /// Whether something is entered in one of the fields.
    pub fn holds(&self, fields: &[Field]) -> Memo<bool> {
        let entries = self.entries;
        let paths: Vec<String> = fields.iter().map(|f| f.path.clone()).collect();
        let of = move |entry: &str| {
            paths.iter().any(|p| entry.strip_prefix(p.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
        };
        Memo::new(move |_| entries.with(|all| all.iter().any(|(entry, value)| !value.is_empty() && of(entry))))
    }

    /// Whether a field of an edit differs from what stood in it.
    pub fn changed(&self, path: &str) -> Memo<bool> {
        let (this, path) = (*self, path.to_owned());
        let edits = self.form.with_value(|f| f.edits);
        Memo::new(move |_| edits && this.changes.with(|all| all.iter().any(|c| c.path == path)))
    }

    /// The failure above the fields: the server's.
    pub fn failure(&self) -> Signal<Option<Failure>> {
        let said = self.said;
        Signal::derive(move || said.with(|s| s.as_ref().map(|(failure, _)| failure.clone())))
    }

    /// Takes what the server said.
    pub fn hear(&self, failure: Option<Failure>) {
        let entries = self.entries.get_untracked();
        self.said.set(failure.map(|f| (f, entries)));
    }

    /// Checks before sending. What is wrong is told, and the first field of it gets the focus.
    pub fn may_send(&self) -> bool {
        let wrong = self.wrong.get_untracked();
        if wrong.is_empty() {
            return true;
        }
        self.touched.update(|t| t.extend(wrong.iter().map(|e| e.field.clone())));
        #[cfg(feature = "hydrate")]
        browser::focus(&wrong[0].field);
        self.hear(Some(Failure::Fields(wrong)));
        false
    }

    /// Watches the fields below `root`; `dirty` says whether leaving would lose something.
    #[cfg(feature = "hydrate")]
    pub fn watch(&self, root: NodeRef<leptos::html::Div>, dirty: Signal<bool>) {
        browser::watch(*self, root);
        browser::guard(dirty);
    }
}

/// What is wrong with the entries.
fn wrong(form: &FormView, entries: &Entries) -> Vec<FieldError> {
    let mut all = parse(form, entries, &fits).err().unwrap_or_default();
    if !form.confirm.is_empty() && entries.get("confirm").map(|t| t.trim()) != Some(form.confirm.as_str()) {
        all.push(FieldError::new("confirm", format!("Type {} to confirm.", form.confirm)));
    }
    all
}

/// Whether a text is of the form that a pattern of the model asks for, by the browser's own regular expressions.
fn fits(pattern: &str, text: &str) -> bool {
    #[cfg(feature = "hydrate")]
    {
        browser::fits(pattern, text)
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = (pattern, text);
        true
    }
}

#[cfg(feature = "hydrate")]
pub use browser::guard;

#[cfg(feature = "hydrate")]
mod browser {
    use super::Entering;
    use domain::entry::Entries;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

    pub fn fits(pattern: &str, text: &str) -> bool {
        let whole = format!("^(?:{pattern})$");
        // What this engine cannot read, the server checks.
        let Ok(expression) = js_sys::Reflect::get(&js_sys::global(), &"RegExp".into()) else { return true };
        let arguments = js_sys::Array::of2(&whole.into(), &"u".into());
        match js_sys::Reflect::construct(expression.unchecked_ref::<js_sys::Function>(), &arguments) {
            Ok(expression) => expression.unchecked_into::<js_sys::RegExp>().test(text),
            Err(_) => true,
        }
    }

    pub fn focus(path: &str) {
        if let Some(element) = document().get_element_by_id(&format!("field-{path}")).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
            // Refused only when it is not in the document any more.
            let _ = element.focus();
        }
    }

    /// Name and value of a field that would be sent.
    fn value(element: &Element) -> Option<(String, String)> {
        if let Some(i) = element.dyn_ref::<HtmlInputElement>() {
            let off = i.disabled() || (i.type_() == "checkbox" && !i.checked());
            (!off).then(|| (i.name(), i.value()))
        } else if let Some(i) = element.dyn_ref::<HtmlTextAreaElement>() {
            (!i.disabled()).then(|| (i.name(), i.value()))
        } else {
            let i = element.dyn_ref::<HtmlSelectElement>()?;
            (!i.disabled()).then(|| (i.name(), i.value()))
        }
    }

    fn path(name: &str) -> String {
        name.trim_start_matches("fields[").trim_end_matches(']').to_owned()
    }

    pub fn read(root: &Element) -> Entries {
        let found = root.query_selector_all("[name]").ok();
        let all = found.iter().flat_map(|list| (0..list.length()).filter_map(|i| list.item(i)));
        all.filter_map(|node| value(node.unchecked_ref())).map(|(name, value)| (path(&name), value)).collect()
    }

    pub fn watch(entering: Entering, root: NodeRef<leptos::html::Div>) {
        Effect::new(move |_| {
            let Some(root) = root.get() else { return };
            let root: Element = root.unchecked_into();
            // What the browser itself put back into the fields counts.
            entering.entries.set(read(&root));
            let fields = send_wrapper::SendWrapper::new(root);
            let typed = {
                let fields = fields.clone();
                move |_: Event| {
                    let _ = entering.entries.try_set(read(&fields));
                }
            };
            let left = move |event: Event| {
                let Some(element) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else { return };
                if let Some((name, _)) = value(&element).filter(|(_, value)| !value.is_empty()) {
                    let _ = entering.touched.try_update(|t| t.insert(path(&name).split(':').next().unwrap_or_default().to_owned()));
                }
            };
            let (typed, left) = (Closure::<dyn FnMut(Event)>::new(typed), Closure::<dyn FnMut(Event)>::new(left));
            let heard = [("input", &typed), ("change", &typed), ("focusout", &left)]
                .map(|(name, closure)| (name, closure.as_ref().unchecked_ref::<js_sys::Function>().clone()));
            for (name, listener) in &heard {
                // Refused by no browser.
                let _ = fields.add_event_listener_with_callback(name, listener);
            }
            let kept = send_wrapper::SendWrapper::new((typed, left, heard, fields));
            on_cleanup(move || {
                // A field that is taken away with the focus in it still tells so.
                let (typed, left, heard, fields) = kept.take();
                for (name, listener) in &heard {
                    let _ = fields.remove_event_listener_with_callback(name, listener);
                }
                drop((typed, left));
            });
        });
    }

    const QUESTION: &str = "What you entered is not saved. Leave all the same?";

    /// Asks once before entries are lost: links of the console, the tab's end.
    pub fn guard(dirty: Signal<bool>) {
        let unload = window_event_listener(leptos::ev::beforeunload, move |event| {
            if dirty.try_get_untracked().unwrap_or_default() && !crate::parts::unsent::is_kept() {
                event.prevent_default();
            }
        });
        // Before the router sees the click.
        let clicked = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if !dirty.try_get_untracked().unwrap_or_default() {
                return;
            }
            let link = event.target().and_then(|t| t.dyn_into::<Element>().ok()).and_then(|e| e.closest("a[href]").ok().flatten());
            let away = link.is_some_and(|l| {
                l.get_attribute("target").is_none()
                    && !l.has_attribute("data-stays")
                    && !l.get_attribute("href").unwrap_or_default().starts_with('#')
            });
            if away && !window().confirm_with_message(QUESTION).unwrap_or(true) {
                event.prevent_default();
                event.stop_propagation();
            }
        });
        let listen = clicked.as_ref().unchecked_ref::<js_sys::Function>().clone();
        // Refused by no browser.
        let _ = document().add_event_listener_with_callback_and_bool("click", &listen, true);
        let kept = send_wrapper::SendWrapper::new((clicked, listen));
        on_cleanup(move || {
            let (clicked, listen) = kept.take();
            let _ = document().remove_event_listener_with_callback_and_bool("click", &listen, true);
            drop(clicked);
            unload.remove();
        });
    }
}
