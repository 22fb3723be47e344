//! Declines an invitation into a group.

use actix_web::{HttpResponse, post, web};

use crate::api::Shared;
use crate::domain::id::GroupInvitationId;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::answer_group_invitation::decline_invitation;

/// Declines. Nobody is told: to who sent it the invitation stays pending until it is over.
#[utoipa::path(tag = "groups", security(("bearer" = [])), params(("id" = GroupInvitationId, Path)),
    responses((status = 204, description = "Declined")))]
#[post("/v1/group-invitations/{id}/decline")]
pub async fn decline_group_invitation(
    app: Shared,
    caller: Caller<ManageGroups>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: GroupInvitationId = body::id(&id)?;
    let now = app.now();
    blocking::write(&app, move |conn| decline_invitation(conn, now, &caller.viewer, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
