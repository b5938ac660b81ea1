//! How users will see a thing, drawn from its values. Pictures come from AWS's own links, and only from real AWS; a drawn place stands
//! for one that is not there.

use crate::ui::icon::Icon;
use domain::operator::Source;
use domain::preview::Preview;
use leptos::prelude::*;

/// A preview with its heading.
pub fn draw(preview: Preview) -> AnyView {
    match preview {
        Preview::Theme { title, styling, links, logo, favicon, enabled } => {
            let links = links.into_iter().map(|l| view! { <span class="underline">{l}</span> }).collect_view();
            let words = if title.is_empty() { "Title".to_owned() } else { title };
            let fill = colour(&styling);
            view! {
                <section class="mb-5 min-w-0 max-w-sm"><h2 class="h2">"When people sign in"</h2>
                    <div class="mt-3 rounded-3 border border-line overflow-hidden bg-surface">
                        <div class="flex items-center gap-1.5 px-3 h-8 bg-sunken border-b border-line"><Picture url=favicon class="w-4 h-4"><svg class="w-4 h-4 flex-none" viewBox="0 0 16 16" aria-hidden="true"><rect x="1" y="1" width="14" height="14" rx="3" fill=fill></rect></svg></Picture><span class="text-12 truncate">{words.clone()}</span></div>
                        <svg class="block w-full h-1.5" aria-hidden="true"><rect width="100%" height="100%" fill=fill></rect></svg>
                        <div class="px-4 py-5 grid justify-items-center gap-3">
                            <Picture url=logo class="max-w-40 max-h-12"><span class="grid place-items-center w-28 h-10 rounded-2 bg-press text-12 text-text-2">"Logo"</span></Picture>
                            <p class="text-16 font-semibold text-center break-words min-w-0">{words}</p>
                            <svg class="w-40 h-8" viewBox="0 0 160 32" aria-hidden="true"><rect width="160" height="32" rx="5" fill=fill></rect><rect x="52" y="13" width="56" height="6" rx="3" fill="#fff"></rect></svg>
                        </div>
                        <div class="border-t border-line px-4 py-2 min-h-8 flex flex-wrap gap-x-3 gap-y-1 text-12 text-text-2">{links}</div>
                    </div>
                    <p class="help">{if enabled { "Drawn from the values; AWS’s page has more around it." } else { "It is switched off: people see AWS’s own look." }}</p></section>
            }
            .into_any()
        }
        Preview::Application { name, icon } => {
            let blank = || view! { <div class="w-24 min-w-0 text-center" aria-hidden="true"><span class="grid place-items-center w-14 h-14 mx-auto rounded-3 bg-press"><span class="w-6 h-6 rounded-2 bg-line-strong"></span></span></div> };
            let words = if name.is_empty() { "Name".to_owned() } else { name };
            let first: String = words.chars().take(1).collect::<String>().to_uppercase();
            view! {
                <section class="mb-5 min-w-0 max-w-sm"><h2 class="h2">"In the user’s catalogue"</h2>
                    <div class="mt-3 rounded-3 bg-sunken border border-line px-2 py-5 flex justify-center">
                        {blank()}
                        <div class="w-24 min-w-0 text-center"><span class="grid place-items-center w-14 h-14 mx-auto rounded-3 bg-surface shadow-mid overflow-hidden"><Picture url=icon class="w-9 h-9"><span class="text-20 font-semibold text-text-2" aria-hidden="true">{first.clone()}</span></Picture></span>
                            <p class="mt-1.5 text-12 leading-4 font-medium text-text break-words">{words}</p></div>
                        {blank()}
                    </div></section>
            }
            .into_any()
        }
        Preview::Steps(steps) => {
            let rows = steps
                .into_iter()
                .map(|(head, text)| view! { <li class="grid grid-cols-[1rem_minmax(0,1fr)] gap-3 t-off"><span class="tone-icon h-5 pt-0.5"><Icon name="s-off" class="i-14"/></span><div><p class="font-medium break-words">{head}</p><p class="text-12 leading-[1.125rem] text-text-2 break-words">{text}</p></div></li> })
                .collect_view();
            view! { <section class="mb-5 min-w-0"><h2 class="h2">"When a session starts"</h2><ol class="mt-3 grid gap-4">{rows}</ol></section> }.into_any()
        }
    }
}

/// AWS's four colours, nearly.
fn colour(styling: &str) -> &'static str {
    match styling {
        "LIGHT_BLUE" => "#1a8fb8",
        "BLUE" => "#0a5ca8",
        "PINK" => "#c2326f",
        "RED" => "#b3261e",
        _ => "#5f6b6d",
    }
}

/// A picture of AWS's, or what stands for it: in the embedded AppStream there are none, and a link may be too old.
#[component]
fn Picture(url: String, class: &'static str, children: ChildrenFn) -> impl IntoView {
    let real = use_context::<Source>() == Some(Source::Aws) && url.starts_with("https://");
    let broken = RwSignal::new(!real);
    move || {
        if broken.get() {
            children().into_any()
        } else {
            view! { <img src=url.clone() class=class alt="" referrerpolicy="no-referrer" on:error=move |_| broken.set(true)/> }.into_any()
        }
    }
}
