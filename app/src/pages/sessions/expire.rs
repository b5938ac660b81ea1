//! Expiring one session or many: the consequence first, typed words where it hurts, a result per row.

use crate::api::session::{ExpireSessions, named};
use crate::error::AppError;
use crate::live::use_live;
use crate::pages::jobs::Underway;
use crate::pages::resources::code::AsCode;
use crate::pages::sessions::rows::Selection;
use crate::parts::account::ActsIn;
use crate::parts::chip::{Chip, session_look};
use crate::parts::error_view::ErrorView;
use crate::parts::frame::use_flash;
use crate::parts::once::Once;
use crate::paths;
use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use crate::ui::text_field::TextField;
use domain::failure::Failure;
use domain::form::{ExpireResult, Expired, MAX_EXPIRE, expire_words};
use domain::resource::Call;
use domain::session::{Presence, Session};
use domain::time::duration;
use leptos::form::{ActionForm, FromFormData};
use leptos::prelude::*;

/// Rows shown in the dialog; the rest is counted.
const SHOWN: usize = 50;

/// The dialog for the sessions that the URL names, else for the selected ones.
#[component]
pub fn ExpireDialog(
    /// Ids in the URL.
    ids: Memo<Vec<String>>,
    /// What is selected in the list.
    selected: RwSignal<Selection>,
    /// Ids that were in the URL when the page came, and their sessions.
    came: StoredValue<(Vec<String>, Vec<Session>)>,
    /// Where Cancel leads.
    close: Signal<String>,
) -> impl IntoView {
    // Fixed when the dialog opens: what is confirmed is what was shown.
    let url = ids.get_untracked();
    let chosen: Vec<String> = if url.is_empty() { selected.get_untracked().into_keys().collect() } else { url };
    if chosen.len() > MAX_EXPIRE {
        return view! { <TooMany n=chosen.len() close/> }.into_any();
    }
    // A dialog that comes with the page has its sessions there: a boundary so deep is not hydrated (decisions.md 25).
    if came.with_value(|(ids, _)| *ids == chosen) {
        return view! { <Confirm chosen sessions=came.with_value(|(_, known)| known.clone()) selected close/> }.into_any();
    }
    let asked = chosen.clone();
    let known = Resource::new_blocking(|| (), move |()| named(asked.clone()));
    view! {
        <Suspense fallback=|| ()>{move || {
            let chosen = chosen.clone();
            Suspend::new(async move {
                match known.await {
                    Ok(sessions) => view! { <Confirm chosen sessions selected close/> }.into_any(),
                    Err(error) => view! { <Dialog title="Expire sessions" close><div class="dlg-b"><ErrorView failure=error.0/></div><div class="dlg-f"><span class="ml-auto"></span><a class="btn" href=close>"Close"</a></div></Dialog> }.into_any(),
                }
            })
        }}</Suspense>
    }
    .into_any()
}

#[component]
fn TooMany(n: usize, close: Signal<String>) -> impl IntoView {
    view! {
        <Dialog title=format!("Expire {n} sessions?") close>
            <div class="dlg-b"><p id="dialog-consequence">{format!("At most {MAX_EXPIRE} sessions can be expired at once; {n} are selected. Filter the list, by fleet or by user, and expire them in parts.")}</p></div>
            <div class="dlg-f"><span class="ml-auto"></span><a class="btn" href=close>"Close"</a></div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Confirm(chosen: Vec<String>, sessions: Vec<Session>, selected: RwSignal<Selection>, close: Signal<String>) -> impl IntoView {
    let live = use_live();
    let action = ServerAction::<ExpireSessions>::new();
    let left = use_flash("session/expire");
    let local = RwSignal::new(left.as_ref().and_then(|f| f.failure.clone()));
    let typed = left.and_then(|f| f.entries.get("confirm").cloned()).unwrap_or_default();
    let n = chosen.len();
    let connected = sessions.iter().filter(|s| s.presence() == Presence::Connected).count();
    let gone = n.saturating_sub(sessions.len());
    let words = expire_words(n, connected);
    let failure = Signal::derive(move || {
        local.get().or_else(|| action.value().with(|v| v.as_ref().and_then(|r| r.as_ref().err()).map(|e| e.0.clone())))
    });
    let at = move |field: &'static str| Signal::derive(move || failure.get().and_then(|f| AppError(f).at(field)));
    let done = Memo::new(move |_| action.value().with(|v| v.as_ref().and_then(|r| r.as_ref().ok().cloned())));
    let results = Memo::new(move |_| done.get().filter(|d| d.job.is_none()).map(|d| d.results));
    let navigate = leptos_router::hooks::use_navigate();
    Effect::new(move |_| {
        if let Some(job) = done.with(|d| d.as_ref().and_then(|d| d.job)) {
            // It takes longer than one waits in a dialog.
            selected.set(Selection::new());
            return navigate(&paths::job(job), leptos_router::NavigateOptions::default());
        }
        let Some(results) = results.get() else { return };
        let failed: Selection = results.iter().filter(|r| r.failure.is_some()).map(|r| (r.id.0.clone(), true)).collect();
        // Failures stay selected, with their reason in the dialog.
        let done = failed.is_empty();
        selected.set(failed);
        if done {
            navigate(&close.get_untracked(), leptos_router::NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    let check = move |ev: leptos::ev::SubmitEvent| {
        local.set(None);
        if let Ok(ExpireSessions { form, .. }) = ExpireSessions::from_event(&ev)
            && let Err(errors) = form.parse(connected)
        {
            ev.prevent_default();
            ev.stop_immediate_propagation();
            local.set(Some(Failure::Fields(errors)));
        }
    };
    let title = if n == 1 { "Expire 1 session?".to_owned() } else { format!("Expire {n} sessions?") };
    let verb = if n == 1 { "Expire 1 session".to_owned() } else { format!("Expire {n} sessions") };
    let strong = match connected {
        0 if n == 1 => "This person is not connected.".to_owned(),
        0 => "None of them is connected.".to_owned(),
        1 => "1 person is connected and will be cut off at once.".to_owned(),
        c => format!("{c} people are connected and will be cut off at once."),
    };
    let rest = if connected == 0 {
        " A session that isn’t connected can’t be resumed."
    } else {
        " They get no warning, and work they haven’t saved is lost."
    };
    let inputs = chosen
        .iter()
        .enumerate()
        .map(|(i, id)| view! { <input type="hidden" name=format!("form[ids][{i}]") value=id.clone()/> })
        .collect_view();
    let lines = sessions.iter().take(SHOWN).map(|s| {
        let s = s.clone();
        let id = s.id.0.clone();
        let look = session_look(&s);
        let (user, fleet, running) = (s.user_id.clone(), s.fleet.0.clone(), s.started.map_or_else(|| "–".to_owned(), |at| duration(live.now.get_untracked().since(at))));
        let result = move || results.get().and_then(|all| all.into_iter().find(|r| r.id.0 == id));
        view! {
            <tr><th scope="row" class="truncate">{user}</th>
                <td>{move || match result() {
                    Some(ExpireResult { failure: Some(f), .. }) => view! { <span class="chip t-fault" title=f.advice().next><Icon name="s-fail"/>{f.advice().title}</span> }.into_any(),
                    Some(_) => view! { <span class="chip t-ok"><Icon name="s-check"/>"Expired"</span> }.into_any(),
                    None => view! { <Chip look=look.clone()/> }.into_any(),
                }}</td>
                <td class="max-sm:hidden">{fleet}</td>
                <td class="r">{running}</td></tr>
        }
    }).collect_view();
    let failed = move || results.get().map(|all| all.iter().filter(|r| r.failure.is_some()).count());
    let calls: Vec<Call> = chosen.iter().map(|id| Call::new("ExpireSession", &[("SessionId", id)])).collect();
    view! {
        <Dialog title close>
            <ActionForm action on:submit:capture=check attr:class="contents" attr:novalidate=true>
                <Once done=action.version()/>
                <div class="dlg-b grid gap-4">
                    <p id="dialog-consequence"><strong>{strong}</strong>{rest}{(gone > 0).then(|| format!(" {gone} of the selected sessions are no longer known; they have probably ended."))}</p>
                    {inputs}
                    <div class="rounded-2 border border-line overflow-auto max-h-60" tabindex="0" role="region" aria-label="Sessions to expire"><table class="tbl tbl--plain dlg-table"><caption class="sr-only">"Sessions to expire"</caption>
                        <thead><tr><th scope="col" class="col-user">"User"</th><th scope="col">"State"</th><th scope="col" class="max-sm:hidden">"Fleet"</th><th scope="col" class="r">"Running for"</th></tr></thead><tbody>{lines}</tbody></table></div>
                    {(sessions.len() > SHOWN).then(|| view! { <p class="text-12 text-text-3">{format!("and {} more", sessions.len() - SHOWN)}</p> })}
                    {words.map(|w| view! { <TextField form="form" name="confirm" label=format!("Type “{w}” to confirm") error=at("confirm") value=typed.clone()/> })}
                    <div aria-live="polite">
                        {move || failure.get().filter(|f| !matches!(f, Failure::Fields(e) if e.iter().all(|e| e.field == "confirm"))).map(|failure| view! { <ErrorView failure/> })}
                        {move || failed().filter(|f| *f > 0).map(|f| view! { <div class="banner t-fault" role="alert"><Icon name="s-fail"/><div><strong>{format!("{} of {n} expired; {f} failed.", n - f)}</strong>" The failed ones stay selected, with the reason in their row. Expiring again is safe."</div></div> })}
                    </div>
                    <AsCode calls/>
                </div>
                <div class="dlg-f"><ActsIn/><span class="text-12 text-text-3 max-sm:hidden">{if n > 1 { format!("One AWS call a session, {n} in all.") } else { String::new() }}</span><span class="ml-auto"></span>
                    <a class="btn" href=close>{move || if results.get().is_some() { "Close" } else { "Cancel" }}</a>
                    <button type="submit" class="btn btn--danger" aria-busy=move || action.pending().get().then_some("true") disabled=move || action.pending().get()>{verb}</button></div>
            </ActionForm>
        </Dialog>
    }
    .into_any()
}

/// What came of an expiry that was a plain form post.
#[component]
pub fn LeftResults() -> impl IntoView {
    let left: Option<Expired> =
        use_flash("session/expire").filter(|f| f.failure.is_none()).and_then(|f| serde_json::from_str(&f.outcome).ok());
    left.map(|Expired { results: all, job }| {
        if let Some(job) = job {
            return view! { <div class="px-(--gutter) pb-3"><Underway job/></div> }.into_any();
        }
        let failed: Vec<_> = all.iter().filter_map(|r| r.failure.as_ref().map(|f| (r.user_id.clone(), f.advice()))).collect();
        let done = all.len() - failed.len();
        let (tone, glyph) = if failed.is_empty() { ("banner t-ok", "s-check") } else { ("banner t-fault", "s-fail") };
        view! {
            <div class="px-(--gutter) pb-3"><div class=tone role="status"><Icon name=glyph/><div>
                <strong>{format!("{done} of {} expired.", all.len())}</strong>
                <ul>{failed.into_iter().map(|(user, a)| view! { <li>{user}": "{a.title}". "{a.next}</li> }).collect_view()}</ul>
            </div></div></div>
        }
        .into_any()
    })
}
