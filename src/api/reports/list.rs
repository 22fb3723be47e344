//! The caller's own reports.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{ReportOut, report_out};
use crate::api::{Shared, answer_page, page};
use crate::domain::id::ReportId;
use crate::domain::time::Timestamp;
use crate::http::caller::{Caller, ReadReports};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::reports::{self, ReportFilter, ReportState};

page!(
    /// A page of reports, in the order of their ids.
    ReportPage of ReportOut
);

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
    /// `live` or `retracted`.
    pub state: Option<String>,
    pub external_id: Option<String>,
    /// RFC 3339 time.
    pub modified_since: Option<String>,
}

/// Lists the caller's own reports.
#[utoipa::path(tag = "reports", security(("bearer" = [])), params(ReportParams),
    responses((status = 200, body = ReportPage)))]
#[get("/v1/reports")]
pub async fn list_reports(
    app: Shared,
    caller: Caller<ReadReports>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params: ReportParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let filter = filter(&params)?;
    let cursors = Cursors::new(&app.cursor_key, &caller.viewer, &format!("reports {filter:?}"));
    let after: Option<ReportId> = params.cursor.map(|cursor| cursors.open(&cursor)).transpose()?;
    let viewer = caller.viewer.clone();
    let mut found =
        blocking::read(&app, move |conn| reports::list(conn, &viewer, &filter, after, limit + 1)).await?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| cursors.seal(&last.id));
    let items = found.iter().map(|stored| report_out(stored, None)).collect::<Result<_, _>>()?;
    let page = ReportPage { items, next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}

fn filter(params: &ReportParams) -> Result<ReportFilter, Problem> {
    let state = params.state.as_deref().map(|state| {
        let detail = format!("Must be one of: {}.", ReportState::names());
        ReportState::parse_name(state).ok_or_else(|| Problem::bad_parameter("state", "not_allowed", detail))
    });
    Ok(ReportFilter {
        state: state.transpose()?,
        external_id: params.external_id.clone(),
        modified_since: time("modified_since", params.modified_since.as_deref())?,
    })
}

/// Reads a time from a parameter.
pub(in crate::api) fn time(name: &str, given: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let parse = |text| {
        let detail = "Give an RFC 3339 time, such as 2026-03-31T00:00:00Z.";
        Timestamp::parse(text).ok_or_else(|| Problem::bad_parameter(name, "malformed", detail))
    };
    given.map(parse).transpose()
}
