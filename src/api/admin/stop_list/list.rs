//! The entries of the stop-list.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::StopOut;
use crate::api::{Shared, answer_page, page};
use crate::domain::identifier::IdentifierType;
use crate::domain::stop_list::{StopOrigin, StopReason};
use crate::http::caller::{Caller, Operate};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::stop_list::{self, StopFilter, StopState};

page!(
    /// A page of entries, the newest first.
    StopPage of StopOut
);

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StopParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
    /// Type of identifier.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub reason: Option<String>,
    /// `shipped` or `operator`.
    pub origin: Option<String>,
    /// `in_force` or `lifted`; both by default.
    pub state: Option<String>,
}

/// Lists the stop-list: what is in force, and what was and is lifted.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(StopParams),
    responses((status = 200, body = StopPage)))]
#[get("/v1/admin/stop-list")]
pub async fn list_stops(
    app: Shared,
    caller: Caller<Operate>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params: StopParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let filter = filter(&params)?;
    let cursors = Cursors::new(&app.cursor_key, &caller.viewer, &format!("stop-list {filter:?}"));
    let after = params.cursor.map(|cursor| cursors.open(&cursor)).transpose()?;
    let mut found =
        blocking::read(&app, move |conn| stop_list::list(conn, &filter, after, limit + 1)).await?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| cursors.seal(&(last.added_in, last.id)));
    let page = StopPage { items: found.into_iter().map(StopOut::from).collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}

fn filter(params: &StopParams) -> Result<StopFilter, Problem> {
    let kinds = || IdentifierType::ALL.map(IdentifierType::as_str).join(", ");
    Ok(StopFilter {
        kind: word("type", params.kind.as_deref(), IdentifierType::parse_name, kinds)?,
        reason: word("reason", params.reason.as_deref(), StopReason::parse_name, StopReason::names)?,
        origin: word("origin", params.origin.as_deref(), StopOrigin::parse_name, StopOrigin::names)?,
        state: word("state", params.state.as_deref(), StopState::parse_name, StopState::names)?,
    })
}

/// Reads a word of a closed vocabulary.
fn word<T>(
    name: &str,
    given: Option<&str>,
    parse: impl FnOnce(&str) -> Option<T>,
    names: impl FnOnce() -> String,
) -> Result<Option<T>, Problem> {
    let Some(given) = given else { return Ok(None) };
    let refused = || Problem::bad_parameter(name, "not_allowed", format!("Must be one of: {}.", names()));
    parse(given).ok_or_else(refused).map(Some)
}
