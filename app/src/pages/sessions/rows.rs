//! Rows of sessions: of all in the list, and of one fleet on its page.

use crate::api::session::{FIRST_ROWS, session_list};
use crate::live::use_live;
use crate::parts::chip::{Chip, age, is_draining, session_look};
use crate::parts::data_age::StaleMark;
use crate::parts::hold::Held;
use crate::parts::table::Rows;
use crate::paths;
use crate::ui::icon::Icon;
use domain::list::ENDS_SOON_MS;
use domain::names::{FleetName, Scope};
use domain::query::{Query, Window};
use domain::session::{Presence, Session};
use domain::time::duration;
use domain::view::View;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Ids of selected sessions, and whether somebody was connected when they were selected.
pub type Selection = BTreeMap<String, bool>;

/// What rows share.
#[derive(Clone, Copy)]
pub struct Shared {
    /// The rows at hand.
    pub held: Memo<Held<Session, u32>>,
    /// Window and focus.
    pub rows: Rows,
    /// What is selected.
    pub selected: RwSignal<Selection>,
    /// Selects the row with this index or not; with Shift all from the last one to it.
    pub pick: Callback<(usize, bool)>,
    /// The id whose details are open.
    pub peek: Memo<String>,
    /// The mail domain that all users share, with `@`.
    pub mail: Memo<Option<String>>,
}

/// `i-085d…15e7`: the middle cut.
pub fn short_id(id: &str) -> String {
    let letters: Vec<char> = id.chars().collect();
    if letters.len() <= 12 { id.to_owned() } else { letters[..6].iter().chain(&['…']).chain(&letters[letters.len() - 4..]).collect() }
}

/// One row of the list. `details` is the URL of its details.
pub fn row(first: Session, shared: Shared, scope: Scope, details: impl Fn(&str) -> String + Send + Sync + 'static) -> AnyView {
    let Shared { held, rows, selected, pick, peek, mail } = shared;
    let live = use_live();
    let id = first.id.0.clone();
    let (user, fleet) = (first.user_id.clone(), first.fleet.clone());
    let pair = (first.stack.0.clone(), first.fleet.0.clone());
    let session = {
        let id = id.clone();
        Memo::new(move |_| held.with(|h| h.window.rows.iter().find(|s| s.id.0 == id).cloned()).unwrap_or_else(|| first.clone()))
    };
    let index = {
        let id = id.clone();
        Memo::new(move |_| held.with(|h| h.window.rows.iter().position(|s| s.id.0 == id).map_or(0, |i| i + h.window.start)))
    };
    let gone = {
        let id = id.clone();
        Memo::new(move |_| held.with(|h| h.gone.contains(&id)))
    };
    let is_selected = {
        let id = id.clone();
        Memo::new(move |_| selected.with(|s| s.contains_key(&id)))
    };
    let is_peeked = {
        let id = id.clone();
        Memo::new(move |_| peek.with(|p| *p == id))
    };
    // What is over runs no more and ends no more.
    let over = move || session.with(|s| s.presence() == Presence::Expired);
    let running = move || session.with(|s| s.started.map(|at| duration(live.now.get().since(at)))).unwrap_or_else(|| "–".into());
    let left =
        Memo::new(
            move |_| if over() { None } else { session.with(|s| s.max_expires.map(|end| end.since(live.now.get()) / 60_000 * 60_000)) },
        );
    let share = move || {
        session.with(|s| s.started.zip(s.max_expires)).map(|(from, to)| {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of hours")]
            let done = live.now.get().since(from) as f64 / (to.since(from).max(1)) as f64;
            format!("{:.0}%", done.clamp(0.0, 1.0) * 100.0)
        })
    };
    let picked = move |ev: leptos::ev::MouseEvent| {
        pick.run((index.get_untracked(), ev.shift_key()));
        // The browser toggles the box by itself, also where a range leaves the row selected.
        let input = event_target::<leptos::web_sys::HtmlInputElement>(&ev);
        request_animation_frame(move || input.set_checked(is_selected.get_untracked()));
    };
    let short = {
        let user = user.clone();
        move || mail.with(|m| m.as_deref().and_then(|m| user.strip_suffix(m)).unwrap_or(&user).to_owned())
    };
    let href = {
        let id = id.clone();
        move || details(&id)
    };
    view! {
        <tr role="row" class="max-sm:grid-cols-[1.5rem_minmax(0,1fr)_auto]" class:is-gone=gone class:is-focus=move || rows.focus.get() == Some(index.get())
            aria-selected=move || is_selected.get().then_some("true") aria-current=move || is_peeked.get().then_some("true") aria-rowindex=move || index.get() + 2>
            <td role="cell" class="max-sm:row-span-2 max-sm:!pt-0.5"><input type="checkbox" class="cb" name="id" value=id aria-label=format!("Select session of {user}") prop:checked=is_selected on:click=picked/></td>
            <th role="rowheader" scope="row"><a class="name" href=href title=user.clone()>{short}</a></th>
            <td role="cell" class="max-sm:justify-self-end"><Chip look=Signal::derive(move || session.with(session_look)) age=Signal::derive(move || session.with(|s| age(s.since, live.now.get())))/><StaleMark stack=pair.0 fleet=pair.1/></td>
            <td role="cell" class="is-text max-sm:!text-text-2 max-sm:text-12"><a class="hover:underline" href=paths::fleet(&scope, &fleet)>{fleet.0.clone()}</a></td>
            <td role="cell" class="only-desk max-2xl:hidden">{move || session.with(|s| s.stack.0.clone())}</td>
            <td role="cell" class="r col-running only-desk max-lg:hidden">{move || session.with(|s| s.started).filter(|_| !over()).map_or_else(|| "–".into_any(), |at| view! { <time datetime=at.iso() title=at.exact()>{running}</time> }.into_any())}</td>
            <td role="cell" class="max-sm:justify-self-end max-sm:text-12">{move || left.get().map_or_else(|| "–".into_any(), |ms| {
                let soon = ms <= ENDS_SOON_MS;
                view! { <span class="flex items-center gap-2">
                    <svg class="minibar max-sm:hidden" aria-hidden="true"><rect class=if soon { "minibar-soon" } else { "minibar-done" } height="100%" width=share></rect></svg>
                    <span class=if soon { "t-warn tone-text inline-flex items-center gap-1" } else { "" }>{soon.then(|| view! { <Icon name="clock" class="i-12"/> })}{duration(ms)}<span class="sm:hidden">" left"</span></span>
                </span> }.into_any()
            })}</td>
            <td role="cell" class="col-instance only-desk max-xl:hidden">{move || session.with(|s| s.instance_id.clone()).map_or_else(|| "–".into_any(), |i| view! { <code title=i.clone()>{short_id(&i)}</code> }.into_any())}
                {move || session.with(is_draining).then(|| view! { <span class="t-note tone-icon ml-1" title="Draining"><Icon name="s-drain" class="i-12"/><span class="sr-only">"draining"</span></span> })}</td>
        </tr>
    }
    .into_any()
}

/// The rows that `query` asks for and the browser has room for: live once they are here, else those that came with the page.
pub fn live_rows(initial: Window<Session>, query: Memo<Query>, peek: Memo<String>, rows: Rows) -> Memo<(u32, Window<Session>)> {
    let view = Memo::new(move |_| {
        rows.measured.get().then(|| View {
            query: query.get(),
            start: rows.start.get(),
            len: rows.len.get(),
            peek: Some(peek.get()).filter(|id| !id.is_empty()),
        })
    });
    use_live().sessions(view.into(), initial)
}

/// The sessions of one fleet, read-only; acting on them happens in the list, one link away.
#[component]
pub fn FleetSessions(name: FleetName) -> impl IntoView {
    let pairs = vec![("fleet".to_owned(), name.0.clone())];
    let url = paths::with_query(paths::SESSIONS, &pairs);
    let asked = url.split_once('?').map(|(_, q)| q.to_owned()).unwrap_or_default();
    let initial = Resource::new_blocking(move || asked.clone(), |asked| session_list(asked, 0));
    view! {
        <div class="px-(--gutter) pt-5 pb-2 flex items-center"><h2 class="h2">"Sessions"</h2><a class="link ml-auto" href=url.clone()>"Find, select and expire in the list of all sessions"</a></div>
        <Suspense fallback=|| ()>{move || {
            let (query, url) = (Query::parse::<Session>(pairs.clone()), url.clone());
            Suspend::new(async move { let first = initial.await.unwrap_or_default().window; view! { <FleetRows first query url/> } })
        }}</Suspense>
    }
    .into_any()
}

#[component]
fn FleetRows(first: Window<Session>, query: Query, url: String) -> impl IntoView {
    let live = use_live();
    let rows = Rows::new(0);
    let query = Memo::new(move |_| query.clone());
    let told = live_rows(first, query, Memo::new(|_| String::new()), rows);
    let view = Memo::new(move |_| told.with(|(_, window)| window.clone()));
    rows.live(Signal::derive(move || view.with(|v| v.matched)), Callback::new(|_| ()));
    let line = move |first: Session| {
        let id = first.id.clone();
        let href = format!("{url}&peek={}", id.0);
        let session = Memo::new(move |_| view.with(|v| v.rows.iter().find(|s| s.id == id).cloned()).unwrap_or_else(|| first.clone()));
        let user = session.with_untracked(|s| s.user_id.clone());
        view! { <tr><th scope="row"><a class="name" href=href>{user}</a></th><td><Chip look=Signal::derive(move || session.with(session_look))/></td><td class="max-sm:hidden">{move || session.with(|s| s.stack.0.clone())}</td>
            <td class="r">{move || session.with(|s| s.started.map(|at| duration(live.now.get().since(at)))).unwrap_or_else(|| "–".into())}</td></tr> }.into_any()
    };
    view! {
        <table class="tbl tbl--plain"><caption class="sr-only">"Sessions of this fleet"</caption>
            <thead><tr><th scope="col">"User"</th><th scope="col">"State"</th><th scope="col" class="max-sm:hidden">"Stack"</th><th scope="col" class="r">"Running for"</th></tr></thead>
            <tbody node_ref=rows.body>
                <crate::parts::table::Spacer rows=Signal::derive(move || view.with(|v| v.start))/>
                <For each=move || view.get().rows key=|s| s.id.clone() children=line/>
                <crate::parts::table::Spacer rows=Signal::derive(move || view.with(|v| if v.matched > FIRST_ROWS { v.matched - v.start - v.rows.len() } else { 0 }))/>
            </tbody>
        </table>
        {move || view.with(|v| v.matched == 0).then(|| view! { <p class="px-(--gutter) py-4 text-text-2">"No session on this fleet."</p> })}
    }
    .into_any()
}
