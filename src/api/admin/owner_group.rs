//! The corporate family of a member.

use actix_web::{HttpRequest, HttpResponse, delete, put, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::MemberOut;
use crate::api::Shared;
use crate::domain::fault::Faults;
use crate::domain::id::MemberId;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::set_owner_group::{parse_owner_group, set_owner_group as set};

/// A family to put a member into.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OwnerGroupForm {
    /// Any slug: members with the same one are affiliated.
    #[schema(required = true, example = "maison-group")]
    pub owner_group: Option<String>,
}

/// Puts a member into an owner group: a corporate family, whose members count once wherever members are counted.
/// Profiles that the member reported are published anew; totals of groups follow at the next month.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = MemberId, Path)),
    request_body = OwnerGroupForm, responses((status = 200, body = MemberOut)))]
#[put("/v1/admin/members/{id}/owner-group")]
pub async fn set_owner_group(
    app: Shared,
    _caller: Caller<Operate>,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let id: MemberId = body::id(&id)?;
    let form: OwnerGroupForm = body::form(&request, payload).await?;
    let mut faults = Faults::default();
    let slug = parse_owner_group(&mut faults, form.owner_group);
    let slug = faults.or(slug).map_err(Problem::invalid)?;
    change(&app, id, Some(slug)).await
}

/// Takes a member out of its owner group: it counts by itself again.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("id" = MemberId, Path)),
    responses((status = 200, body = MemberOut)))]
#[delete("/v1/admin/members/{id}/owner-group")]
pub async fn clear_owner_group(
    app: Shared,
    _caller: Caller<Operate>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    change(&app, body::id(&id)?, None).await
}

async fn change(app: &Shared, id: MemberId, owner_group: Option<String>) -> Result<HttpResponse, Problem> {
    let (ids, now) = (app.ids.clone(), app.now());
    let changed =
        blocking::write(app, move |conn| set(conn, ids.as_ref(), now, id, owner_group.as_deref())).await?;
    let changed = changed.ok_or_else(Problem::not_found)?;
    app.wake_resolver();
    Ok(HttpResponse::Ok().json(MemberOut::from(changed)))
}
