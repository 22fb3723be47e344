//! Leaves a group.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::domain::membership::{Act, Parting};
use crate::http::blocking;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::problem::Problem;
use crate::ops::leave_group::leave_group;

/// How to leave.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LeaveForm {
    /// What becomes of the reports that the caller's member shared with the group; `withdrawn` by default.
    pub reports: Option<Parting>,
}

/// Takes the caller's member out of a group. From the next request on there is no such group for it.
#[utoipa::path(tag = "groups", security(("bearer" = [])), params(("group" = String, Path)),
    request_body = LeaveForm, responses((status = 204, description = "Left")))]
#[post("/v1/groups/{group}/leave")]
pub async fn leave(
    app: Shared,
    caller: Caller<ManageGroups>,
    slug: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (viewer, slug) = (caller.viewer, slug.into_inner());
    let form: LeaveForm = super::form_for(&app, &viewer, (&slug, Act::Leave), &request, payload).await?;
    let parting = form.reports.unwrap_or(Parting::Withdrawn);
    let (filing, now) = (app.filing.clone(), app.now());
    let left =
        blocking::write(&app, move |conn| leave_group(conn, &filing, now, &viewer, (&slug, parting))).await;
    app.directory.forget();
    app.wake_resolver();
    left?;
    Ok(HttpResponse::NoContent().finish())
}
