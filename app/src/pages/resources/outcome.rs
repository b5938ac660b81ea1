//! What came of an act: the failure as a whole, or what was done, with a streaming URL that is seen once.

use super::code::copy;
use crate::live::use_live;
use crate::parts::error_view::ErrorView;
use crate::ui::icon::Icon;
use domain::failure::Failure;
use domain::form::last_word;
use domain::resource::{Done, Secret};
use domain::time::{Millis, duration};
use leptos::prelude::*;

/// The outcome, above the fields. `known` are the fields of the form; errors at them lead there.
#[component]
pub fn Outcome(
    /// What went wrong.
    failure: Signal<Option<Failure>>,
    /// What was done.
    done: Signal<Option<Done>>,
    /// Paths and labels of the form's fields.
    known: Vec<(String, String)>,
) -> impl IntoView {
    let shown = move || {
        failure.get().map(|failure| match &failure {
            Failure::Fields(errors) => {
                let line = |field: &str, message: &str| match known.iter().find(|(path, _)| path == field) {
                    Some((path, label)) => view! { <li><a class="link" href=format!("#field-{path}")>{label.clone()}</a>": "{message.to_owned()}</li> }.into_any(),
                    None if field.is_empty() => view! { <li>{message.to_owned()}</li> }.into_any(),
                    None => view! { <li>{last_word(field)}": "{message.to_owned()}</li> }.into_any(),
                };
                let lines = errors.iter().map(|e| line(&e.field, &e.message)).collect_view();
                let head = if errors.len() == 1 { "One value needs a change." } else { "Some values need a change." };
                view! { <div class="banner t-fault" role="alert"><Icon name="s-fail"/><div><strong>{head}</strong><ul class="mt-1 list-disc pl-4">{lines}</ul></div></div> }.into_any()
            }
            _ => view! { <ErrorView failure/> }.into_any(),
        })
    };
    let told = move || {
        done.get().map(|done| {
            let tone = if done.rows.is_empty() || done.secret.is_some() { "banner t-ok" } else { "banner t-warn" };
            let rows = done.rows.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
            let next = (!done.next.is_empty()).then(|| view! { <p class="flex flex-wrap gap-2">{done.next.into_iter().map(|(words, href)| view! { <a class="btn btn--sm" href=href>{words}</a> }).collect_view()}</p> });
            let glyph = if tone.ends_with("ok") { "s-check" } else { "s-warn" };
            view! { <div class=tone role="alert"><Icon name=glyph/><div class="flex-1 min-w-0 grid gap-2"><strong>{done.message}</strong><dl class="dl">{rows}</dl>{next}{done.secret.map(|secret| view! { <StreamingUrl secret until=done.until/> })}</div></div> }
        })
    };
    view! { {shown}{told} }.into_any()
}

/// A streaming URL: masked, opened or copied once, written nowhere. It is forgotten as soon as it was used or is too old.
#[component]
fn StreamingUrl(secret: Secret, until: Option<Millis>) -> impl IntoView {
    let now = use_live().now;
    let host = secret.0.split('?').next().unwrap_or_default().to_owned();
    let (url, used) = (RwSignal::new(Some(secret.0)), RwSignal::new(""));
    let left = Memo::new(move |_| until.map_or(i64::MAX, |until| until.since(now.get())));
    Effect::new(move |_| {
        if left.get() <= 0 {
            url.set(None);
        }
    });
    let take = move |how: &'static str| {
        used.set(how);
        url.update(|u| {
            u.take();
        });
    };
    let copied = move |_| {
        if let Some(text) = url.get_untracked() {
            copy(&text);
        }
        take("Copied. It is not kept here; make another if you need one.");
    };
    let there = Memo::new(move |_| url.with(Option::is_some));
    view! {
        <p><code class="break-all text-12">{host}"?parameters=••••••••"</code></p>
        <p class="text-12" role="timer">{move || match (used.get(), left.get()) {
            ("", ms) if ms <= 0 => "It has expired. Make another.".to_owned(),
            ("", i64::MAX) => String::new(),
            ("", ms) => format!("Opens for {}.", duration(ms)),
            (how, _) => how.to_owned(),
        }}</p>
        {move || there.get().then(|| view! {
            <p class="flex flex-wrap gap-2"><button type="button" class="btn btn--sm" on:click=copied><Icon name="copy"/>"Copy URL"</button>
                <a class="btn btn--sm" href=url.get_untracked() target="_blank" rel="noreferrer noopener" on:click=move |_| set_timeout(move || take("Opened. It is not kept here; make another if you need one."), std::time::Duration::ZERO)><Icon name="external"/>"Open"<span class="sr-only">" in a new tab"</span></a></p>
        })}
    }
    .into_any()
}
