//! The history as CSV files. The guard lets signed-in requests pass only.

use super::AppState;
use crate::history::export::file_name;
use app::error::AppError;
use app::history::Asked;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::failure::Failure;

fn asked(state: &AppState, query: Option<&str>) -> Asked {
    let pairs = app::paths::pairs(query.unwrap_or_default());
    Asked::of(&pairs, state.parts.watch.estate().scope.clone(), state.parts.gateway.aws_now())
}

fn file(what: &str, asked: &Asked, text: Result<String, Failure>) -> Response {
    match text {
        Ok(text) => {
            let name = file_name(what, &asked.fleet, asked.range.slug(), asked.now);
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
            ];
            (headers, text).into_response()
        }
        Err(failure) => (StatusCode::INTERNAL_SERVER_ERROR, Json(AppError(failure))).into_response(),
    }
}

/// Samples of a fleet's capacity; of all fleets together when none is named.
pub async fn capacity(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    let asked = asked(&state, query.as_deref());
    let text = state.parts.history.capacity_csv(&asked).await;
    file("capacity", &asked, text)
}

/// Sessions that started or ended.
pub async fn sessions(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    let asked = asked(&state, query.as_deref());
    let text = state.parts.history.sessions_csv(&asked).await;
    file("sessions", &asked, text)
}
