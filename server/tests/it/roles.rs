//! Every server function and every other route, as each role, against the table in [`domain::role`].

use crate::support::Console;
use axum::http::StatusCode;
use domain::role::{Right, Role};
use server::door::Accounts;
use simulator::Seed;

/// What each server function demands, and something to call it with. Acts on resources stand with one act of each right.
const FUNCTIONS: [(&str, &str, Right); 40] = [
    ("/api/frame", "", Right::Look),
    ("/api/audit", "?query=", Right::ReadAudit),
    ("/api/history/capacity", "?account=111122223333&region=us-east-1&fleet=finance-desktop&range=1h", Right::Look),
    ("/api/history/sessions", "?query=range=1h", Right::Look),
    ("/api/session/list", "?query=&start=0", Right::Look),
    ("/api/session/matching", "?query=&from=0&to=1", Right::Look),
    ("/api/session/named", "ids[0]=x", Right::Look),
    ("/api/session/expire", "form[ids][0]=00000000-0000-0000-0000-000000000000&form[confirm]=", Right::EndSessions),
    ("/api/fleet/start", "form[name]=nothing&form[confirm]=", Right::Run),
    ("/api/fleet/stop", "form[name]=nothing&form[confirm]=", Right::Run),
    ("/api/fleet/capacity", "form[name]=nothing&form[seats]=1", Right::Run),
    ("/api/image/sharing", "?query=", Right::Look),
    ("/api/image/share", "form[image]=nothing", Right::Manage),
    ("/api/resource/list", "?kind=stacks&query=&start=0&len=1", Right::Look),
    ("/api/resource/item", "?account=111122223333&region=us-east-1&kind=stacks&name=nothing", Right::Look),
    ("/api/resource/form", "?kind=stacks&name=&verb=new&query=", Right::Manage),
    ("/api/resource/code", "kind=stacks&name=&verb=new&query=", Right::Manage),
    ("/api/resource/request", "[]", Right::Look),
    ("/api/resource/act", "kind=stacks&name=&verb=new", Right::Manage),
    ("/api/resource/act", "kind=stacks&name=nothing&verb=delete", Right::Manage),
    ("/api/resource/act", "kind=stacks&name=nothing&verb=edit", Right::Run),
    ("/api/resource/act", "kind=stacks&name=nothing&verb=url", Right::MakeUrls),
    ("/api/resource/act", "kind=image-builders&name=nothing&verb=start", Right::Run),
    ("/api/resource/act", "kind=sessions&name=nothing&verb=drain", Right::EndSessions),
    ("/api/resource/act", "kind=directory-configs&name=nothing&verb=edit", Right::Manage),
    ("/api/users/import", "text=&step=", Right::Manage),
    ("/api/users/bulk", "what=enable&users=&step=", Right::Run),
    ("/api/fleets/images", "?", Right::Look),
    ("/api/fleets/rollout", "image=&step=", Right::Run),
    ("/api/jobs", "?", Right::Look),
    ("/api/jobs/one", "?id=1", Right::Look),
    // Of the act that the job does: here sessions expire.
    ("/api/jobs/steer", "id=1&steer=stop", Right::EndSessions),
    ("/api/account", "?", Right::Look),
    ("/api/account/here", "?", Right::Look),
    ("/api/account/password", "", Right::Look),
    ("/api/account/second-factor", "form[step]=cancel", Right::Look),
    ("/api/account/sign-out", "id=nothing", Right::Look),
    ("/api/accounts", "?", Right::Administer),
    ("/api/accounts/act", "form[name]=nothing&form[verb]=sign-out", Right::Administer),
    ("/api/sign-out", "", Right::Look),
];

/// Those that nobody needs to be signed in for.
const OPEN: [&str; 3] = ["/api/sign-in", "/api/sign-in/code", "/api/sign-in/entries"];

async fn called(console: &Console, cookie: &str, path: &str, with: &str) -> (StatusCode, serde_json::Value) {
    if path == "/api/resource/request" {
        return console.call_json(path, cookie, r#"{"calls":[]}"#).await;
    }
    if with.starts_with('?') || path == "/api/frame" {
        return console.ask(&format!("{path}{with}"), cookie).await;
    }
    console.call(path, cookie, with).await
}

#[tokio::test]
async fn every_function_lets_pass_whom_the_table_lets_pass() {
    let console = Console::start(Seed::Demo).await;
    let mut missing: Vec<&str> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    missing.retain(|path| !OPEN.contains(path) && FUNCTIONS.iter().all(|(row, ..)| row != path));
    assert_eq!(missing, [""; 0], "each server function has a row");
    let admin = console.sign_in().await;
    let two = "form[ids][0]=00000000-0000-0000-0000-000000000001&form[ids][1]=00000000-0000-0000-0000-000000000002";
    assert_eq!(console.call("/api/session/expire", &admin, two).await.0, StatusCode::OK, "job 1");
    for role in Role::ALL {
        let cookie = console.sign_in_as(role).await;
        for (path, with, right) in FUNCTIONS.iter().filter(|(path, ..)| *path != "/api/sign-out") {
            let (status, answer) = called(&console, &cookie, path, with).await;
            let refused = status == StatusCode::FORBIDDEN;
            assert_eq!(refused, !role.may(*right), "{path} {with} as {}: {status} {answer}", role.words());
            assert_eq!(answer.to_string().contains("NotAllowed"), refused, "{path} says why: {answer}");
        }
        let csv = format!("{}?fleet=finance-desktop", app::paths::CAPACITY_CSV);
        for route in [app::paths::LIVE, &csv, app::paths::SESSIONS_CSV, "/", "/fleets", "/sessions", "/images"] {
            assert_eq!(console.get(route, &cookie).await.status(), StatusCode::OK, "{route} as {}", role.words());
        }
        for route in [app::paths::AUDIT_CSV, app::paths::AUDIT_JSON] {
            let expected = if role.may(Right::ReadAudit) { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(console.get(route, &cookie).await.status(), expected, "{route} as {}", role.words());
        }
        assert!(console.call("/api/sign-out", &cookie, "").await.0 != StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn buttons_say_which_role_they_need() {
    let console = Console::start(Seed::Demo).await;
    let viewer = console.sign_in_as(Role::Viewer).await;
    let list = console.read("/api/resource/list?kind=users&query=&start=0&len=5", &viewer).await;
    assert!(list["bulk"].is_null(), "nothing to do with many");
    for act in list["acts"].as_array().unwrap() {
        assert_eq!(act["why_not"], "This needs the role administrator; yours is viewer.", "{act}");
    }
    let page = crate::support::text(console.get("/111122223333/us-east-1/fleets/finance-desktop", &viewer).await).await;
    assert!(page.contains("This needs the role operator; yours is viewer."));
    let operator = console.sign_in_as(Role::Operator).await;
    let page = crate::support::text(console.get("/111122223333/us-east-1/fleets/finance-desktop", &operator).await).await;
    assert!(
        !page.contains("This needs the role operator") && page.contains("This needs the role administrator"),
        "it may stop, not delete"
    );
}

#[tokio::test]
async fn who_is_changed_is_signed_out_at_once_and_the_last_administrator_stays() {
    let console = Console::start(Seed::Empty).await;
    let accounts = Accounts(console.pool.clone());
    let cookie = console.sign_in_as(Role::Operator).await;
    assert_eq!(console.get("/fleets", &cookie).await.status(), StatusCode::OK);
    accounts.set_role("operator", Role::Viewer).await.unwrap();
    assert_eq!(console.get("/fleets", &cookie).await.status(), StatusCode::SEE_OTHER);
    assert!(accounts.remove("admin").await.unwrap_err().contains("last administrator"));
    assert!(accounts.set_role("admin", Role::Viewer).await.unwrap_err().contains("last administrator"));
    assert!(accounts.add("operator", Role::Viewer).await.unwrap_err().contains("already"));
    assert!(accounts.add("Ana Silva", Role::Viewer).await.unwrap_err().contains("cannot be an account’s name"));
    assert!(accounts.renew("nobody").await.unwrap_err().contains("There is no account nobody"));
    assert_eq!(accounts.list().await.unwrap(), [("admin".into(), Role::Administrator), ("operator".into(), Role::Viewer)]);
    let password = accounts.renew("operator").await.unwrap();
    assert_eq!(format!("{password:?}"), "Password(…)");
    let cookie = console.sign_in_with("operator", password.reveal()).await;
    accounts.remove("operator").await.unwrap();
    assert_eq!(console.get("/fleets", &cookie).await.status(), StatusCode::SEE_OTHER);
}

#[test]
fn the_documentation_has_the_table() {
    let text = include_str!("../../docs/roles.md");
    assert!(text.contains(&domain::role::table()), "put this into server/docs/roles.md:\n{}", domain::role::table());
}
