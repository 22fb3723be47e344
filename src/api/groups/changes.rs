//! The record of a group.

use std::collections::{BTreeSet, HashMap};

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::{Shared, answer_page, page};
use crate::domain::id::MemberId;
use crate::domain::membership::{Act, ChangeKind, Parting};
use crate::domain::time::Timestamp;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_group::{GroupError, admit};
use crate::store::group_changes::{self, Change};
use crate::store::members;

page!(
    /// A page of changes, the oldest first.
    ChangePage of GroupChange
);

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangeParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
}

/// A change of a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupChange {
    pub number: i64,
    pub at: Timestamp,
    pub kind: ChangeKind,
    /// Slug of the member that did it.
    pub by: String,
    /// The user or key that did it, if it was one of the caller's own member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Slug of whom it concerns.
    pub member: String,
    pub contribute: bool,
    pub read: bool,
    /// What became of the reports of who left or was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reports: Option<Parting>,
    /// What `k` was raised to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<i32>,
}

/// Tells a keeper what was changed of its group, when and by whom. Nothing is ever deleted from it.
#[utoipa::path(tag = "groups", security(("bearer" = [])), params(("group" = String, Path), ChangeParams),
    responses((status = 200, body = ChangePage)))]
#[get("/v1/groups/{group}/changes")]
pub async fn list_group_changes(
    app: Shared,
    caller: Caller<ManageGroups>,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (viewer, slug) = (caller.viewer, slug.into_inner());
    let asker = viewer.clone();
    let (group, _) = blocking::read(&app, move |conn| admit(conn, &asker, &slug, Act::SeeChanges)).await?;
    let params: ChangeParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &viewer, &format!("changes {}", group.slug));
    let after: i64 = params.cursor.map_or(Ok(0), |cursor| cursors.open(&cursor))?;
    let own = viewer.member;
    let mut items = blocking::read(&app, move |conn| {
        let changes = group_changes::list(conn, group.id, after, limit + 1)?;
        let by: BTreeSet<MemberId> = changes.iter().map(|change| change.member_id).collect();
        let by = members::find_many(conn, &by.into_iter().collect::<Vec<_>>())?;
        let slug_of: HashMap<MemberId, String> = by.into_iter().map(|one| (one.id, one.slug)).collect();
        let said = changes.into_iter().map(|change| {
            let by = slug_of.get(&change.member_id).cloned().ok_or(GroupError::NotFound)?;
            Ok(said(change, by, own))
        });
        said.collect::<Result<Vec<_>, GroupError>>()
    })
    .await?;
    let more = items.len() as i64 > limit;
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = items.last().filter(|_| more).map(|last| cursors.seal(&last.number));
    let page = ChangePage { items, next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}

/// A change as a keeper of the member `own` reads it; `by` is the slug of the member that made it.
fn said(change: Change, by: String, own: MemberId) -> GroupChange {
    GroupChange {
        number: change.number,
        at: change.at,
        kind: change.kind,
        by,
        actor: Some(change.actor).filter(|_| change.member_id == own),
        member: change.subject,
        contribute: change.contribute,
        read: change.read,
        reports: change.reports,
        k: change.k,
    }
}
