//! What stands before the frame: signing in, and what must be done before anything else.

use crate::ui::icon::Icon;
use domain::time::duration;
use leptos::prelude::*;
use leptos_meta::Title;

/// A page before the frame.
#[component]
pub fn Threshold(
    /// Heading.
    title: &'static str,
    /// Beneath it.
    subtitle: &'static str,
    /// At the foot.
    #[prop(optional, into)]
    foot: Signal<String>,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=format!("{title} · AppStream Console")/>
        <main id="main" class="min-h-screen grid lg:grid-cols-[minmax(26rem,34rem)_minmax(0,1fr)]">
            <div class="flex flex-col px-6 sm:px-14 py-8 sm:py-10">
                <p class="flex items-center gap-2.5 font-semibold"><Icon name="mark" class="!w-6 !h-6"/>"AppStream Console"</p>
                <div class="flex-1 grid content-center py-10">
                    <div class="w-full max-w-[22rem] max-sm:max-w-none">
                        <h1 class="text-24 font-semibold">{title}</h1>
                        <p class="mt-1 text-text-2 text-14">{subtitle}</p>
                        {children()}
                    </div>
                </div>
                <p class="text-12 leading-[1.125rem] text-text-3 max-w-[22rem]">{foot}</p>
            </div>
            <div class="relative overflow-hidden bg-canvas border-l border-line max-lg:hidden" aria-hidden="true"><Waves/></div>
        </main>
    }
    .into_any()
}

/// When a sign-in ends by itself, in words.
pub fn ends(idle_minutes: u32, most_minutes: u32) -> String {
    let words = |minutes: u32| duration(i64::from(minutes) * 60_000);
    format!("You’re signed out after {} without a click or a key, and {} after signing in.", words(idle_minutes), words(most_minutes))
}

/// Days of seats: a wave that wanders from row to row (`public/waves.svg`).
#[component]
fn Waves() -> impl IntoView {
    view! {
        <svg class="absolute inset-0 w-full h-full">
            <use href="/waves.svg#free" class="c-free opacity-50" width="100%" height="100%"></use>
            <use href="/waves.svg#used" class="c-use" width="100%" height="100%"></use>
        </svg>
    }
}
