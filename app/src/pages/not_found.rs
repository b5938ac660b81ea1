//! Pages that do not exist, and resources that do not (any more).

use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;

/// Sets the answer's status to 404, on the server.
pub fn status_404() {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
}

/// Outside the frame: only where no route matches at all.
#[component]
pub fn NotFound() -> impl IntoView {
    status_404();
    view! {
        <Title text="Not found · AppStream Console"/>
        <main id="main" class="p-8 grid gap-3"><h1 class="h1">"There is no such page"</h1><p><a class="link" href="/">"Overview"</a></p></main>
    }
}

/// Within the frame.
#[component]
pub fn NotFoundInFrame() -> impl IntoView {
    status_404();
    view! {
        <Title text="Not found · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head"><h1 class="h1">"There is no such page"</h1></div>
            <div class="px-(--gutter) grid gap-3 text-text-2"><p>"The address may be mistyped, or what it showed is gone."</p>
                <p class="flex gap-3"><a class="btn" href=paths::OVERVIEW>"Overview"</a><a class="btn" href=paths::FLEETS>"Fleets"</a><a class="btn" href=paths::SESSIONS>"Sessions"</a></p></div>
        </main>
    }
    .into_any()
}
