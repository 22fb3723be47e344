//! An invited person becomes a user.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::AcceptedOut;
use crate::api::Shared;
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::invite_user::{Acceptance, accept_invitation as accept, hash_password};

/// The token that was handed over, and who the person is.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AcceptForm {
    #[schema(required = true)]
    pub token: Option<String>,
    #[schema(required = true)]
    pub email: Option<String>,
    #[schema(required = true)]
    pub name: Option<String>,
    #[schema(required = true, format = Password, min_length = 12, max_length = 256)]
    pub password: Option<String>,
}

/// Accepts an invitation. It works once.
#[utoipa::path(tag = "access", request_body = AcceptForm, responses((status = 201, body = AcceptedOut)))]
#[post("/v1/invitations/accept")]
pub async fn accept_invitation(
    app: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let form: AcceptForm = body::form(&request, payload).await?;
    let acceptance =
        Acceptance::parse(form.token, form.email, form.name, form.password).map_err(Problem::invalid)?;
    let password = acceptance.password.clone();
    let hash = blocking::hash(&app, move || hash_password(&password)).await??;
    let (ids, now) = (app.ids.clone(), app.now());
    let (user, member) =
        blocking::write(&app, move |conn| accept(conn, ids.as_ref(), now, &acceptance, &hash)).await?;
    let out = AcceptedOut {
        user_id: user.id,
        member_id: member.id,
        email: user.email.text().into_owned(),
        role: user.role,
    };
    Ok(HttpResponse::Created().json(out))
}
