//! The invitations of a group.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{SentInvitation, sent};
use crate::api::{Shared, answer_page, page};
use crate::domain::membership::Act;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::cursor::Cursors;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_group::admit;
use crate::store::group_invitations;

page!(
    /// A page of invitations.
    SentInvitationPage of SentInvitation
);

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SentInvitationParams {
    pub cursor: Option<String>,
    /// 1 to 200; 50 by default.
    pub limit: Option<i64>,
}

/// Lists the invitations into a group that the caller keeps, by id.
#[utoipa::path(tag = "groups", security(("bearer" = [])),
    params(("group" = String, Path), SentInvitationParams),
    responses((status = 200, body = SentInvitationPage)))]
#[get("/v1/groups/{group}/invitations")]
pub async fn list_sent_group_invitations(
    app: Shared,
    caller: Caller<ManageGroups>,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (viewer, slug) = (caller.viewer, slug.into_inner());
    let asker = viewer.clone();
    let (group, _) = blocking::read(&app, move |conn| admit(conn, &asker, &slug, Act::Invite)).await?;
    let params: SentInvitationParams = body::parameters(&request)?;
    let limit = body::limit(params.limit, 50, 200)?;
    let cursors = Cursors::new(&app.cursor_key, &viewer, &format!("group invitations {}", group.slug));
    let after = params.cursor.map(|cursor| cursors.open(&cursor)).transpose()?;
    let now = app.now();
    let mut found =
        blocking::read(&app, move |conn| group_invitations::of_group(conn, group.id, after, limit + 1))
            .await?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| cursors.seal(&last.id));
    let page = SentInvitationPage { items: found.into_iter().map(|one| sent(one, now)).collect(), next };
    Ok(answer_page(&request, &page, page.next.as_deref()))
}
