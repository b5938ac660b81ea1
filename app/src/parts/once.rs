//! The key that makes a form be done once: a hidden field, new with each form that is shown. A double click, a retry and a reload send
//! the same key, and get what came of the first (`Ctx::act`).

use leptos::prelude::*;

/// The field. `done` counts what was sent and answered: after that the form means something new.
#[component]
pub fn Once(
    /// The action's version.
    #[prop(into)]
    done: Signal<usize>,
) -> impl IntoView {
    // Browser and server draw different keys; the one in the page's HTML stays.
    let key = RwSignal::new(fresh());
    Effect::new(move |before: Option<usize>| {
        let now = done.get();
        if before.is_some_and(|before| before != now) {
            key.set(fresh());
        }
        now
    });
    view! { <input type="hidden" name="once" value=move || key.get()/> }
}

#[cfg(feature = "ssr")]
fn fresh() -> String {
    leptos::nonce::Nonce::new().to_string()
}

#[cfg(not(feature = "ssr"))]
fn fresh() -> String {
    // No secret: it tells the forms of one operator apart.
    js_sys::Math::random().to_string() + &js_sys::Math::random().to_string()
}
