//! Accepts an invitation into a group.

use actix_web::{HttpResponse, post, web};

use crate::api::Shared;
use crate::api::groups::list::{MyGroup, my_group};
use crate::domain::id::GroupInvitationId;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::answer_group_invitation::accept_invitation;

/// Accepts: the caller's member is in the group from its next request on.
#[utoipa::path(tag = "groups", security(("bearer" = [])), params(("id" = GroupInvitationId, Path)),
    responses((status = 200, body = MyGroup)))]
#[post("/v1/group-invitations/{id}/accept")]
pub async fn accept_group_invitation(
    app: Shared,
    caller: Caller<ManageGroups>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: GroupInvitationId = body::id(&id)?;
    let now = app.now();
    let joined = blocking::write(&app, move |conn| accept_invitation(conn, now, &caller.viewer, id)).await;
    app.directory.forget();
    app.wake_resolver();
    let (group, rights) = joined?;
    Ok(HttpResponse::Ok().json(my_group(group, rights)))
}
