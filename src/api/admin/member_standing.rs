//! Suspends and reinstates members.

use actix_web::{HttpResponse, post, web};

use super::MemberOut;
use crate::api::Shared;
use crate::domain::id::MemberId;
use crate::domain::member::Standing;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::set_standing::set_member_standing;

/// Suspends a member: its users and keys stop working on their next request. Its reports stay.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = MemberId, Path)),
    responses((status = 200, body = MemberOut)))]
#[post("/v1/admin/members/{id}/suspend")]
pub async fn suspend_member(
    app: Shared,
    caller: Caller<Operate>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    set(&app, caller, &id, Standing::Suspended).await
}

/// Lets a suspended member act again.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = MemberId, Path)),
    responses((status = 200, body = MemberOut)))]
#[post("/v1/admin/members/{id}/reinstate")]
pub async fn reinstate_member(
    app: Shared,
    caller: Caller<Operate>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    set(&app, caller, &id, Standing::Active).await
}

async fn set(
    app: &Shared,
    caller: Caller<Operate>,
    id: &str,
    standing: Standing,
) -> Result<HttpResponse, Problem> {
    let id: MemberId = body::id(id)?;
    let member =
        blocking::write(app, move |conn| set_member_standing(conn, &caller.viewer, id, standing)).await?;
    Ok(HttpResponse::Ok().json(MemberOut::from(member)))
}
