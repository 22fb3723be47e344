//! Revises a report.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, put, web};

use super::{ReportOut, placed, report_out, wait_resolved};
use crate::api::Shared;
use crate::domain::id::ReportId;
use crate::http::caller::{Caller, WriteReports};
use crate::http::conditional::{expected_revision, revision_tag};
use crate::http::filing::{file_one, order, terms};
use crate::http::prefer::preferences;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::intake::accept::{Terms, accept};
use crate::intake::form::ReportForm;
use crate::ops::file_reports::Work;
use crate::store::reports;

/// Replaces a report by a new revision; the old one is kept. Needs `If-Match` with the ETag of the
/// revision that was read. Revising a retracted report brings it back.
#[utoipa::path(tag = "reports", security(("bearer" = [])),
    params(("id" = ReportId, Path), ("If-Match" = String, Header)),
    request_body = ReportForm, responses((status = 200, body = ReportOut)))]
#[put("/v1/reports/{id}")]
pub async fn revise_report(
    app: Shared,
    caller: Caller<WriteReports>,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let body = body::bytes(&request, payload).await?;
    let id: ReportId = body::id(&id)?;
    let asker = viewer.clone();
    let stored = blocking::read(&app, move |conn| reports::find(conn, &asker, id)).await?;
    let stored = stored.ok_or_else(Problem::not_found)?;
    let expected = expected_revision(&request)?;
    let reading = body::reading_of::<ReportForm>(&request, body).await?;
    // A revision is of this report: leaving its external id out says nothing else.
    let terms = Terms { external_id: Some(stored.external_id), ..terms(&app, &viewer).await? };
    let accepted = accept(reading.form, reading.faults, &terms).map_err(Problem::invalid)?;
    let work = Work::Revise { id, expected, accepted: Box::new(accepted) };
    let filed = file_one(&app, order(&app, &viewer, work)).await?;
    let tag = revision_tag(filed.stored.revision);
    let preferences = preferences(&request);
    if let Some(longest) = preferences.wait {
        wait_resolved(&app, &viewer, id, longest).await;
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, tag));
    if preferences.minimal {
        return Ok(response.finish());
    }
    let out = match preferences.wait {
        Some(_) => placed(&app, &viewer, filed.stored).await?,
        None => report_out(&filed.stored, None)?,
    };
    Ok(response.json(out))
}
