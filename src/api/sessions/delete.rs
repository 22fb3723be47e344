//! Signs a person out.

use actix_web::{HttpResponse, delete};

use crate::api::Shared;
use crate::domain::viewer::Credential;
use crate::http::blocking;
use crate::http::caller::{Anyone, Caller};
use crate::http::problem::Problem;
use crate::store::sessions;

/// Ends the session of the access token that is sent.
#[utoipa::path(tag = "access", security(("bearer" = [])), responses((status = 204, description = "Signed out")))]
#[delete("/v1/sessions/current")]
pub async fn delete_session(app: Shared, caller: Caller<Anyone>) -> Result<HttpResponse, Problem> {
    let Credential::User { session, .. } = caller.viewer.credential else {
        return Err(Problem::forbidden("An API key has no session; revoke the key instead."));
    };
    let now = app.now();
    blocking::write(&app, move |conn| sessions::end(conn, session, now)).await?;
    Ok(HttpResponse::NoContent().finish())
}
