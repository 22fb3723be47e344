//! One of the caller's own reports.

use actix_web::http::header::ETAG;
use actix_web::{HttpResponse, get, web};

use super::{ReportOut, placements, report_out};
use crate::api::Shared;
use crate::domain::id::ReportId;
use crate::http::caller::{Caller, ReadReports};
use crate::http::conditional::revision_tag;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::{StoreError, reports};

/// Reads one of the caller's own reports.
#[utoipa::path(tag = "reports", security(("bearer" = [])), params(("id" = ReportId, Path)),
    responses((status = 200, body = ReportOut)))]
#[get("/v1/reports/{id}")]
pub async fn find_report(
    app: Shared,
    caller: Caller<ReadReports>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ReportId = body::id(&id)?;
    let out = blocking::read(&app, move |conn| {
        let Some(stored) = reports::find(conn, &caller.viewer, id)? else { return Ok(None) };
        let sellers = placements(conn, &caller.viewer, id)?;
        Ok::<_, StoreError>(Some(report_out(&stored, sellers)?))
    })
    .await?;
    let out = out.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().insert_header((ETAG, revision_tag(out.revision))).json(out))
}
