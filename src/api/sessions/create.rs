//! Signs a person in.

use actix_web::{HttpRequest, HttpResponse, post, web};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SessionOut, session_out};
use crate::api::Shared;
use crate::domain::fault::Faults;
use crate::domain::member::{PASSWORD_CHARS_MAX, Standing, sign_in_email};
use crate::http::problem::{Kind, Problem};
use crate::http::{blocking, body};
use crate::ops::sign_in::{open_session, password_matches};
use crate::store::users;

/// E-mail address and password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SignInForm {
    #[schema(required = true)]
    pub email: Option<String>,
    #[schema(required = true, format = Password)]
    pub password: Option<String>,
}

/// Signs in with e-mail address and password.
#[utoipa::path(tag = "access", request_body = SignInForm, responses((status = 201, body = SessionOut)))]
#[post("/v1/sessions")]
pub async fn create_session(
    app: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let form: SignInForm = body::form(&request, payload).await?;
    let mut faults = Faults::default();
    let email = faults.required(form.email, "/email");
    let password = faults.required(form.password, "/password");
    let (email, password) = faults.or(email.zip(password)).map_err(Problem::invalid)?;
    let refused = || Problem::new(Kind::UNAUTHENTICATED, "The e-mail address or the password is not right.");
    let email = sign_in_email(&email).ok_or_else(refused)?;
    if password.chars().count() > PASSWORD_CHARS_MAX {
        return Err(refused());
    }
    let password = SecretString::from(password);
    let wanted = email.clone();
    let known = blocking::read(&app, move |conn| users::find_by_email(conn, &wanted)).await?;
    if leak!(SignInTellsUnknown) && known.is_none() {
        return Err(Problem::not_found());
    }
    if leak!(SignInTellsSuspended)
        && known.as_ref().is_some_and(|(_, member)| member.standing == Standing::Suspended)
    {
        return Err(Problem::forbidden("Your organisation is suspended."));
    }
    let hash = known.map(|(user, _)| user.password_hash);
    if !blocking::hash(&app, move || password_matches(&password, hash.as_deref())).await? {
        return Err(refused());
    }
    let (ids, now) = (app.ids.clone(), app.now());
    let session = blocking::write(&app, move |conn| open_session(conn, ids.as_ref(), now, &email)).await;
    let session =
        session.map_err(|problem| if problem.is(Kind::UNAUTHENTICATED) { refused() } else { problem })?;
    Ok(HttpResponse::Created().json(session_out(&app, &session)?))
}
