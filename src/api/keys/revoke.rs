//! Revokes an API key.

use actix_web::{HttpResponse, delete, web};

use crate::api::Shared;
use crate::domain::id::KeyId;
use crate::http::caller::{Caller, ManageKeys};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::keys;

/// Revokes a key of the caller's member, from its next request.
#[utoipa::path(tag = "access", security(("bearer" = [])), params(("id" = KeyId, Path)),
    responses((status = 204, description = "Revoked")))]
#[delete("/v1/keys/{id}")]
pub async fn revoke_key(
    app: Shared,
    caller: Caller<ManageKeys>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: KeyId = body::id(&id)?;
    let now = app.now();
    let revoked = blocking::write(&app, move |conn| keys::revoke(conn, &caller.viewer, id, now)).await?;
    if revoked { Ok(HttpResponse::NoContent().finish()) } else { Err(Problem::not_found()) }
}
