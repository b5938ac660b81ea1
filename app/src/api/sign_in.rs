//! Signing in and out. The only server functions an anonymous visitor may call.

use crate::error::AppError;
use domain::account::CodeForm;
use domain::form::SignInForm;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Signs in and goes to `form.to`. On failure the user name is kept, the password is not.
#[server(endpoint = "sign-in")]
pub async fn sign_in(form: SignInForm) -> Result<(), AppError> {
    use crate::ctx;
    use domain::failure::Failure;
    use domain::form::{Flash, safe_return};
    use domain::operator::Operator;

    let session = ctx::web_session().await?;
    let parts = ctx::parts()?;
    let checked: Result<Operator, Failure> = match form.parse() {
        Ok(()) => parts.door.check(form.user.trim(), &form.password, &ctx::client_address()).await,
        Err(errors) => Err(Failure::Fields(errors)),
    };
    let asks = match &checked {
        Ok(operator) => parts.door.asks_code(&operator.user).await?,
        Err(_) => false,
    };
    let checked = recorded(&parts, form.user.trim(), checked, asks).await;
    let to = safe_return(&form.to);
    match checked {
        Ok(operator) if asks => {
            half::keep(&session, operator.user).await?;
            leptos_axum::redirect(&crate::paths::sign_in_code(to));
            Ok(())
        }
        Ok(operator) => {
            ctx::enter(&session, &parts, &operator).await?;
            go_on(&operator, to);
            Ok(())
        }
        Err(failure) => {
            let flash = Flash {
                form: "sign-in".into(),
                entries: [("user".to_owned(), form.user.chars().take(256).collect()), ("to".to_owned(), form.to.clone())].into(),
                failure: Some(failure.clone()),
                outcome: String::new(),
            };
            ctx::leave(&session, flash).await;
            Err(failure.into())
        }
    }
}

/// Goes to `to`, or first to where a one-time password is changed.
#[cfg(feature = "ssr")]
fn go_on(operator: &domain::operator::Operator, to: &str) {
    let due = operator.one_time.then(|| crate::paths::new_password(to));
    leptos_axum::redirect(due.as_deref().unwrap_or(to));
}

/// Takes the code that is asked after the password, and goes on as [`sign_in`] does.
#[server(endpoint = "sign-in/code")]
pub async fn sign_in_code(#[server(default)] form: CodeForm) -> Result<(), AppError> {
    use crate::ctx;
    use domain::failure::Failure;

    let session = ctx::web_session().await?;
    let parts = ctx::parts()?;
    let user = half::of(&session).await?;
    let checked = match (&user, form.parse()) {
        (None, _) => Err(Failure::SignedOut),
        (_, Err(errors)) => Err(Failure::Fields(errors)),
        (Some(user), Ok(())) => parts.door.code(user, &form.code).await,
    };
    match recorded(&parts, user.as_deref().unwrap_or_default(), checked, false).await {
        Ok(operator) => {
            ctx::enter(&session, &parts, &operator).await?;
            go_on(&operator, domain::form::safe_return(&form.to));
            Ok(())
        }
        Err(failure) => {
            let entries = [("to".to_owned(), form.to)].into();
            let flash =
                domain::form::Flash { form: "sign-in/code".into(), entries, failure: Some(failure.clone()), outcome: String::new() };
            ctx::leave(&session, flash).await;
            Err(failure.into())
        }
    }
}

/// Between the password and the code.
#[cfg(feature = "ssr")]
mod half {
    use crate::ctx::{HALF, Half, storage};
    use crate::error::AppError;
    use tower_sessions::Session;

    /// The code must come within so many seconds.
    const PATIENCE: i64 = 300;

    fn now() -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or_default()
    }

    /// The password of `user` was right.
    pub async fn keep(session: &Session, user: String) -> Result<(), AppError> {
        // Whoever was signed in here is not any more: half a sign-in is none.
        session.clear().await;
        session.cycle_id().await.map_err(storage)?;
        session.insert(HALF, Half { user, at: now() }).await.map_err(storage)
    }

    /// Whose code is asked, while there is time.
    pub async fn of(session: &Session) -> Result<Option<String>, AppError> {
        let half = session.get::<Half>(HALF).await.map_err(storage)?;
        // One of later than now is of a clock that was set back: how old it is cannot be known.
        Ok(half.filter(|half| (0..PATIENCE).contains(&(now() - half.at))).map(|half| half.user))
    }
}

/// Records an attempt. A sign-in that cannot be recorded is refused; an attempt that failed stays what it is.
#[cfg(feature = "ssr")]
async fn recorded(
    parts: &crate::ctx::Parts,
    typed: &str,
    checked: Result<domain::operator::Operator, domain::failure::Failure>,
    asks: bool,
) -> Result<domain::operator::Operator, domain::failure::Failure> {
    use crate::audit::{Entry, Outcome};
    use domain::failure::Failure;

    let (who, outcome, message) = match &checked {
        Ok(operator) if asks => (operator.user.clone(), Outcome::Partly, "The password was right; a code is asked".to_owned()),
        Ok(operator) => (operator.user.clone(), Outcome::Done, String::new()),
        // What was not even tried.
        Err(Failure::Fields(_)) => return checked,
        Err(Failure::TooManyAttempts { .. }) => {
            let Some(refused) = parts.door.refused() else { return checked };
            let known = parts.door.known(typed).await.unwrap_or_else(|| "(unknown name)".to_owned());
            let more =
                if refused > 1 { format!("; {refused} were refused since the last record, this one included") } else { String::new() };
            (known, Outcome::Failed, ["Too many sign-in attempts", &more].concat())
        }
        Err(failure) => {
            let known = parts.door.known(typed).await.unwrap_or_else(|| "(unknown name)".to_owned());
            (known, Outcome::Failed, failure.advice().title)
        }
    };
    let entry = Entry { who, from: crate::ctx::client_address(), action: "sign-in".into(), outcome, message, ..Entry::default() };
    match (parts.audit.append(&entry).await, checked) {
        (Err(failure), Ok(_)) => Err(failure),
        (_, checked) => checked,
    }
}

/// What pages before the frame show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entrance {
    /// What a failed plain post left.
    pub left: Option<domain::form::Flash>,
    /// The words of the button for single sign-on, where there is one.
    pub single: Option<String>,
    /// For how many minutes somebody who is signed in may do nothing.
    pub idle_minutes: u32,
    /// How many minutes a sign-in lasts at most.
    pub most_minutes: u32,
}

/// What the sign-in page shows.
#[server(endpoint = "sign-in/entries", input = leptos::server_fn::codec::GetUrl)]
pub async fn at_entrance() -> Result<Entrance, AppError> {
    let session = crate::ctx::web_session().await?;
    let door = crate::ctx::parts()?.door;
    let (idle_minutes, most_minutes) = door.limits();
    Ok(Entrance { left: crate::ctx::take_flash(&session).await, single: door.single_sign_on(), idle_minutes, most_minutes })
}

/// Ends the sign-in and goes to the sign-in page.
#[server(endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let entry = crate::audit::Entry {
        who: cx.operator.user.clone(),
        from: crate::ctx::client_address(),
        action: "sign-out".into(),
        outcome: crate::audit::Outcome::Done,
        ..Default::default()
    };
    // Whoever wants to leave is not kept: a failure is in the log.
    let _ = cx.parts.audit.append(&entry).await;
    cx.parts.door.leave(&cx.session).await?;
    leptos_axum::redirect(crate::paths::SIGN_IN);
    Ok(())
}
