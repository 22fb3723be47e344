//! The canaries.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::CanaryOut;
use crate::api::{Shared, answer_page, page};
use crate::http::caller::{Caller, Operate};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::canaries;

page!(
    /// A page of canaries, the oldest first.
    CanaryPage of CanaryOut
);

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CanaryParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
}

/// Lists the canaries, those in force and those that were retired.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(CanaryParams),
    responses((status = 200, body = CanaryPage)))]
#[get("/v1/admin/canaries")]
pub async fn list_canaries(
    app: Shared,
    caller: Caller<Operate>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params: CanaryParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &caller.viewer, "canaries");
    let after = params.cursor.map(|cursor| cursors.open(&cursor)).transpose()?;
    let mut rows = blocking::read(&app, move |conn| canaries::list(conn, after, limit + 1)).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|last| cursors.seal(&last.id));
    let page = CanaryPage { items: rows.into_iter().map(CanaryOut::from).collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
