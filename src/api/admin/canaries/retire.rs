//! Retires a canary.

use actix_web::{HttpResponse, post, web};

use super::CanaryOut;
use crate::api::Shared;
use crate::domain::id::CanaryId;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_canaries::retire_canary;

/// Retires a canary: from now on it raises no alert. Its alerts stay. Twice is as once.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = CanaryId, Path)),
    responses((status = 200, body = CanaryOut)))]
#[post("/v1/admin/canaries/{id}/retire")]
pub async fn end_canary(
    app: Shared,
    caller: Caller<Operate>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: CanaryId = body::id(&id)?;
    let (now, actor) = (app.now(), caller.viewer.actor());
    let retired = blocking::write(&app, move |conn| retire_canary(conn, (now, &actor), id)).await?;
    Ok(HttpResponse::Ok().json(CanaryOut::from(retired.ok_or_else(Problem::not_found)?)))
}
