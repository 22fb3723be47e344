//! An owner suspends and reinstates its colleagues.

use actix_web::{HttpResponse, post, web};

use super::UserOut;
use crate::api::Shared;
use crate::domain::id::UserId;
use crate::domain::member::Standing;
use crate::http::caller::{Caller, ManageUsers};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::set_standing::set_user_standing;

/// Suspends a user of the caller's member, from the user's next request.
#[utoipa::path(tag = "access", security(("bearer" = [])), params(("id" = UserId, Path)),
    responses((status = 200, body = UserOut)))]
#[post("/v1/users/{id}/suspend")]
pub async fn suspend_user(
    app: Shared,
    caller: Caller<ManageUsers>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    set(&app, caller, &id, Standing::Suspended).await
}

/// Lets a suspended user act again.
#[utoipa::path(tag = "access", security(("bearer" = [])), params(("id" = UserId, Path)),
    responses((status = 200, body = UserOut)))]
#[post("/v1/users/{id}/reinstate")]
pub async fn reinstate_user(
    app: Shared,
    caller: Caller<ManageUsers>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    set(&app, caller, &id, Standing::Active).await
}

async fn set(
    app: &Shared,
    caller: Caller<ManageUsers>,
    id: &str,
    standing: Standing,
) -> Result<HttpResponse, Problem> {
    let id: UserId = body::id(id)?;
    let user =
        blocking::write(app, move |conn| set_user_standing(conn, &caller.viewer, id, standing)).await?;
    Ok(HttpResponse::Ok().json(UserOut::from(user)))
}
