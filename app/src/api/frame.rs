//! What the frame around every page shows, and the rows that most pages need: one answer from the newest snapshot, no AWS call.

use crate::error::AppError;
use domain::estate::Estate;
use domain::form::Flash;
use domain::operator::{Operator, Source};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The frame's data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameData {
    /// Who is signed in.
    pub operator: Operator,
    /// Where the data comes from.
    pub source: Source,
    /// The console's version and commit.
    pub version: String,
    /// Everything known, without session rows.
    pub estate: Estate,
    /// Why nothing can be changed at present; a sentence, none while things can.
    pub trouble: Option<String>,
    /// What a plain form post left for this page.
    pub flash: Option<Flash>,
}

/// The frame's data from the newest snapshot.
#[server(endpoint = "frame", input = leptos::server_fn::codec::GetUrl)]
pub async fn frame() -> Result<FrameData, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let estate = cx.estate();
    Ok(FrameData {
        trouble: cx.parts.audit.trouble(),
        operator: cx.operator,
        source: cx.parts.source,
        version: cx.parts.version,
        estate: Estate { now: cx.parts.gateway.aws_now(), ..estate.without_sessions() },
        flash: crate::ctx::take_flash(&cx.session).await,
    })
}
