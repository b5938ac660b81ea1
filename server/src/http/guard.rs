//! The guard: an anonymous visitor is served sign-in, files and health, and nothing else.

use app::ctx::OPERATOR;
use app::error::AppError;
use app::paths;
use axum::Json;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::failure::Failure;
use domain::operator::Operator;
use tower_sessions::Session;

/// What an anonymous visitor may reach, besides files and health.
pub const OPEN: [&str; 3] = [paths::SIGN_IN, "/api/sign-in", "/api/sign-in/entries"];

/// Lets signed-in requests and those to [`OPEN`] pass.
pub async fn guard(session: Session, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if OPEN.contains(&path) {
        return private(next.run(request).await);
    }
    match session.get::<Operator>(OPERATOR).await {
        Ok(Some(_)) => private(next.run(request).await),
        Ok(None) => refuse(&request),
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

/// A page leads to sign-in and back; anything else is told that it is signed out.
fn refuse(request: &Request) -> Response {
    let accepts = |kind: &str| request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|a| a.contains(kind));
    let is_page = accepts("text/html") || (!request.uri().path().starts_with("/api/") && request.method() == Method::GET);
    if is_page {
        let back = if request.uri().path().starts_with("/api/") {
            request
                .headers()
                .get(header::REFERER)
                .and_then(|v| v.to_str().ok())
                .and_then(|r| r.split_once("://"))
                .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
        } else {
            request.uri().path_and_query().map(|p| p.as_str().to_owned())
        };
        return private(Redirect::to(&paths::sign_in(domain::form::safe_return(&back.unwrap_or_default()))).into_response());
    }
    private((StatusCode::UNAUTHORIZED, Json(AppError(Failure::SignedOut))).into_response())
}
