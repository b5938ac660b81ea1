//! `/more`: every place, for phones, whose bar has room for four.

use crate::parts::frame::{places, use_role};
use crate::ui::icon::Icon;
use leptos::prelude::*;
use leptos_meta::Title;

/// All places as a list.
#[component]
pub fn More() -> impl IntoView {
    let places = places(use_role())
        .map(|p| view! { <li><a class="btn w-full !justify-start" href=p.path><Icon name=p.icon/>{p.label}</a></li> })
        .collect_view();
    view! {
        <Title text="All places · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head"><h1 class="h1">"All places"</h1></div>
            <ul class="px-(--gutter) pb-8 grid gap-2 sm:grid-cols-3">{places}</ul>
        </main>
    }
}
