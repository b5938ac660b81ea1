//! Accounts, as administrators change them on the page.

use crate::support::{Console, Events, PASSWORD, location, message, text};
use axum::http::StatusCode;
use domain::account::{AccountRow, AllAccounts};
use domain::estate::LiveEvent;
use domain::role::Role;
use simulator::Seed;

async fn rows(console: &Console, cookie: &str) -> Vec<AccountRow> {
    serde_json::from_value::<AllAccounts>(console.read("/api/accounts", cookie).await).unwrap().rows
}

async fn act(console: &Console, cookie: &str, verb: &str, name: &str, more: &str) -> (StatusCode, String) {
    let (status, told) = console.call("/api/accounts/act", cookie, &format!("form[verb]={verb}&form[name]={name}{more}")).await;
    (status, told.as_str().map_or_else(|| told.to_string(), str::to_owned))
}

/// The made password that a page shows.
fn shown(page: &str) -> Option<String> {
    let at = page.split("data-handed").nth(1)?;
    Some(at.split_once('>')?.1.split('<').next()?.replace("<!>", "").trim().to_owned())
}

#[tokio::test]
async fn an_account_is_made_and_its_password_shown_once_without_scripts() {
    let console = Console::start(Seed::Empty).await;
    let cookie = console.sign_in().await;
    let page = text(console.get("/accounts", &cookie).await).await;
    assert!(page.contains("Add account…") && page.contains("Change admin…") && page.contains(">Accounts<"));
    let dialog = text(console.get("/accounts?do=add", &cookie).await).await;
    assert!(dialog.contains("form[role]") && dialog.contains("name=\"once\""));
    let form = "form[verb]=add&form[name]=ana&form[role]=help-desk&once=k1";
    let answer = console.post("/api/accounts/act", &cookie, "/accounts?do=add", form).await;
    assert_eq!(location(&answer), "/accounts");
    let page = text(console.get("/accounts", &cookie).await).await;
    let password = shown(&page).expect("it is shown");
    assert_eq!(password.len(), 20, "{password}");
    let again = text(console.get("/accounts", &cookie).await).await;
    assert!(!again.contains(&password) && again.contains("One-time password") && again.contains("help desk"));
    // It is kept nowhere, and the form sent again makes no other.
    let answer = console.post("/api/accounts/act", &cookie, "/accounts?do=add", form).await;
    assert_eq!(location(&answer), "/accounts");
    for file in std::fs::read_dir(console.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(password.len()).any(|w| w == password.as_bytes()));
    }
    let due = console.sign_in_with("ana", &password).await;
    let mine = console.choose_password(&due, &password).await;
    assert_eq!(console.get("/accounts", &mine).await.status(), StatusCode::FORBIDDEN);
    assert!(text(console.get("/accounts", &mine).await).await.contains("This needs the role administrator"));
    let taken = console.post("/api/accounts/act", &cookie, "/accounts?do=add", "form[verb]=add&form[name]=ana&form[role]=viewer").await;
    assert!(location(&taken).contains("/accounts?"));
    let page = text(console.get("/accounts?do=add", &cookie).await).await;
    assert!(page.contains("There is an account ana already. Choose another name."), "{page}");
}

#[tokio::test]
async fn every_act_on_an_account_does_what_it_says_ends_its_sign_ins_and_is_audited() {
    let console = Console::start(Seed::Empty).await;
    let (admin, ana) = (console.sign_in().await, console.sign_in_as(Role::Viewer).await);
    let mut events = Events::of(console.get(app::paths::LIVE, &ana).await);
    message(&mut events).await;
    let is_in = async |cookie: &str| console.get("/fleets", cookie).await.status() == StatusCode::OK;
    assert_eq!(act(&console, &admin, "role", "viewer", "&form[role]=operator").await, (StatusCode::OK, String::new()));
    while !matches!(message(&mut events).await, LiveEvent::SignedOut) {}
    assert!(!is_in(&ana).await);
    let enter = async || console.sign_in_with("viewer", PASSWORD).await;
    let ana = enter().await;
    assert_eq!(rows(&console, &admin).await[1].role, Role::Operator);
    assert_eq!(rows(&console, &admin).await[1].sign_ins, 1);
    assert_eq!(act(&console, &admin, "sign-out", "viewer", "").await.0, StatusCode::OK);
    assert!(!is_in(&ana).await);
    let ana = enter().await;
    assert_eq!(act(&console, &admin, "disable", "viewer", "").await.0, StatusCode::OK);
    assert!(!is_in(&ana).await && rows(&console, &admin).await[1].disabled);
    let (_, told) = console.call("/api/sign-in", "", &format!("form[user]=viewer&form[password]={}", PASSWORD.replace(' ', "+"))).await;
    assert_eq!(told, serde_json::json!("WrongPassword"), "it is not told that there is such an account");
    assert_eq!(act(&console, &admin, "enable", "viewer", "").await.0, StatusCode::OK);
    let ana = enter().await;
    let (status, ticket) = act(&console, &admin, "password", "viewer", "").await;
    assert!(status == StatusCode::OK && ticket.len() == 26 && !is_in(&ana).await);
    let all = console.read(&format!("/api/accounts?ticket={ticket}"), &admin).await;
    let password = all["handed"]["password"].as_str().unwrap().to_owned();
    console.sign_in_with("viewer", &password).await;
    let (_, told) = act(&console, &admin, "remove", "viewer", "&form[confirm]=view").await;
    assert!(told.contains("Type viewer to confirm."), "{told}");
    assert_eq!(act(&console, &admin, "remove", "viewer", "&form[confirm]=viewer").await.0, StatusCode::OK);
    assert_eq!(rows(&console, &admin).await.len(), 1);
    let acts: Vec<String> = sqlx::query_scalar(
        "select action from audit where phase = 'result' and outcome = 'done' and action like 'accounts/%' and record ->> '$.target' = 'accounts/viewer' order by seq",
    )
    .fetch_all(&console.pool)
    .await
    .unwrap();
    assert_eq!(acts, ["accounts/role", "accounts/sign-out", "accounts/disable", "accounts/enable", "accounts/password", "accounts/remove"]);
}

#[tokio::test]
async fn nobody_locks_themselves_out_and_the_last_administrator_stays() {
    let console = Console::start(Seed::Empty).await;
    let admin = console.sign_in().await;
    for (verb, more, words) in [
        ("disable", "", "lock themselves out"),
        ("remove", "&form[confirm]=admin", "lock themselves out"),
        ("role", "&form[role]=viewer", "last administrator"),
    ] {
        let (_, told) = act(&console, &admin, verb, "admin", more).await;
        assert!(told.contains(words), "{verb}: {told}");
    }
    let (_, told) = act(&console, &admin, "role", "nobody", "&form[role]=viewer").await;
    assert!(told.contains("There is no account nobody"), "{told}");
    // With another one it is possible, but one who may not sign in is none.
    let other = console.sign_in_as(Role::Administrator).await;
    assert_eq!(act(&console, &admin, "disable", "administrator", "").await.0, StatusCode::OK);
    let (_, told) = act(&console, &admin, "role", "admin", "&form[role]=viewer").await;
    assert!(told.contains("last administrator"), "{told}");
    assert_eq!(console.get("/accounts", &other).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(act(&console, &admin, "enable", "administrator", "").await.0, StatusCode::OK);
    let page = text(console.get("/accounts?do=choose&account=admin", &admin).await).await;
    assert!(page.contains("Nobody can lock themselves out."));
    assert_eq!(act(&console, &admin, "role", "admin", "&form[role]=viewer").await.0, StatusCode::OK);
    assert_eq!(console.get("/accounts", &admin).await.status(), StatusCode::SEE_OTHER, "a new role is a new sign-in");
}
