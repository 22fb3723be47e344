//! What would be seen of a report, before it is filed.

use actix_web::{HttpRequest, HttpResponse, post, web};

use crate::api::Shared;
use crate::domain::lens::preview::{KnownGroup, Preview, preview};
use crate::http::caller::{Caller, WriteReports};
use crate::http::filing::terms;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::intake::accept::accept;
use crate::intake::form::ReportForm;

/// Answers what each audience would see of a report if it were filed. Nothing is filed, and no other
/// report is looked at: the faults are those of filing, but for a conflict with one that is there.
#[utoipa::path(tag = "reports", security(("bearer" = [])), request_body = ReportForm,
    responses((status = 200, body = Preview)))]
#[post("/v1/reports/preview")]
pub async fn preview_report(
    app: Shared,
    caller: Caller<WriteReports>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let reading = body::reading::<ReportForm>(&request, payload).await?;
    let terms = terms(&app, &viewer).await?;
    let accepted = accept(reading.form, reading.faults, &terms).map_err(Problem::invalid)?;
    let known = blocking::directory(&app).await?.of_viewer(&viewer).into_iter();
    let known: Vec<KnownGroup> = known
        .map(|(group, _)| KnownGroup {
            slug: group.slug,
            kind: group.kind,
            includes_alliance: group.includes_alliance,
        })
        .collect();
    let shown = preview(viewer.member, &viewer.member_name, accepted.report, &known, &app.hasher);
    Ok(HttpResponse::Ok().json(shown))
}
