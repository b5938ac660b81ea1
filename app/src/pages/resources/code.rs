//! A request or a thing as code, in several languages: all of them stand on the page, the chosen one is seen.

use crate::api::resource::request_code;
use crate::error::AppError;
use crate::ui::icon::Icon;
use domain::resource::{Call, Code};
use leptos::prelude::*;

/// Puts a text on the clipboard, in the browser.
pub fn copy(text: &str) {
    #[cfg(feature = "hydrate")]
    // The promise is not waited for: the browser asks the person if it must.
    drop(window().navigator().clipboard().write_text(text));
    #[cfg(not(feature = "hydrate"))]
    let _ = text;
}

/// Code that is asked for anew when somebody stops changing what `ask` reads. It gives the question, or none while there is nothing to
/// say. Asked in the browser only: without scripts nothing changes.
pub fn later<F>(ask: impl Fn() -> Option<F> + 'static) -> Signal<Vec<Code>>
where
    F: Future<Output = Result<Vec<Code>, AppError>> + 'static,
{
    let all = RwSignal::new(Vec::<Code>::new());
    #[cfg(feature = "hydrate")]
    {
        // Outlives the effect's runs, each of which drops what the last one made.
        let waiting = StoredValue::new(None::<TimeoutHandle>);
        Effect::new(move |_| {
            let asked = ask();
            waiting.update_value(|w| {
                if let Some(w) = w.take() {
                    w.clear();
                }
                let Some(asked) = asked else { return all.set(vec![]) };
                let go = move || {
                    leptos::task::spawn_local(async move {
                        if let Ok(new) = asked.await {
                            let _ = all.try_set(new);
                        }
                    });
                };
                *w = set_timeout_with_handle(go, std::time::Duration::from_millis(300)).ok();
            });
        });
    }
    #[cfg(not(feature = "hydrate"))]
    drop(ask);
    all.into()
}

/// The same in several languages, folded in a dialog's foot.
#[component]
pub fn AsCode(
    /// The requests that would be sent.
    #[prop(into)]
    calls: Signal<Vec<Call>>,
) -> impl IntoView {
    let code = later(move || Some(calls.get()).filter(|all| !all.is_empty()).map(request_code));
    view! { <Folded code/> }
}

/// Code behind a summary, as dialogs have it.
#[component]
pub fn Folded(
    /// The texts.
    #[prop(into)]
    code: Signal<Vec<Code>>,
) -> impl IntoView {
    view! { <details class="js-only"><summary class="text-12 text-text-2 cursor-pointer w-fit">"As code"</summary><div class="mt-2"><CodeBlock code/></div></details> }.into_any()
}

/// The same in several languages.
#[component]
pub fn CodeBlock(
    /// The texts.
    #[prop(into)]
    code: Signal<Vec<Code>>,
) -> impl IntoView {
    // Without scripts all are seen, one below the other.
    let chosen = RwSignal::new(None::<usize>);
    Effect::new(move |_| chosen.set(Some(0)));
    let languages = Memo::new(move |_| code.with(|all| all.iter().map(|c| c.language.clone()).collect::<Vec<_>>()));
    // There may be fewer than before: not every request can be said in each language.
    let current = Memo::new(move |_| chosen.get().map(|c| c.min(languages.with(Vec::len).saturating_sub(1))));
    let buttons = move || {
        languages
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, language)| {
                view! { <button type="button" class="btn btn--sm" aria-pressed=move || (current.get() == Some(at)).to_string() on:click=move |_| chosen.set(Some(at))>{language}</button> }
            })
            .collect_view()
    };
    let blocks = move || {
        languages
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, language)| {
                let text = Memo::new(move |_| code.with(|all| all.get(at).map(|c| c.text.clone()).unwrap_or_default()));
                let (copied, label) = (RwSignal::new(false), format!("Copy {language}"));
                let name = format!("{language} as text");
                let copy = move |_| {
                    copy(&text.get_untracked());
                    copied.set(true);
                };
                view! {
                    <figure class="cli" hidden=move || current.get().is_some_and(|c| c != at)>
                        <figcaption class="cli-h"><Icon name="terminal"/><span>{language}</span><span class="ml-auto text-12" role="status">{move || copied.get().then_some("Copied")}</span>
                            <button type="button" class="copy js-only" aria-label=label on:click=copy><Icon name="copy"/></button></figcaption>
                        <pre class="overflow-x-auto" tabindex="0" role="region" aria-label=name><code>{text}</code></pre>
                    </figure>
                }
            })
            .collect_view()
    };
    view! { <div class="grid gap-2"><div class="flex flex-wrap gap-1 js-only" role="group" aria-label="Language">{buttons}</div>{blocks}</div> }.into_any()
}
