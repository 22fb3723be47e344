//! Takes a judgement back.

use actix_web::{HttpResponse, delete, web};

use crate::api::Shared;
use crate::api::groups::readable;
use crate::domain::id::JudgementId;
use crate::feed::Reader;
use crate::http::caller::{Caller, Judge};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::judge::undo_judgement as undo;

/// Takes a judgement of the caller's own member back: every profile becomes as if it had never been made.
/// Twice is as once.
#[utoipa::path(tag = "judgements", security(("bearer" = [])),
    params(("group" = String, Path), ("id" = JudgementId, Path)),
    responses((status = 204, description = "Taken back")))]
#[delete("/v1/groups/{group}/judgements/{id}")]
pub async fn undo_judgement(
    app: Shared,
    caller: Caller<Judge>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (slug, id) = path.into_inner();
    let viewer = caller.viewer;
    let group = readable(&app, &viewer, &slug).await?;
    let id: JudgementId = body::id(&id)?;
    let (ids, now) = (app.ids.clone(), app.now());
    blocking::write(&app, move |conn| {
        let reader = Reader::new(&viewer, &group);
        undo(conn, ids.as_ref(), now, &viewer, (group.id, id), |conn, row| reader.knows_judgement(conn, row))
    })
    .await?;
    app.wake_resolver();
    Ok(HttpResponse::NoContent().finish())
}
