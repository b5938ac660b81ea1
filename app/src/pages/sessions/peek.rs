//! A session's details at the side: `?peek=ID`.

use crate::live::use_live;
use crate::parts::chip::{Chip, is_draining, session_look};
use crate::parts::frame::use_role;
use crate::parts::moment::Ago;
use crate::paths;
use crate::ui::icon::Icon;
use domain::role::Right;
use domain::session::Session;
use domain::time::duration;
use leptos::prelude::*;

/// The details; `close` leads back to the list, `expire` to the dialog.
#[component]
pub fn Peek(
    /// The session.
    #[prop(into)]
    session: Signal<Session>,
    /// Without the details.
    #[prop(into)]
    close: Signal<String>,
    /// Asks to expire it.
    #[prop(into)]
    expire: Signal<String>,
) -> impl IntoView {
    let live = use_live();
    let role = use_role();
    let scope = live.estate.with_untracked(|e| e.scope.clone());
    let page_scope = StoredValue::new(scope.clone());
    let left = move || session.with(|s| s.max_expires).map(|end| duration(end.since(live.now.get())));
    let moment = move |at: Option<domain::time::Millis>| at.map_or_else(|| "–".into_any(), |at| view! { <Ago at/> }.into_any());
    view! {
        <aside class="peek peek-side" aria-label="Session details">
            <div class="flex items-start gap-2 px-5 pt-4 pb-2">
                <div class="min-w-0 flex-1"><h2 class="h2 truncate">{move || session.with(|s| s.user_id.clone())}</h2><Chip look=Signal::derive(move || session.with(session_look))/></div>
                <a class="btn btn--icon btn--ghost btn--sm" href=close aria-label="Close details"><Icon name="x"/></a>
            </div>
            <dl class="dl px-5">
                <dt>"Fleet"</dt><dd><a class="link" href=move || session.with(|s| paths::fleet(&scope, &s.fleet))>{move || session.with(|s| s.fleet.0.clone())}</a></dd>
                <dt>"Stack"</dt><dd>{move || session.with(|s| s.stack.0.clone())}</dd>
                <dt>"Sign-in"</dt><dd>{move || session.with(|s| s.authentication.words())}</dd>
                <dt>"Started"</dt><dd>{move || moment(session.with(|s| s.started))}</dd>
                <dt>"Ends in"</dt><dd>{move || left().unwrap_or_else(|| "–".into())}</dd>
                {move || session.with(|s| s.since).map(|at| view! { <dt>"In this state since"</dt><dd><Ago at/></dd> })}
                <dt>"Instance"</dt><dd><code>{move || session.with(|s| s.instance_id.clone().unwrap_or_else(|| "–".into()))}</code></dd>
                <dt>"Instance is"</dt><dd>{move || session.with(|s| if is_draining(s) { "draining" } else { "taking sessions" })}</dd>
                <dt>"Address"</dt><dd><code>{move || session.with(|s| s.eni_private_ip_address.clone().into_iter().chain(s.eni_ipv6_addresses.clone()).collect::<Vec<_>>().join(", "))}</code></dd>
                <dt>"Interface"</dt><dd><code>{move || session.with(|s| s.eni_id.clone().unwrap_or_else(|| "–".into()))}</code></dd>
                <dt>"Session id"</dt><dd><code>{move || session.with(|s| s.id.0.clone())}</code></dd>
            </dl>
            <p class="px-5 pt-3"><a class="link" href=move || session.with(|s| paths::session(&page_scope.get_value(), &s.id))>"This session’s page"</a></p>
            <div class="px-5 py-4">{move || match role.why_not(Right::EndSessions).map_or_else(|| session.with(Session::can_expire), Err) {
                Ok(()) => view! { <a class="btn btn--danger-quiet" href=expire><Icon name="s-x"/>"Expire…"</a> }.into_any(),
                Err(reason) => view! { <p class="text-text-2">{reason}</p> }.into_any(),
            }}</div>
        </aside>
    }
    .into_any()
}
