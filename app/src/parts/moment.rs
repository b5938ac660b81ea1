//! Moments and durations in pages: words that tick, the exact moment on hover.

use crate::live::use_live;
use domain::time::{Millis, ago, duration};
use leptos::prelude::*;

/// A moment, as its distance to now: `44 m ago`, or `44 m` with `bare`.
#[component]
pub fn Ago(
    /// The moment.
    at: Millis,
    /// Without “ago”.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let now = use_live().now;
    let words = Memo::new(move |_| if bare { duration(now.get().since(at)) } else { ago(at, now.get()) });
    view! { <time datetime=at.iso() title=at.exact()>{words}</time> }
}
