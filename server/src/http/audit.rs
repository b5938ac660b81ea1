//! The audit as files, written as they are read: they may be large. The guard lets signed-in requests pass only.

use super::AppState;
use crate::audit::read::Filter;
use crate::audit::{Row, Store, export};
use app::ctx::OPERATOR;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::operator::Operator;
use domain::role::Right;
use futures::{StreamExt, TryStreamExt, stream};
use tower_sessions::Session;

/// All records that `filter` asks for, a piece of text for some hundred of them.
fn pieces(store: Store, filter: Filter, line: fn(&Row) -> String) -> impl futures::Stream<Item = Result<Bytes, sqlx::Error>> {
    let rows = stream::try_unfold((store, filter, 0), move |(store, filter, after)| async move {
        let rows = store.after(&filter, after).await?;
        let Some(last) = rows.last().map(|r| r.seq) else { return Ok(None) };
        Ok(Some((rows, (store, filter, last))))
    });
    rows.map_ok(move |rows| Bytes::from(rows.iter().map(line).collect::<String>()))
}

fn file(state: AppState, query: Option<&str>, kind: &str, ending: &str, head: String, line: fn(&Row) -> String) -> Response {
    let filter = Filter::of(&app::paths::pairs(query.unwrap_or_default()));
    let at: String = state.parts.gateway.aws_now().iso().chars().take(16).filter(|c| *c != ':').collect();
    let head = stream::once(async move { Ok(Bytes::from(head)) });
    let body = Body::from_stream(head.chain(pieces(state.audit, filter, line)));
    let name = format!("attachment; filename=\"audit-{at}Z.{ending}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], body).into_response()
}

/// Why this person does not get it.
async fn refused(session: &Session) -> Option<Response> {
    let role = session.get::<Operator>(OPERATOR).await.ok().flatten().map(|operator| operator.role).unwrap_or_default();
    role.why_not(Right::ReadAudit).map(|reason| (StatusCode::FORBIDDEN, reason + "\n").into_response())
}

/// As CSV.
pub async fn csv(State(state): State<AppState>, session: Session, RawQuery(query): RawQuery) -> Response {
    if let Some(refused) = refused(&session).await {
        return refused;
    }
    file(state, query.as_deref(), "text/csv; charset=utf-8", "csv", export::head(), export::line)
}

/// As JSON lines.
pub async fn json(State(state): State<AppState>, session: Session, RawQuery(query): RawQuery) -> Response {
    if let Some(refused) = refused(&session).await {
        return refused;
    }
    file(state, query.as_deref(), "application/x-ndjson", "jsonl", String::new(), export::json)
}
