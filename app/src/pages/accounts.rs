//! `/accounts`: who may use the console, and as what. Acts are dialogs: `?do=role&account=ana`.

use crate::api::accounts::{AccountAct, accounts_page};
use crate::error::AppError;
use crate::pages::resources::cell::act_link;
use crate::pages::resources::item::section;
use crate::parts::error_view::ErrorView;
use crate::parts::frame::{use_flash, use_user};
use crate::parts::once::Once;
use crate::paths::{self, ACCOUNTS};
use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use crate::ui::text_field::TextField;
use domain::account::{AccountRow, AllAccounts, Handed, Verb};
use domain::failure::Failure;
use domain::form::Flash;
use domain::resource::{ActLink, Cell, Section, Weight};
use domain::role::{Right, Role};
use leptos::form::{ActionForm, FromFormData};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What opens the choice of acts on an account.
const CHOOSE: &str = "choose";

/// The page.
#[component]
pub fn AccountsPage() -> impl IntoView {
    let action = ServerAction::<AccountAct>::new();
    let left = Verb::ALL.into_iter().find_map(|verb| use_flash(&format!("accounts/{}", verb.slug())));
    let first = left.as_ref().filter(|f| f.failure.is_none()).and_then(|f| serde_json::from_str::<String>(&f.outcome).ok());
    let left = StoredValue::new(left);
    // Asked anew after what was done; what was refused leaves the page, and the dialog with what was entered, as it is.
    let asked = Memo::new(move |before: Option<&(usize, String)>| match (action.value().get(), before) {
        (Some(Ok(ticket)), before) => (before.map_or(0, |b| b.0) + 1, ticket),
        (_, Some(before)) => before.clone(),
        (_, None) => (0, first.clone().unwrap_or_default()),
    });
    let told = Resource::new_blocking(move || asked.get(), |(_, ticket)| accounts_page(ticket));
    view! {
        <Title text="Accounts · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-2"><h1 class="h1">"Accounts"</h1></div>
            <div class="px-(--gutter) pt-2 pb-8 grid gap-6 min-w-0">
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        match told.await {
                            Ok(all) => view! { <Shown all action left/> }.into_any(),
                            Err(error) => view! { <ErrorView failure=error.0/> }.into_any(),
                        }
                    })}
                </Transition>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Shown(all: AllAccounts, action: ServerAction<AccountAct>, left: StoredValue<Option<Flash>>) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|q| (q.get("do").unwrap_or_default(), q.get("account").unwrap_or_default())));
    let rows = StoredValue::new(all.rows.clone());
    let dialog = move || {
        let (verb, name) = asked.get();
        let row = rows.with_value(|rows| rows.iter().find(|row| row.name == name).cloned());
        match (Verb::parse(&verb), row) {
            (Some(Verb::Add), _) => {
                Some(view! { <ActDialog verb=Verb::Add name=String::new() role=Role::default() action left/> }.into_any())
            }
            (Some(verb), Some(row)) => Some(view! { <ActDialog verb name=row.name role=row.role action left/> }.into_any()),
            (None, Some(row)) if verb == CHOOSE => Some(view! { <Choice row/> }.into_any()),
            _ => None,
        }
    };
    view! { {all.handed.map(handed)} {section(table(all.rows))} {dialog} }
}

/// A password that is shown once.
fn handed(handed: Handed) -> AnyView {
    view! {
        <div class="banner t-ok" role="status"><Icon name="key"/><div class="flex-1 min-w-0">
            <strong>{format!("The one-time password of {} is ", handed.name)}<code class="break-all" data-handed>{handed.password}</code></strong>
            <p class="text-text-2">"It is shown this once. Hand it over in person or by a safe way; it is changed at the next sign-in."</p></div></div>
    }
    .into_any()
}

fn link(label: String, verb: &str, name: &str, weight: Weight, why_not: Option<&str>) -> ActLink {
    let pairs = [("do", verb), ("account", name)].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let pairs: Vec<(String, String)> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    ActLink { label, href: paths::with_query(ACCOUNTS, &pairs), weight, why_not: why_not.map(str::to_owned), right: Right::Administer }
}

fn table(rows: Vec<AccountRow>) -> Section {
    let tag =
        |tone: &str, text: &str, title: &str| Cell::Tag { tone: tone.into(), glyph: String::new(), text: text.into(), title: title.into() };
    let row = |row: AccountRow| {
        let state = match &row {
            row if row.disabled => tag("t-off", "Disabled", "It may not sign in"),
            row if row.one_time => tag("t-warn", "One-time password", "Its password is changed at the next sign-in"),
            row if row.single => tag("t-off", "Single sign-on", "Its role is its groups’"),
            _ => Cell::None,
        };
        let cells = vec![
            Cell::Text(row.name.clone()),
            Cell::Text(row.role.words().to_owned()),
            state,
            if row.second_factor { Cell::Text("yes".into()) } else { Cell::Text("no".into()) },
            Cell::Text(row.sign_ins.to_string()),
            row.signed_in.map_or(Cell::None, Cell::Time),
        ];
        (cells, vec![link(format!("Change {}…", row.name), CHOOSE, &row.name, Weight::Plain, None)])
    };
    Section {
        title: "Who may use the console".into(),
        columns: ["Name", "Role", "State", "Second factor", "Signed in now", "Last sign-in"].map(str::to_owned).to_vec(),
        rows: rows.into_iter().map(row).collect(),
        acts: vec![link("Add account…".into(), Verb::Add.slug(), "", Weight::Primary, None)],
        ..Section::default()
    }
}

/// What can be done with an account.
#[component]
fn Choice(row: AccountRow) -> impl IntoView {
    let by = use_user();
    let acts = Verb::ALL
        .into_iter()
        .filter(|verb| verb.is_for(&row))
        .map(|verb| {
            let weight = if verb.is_danger() { Weight::Danger } else { Weight::Plain };
            act_link(link(format!("{}…", verb.words()), verb.slug(), &row.name, weight, verb.why_not(&row, &by)), false)
        })
        .collect_view();
    view! {
        <Dialog title=format!("Change {}", row.name) close=Signal::stored(ACCOUNTS.to_owned())>
            <div class="dlg-b grid gap-3"><p id="dialog-consequence" class="text-text-2">"Each of them says what comes of it before it is done."</p><div class="flex flex-wrap gap-2">{acts}</div></div>
            <div class="dlg-f"><span class="ml-auto"></span><a class="btn" href=ACCOUNTS>"Cancel"</a></div>
        </Dialog>
    }
}

#[component]
fn ActDialog(verb: Verb, name: String, role: Role, action: ServerAction<AccountAct>, left: StoredValue<Option<Flash>>) -> impl IntoView {
    let left = left.get_value().filter(|f| f.failure.is_some() && f.form == format!("accounts/{}", verb.slug()));
    let typed = left.as_ref().and_then(|f| f.entries.get("name").cloned()).unwrap_or_default();
    let role = left.as_ref().and_then(|f| Role::parse(f.entries.get("role")?)).unwrap_or(role);
    let local = RwSignal::new(left.and_then(|f| f.failure));
    // What an earlier dialog came to is not this one's.
    let began = action.version().get_untracked();
    let failure = Memo::new(move |_| match action.value().get().filter(|_| action.version().get() != began) {
        Some(Err(AppError(failure))) => Some(failure),
        Some(Ok(_)) => None,
        None => local.get(),
    });
    let at = move |field: &'static str| Signal::derive(move || failure.get().and_then(|f| AppError(f).at(field)));
    let whole = move || failure.get().filter(|f| !matches!(f, Failure::Fields(_)));
    let check = move |ev: leptos::ev::SubmitEvent| {
        if let Ok(typed) = AccountAct::from_event(&ev)
            && let Err(errors) = typed.form.parse()
        {
            ev.prevent_default();
            ev.stop_immediate_propagation();
            action.clear();
            local.set(Some(Failure::Fields(errors)));
        }
    };
    let whose = if verb == Verb::Add {
        view! { <TextField form="form" name="name" label="Name" error=at("name") value=typed help="Small letters, digits, dots, dashes, underscores and @."/> }.into_any()
    } else {
        view! { <input type="hidden" name="form[name]" value=name.clone()/> }.into_any()
    };
    let roles = matches!(verb, Verb::Add | Verb::Role).then(|| {
        let options = Role::ALL.map(|one| view! { <option value=one.slug() selected=one == role>{one.words()}</option> });
        view! { <div class="field"><label for="form-role">"Role"</label><div class="input"><select id="form-role" name="form[role]">{options}</select></div></div> }
    });
    let confirm = (verb == Verb::Remove).then(|| {
        let label = format!("Type {name} to confirm");
        view! { <TextField form="form" name="confirm" label error=at("confirm")/> }
    });
    let title = if verb == Verb::Add { verb.words().to_owned() } else { format!("{}: {name}", verb.words()) };
    let class = if verb.is_danger() { "btn btn--danger" } else { "btn btn--primary" };
    view! {
        <Dialog title close=Signal::stored(ACCOUNTS.to_owned())>
            <ActionForm action on:submit:capture=check attr:class="contents" attr:novalidate=true>
                <Once done=action.version()/>
                <input type="hidden" name="form[verb]" value=verb.slug()/>
                <div class="dlg-b grid gap-4">
                    <p id="dialog-consequence" class="text-text-2">{verb.consequence()}</p>
                    {whose}{roles}{confirm}
                    {move || whole().map(|failure| view! { <ErrorView failure/> })}
                </div>
                <div class="dlg-f"><span class="ml-auto"></span><a class="btn" href=ACCOUNTS>"Cancel"</a>
                    <button type="submit" class=class aria-busy=move || action.pending().get().then_some("true")>{verb.words()}</button></div>
            </ActionForm>
        </Dialog>
    }
}
