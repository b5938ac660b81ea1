//! A modal dialog that is a URL: `?do=…` opens it, Back and Cancel close it. Without WASM it is the same page with the dialog open.

use crate::ui::icon::Icon;
use leptos::html;
use leptos::prelude::*;

/// A dialog. Focus starts on the first field, or on Cancel if there is none; never on the red button.
#[component]
pub fn Dialog(
    /// Heading.
    #[prop(into)]
    title: String,
    /// Where Cancel and Escape lead.
    #[prop(into)]
    close: Signal<String>,
    /// Whether it holds a table.
    #[prop(optional)]
    wide: bool,
    /// Body and foot.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    #[cfg(feature = "hydrate")]
    modal(node);
    let navigate = leptos_router::hooks::use_navigate();
    let escape = move |ev: leptos::ev::Event| {
        ev.prevent_default();
        navigate(&close.get_untracked(), leptos_router::NavigateOptions { scroll: false, ..Default::default() });
    };
    view! {
        <div class="scrim">
            <dialog class=if wide { "dlg dlg--wide" } else { "dlg" } open node_ref=node aria-labelledby="dialog-title" aria-describedby="dialog-consequence" on:cancel=escape>
                <div class="dlg-h">
                    <h2 class="h1" id="dialog-title">{title}</h2>
                    <a class="btn btn--icon btn--ghost btn--sm ml-auto" href=close aria-label="Close"><Icon name="x"/></a>
                </div>
                {children()}
            </dialog>
        </div>
    }
}

/// Turns the served dialog into a modal one, moves focus in, and back when it goes.
#[cfg(feature = "hydrate")]
fn modal(node: NodeRef<html::Dialog>) {
    use wasm_bindgen::JsCast;
    use web_sys::HtmlElement;

    Effect::new(move |done: Option<bool>| {
        let Some(dialog) = node.get() else { return false };
        if done == Some(true) {
            return true;
        }
        let before = document().active_element().and_then(|e| e.dyn_into::<HtmlElement>().ok());
        show(dialog, 60);
        let before = send_wrapper::SendWrapper::new(before);
        on_cleanup(move || {
            if let Some(before) = before.take() {
                let _ = before.focus();
            }
        });
        true
    });
}

#[cfg(feature = "hydrate")]
fn show(dialog: web_sys::HtmlDialogElement, frames: u32) {
    use wasm_bindgen::JsCast;
    use web_sys::HtmlElement;

    // One whose content was waited for is made before it is put in its place.
    if !dialog.is_connected() {
        if frames > 0 {
            request_animation_frame(move || show(dialog, frames - 1));
        }
        return;
    }
    dialog.close();
    // Refused only when it is not in the document any more.
    let _ = dialog.show_modal();
    let find = |what: &str| dialog.query_selector(what).ok().flatten().and_then(|e| e.dyn_into::<HtmlElement>().ok());
    if let Some(first) = find("input:not([type=hidden])").or_else(|| find(".dlg-f a")) {
        let _ = first.focus();
    }
}
