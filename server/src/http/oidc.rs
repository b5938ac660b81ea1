//! The way to the provider of single sign-on, and back.

use super::AppState;
use super::surface::ToProvider;
use crate::door::oidc::{Pending, Provider};
use app::audit::{Audit, Entry, Outcome};
use app::ctx::{self, ClientAddress};
use app::door::From;
use app::paths;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use domain::failure::Failure;
use domain::form::{Flash, safe_return};
use domain::operator::Operator;
use tower_sessions::Session;

/// The key of [`Pending`] in the web session.
const PENDING: &str = "single";

fn value(request: &Request, key: &str) -> String {
    let pairs = paths::pairs(request.uri().query().unwrap_or_default());
    pairs.into_iter().find(|(k, _)| k == key).map(|(_, v)| v).unwrap_or_default()
}

fn provider(state: &AppState) -> Result<&Provider, Failure> {
    state.door.provider().ok_or_else(|| refused("It is not set up in this console. Sign in with a password."))
}

fn refused(reason: &str) -> Failure {
    Failure::SingleSignOn { reason: reason.to_owned() }
}

/// Back to the sign-in page, which says why.
async fn turned_away(session: &Session, to: &str, failure: Failure) -> Response {
    let flash = Flash { form: "sign-in".into(), failure: Some(failure), ..Flash::default() };
    if let Err(error) = session.insert(ctx::FLASH, flash).await {
        tracing::warn!(%error, "why somebody was turned away could not be kept for the sign-in page");
    }
    Redirect::to(&paths::sign_in(safe_return(to))).into_response()
}

/// Sends somebody to the provider.
pub async fn begin(State(state): State<AppState>, session: Session, request: Request) -> Response {
    let to = value(&request, "to");
    let begun = match provider(&state) {
        Ok(provider) => provider.begin(safe_return(&to)).await.map_err(|reason| refused(&reason)),
        Err(failure) => Err(failure),
    };
    let begun = match begun {
        Ok((url, pending)) => session.insert(PENDING, pending).await.map(|()| url).map_err(|error| {
            tracing::error!(%error, "a web session could not be written");
            refused("The console’s storage could not be written. Try again.")
        }),
        Err(failure) => Err(failure),
    };
    match begun {
        Ok(url) => {
            let mut response = Redirect::to(&url).into_response();
            response.extensions_mut().insert(ToProvider);
            response
        }
        Err(failure) => turned_away(&session, &to, failure).await,
    }
}

/// Takes somebody who comes back.
pub async fn callback(State(state): State<AppState>, session: Session, request: Request) -> Response {
    // Once: whoever comes back a second time begins again.
    let pending = session.remove::<Pending>(PENDING).await.ok().flatten();
    let to = pending.as_ref().map(|p| p.to.clone()).unwrap_or_default();
    let address = request.extensions().get::<ClientAddress>().map_or_else(|| "unknown".to_owned(), |a| a.0.to_string());
    let agent = request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let from = From { address, browser: domain::account::browser(agent) };
    let [code, known, error] = ["code", "state", "error"].map(|key| value(&request, key));
    let (who, checked) = come_back(&state, pending, &code, &known, &error).await;
    match entered(&state, &session, &from, who, checked).await {
        Ok(()) => Redirect::to(safe_return(&to)).into_response(),
        Err(failure) => turned_away(&session, &to, failure).await,
    }
}

/// Who came back, as far as it is known, and whether they may come in.
async fn come_back(
    state: &AppState,
    pending: Option<Pending>,
    code: &str,
    known: &str,
    error: &str,
) -> (String, Result<Operator, Failure>) {
    let nobody = |reason: &str| ("(unknown name)".to_owned(), Err(refused(reason)));
    let provider = match provider(state) {
        Ok(provider) => provider,
        Err(failure) => return ("(unknown name)".to_owned(), Err(failure)),
    };
    let Some(pending) = pending else { return nobody("It was begun in another browser, or too long ago. Begin again.") };
    if !error.is_empty() {
        return nobody("The provider did not let you in. Begin again, or ask whoever runs it.");
    }
    match provider.finish(pending, code, known).await {
        Ok(person) => (person.name.clone(), state.door.by_single_sign_on(&person).await),
        Err(reason) => nobody(&reason),
    }
}

/// Records the attempt, and signs in. What cannot be recorded is refused.
async fn entered(state: &AppState, session: &Session, from: &From, who: String, checked: Result<Operator, Failure>) -> Result<(), Failure> {
    let advice = checked.as_ref().err().map(Failure::advice);
    let entry = Entry {
        who,
        from: from.address.clone(),
        action: "sign-in".into(),
        entries: [("by".to_owned(), "single sign-on".to_owned())].into(),
        outcome: if checked.is_ok() { Outcome::Done } else { Outcome::Failed },
        message: advice.map(|a| [a.title, ". ".into(), a.next].concat()).unwrap_or_default(),
        ..Entry::default()
    };
    let recorded = state.audit.append(&entry).await;
    let operator = checked?;
    recorded?;
    ctx::enter_from(session, state.parts.door.as_ref(), &operator, from).await
}
