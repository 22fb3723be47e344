//! One member.

use actix_web::{HttpResponse, get, web};

use super::MemberOut;
use crate::api::Shared;
use crate::domain::id::MemberId;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::members;

/// Finds a member.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = MemberId, Path)),
    responses((status = 200, body = MemberOut)))]
#[get("/v1/admin/members/{id}")]
pub async fn find_member(
    app: Shared,
    _caller: Caller<Operate>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: MemberId = body::id(&id)?;
    let member = blocking::read(&app, move |conn| members::find(conn, id)).await?;
    let member = member.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(MemberOut::from(member)))
}
