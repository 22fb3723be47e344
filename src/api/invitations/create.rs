//! An owner invites a colleague.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::{InvitationForm, InvitationOut, invitation_out};
use crate::api::Shared;
use crate::http::caller::{Caller, ManageUsers};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::invite_user::{NewInvitation, invite_user};

/// Invites a person to the caller's own member.
#[utoipa::path(tag = "access", security(("bearer" = [])), request_body = InvitationForm,
    responses((status = 201, body = InvitationOut)))]
#[post("/v1/invitations")]
pub async fn create_invitation(
    app: Shared,
    caller: Caller<ManageUsers>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let form: InvitationForm = body::form(&request, payload).await?;
    let new = NewInvitation::parse(form.email, form.role).map_err(Problem::invalid)?;
    let (ids, now, member) = (app.ids.clone(), app.now(), caller.viewer.member);
    let (invitation, token) =
        blocking::write(&app, move |conn| invite_user(conn, ids.as_ref(), now, member, &new)).await?;
    Ok(HttpResponse::Created().json(invitation_out(invitation, &token)))
}
