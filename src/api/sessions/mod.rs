//! Sessions of people: sign in, stay signed in, sign out.

pub mod create;
pub mod delete;
pub mod refresh;

use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::app::access_token::ACCESS_SECONDS;
use crate::http::problem::Problem;
use crate::ops::sign_in::Session;

/// What a signed-in client keeps.
#[derive(Serialize, ToSchema)]
pub struct SessionOut {
    /// Send as `Authorization: Bearer …`.
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// Seconds that the access token is good.
    pub expires_in: i64,
    /// Good once, for `POST /v1/sessions/refresh`.
    pub refresh_token: String,
}

fn session_out(app: &App, session: &Session) -> Result<SessionOut, Problem> {
    let access_token = app
        .access_tokens
        .sign(session.user.id, session.id, app.now())
        .map_err(|error| Problem::internal(&error))?;
    Ok(SessionOut {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in: ACCESS_SECONDS,
        refresh_token: session.refresh_token.expose_secret().to_owned(),
    })
}
