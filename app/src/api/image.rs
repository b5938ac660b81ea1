//! Sharing of images with other accounts.

use crate::error::AppError;
use domain::sharing::{ShareForm, ShareResult, SharingView};
use leptos::prelude::*;

/// Who may use which own images. `query`: `image` for one alone, else the matrix's query string.
#[server(endpoint = "image/sharing", input = leptos::server_fn::codec::GetUrl)]
pub async fn image_sharing(query: String) -> Result<SharingView, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    let mut view = cx.parts.resources.sharing(&query).await?;
    if let Some(reason) = cx.operator.role.why_not(domain::role::Right::Manage) {
        view.images.iter_mut().for_each(|image| image.why_not = Some(reason.clone()));
    }
    Ok(view)
}

/// Changes who may use which images; a result for each cell, and one refusal does not stop the others. Safe to repeat: what is as
/// wanted already is left alone.
#[server(endpoint = "image/share")]
pub async fn share_images(form: ShareForm, #[server(default)] once: String) -> Result<Vec<ShareResult>, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Manage).await?;
    let act = crate::ctx::Act::new("image/share", "images/sharing", form.entries()).once(once);
    let result = cx.act(&act, cx.parts.resources.share(&form)).await;
    cx.finish(act, result).await
}
