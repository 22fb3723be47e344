//! Takes a request back.

use actix_web::{HttpResponse, delete, web};

use crate::api::Shared;
use crate::domain::id::IntroductionId;
use crate::http::caller::{AskIntroductions, Caller};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::introduce::withdraw;

/// Withdraws a request: whoever has not granted it no longer sees it. Twice is as once; what was granted stays.
#[utoipa::path(tag = "introductions", security(("bearer" = [])), params(("id" = IntroductionId, Path)),
    responses((status = 204)))]
#[delete("/v1/introductions/{id}")]
pub async fn withdraw_introduction(
    app: Shared,
    caller: Caller<AskIntroductions>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: IntroductionId = body::id(&id)?;
    let now = app.now();
    blocking::write(&app, move |conn| withdraw(conn, now, &caller.viewer, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
