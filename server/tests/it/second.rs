//! The second factor: set up, asked, taken once, bounded, reset.

use crate::support::{Console, PASSWORD, cookie, location, text};
use axum::http::{Response, StatusCode};
use simulator::Seed;
use totp_rs::{Builder, Secret, Totp};

fn now() -> u64 {
    u64::try_from(time::OffsetDateTime::now_utc().unix_timestamp()).unwrap()
}

/// The code of the time step `ahead` of now; at most one is taken.
fn code(totp: &Totp, ahead: u64) -> String {
    totp.generate(now() + 30 * ahead).to_string()
}

async fn step(console: &Console, cookie: &str, form: &str) -> (StatusCode, String) {
    let (status, told) = console.call("/api/account/second-factor", cookie, form).await;
    (status, told.as_str().map_or_else(|| told.to_string(), str::to_owned))
}

/// Sets one up without scripts; the authenticator and the recovery codes.
async fn set_up(console: &Console, here: &str) -> (Totp, Vec<String>) {
    let password = format!("form[step]=begin&form[current_password]={}", PASSWORD.replace(' ', "+"));
    console.post("/api/account/second-factor", here, "/account", &password).await;
    let page = text(console.get("/account", here).await).await;
    let secret = page.split("data-secret").nth(1).unwrap().split_once('>').unwrap().1.split('<').next().unwrap().replace(' ', "");
    assert!(page.contains("otpauth://totp/") && page.contains("viewBox=\"-4 -4 ") && page.contains("M0 0h1v1h-1z"));
    let totp = Builder::new().with_secret(Secret::try_from_base32(&secret).unwrap()).with_account_name("admin").build().unwrap();
    let form = format!("form[step]=confirm&form[code]={}", code(&totp, 0));
    console.post("/api/account/second-factor", here, "/account", &form).await;
    let page = text(console.get("/account", here).await).await;
    let listed = page.split("data-codes").nth(1).expect("they are shown").split("</ul>").next().unwrap();
    let codes: Vec<String> = listed.split("<code>").skip(1).map(|c| c.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    assert!(!text(console.get("/account", here).await).await.contains(&codes[0]), "this once");
    (totp, codes)
}

async fn password(console: &Console) -> Response<axum::body::Body> {
    let form = format!("form[user]=admin&form[password]={}&form[to]=/fleets", PASSWORD.replace(' ', "+"));
    console.post("/api/sign-in", "", "/sign-in", &form).await
}

async fn enter(console: &Console, half: &str, code: &str) -> Response<axum::body::Body> {
    console.post("/api/sign-in/code", half, "/sign-in/code?to=/fleets", &format!("form[code]={code}&form[to]=/fleets")).await
}

#[tokio::test]
async fn a_code_is_asked_after_the_password_and_taken_once() {
    let console = Console::start(Seed::Empty).await;
    let here = console.sign_in().await;
    let (totp, codes) = set_up(&console, &here).await;
    let answer = password(&console).await;
    assert_eq!(location(&answer), "/sign-in/code?to=/fleets");
    let half = cookie(&answer);
    assert!(text(console.get("/sign-in/code?to=/fleets", &half).await).await.contains("Enter your code"));
    assert_eq!(console.get("/fleets", &half).await.status(), StatusCode::SEE_OTHER, "half is nothing");
    assert_eq!(console.ask(app::paths::LIVE, &half).await.0, StatusCode::UNAUTHORIZED);
    // Nor does whoever was signed in in this browser stay signed in, out of reach of the list.
    let form = format!("form[user]=admin&form[password]={}&form[to]=/fleets", PASSWORD.replace(' ', "+"));
    let other = cookie(&console.post("/api/sign-in", &here, "/sign-in", &form).await);
    for cookie in [&here, &other] {
        assert_eq!(console.get("/fleets", cookie).await.status(), StatusCode::SEE_OTHER);
    }
    // The code that confirmed it is used up; the page says so.
    let answer = enter(&console, &half, &code(&totp, 0)).await;
    assert!(location(&answer).contains("/sign-in/code"), "{}", location(&answer));
    assert!(text(console.get("/sign-in/code?to=/fleets", &half).await).await.contains("That code is not right, or it was used already"));
    let answer = enter(&console, &half, &code(&totp, 1)).await;
    assert_eq!(location(&answer), "/fleets");
    let whole = cookie(&answer);
    assert_ne!(whole, half, "a new id");
    assert_eq!(console.get("/fleets", &whole).await.status(), StatusCode::OK);
    // A recovery code, once; in any writing.
    let half = cookie(&password(&console).await);
    let answer = enter(&console, &half, &codes[0].to_uppercase().replace('-', "+")).await;
    assert_eq!(location(&answer), "/fleets");
    let half = cookie(&password(&console).await);
    assert!(location(&enter(&console, &half, &codes[0]).await).contains("/sign-in/code"));
    // Without the password before, no code is of use.
    assert!(location(&enter(&console, "", &codes[1]).await).contains("/sign-in"));
    let told: Vec<(String, String)> =
        sqlx::query_as("select who, outcome from audit where action like 'sign-in%' order by seq").fetch_all(&console.pool).await.unwrap();
    let told: Vec<&str> = told.iter().map(|(_, outcome)| outcome.as_str()).collect();
    assert_eq!(told, ["done", "partly", "partly", "failed", "done", "partly", "done", "partly", "failed", "failed"]);
    // Nothing of it is in the database.
    let secret = totp.secret().to_base32();
    for file in std::fs::read_dir(console.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let found = |what: &[u8]| bytes.windows(what.len()).any(|w| w == what);
        assert!(!found(secret.as_bytes()) && !found(totp.secret().as_ref()) && !found(codes[1].replace('-', "").as_bytes()));
    }
}

#[tokio::test]
async fn guessing_codes_is_bounded_wherever_it_comes_from_and_an_administrator_resets() {
    let console = Console::start(Seed::Empty).await;
    let here = console.sign_in().await;
    set_up(&console, &here).await;
    let half = cookie(&password(&console).await);
    for _ in 0..server::door::guesses::BURST.get() {
        console.call("/api/sign-in/code", &half, "form[code]=000000").await;
        // The right password in between changes nothing.
        password(&console).await;
    }
    let (_, told) = console.call("/api/sign-in/code", &half, "form[code]=000000").await;
    assert!(told.to_string().contains("TooManyAttempts"), "{told}");
    let all = console.read("/api/accounts", &here).await;
    assert_eq!(all["rows"][0]["second_factor"], true);
    let (status, told) = console.call("/api/accounts/act", &here, "form[verb]=second-factor&form[name]=admin").await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(console.get("/fleets", &here).await.status(), StatusCode::SEE_OTHER, "it signs out");
    let (_, told) = console.call("/api/sign-in/code", &half, "form[code]=000000").await;
    assert!(told.to_string().contains("SignedOut"), "whoever was between password and code begins anew: {told}");
    assert_eq!(location(&password(&console).await), "/fleets");
}

#[tokio::test]
async fn it_is_changed_by_who_knows_the_password() {
    let console = Console::start(Seed::Empty).await;
    let here = console.sign_in().await;
    for (form, words) in [
        ("form[step]=begin", "Enter the password"),
        ("form[step]=begin&form[current_password]=wrong", "not your password"),
        ("form[step]=confirm", "Enter the code"),
        ("form[step]=confirm&form[code]=123456", "not right"),
        ("form[step]=off&form[current_password]=x", "no second factor"),
        ("form[step]=dance", "Choose what to do"),
    ] {
        let (_, told) = step(&console, &here, form).await;
        assert!(told.contains(words), "{form}: {told}");
    }
    let (_, codes) = set_up(&console, &here).await;
    let with = |step: &str, password: &str| format!("form[step]={step}&form[current_password]={}", password.replace(' ', "+"));
    assert!(step(&console, &here, &with("begin", PASSWORD)).await.1.contains("has a second factor already"));
    let (status, ticket) = step(&console, &here, &with("codes", PASSWORD)).await;
    assert_eq!((status, ticket.len()), (StatusCode::OK, 26));
    let own = console.read(&format!("/api/account?ticket={ticket}"), &here).await;
    assert_eq!(own["codes"].as_array().unwrap().len(), 10);
    let half = cookie(&password(&console).await);
    assert!(location(&enter(&console, &half, &codes[0]).await).contains("/sign-in/code"), "those of before are void");
    assert!(step(&console, &here, &with("off", "wrong")).await.1.contains("not your password"));
    assert_eq!(step(&console, &here, &with("off", PASSWORD)).await.0, StatusCode::OK);
    assert_eq!(location(&password(&console).await), "/fleets");
}
