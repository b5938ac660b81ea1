//! A failure in words. Nothing else draws error text.

use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use domain::failure::Failure;
use leptos::prelude::*;

/// A failure as a banner; `alert` for the outcome of one's own act.
#[component]
pub fn ErrorView(
    /// What went wrong.
    failure: Failure,
    /// `alert` or `status`.
    #[prop(default = "alert")]
    role: &'static str,
) -> impl IntoView {
    let advice = failure.advice();
    view! {
        <div class="banner t-fault" role=role>
            <Icon name="s-fail"/>
            <div class="flex-1 min-w-0">
                <strong>{advice.title}"."</strong>" "<span class="text-text-2">{advice.next}</span>
                {advice.details.map(|d| view! { <p class="text-12"><code>{d}</code></p> })}
            </div>
        </div>
    }
}

/// A dialog that could not be had.
#[component]
pub fn NotNow(
    /// Why.
    failure: Failure,
    /// The page without it.
    close: Signal<String>,
) -> impl IntoView {
    view! {
        <Dialog title="Not possible now" close>
            <div class="dlg-b" id="dialog-consequence"><ErrorView failure/></div>
            <div class="dlg-f"><span class="ml-auto"></span><a class="btn" href=close>"Close"</a></div>
        </Dialog>
    }
}
