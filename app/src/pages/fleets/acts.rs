//! Start, stop and change capacity of one fleet: the buttons, the dialogs, their outcomes.

use crate::api::fleet::{ChangeCapacity, StartFleet, StopFleet};
use crate::error::AppError;
use crate::live::use_live;
use crate::pages::resources::code::AsCode;
use crate::pages::resources::form::{ActDialog, asked_dialog, first_dialog};
use crate::parts::account::ActsIn;
use crate::parts::error_view::ErrorView;
use crate::parts::frame::{use_flash, use_role};
use crate::parts::once::Once;
use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use crate::ui::text_field::TextField;
use domain::failure::Failure;
use domain::fleet::{Fleet, FleetState, FleetType, Verb};
use domain::form::CONFIRM_FROM;
use domain::resource::Call;
use domain::role::Right;
use leptos::form::{ActionForm, FromFormData};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use serde_json::json;

/// A failure that a plain form post of `form` left.
fn left(form: &str) -> Option<Failure> {
    use_flash(form).and_then(|f| f.failure)
}

/// The buttons in the head of a fleet's page. One that is not offered says why.
#[component]
pub fn Buttons(
    /// The fleet.
    fleet: Memo<Fleet>,
    /// The page's own path.
    #[prop(into)]
    here: String,
    /// The fleet's path, without a tab.
    #[prop(into)]
    base: String,
    /// Starting is at once: it is reversible.
    start: ServerAction<StartFleet>,
) -> impl IntoView {
    let role = use_role();
    let right = |verb| if verb == Verb::Delete { Right::Manage } else { Right::Run };
    let why = move |verb| role.why_not(right(verb)).or_else(|| fleet.with(|f| f.can(verb).err()));
    let shows_start = Memo::new(move |_| fleet.with(|f| matches!(f.state, FleetState::Stopped | FleetState::Stopping)));
    let (capacity, stop, delete) = (format!("{here}?do=capacity"), format!("{here}?do=stop"), format!("{here}?do=delete"));
    let edit = format!("{base}/edit");
    let link = move |verb: Verb, href: String, class: &'static str, icon: &'static str, label: &'static str| match why(verb) {
        None => view! { <a class=class href=href><Icon name=icon/>{label}</a> }.into_any(),
        Some(reason) => {
            let told = format!(". {reason}");
            view! { <button type="button" class="btn" aria-disabled="true" title=reason><Icon name=icon/>{label}<span class="sr-only">{told}</span></button> }.into_any()
        }
    };
    view! {
        {move || link(Verb::ChangeCapacity, capacity.clone(), "btn", "updown", "Change capacity…")}
        {move || link(Verb::ChangeCapacity, edit.clone(), "btn", "edit", "Edit…")}
        {move || if shows_start.get() {
            let reason = why(Verb::Start);
            let can = reason.is_none();
            view! {
                <ActionForm action=start attr:class="contents">
                    <Once done=start.version()/>
                    <input type="hidden" name="form[name]" value=move || fleet.with(|f| f.name.0.clone())/>
                    <button type="submit" class="btn btn--primary" disabled=!can title=reason aria-busy=move || start.pending().get().then_some("true")><Icon name="play"/>"Start"</button>
                </ActionForm>
            }.into_any()
        } else {
            link(Verb::Stop, stop.clone(), "btn btn--danger-quiet", "stop", "Stop…")
        }}
        <details class="relative"><summary class="btn btn--icon list-none cursor-pointer"><Icon name="more"/><span class="sr-only">"More actions"</span></summary>
            <div class="menu absolute right-0 mt-1 z-(--z-popover) w-max">{move || link(Verb::Delete, delete.clone(), "btn btn--danger-quiet", "trash", "Delete…")}</div>
        </details>
    }
}

/// What came of the acts that have no dialog, and the dialog that the URL asks for.
#[component]
pub fn Outcomes(
    /// The fleet.
    fleet: Memo<Fleet>,
    /// The page's own path.
    #[prop(into)]
    here: String,
    /// The start.
    start: ServerAction<StartFleet>,
) -> impl IntoView {
    let asked = use_query_map();
    let which = Memo::new(move |_| asked.with(|q| q.get("do").unwrap_or_default()));
    let before = StoredValue::new(left("fleet/start"));
    let asked = asked_dialog("fleets", &fleet.with_untracked(|f| f.name.0.clone()));
    let first = Resource::new_blocking(move || asked.clone(), first_dialog);
    let failed = move || match start.value().get() {
        Some(Err(AppError(failure))) => Some(failure),
        Some(Ok(())) => None,
        None => before.get_value(),
    };
    let (stop_here, capacity_here, other_here) = (here.clone(), here.clone(), here);
    view! {
        {move || failed().map(|failure| view! { <div class="px-(--gutter) pt-4"><ErrorView failure/></div> })}
        {move || match which.get().as_str() {
            "stop" => view! { <StopDialog fleet here=stop_here.clone()/> }.into_any(),
            "capacity" => view! { <CapacityDialog fleet here=capacity_here.clone()/> }.into_any(),
            _ => ().into_any(),
        }}
        <Suspense fallback=|| ()>{move || {
            let (name, here) = (fleet.with_untracked(|f| f.name.0.clone()), other_here.clone());
            Suspend::new(async move {
                let first = first.await;
                view! { <ActDialog kind="fleets" name here=Signal::stored(here) first/> }
            })
        }}</Suspense>
    }
}

/// The failure to show in a dialog: the newest answer, else what was found before sending, else what a plain post left.
fn dialog_failure(value: Signal<Option<Result<(), AppError>>>, local: RwSignal<Option<Failure>>) -> Signal<Option<Failure>> {
    Signal::derive(move || local.get().or_else(|| value.with(|v| v.as_ref().and_then(|r| r.as_ref().err()).map(|e| e.0.clone()))))
}

fn field(failure: Signal<Option<Failure>>, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || failure.get().and_then(|f| AppError(f).at(name)))
}

fn whole(failure: Signal<Option<Failure>>) -> impl Fn() -> Option<AnyView> {
    move || failure.get().filter(|f| !matches!(f, Failure::Fields(_))).map(|failure| view! { <ErrorView failure/> }.into_any())
}

fn close_when_done(value: Signal<Option<Result<(), AppError>>>, here: String) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        if value.with(|v| matches!(v, Some(Ok(_)))) {
            navigate(&here, NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
}

#[component]
fn StopDialog(fleet: Memo<Fleet>, here: String) -> impl IntoView {
    let live = use_live();
    let action = ServerAction::<StopFleet>::new();
    let answer = Signal::derive(move || action.value().get());
    let local = RwSignal::new(left("fleet/stop"));
    let failure = dialog_failure(answer, local);
    close_when_done(answer, here.clone());
    let name = fleet.with_untracked(|f| f.name.0.clone());
    let people = Memo::new(move |_| live.estate.with(|e| fleet.with(|f| e.connected_on(f))));
    let asks = Memo::new(move |_| people.get() >= CONFIRM_FROM);
    let check = move |ev: leptos::ev::SubmitEvent| {
        local.set(None);
        if let Ok(StopFleet { form, .. }) = StopFleet::from_event(&ev)
            && let Err(errors) = form.parse_stop(people.get_untracked())
        {
            ev.prevent_default();
            ev.stop_immediate_propagation();
            local.set(Some(Failure::Fields(errors)));
        }
    };
    let typed = use_flash("fleet/stop").and_then(|f| f.entries.get("confirm").cloned()).unwrap_or_default();
    let hidden = name.clone();
    let label = format!("Type {name} to confirm");
    let close = here.clone();
    view! {
        <Dialog title=format!("Stop {name}?") close=Signal::derive(move || close.clone())>
            <ActionForm action on:submit:capture=check attr:class="contents" attr:novalidate=true>
                <Once done=action.version()/>
                <div class="dlg-b grid gap-4">
                    <p id="dialog-consequence">{move || match people.get() {
                        0 => view! { "Nobody is connected. No session can start until the fleet runs again." }.into_any(),
                        n => view! { <strong>{if n == 1 { "1 person is connected and will be cut off at once.".to_owned() } else { format!("{n} people are connected and will be cut off at once.") }}</strong>" They get no warning, and work they haven’t saved is lost." }.into_any(),
                    }}</p>
                    <input type="hidden" name="form[name]" value=hidden/>
                    {move || asks.get().then(|| view! { <TextField form="form" name="confirm" label=label.clone() error=field(failure, "confirm") value=typed.clone()/> })}
                    {whole(failure)}
                    <AsCode calls=vec![Call::new("StopFleet", &[("Name", &name)])]/>
                </div>
                <div class="dlg-f"><ActsIn/><span class="ml-auto"></span><a class="btn" href=here>"Cancel"</a>
                    <button type="submit" class="btn btn--danger" aria-busy=move || action.pending().get().then_some("true")>"Stop fleet"</button></div>
            </ActionForm>
        </Dialog>
    }
    .into_any()
}

#[component]
fn CapacityDialog(fleet: Memo<Fleet>, here: String) -> impl IntoView {
    let action = ServerAction::<ChangeCapacity>::new();
    let answer = Signal::derive(move || action.value().get());
    let local = RwSignal::new(left("fleet/capacity"));
    let failure = dialog_failure(answer, local);
    close_when_done(answer, here.clone());
    let now = fleet.get_untracked();
    let seats = now.seats();
    let current = seats.desired.unwrap_or(seats.max);
    let first = use_flash("fleet/capacity").and_then(|f| f.entries.get("seats").cloned()).unwrap_or_else(|| current.to_string());
    let typed = RwSignal::new(first.clone());
    let check = move |ev: leptos::ev::SubmitEvent| {
        local.set(None);
        if let Ok(ChangeCapacity { form, .. }) = ChangeCapacity::from_event(&ev)
            && let Err(errors) = form.parse(&fleet.get_untracked())
        {
            ev.prevent_default();
            ev.stop_immediate_propagation();
            local.set(Some(Failure::Fields(errors)));
        }
    };
    let consequence = move || {
        let f = fleet.get();
        let s = f.seats();
        let Ok(n) = typed.get().trim().parse::<i32>() else { return "Type a number.".to_owned() };
        let unit = f.seat_unit();
        if n < s.in_use {
            format!("{} of {} are in use. Nobody is cut off: a {unit} that is in use goes when its session ends.", s.in_use, current)
        } else if f.state == FleetState::Stopped {
            format!("The fleet is stopped; it will have {n} {unit}s when it starts.")
        } else if n > current && f.fleet_type != FleetType::Elastic {
            format!("{} more are made; that takes 10 to 20 minutes on AWS.", n - current)
        } else {
            format!("{} in use, {} {unit}s at most.", s.in_use, n)
        }
    };
    let (name, unit) = (now.name.0.clone(), now.seat_unit());
    let label = format!("Number of {unit}s");
    let close = here.clone();
    let calls = {
        let (name, elastic, sessions) = (name.clone(), now.fleet_type == FleetType::Elastic, now.is_multi_session());
        Signal::derive(move || {
            // What is no number yet is left out.
            let number = typed.with(|t| t.trim().parse::<u32>().ok());
            let member = if sessions { "DesiredSessions" } else { "DesiredInstances" };
            let input = match number {
                Some(n) if elastic => json!({"Name": name, "MaxConcurrentSessions": n}),
                Some(n) => json!({"Name": name, "ComputeCapacity": {member: n}}),
                None => json!({"Name": name}),
            };
            vec![Call { operation: "UpdateFleet".to_owned(), input: input.to_string() }]
        })
    };
    view! {
        <Dialog title=format!("Change capacity of {name}") close=Signal::derive(move || close.clone())>
            <ActionForm action on:submit:capture=check attr:class="contents" attr:novalidate=true>
                <Once done=action.version()/>
                <div class="dlg-b grid gap-4">
                    <input type="hidden" name="form[name]" value=name/>
                    <TextField form="form" name="seats" label error=field(failure, "seats") value=first inputmode="numeric" typed help=format!("Now {current}; {} in use.", seats.in_use)/>
                    <p id="dialog-consequence" class="text-text-2">{consequence}</p>
                    {whole(failure)}
                    <AsCode calls/>
                </div>
                <div class="dlg-f"><ActsIn/><span class="ml-auto"></span><a class="btn" href=here>"Cancel"</a>
                    <button type="submit" class="btn btn--primary" aria-busy=move || action.pending().get().then_some("true")>"Change capacity"</button></div>
            </ActionForm>
        </Dialog>
    }
    .into_any()
}
