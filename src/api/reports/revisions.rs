//! The superseded revisions of a report.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::domain::id::ReportId;
use crate::domain::report::Report;
use crate::domain::time::Timestamp;
use crate::http::caller::{Caller, ReadReports};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::{StoreError, reports};

/// A revision that was superseded.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionOut {
    pub revision: i32,
    pub digest: String,
    /// When it became current.
    pub created_at: Timestamp,
    /// The user or key that superseded it.
    pub superseded_by: String,
    pub report: Report,
}

/// All superseded revisions, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revisions {
    pub items: Vec<RevisionOut>,
}

/// Lists the superseded revisions of one of the caller's own reports.
#[utoipa::path(tag = "reports", security(("bearer" = [])), params(("id" = ReportId, Path)),
    responses((status = 200, body = Revisions)))]
#[get("/v1/reports/{id}/revisions")]
pub async fn list_revisions(
    app: Shared,
    caller: Caller<ReadReports>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ReportId = body::id(&id)?;
    let items = blocking::read(&app, move |conn| {
        if reports::find(conn, &caller.viewer, id)?.is_none() {
            return Ok(None);
        }
        let found = reports::revisions(conn, &caller.viewer, id)?;
        let items = found.into_iter().map(|one| {
            Ok(RevisionOut {
                revision: one.revision,
                digest: one.digest,
                created_at: one.created_at,
                superseded_by: one.actor,
                report: one.body.json()?,
            })
        });
        items.collect::<Result<Vec<_>, StoreError>>().map(Some)
    })
    .await?;
    let items = items.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(Revisions { items }))
}
