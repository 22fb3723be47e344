//! Takes a member out of a group.

use actix_web::{HttpResponse, delete, web};

use crate::api::Shared;
use crate::http::blocking;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::problem::Problem;
use crate::ops::leave_group::remove_member;

/// Takes another member out of a group that the caller keeps. The reports that it shared with the group are
/// withdrawn from it.
#[utoipa::path(tag = "groups", security(("bearer" = [])),
    params(("group" = String, Path), ("member" = String, Path, description = "Its slug")),
    responses((status = 204, description = "Removed")))]
#[delete("/v1/groups/{group}/members/{member}")]
pub async fn remove_group_member(
    app: Shared,
    caller: Caller<ManageGroups>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (slug, member) = path.into_inner();
    let (filing, now) = (app.filing.clone(), app.now());
    let removed = blocking::write(&app, move |conn| {
        remove_member(conn, &filing, now, &caller.viewer, (&slug, &member))
    })
    .await;
    app.directory.forget();
    app.wake_resolver();
    removed?;
    Ok(HttpResponse::NoContent().finish())
}
