//! Takes an invitation into a group back.

use actix_web::{HttpResponse, delete, web};

use crate::api::Shared;
use crate::domain::id::GroupInvitationId;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::invite_member::revoke_invitation;

/// Takes an invitation back that is pending. Twice is as once.
#[utoipa::path(tag = "groups", security(("bearer" = [])),
    params(("group" = String, Path), ("id" = GroupInvitationId, Path)),
    responses((status = 204, description = "Revoked")))]
#[delete("/v1/groups/{group}/invitations/{id}")]
pub async fn revoke_group_invitation(
    app: Shared,
    caller: Caller<ManageGroups>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (slug, id) = path.into_inner();
    let id: GroupInvitationId = body::id(&id)?;
    let now = app.now();
    blocking::write(&app, move |conn| revoke_invitation(conn, now, &caller.viewer, (&slug, id))).await?;
    Ok(HttpResponse::NoContent().finish())
}
