//! What anybody looked up.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::look_ups::list::LookUpOut;
use crate::api::reports::list::time;
use crate::api::{Shared, answer_page, page};
use crate::domain::id::MemberId;
use crate::domain::time::Timestamp;
use crate::http::caller::{Caller, Operate};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::look_ups::{self, LookUpFilter};

page!(
    /// A page of look-ups, the latest first.
    MemberLookUpPage of MemberLookUp
);

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MemberLookUpParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
    /// Only those of this member, `mem_…`.
    pub member: Option<String>,
    /// Only those at or after this RFC 3339 time.
    pub since: Option<String>,
    /// Only those before this RFC 3339 time.
    pub until: Option<String>,
}

/// That a member tested a value.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberLookUp {
    pub member_id: MemberId,
    /// Slug of the member.
    pub member: String,
    #[serde(flatten)]
    pub look_up: LookUpOut,
}

/// Tells the operator which member tested values, when, where and with which user or key: never which values, and by
/// hashes that no two members have in common.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(MemberLookUpParams),
    responses((status = 200, body = MemberLookUpPage)))]
#[get("/v1/admin/look-ups")]
pub async fn list_all_look_ups(
    app: Shared,
    caller: Caller<Operate>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params: MemberLookUpParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let filter = filter(&params)?;
    let cursors = Cursors::new(&app.cursor_key, &caller.viewer, &format!("all look-ups {filter:?}"));
    let after = params.cursor.map(|cursor| cursors.open::<(i64, MemberId, i64)>(&cursor)).transpose()?;
    let after = after.map(|(at, member, number)| (Timestamp(at), member, number));
    let mut rows = blocking::read(&app, move |conn| look_ups::list(conn, &filter, after, limit + 1)).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let last = rows.last().filter(|_| more);
    let next = last.map(|(last, _, _)| cursors.seal(&(last.at.micros(), last.member_id, last.number)));
    let items = rows.into_iter().map(|(row, member, group)| MemberLookUp {
        member_id: row.member_id,
        member,
        look_up: LookUpOut::from((row, group)),
    });
    let page = MemberLookUpPage { items: items.collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}

fn filter(params: &MemberLookUpParams) -> Result<LookUpFilter, Problem> {
    let no_id = |_| Problem::bad_parameter("member", "malformed", "Give the id of a member, `mem_…`.");
    Ok(LookUpFilter {
        member: params.member.as_deref().map(|id| id.parse().map_err(no_id)).transpose()?,
        since: time("since", params.since.as_deref())?,
        until: time("until", params.until.as_deref())?,
    })
}
