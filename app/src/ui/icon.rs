//! Icons from the sprite `public/icons.svg`, drawn for this product.

use leptos::prelude::*;

/// An icon by its id in the sprite, without `i-`. Hidden from screen readers: words stand beside it.
#[component]
pub fn Icon(
    /// Such as `fleets` or `s-warn`.
    #[prop(into)]
    name: Signal<&'static str>,
    /// Classes beside `i`.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=format!("i {class}") aria-hidden="true" focusable="false">
            <use href=move || format!("/icons.svg#i-{}", name.get())></use>
        </svg>
    }
}
