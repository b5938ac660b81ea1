//! A labelled text field whose error is a sentence beneath it.

use crate::ui::icon::Icon;
use leptos::prelude::*;

/// A text field of `form`. Its id is `form-name`, its name in the post `form[name]`.
#[component]
pub fn TextField(
    /// The form's argument.
    form: &'static str,
    /// The argument's name in the post, where two forms of a page have the same.
    #[prop(optional)]
    posts: Option<&'static str>,
    /// The field's name in it.
    name: &'static str,
    /// Its label.
    #[prop(into)]
    label: Signal<String>,
    /// The sentence at the field; none when it is fine.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// `text`, `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// `username`, `current-password`, `off`.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// `numeric` brings up digits on phones.
    #[prop(default = "text")]
    inputmode: &'static str,
    /// Beneath the field while it is fine.
    #[prop(optional, into)]
    help: String,
    /// What is typed, for live checks.
    #[prop(optional)]
    typed: Option<RwSignal<String>>,
) -> impl IntoView {
    let id = format!("{form}-{name}");
    let note = format!("{id}-note");
    let (for_id, described) = (id.clone(), note.clone());
    let help = StoredValue::new(help);
    view! {
        <div class="field">
            <label for=for_id>{label}</label>
            <div class="input" class:is-err=move || error.get().is_some()>
                <input
                    id=id name=format!("{}[{name}]", posts.unwrap_or(form)) type=kind value=value autocomplete=autocomplete inputmode=inputmode
                    spellcheck="false" autocapitalize="none" aria-describedby=described aria-invalid=move || error.get().is_some().then_some("true")
                    on:input=move |ev| if let Some(typed) = typed { typed.set(event_target_value(&ev)) }
                />
            </div>
            <div id=note>
                {move || match error.get() {
                    Some(sentence) => view! { <p class="err" role="alert"><Icon name="s-fail"/><span>{sentence}</span></p> }.into_any(),
                    None => help.with_value(|h| (!h.is_empty()).then(|| view! { <p class="help">{h.clone()}</p> })).into_any(),
                }}
            </div>
        </div>
    }
}
