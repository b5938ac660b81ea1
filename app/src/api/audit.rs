//! Who did what. For administrators.

use crate::error::AppError;
use domain::resource::Section;
use leptos::prelude::*;

/// What the audit's page shows for its query string.
#[server(endpoint = "audit", input = leptos::server_fn::codec::GetUrl)]
pub async fn audit(query: String) -> Result<Vec<Section>, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::ReadAudit).await?;
    Ok(cx.parts.audit.shown(&query).await?)
}
