//! Files a report.

use actix_web::http::header::{ETAG, LOCATION};
use actix_web::{HttpRequest, HttpResponse, post, web};

use super::{ReportOut, placed, report_out, wait_resolved};
use crate::api::Shared;
use crate::http::body;
use crate::http::caller::{Caller, WriteReports};
use crate::http::conditional::revision_tag;
use crate::http::filing::{file_one, order, terms};
use crate::http::prefer::preferences;
use crate::http::problem::Problem;
use crate::intake::accept::accept;
use crate::intake::form::ReportForm;
use crate::ops::file_reports::Work;

/// Files a report. 201 means that it is durable; 200 that the same report was there already.
///
/// `Prefer: wait=5` waits until the report has been worked in and returns the profiles that it is part
/// of; `Prefer: return=minimal` returns no body.
#[utoipa::path(tag = "reports", security(("bearer" = [])), request_body = ReportForm,
    responses((status = 201, body = ReportOut), (status = 200, body = ReportOut)))]
#[post("/v1/reports")]
pub async fn create_report(
    app: Shared,
    caller: Caller<WriteReports>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let reading = body::reading::<ReportForm>(&request, payload).await?;
    let terms = terms(&app, &viewer).await?;
    let accepted = accept(reading.form, reading.faults, &terms).map_err(Problem::invalid)?;
    let filed = file_one(&app, order(&app, &viewer, Work::Submit(vec![accepted]))).await?;
    let mut response = if filed.changed { HttpResponse::Created() } else { HttpResponse::Ok() };
    response.insert_header((LOCATION, format!("/v1/reports/{}", filed.stored.id)));
    response.insert_header((ETAG, revision_tag(filed.stored.revision)));
    let preferences = preferences(&request);
    if let Some(longest) = preferences.wait {
        wait_resolved(&app, &viewer, filed.stored.id, longest).await;
    }
    if preferences.minimal {
        return Ok(response.finish());
    }
    let out = match preferences.wait {
        Some(_) => placed(&app, &viewer, filed.stored).await?,
        None => report_out(&filed.stored, None)?,
    };
    Ok(response.json(out))
}
