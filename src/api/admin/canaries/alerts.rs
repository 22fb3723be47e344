//! The alerts that canaries raised.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::list::CanaryParams;
use crate::api::{Shared, answer_page, page};
use crate::domain::id::{AlertId, CanaryId, MemberId};
use crate::domain::probing::Asking;
use crate::domain::time::Timestamp;
use crate::http::caller::{Caller, Operate};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::canaries;

page!(
    /// A page of alerts, the latest first.
    AlertPage of AlertOut
);

/// That a member named a canary.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertOut {
    pub id: AlertId,
    pub canary_id: CanaryId,
    pub at: Timestamp,
    pub member_id: MemberId,
    /// Slug of the member.
    pub member: String,
    /// User or key.
    pub actor: String,
    pub operation: Asking,
    /// Slug of the group that was asked; absent of a report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Lists who named which canary, when and how. Nothing is ever deleted from it.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(CanaryParams),
    responses((status = 200, body = AlertPage)))]
#[get("/v1/admin/canary-alerts")]
pub async fn list_canary_alerts(
    app: Shared,
    caller: Caller<Operate>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params: CanaryParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &caller.viewer, "canary alerts");
    let after = params.cursor.map(|cursor| cursors.open::<(i64, AlertId)>(&cursor)).transpose()?;
    let after = after.map(|(at, id)| (Timestamp(at), id));
    let mut rows = blocking::read(&app, move |conn| canaries::list_alerts(conn, after, limit + 1)).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|(last, _, _)| cursors.seal(&(last.at.micros(), last.id)));
    let items = rows.into_iter().map(|(row, member, group)| AlertOut {
        id: row.id,
        canary_id: row.canary_id,
        at: row.at,
        member_id: row.member_id,
        member,
        actor: row.actor,
        operation: row.operation,
        group,
    });
    let page = AlertPage { items: items.collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
