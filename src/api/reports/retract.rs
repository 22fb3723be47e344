//! Retracts a report.

use actix_web::{HttpRequest, HttpResponse, delete, web};

use super::wait_resolved;
use crate::api::Shared;
use crate::domain::id::ReportId;
use crate::http::caller::{Caller, WriteReports};
use crate::http::conditional::given_revision;
use crate::http::filing::{file_one, order};
use crate::http::prefer::preferences;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::file_reports::Work;
use crate::store::reports;

/// Takes a report back: every pool becomes as if it had never been there. `If-Match` is heeded if
/// sent. Retracting twice is the same as once.
#[utoipa::path(tag = "reports", security(("bearer" = [])), params(("id" = ReportId, Path)),
    responses((status = 204, description = "Retracted")))]
#[delete("/v1/reports/{id}")]
pub async fn retract_report(
    app: Shared,
    caller: Caller<WriteReports>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id: ReportId = body::id(&id)?;
    let viewer = caller.viewer;
    let asker = viewer.clone();
    let known = blocking::read(&app, move |conn| reports::find(conn, &asker, id)).await?;
    known.ok_or_else(Problem::not_found)?;
    let work = Work::Retract { id, expected: given_revision(&request)? };
    file_one(&app, order(&app, &viewer, work)).await?;
    if let Some(longest) = preferences(&request).wait {
        wait_resolved(&app, &viewer, id, longest).await;
    }
    Ok(HttpResponse::NoContent().finish())
}
