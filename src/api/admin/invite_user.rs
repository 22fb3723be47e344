//! The operator invites the first people of a member.

use actix_web::{HttpRequest, HttpResponse, post, web};

use crate::api::Shared;
use crate::api::invitations::{InvitationForm, InvitationOut, invitation_out};
use crate::domain::id::MemberId;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::invite_user::{NewInvitation, invite_user as invite};
use crate::store::members;

/// Invites a person to a member.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = MemberId, Path)),
    request_body = InvitationForm, responses((status = 201, body = InvitationOut)))]
#[post("/v1/admin/members/{id}/invitations")]
pub async fn invite_user(
    app: Shared,
    _caller: Caller<Operate>,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let id: MemberId = body::id(&id)?;
    let member = blocking::read(&app, move |conn| members::find(conn, id)).await?;
    member.ok_or_else(Problem::not_found)?;
    let form: InvitationForm = body::form(&request, payload).await?;
    let new = NewInvitation::parse(form.email, form.role).map_err(Problem::invalid)?;
    let (ids, now) = (app.ids.clone(), app.now());
    let (invitation, token) =
        blocking::write(&app, move |conn| invite(conn, ids.as_ref(), now, id, &new)).await?;
    Ok(HttpResponse::Created().json(invitation_out(invitation, &token)))
}
