//! `/audit`: who did what. Filters are a plain form; the server makes the tables.

use crate::api::audit::audit;
use crate::pages::resources::item::section;
use crate::parts::chart::value;
use crate::parts::error_view::ErrorView;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The page.
#[component]
pub fn AuditPage() -> impl IntoView {
    let search = use_location().search;
    let told = Resource::new_blocking(move || search.get(), audit);
    view! {
        <Title text="Audit · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head flex flex-wrap items-center gap-2 !pb-2"><h1 class="h1">"Audit"</h1></div>
            <div class="px-(--gutter) pt-2 pb-8 grid gap-7 min-w-0">
                {move || view! { <Asked query=search.get()/> }}
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        match told.await {
                            Ok(sections) => sections.into_iter().map(section).collect_view().into_any(),
                            Err(error) => view! { <ErrorView failure=error.0/> }.into_any(),
                        }
                    })}
                </Transition>
            </div>
        </main>
    }
    .into_any()
}

/// What is asked for.
#[component]
fn Asked(query: String) -> impl IntoView {
    let field = |name: &'static str, label: &'static str, kind: &'static str| {
        let id = format!("audit-{name}");
        view! { <div class="field"><label for=id.clone()>{label}</label><div class="input"><input id=id name=name type=kind value=value(&query, name)/></div></div> }
    };
    let chosen = value(&query, "outcome");
    let outcomes = [("", "All"), ("done", "Done"), ("partly", "Done in part"), ("failed", "Refused"), ("open", "Not known")]
        .map(|(word, label)| view! { <option value=word selected=word == chosen>{label}</option> });
    view! {
        <form method="get" action=paths::AUDIT class="flex flex-wrap items-end gap-3">
            {field("who", "Who", "text")}{field("action", "Act", "text")}{field("q", "Words", "search")}
            {field("from", "From (UTC)", "date")}{field("to", "To (UTC)", "date")}
            <div class="field"><label for="audit-outcome">"Outcome"</label><div class="input"><select id="audit-outcome" name="outcome">{outcomes}</select></div></div>
            <button class="btn" type="submit">"Show"</button>
        </form>
    }
    .into_any()
}
