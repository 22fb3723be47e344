//! Who keeps a group.

use actix_web::{HttpResponse, delete, put, web};

use crate::api::Shared;
use crate::domain::viewer::Viewer;
use crate::http::blocking;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::problem::Problem;
use crate::ops::appoint_keeper::set_keeper;

/// Makes a member of a group its keeper. Twice is as once.
#[utoipa::path(tag = "groups", security(("bearer" = [])),
    params(("group" = String, Path), ("member" = String, Path, description = "Its slug")),
    responses((status = 204, description = "Appointed")))]
#[put("/v1/groups/{group}/keepers/{member}")]
pub async fn appoint_keeper(
    app: Shared,
    caller: Caller<ManageGroups>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    set(&app, caller.viewer, path.into_inner(), true).await
}

/// Makes a keeper of a group a plain member again; oneself too, if there is another keeper. Twice is as once.
#[utoipa::path(tag = "groups", security(("bearer" = [])),
    params(("group" = String, Path), ("member" = String, Path, description = "Its slug")),
    responses((status = 204, description = "Dismissed")))]
#[delete("/v1/groups/{group}/keepers/{member}")]
pub async fn dismiss_keeper(
    app: Shared,
    caller: Caller<ManageGroups>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    set(&app, caller.viewer, path.into_inner(), false).await
}

async fn set(
    app: &Shared,
    viewer: Viewer,
    (slug, member): (String, String),
    keeper: bool,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    blocking::write(app, move |conn| set_keeper(conn, now, &viewer, (&slug, &member), keeper)).await?;
    Ok(HttpResponse::NoContent().finish())
}
