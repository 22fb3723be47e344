//! Lists members.

use actix_web::{HttpRequest, HttpResponse, get};

use super::MemberOut;
use crate::api::users::list::ListParams;
use crate::api::{Shared, answer_page, page};
use crate::domain::id::MemberId;
use crate::http::caller::{Caller, Operate};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::members;

page!(
    /// A page of members.
    MemberPage of MemberOut
);

/// Lists the members of the alliance.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(ListParams),
    responses((status = 200, body = MemberPage)))]
#[get("/v1/admin/members")]
pub async fn list_members(
    app: Shared,
    caller: Caller<Operate>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params: ListParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &caller.viewer, "members");
    let after: Option<MemberId> = params.cursor.map(|cursor| cursors.open(&cursor)).transpose()?;
    let mut found = blocking::read(&app, move |conn| members::list(conn, after, limit + 1)).await?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| cursors.seal(&last.id));
    let page = MemberPage { items: found.into_iter().map(MemberOut::from).collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
