//! Who somebody is: passwords, one-time passwords, sign-ins and their end.

use crate::support::{Console, Events, PASSWORD, cookie, location, message, password_form, text};
use axum::http::{StatusCode, header};
use domain::account::OwnAccount;
use domain::estate::LiveEvent;
use domain::role::Role;
use server::door::Accounts;
use simulator::Seed;

const NEW: &str = "zwölf Töpfe am Herd";

async fn own(console: &Console, cookie: &str) -> OwnAccount {
    serde_json::from_value(console.read("/api/account", cookie).await).unwrap()
}

async fn is_signed_in(console: &Console, cookie: &str) -> bool {
    console.get("/fleets", cookie).await.status() == StatusCode::OK
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_its_change() {
    let console = Console::start(Seed::Demo).await;
    let made = Accounts(console.pool.clone()).add("ana", Role::Administrator).await.unwrap();
    let form = format!("form[user]=ana&form[password]={}&form[to]=/fleets?state=running", made.reveal());
    let answer = console.post("/api/sign-in", "", "/sign-in", &form).await;
    assert_eq!(location(&answer), "/account/password?to=/fleets%3Fstate%3Drunning");
    let due = cookie(&answer);
    for page in leptos_axum::generate_route_list(app::App) {
        let path = page.path().replace("{*any}", "nowhere").replace(['{', '}'], "x");
        if [app::paths::SIGN_IN, app::paths::SIGN_IN_CODE, app::paths::NEW_PASSWORD].contains(&path.as_str()) {
            continue;
        }
        let answer = console.get(&path, &due).await;
        assert!(location(&answer).starts_with("/account/password"), "{path}: {}", answer.status());
    }
    for (path, method) in server_fn::axum::server_fn_paths() {
        if server::http::guard::OPEN.contains(&path) || server::http::guard::DUE.contains(&path) {
            continue;
        }
        let get = method == axum::http::Method::GET;
        let (status, told) = if get { console.ask(path, &due).await } else { console.call(path, &due, "").await };
        assert_eq!((status, told), (StatusCode::FORBIDDEN, serde_json::json!("PasswordDue")), "{path}");
    }
    for path in [app::paths::LIVE, app::paths::SESSIONS_CSV, app::paths::AUDIT_CSV] {
        assert_eq!(
            console.ask(path, &due).await.0,
            if path.starts_with("/api") { StatusCode::FORBIDDEN } else { StatusCode::SEE_OTHER },
            "{path}"
        );
    }
    let page = text(console.get("/account/password?to=/fleets", &due).await).await;
    assert!(page.contains("Choose a password") && page.contains("value=\"/fleets\"") && !page.contains("finance"), "{page}");
    let to = format!("{}&form[to]=/fleets", password_form(made.reveal(), NEW));
    let changed = console.post("/api/account/password", &due, "/account/password", &to).await;
    assert_eq!(location(&changed), "/fleets");
    let mine = cookie(&changed);
    assert_ne!(mine, due, "a new id");
    assert!(is_signed_in(&console, &mine).await && !is_signed_in(&console, &due).await);
    assert!(is_signed_in(&console, &console.sign_in_with("ana", &app::paths::encode(NEW)).await).await);
    let again = Accounts(console.pool.clone()).renew("ana").await.unwrap();
    assert!(!is_signed_in(&console, &mine).await, "another password ends all sign-ins");
    let due = console.sign_in_with("ana", again.reveal()).await;
    assert!(!is_signed_in(&console, &due).await, "it is for one time again");
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_ends_the_other_sign_ins() {
    let console = Console::start(Seed::Empty).await;
    let (here, elsewhere) = (console.sign_in().await, console.sign_in().await);
    for (current, new, repeat, field, words) in [
        ("", NEW, NEW, "current_password", "Enter the password"),
        ("wrong", NEW, NEW, "current_password", "not your password"),
        (PASSWORD, "short", "short", "new_password", "at least 12"),
        (PASSWORD, NEW, "other", "repeat_password", "differs"),
        (PASSWORD, PASSWORD, PASSWORD, "new_password", "another one"),
        (PASSWORD, "password1234", "password1234", "new_password", "first that are guessed"),
        (PASSWORD, "administrator-admin", "administrator-admin", "new_password", "name of its account"),
    ] {
        let form = password_form(current, new).replace(
            &format!("form[repeat_password]={}", app::paths::encode(new)),
            &format!("form[repeat_password]={}", app::paths::encode(repeat)),
        );
        let (_, told) = console.call("/api/account/password", &here, &form).await;
        let told = told.to_string();
        assert!(told.contains(field) && told.contains(words), "{current} {new}: {told}");
    }
    // Without scripts: the page says it, and nothing that was typed is in it.
    let answer = console.post("/api/account/password", &here, "/account", &password_form("wrong-canary", NEW)).await;
    assert!(location(&answer).contains("/account?"), "{}", location(&answer));
    let page = text(console.get("/account", &here).await).await;
    assert!(page.contains("This is not your password.") && !page.contains("wrong-canary"), "{page}");
    let answer = console.post("/api/account/password", &here, "/account", &password_form(PASSWORD, NEW)).await;
    let mine = cookie(&answer);
    assert!(text(console.get("/account", &mine).await).await.contains("Your password is changed."));
    for (cookie, stays) in [(&mine, true), (&here, false), (&elsewhere, false)] {
        assert_eq!(is_signed_in(&console, cookie).await, stays);
    }
    let told: Vec<(String, String)> =
        sqlx::query_as("select action, outcome from audit where phase = 'result' and action like 'account%' order by seq desc limit 2")
            .fetch_all(&console.pool)
            .await
            .unwrap();
    assert_eq!(told, [("account/password".into(), "done".into()), ("account/password".into(), "failed".into())]);
}

#[tokio::test]
async fn ones_own_sign_ins_are_listed_and_ended_one_or_all() {
    let console = Console::start(Seed::Empty).await;
    let (here, other, third) = (console.sign_in().await, console.sign_in().await, console.sign_in().await);
    let role = console.sign_in_as(Role::Viewer).await;
    let all = own(&console, &here).await.sign_ins;
    assert_eq!((all.len(), all.iter().filter(|s| s.here).count()), (3, 1));
    let page = text(console.get("/account", &here).await).await;
    assert!(page.contains("this one") && page.contains("Sign out everywhere") && page.contains("1 h 00 m"), "{page}");
    let there = own(&console, &other).await.sign_ins.into_iter().find(|s| s.here).unwrap();
    // Somebody else's are not theirs to end.
    console.call("/api/account/sign-out", &role, &format!("id={}", there.id)).await;
    assert!(is_signed_in(&console, &other).await);
    let (status, told) = console.call("/api/account/sign-out", &here, &format!("id={}", there.id)).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    for (cookie, stays) in [(&other, false), (&here, true), (&third, true)] {
        assert_eq!(is_signed_in(&console, cookie).await, stays);
    }
    let answer = console.post("/api/account/sign-out", &here, "/account", "").await;
    assert_eq!(location(&answer), app::paths::SIGN_IN);
    for cookie in [&here, &third] {
        assert!(!is_signed_in(&console, cookie).await);
    }
    assert!(is_signed_in(&console, &role).await, "everywhere is one's own everywhere");
}

#[tokio::test]
async fn a_sign_in_ends_when_nobody_does_anything_and_when_it_is_old() {
    let console = Console::start(Seed::Empty).await;
    let cookie = console.sign_in().await;
    let left = async |column: &str| -> i64 {
        let sql = match column {
            "idle" => "select expires - unixepoch() from sessions where account = 'admin'",
            _ => "select ends - unixepoch() from sessions where account = 'admin'",
        };
        sqlx::query_scalar(sql).fetch_one(&console.pool).await.unwrap()
    };
    let set = async |sql: &'static str| sqlx::query(sql).execute(&console.pool).await.map(drop).unwrap();
    assert!((3_595..=3_600).contains(&left("idle").await) && (43_195..=43_200).contains(&left("most").await));
    // Half an hour later: what a page asks by itself does not count, what somebody does counts.
    let half = "update sessions set seen = seen - 1800, expires = expires - 1800";
    set(half).await;
    console.read("/api/frame", &cookie).await;
    assert!(left("idle").await <= 1_800, "a page alone is nobody");
    console.read("/api/account/here", &cookie).await;
    assert!(left("idle").await >= 3_595);
    set(half).await;
    assert!(is_signed_in(&console, &cookie).await);
    assert!(left("idle").await >= 3_595);
    // Whatever somebody does, it ends when it is old.
    set("update sessions set ends = unixepoch() + 60, seen = seen - 100").await;
    assert!(is_signed_in(&console, &cookie).await);
    assert!(left("idle").await <= 60);
    set("update sessions set expires = unixepoch() - 1").await;
    let answer = console.get("/sessions?q=ana%26b&state=active", &cookie).await;
    assert_eq!(location(&answer), "/sign-in?to=/sessions%3Fq%3Dana%2526b%26state%3Dactive", "and back to the same place");
    let cookie = answer.headers().get(header::SET_COOKIE);
    assert!(cookie.is_none_or(|c| !c.to_str().unwrap().contains("Max-Age=2")), "{cookie:?}");
}

#[tokio::test]
async fn a_stream_ends_at_once_with_its_sign_in() {
    let console = Console::start(Seed::Empty).await;
    let (here, other) = (console.sign_in().await, console.sign_in().await);
    let mut events = Events::of(console.get(app::paths::LIVE, &other).await);
    assert!(matches!(message(&mut events).await, LiveEvent::Full(_)));
    let began = std::time::Instant::now();
    let there = own(&console, &other).await.sign_ins.into_iter().find(|s| s.here).unwrap();
    console.call("/api/account/sign-out", &here, &format!("id={}", there.id)).await;
    while !matches!(message(&mut events).await, LiveEvent::SignedOut) {}
    assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(events.next().await.is_none());
}
