//! The guard: an anonymous visitor is served sign-in, files and health, and nothing else; who came in by a one-time password changes it
//! first.

use super::sessions::Store;
use app::ctx::OPERATOR;
use app::error::AppError;
use app::paths;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::failure::Failure;
use domain::form::safe_return;
use domain::operator::Operator;
use tower_sessions::Session;

/// What an anonymous visitor may reach, besides files and health.
pub const OPEN: [&str; 7] =
    [paths::SIGN_IN, paths::SIGN_IN_CODE, paths::SINGLE, paths::SINGLE_BACK, "/api/sign-in", "/api/sign-in/code", "/api/sign-in/entries"];
/// What is left to do for who came in by a one-time password.
pub const DUE: [&str; 3] = [paths::NEW_PASSWORD, "/api/account/password", "/api/sign-out"];
/// What a page asks while somebody is at it.
const HERE: &str = "/api/account/here";

/// Lets signed-in requests and those to [`OPEN`] pass.
pub async fn guard(State(sign_ins): State<Store>, session: Session, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if OPEN.contains(&path) {
        return private(next.run(request).await);
    }
    match session.get::<Operator>(OPERATOR).await {
        Ok(Some(operator)) if operator.one_time && !DUE.contains(&path) => private(match page(&request) {
            Some(back) => Redirect::to(&paths::new_password(safe_return(&back))).into_response(),
            None => (StatusCode::FORBIDDEN, Json(AppError(Failure::PasswordDue))).into_response(),
        }),
        Ok(Some(_)) => {
            if is_somebody(&request)
                && let Err(error) = sign_ins.seen(&session).await
            {
                // Whoever works on is signed in; it is tried again with the next request.
                tracing::warn!(%error, "that a sign-in is in use could not be noted");
            }
            private(next.run(request).await)
        }
        // A page leads to sign-in and back; anything else is told that it is signed out.
        Ok(None) => private(match page(&request) {
            Some(back) => Redirect::to(&paths::sign_in(safe_return(&back))).into_response(),
            None => (StatusCode::UNAUTHORIZED, Json(AppError(Failure::SignedOut))).into_response(),
        }),
        Err(error) => {
            tracing::error!(%error, "a sign-in could not be read");
            let failure = Failure::Internal { message: "Your sign-in could not be read from the console’s storage. Try again.".into() };
            (StatusCode::INTERNAL_SERVER_ERROR, Json(AppError(failure))).into_response()
        }
    }
}

/// Pages of a signed-in person stay out of every cache.
fn private(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(header::HeaderValue::from_static("no-store"));
    response
}

/// Whether there is a person behind the request. An open page asks for data by itself, hour after hour; it says when somebody is at it.
fn is_somebody(request: &Request) -> bool {
    let path = request.uri().path();
    request.method() != Method::GET || !path.starts_with("/api/") || path == HERE
}

/// For a request that wants a page: which one to come back to.
fn page(request: &Request) -> Option<String> {
    let header = |name| request.headers().get(name).and_then(|v: &header::HeaderValue| v.to_str().ok());
    let function = request.uri().path().starts_with("/api/");
    let wants = header(header::ACCEPT).is_some_and(|a| a.contains("text/html"));
    if !(wants || (!function && request.method() == Method::GET)) {
        return None;
    }
    let back = if function {
        header(header::REFERER).and_then(|r| r.split_once("://")).and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
    } else {
        request.uri().path_and_query().map(|p| p.as_str().to_owned())
    };
    Some(back.unwrap_or_default())
}
