//! Exchanges a refresh token for the next one and a new access token.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SessionOut, session_out};
use crate::api::Shared;
use crate::domain::fault::Faults;
use crate::http::problem::{Kind, Problem};
use crate::http::{blocking, body};
use crate::ops::sign_in::{Refreshed, refresh_session as refresh};

/// The refresh token of the last answer.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RefreshForm {
    #[schema(required = true)]
    pub refresh_token: Option<String>,
}

/// Stays signed in. A refresh token is good once; using one twice ends the whole session.
#[utoipa::path(tag = "access", request_body = RefreshForm, responses((status = 200, body = SessionOut)))]
#[post("/v1/sessions/refresh")]
pub async fn refresh_session(
    app: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let form: RefreshForm = body::form(&request, payload).await?;
    let mut faults = Faults::default();
    let token = faults.required(form.refresh_token, "/refresh_token");
    let token = faults.or(token).map_err(Problem::invalid)?;
    let now = app.now();
    match blocking::write(&app, move |conn| refresh(conn, now, &token)).await? {
        Refreshed::Session(session) => Ok(HttpResponse::Ok().json(session_out(&app, &session)?)),
        Refreshed::NotGood => Err(Problem::new(Kind::UNAUTHENTICATED, "Sign in again.")),
        Refreshed::Reused => {
            tracing::warn!("a refresh token was used twice; its session was ended");
            Err(Problem::new(Kind::UNAUTHENTICATED, "Sign in again."))
        }
    }
}
