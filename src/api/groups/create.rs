//! Founds a sharing group.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::{MyGroup, my_group};
use crate::api::Shared;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::found_group::{NewKeptGroup, found_group};

/// A group to found.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeptGroupForm {
    /// What the group's slug begins with; the server adds `-` and eight characters.
    #[schema(required = true, example = "luxury-watches")]
    pub slug: Option<String>,
    #[schema(required = true)]
    pub name: Option<String>,
    /// At most 2,000 characters, for members and those who are invited.
    pub description: Option<String>,
    /// Whether the group's pool also holds what is shared with `alliance`.
    pub includes_alliance: bool,
    /// Whether the members are told who the others are, or only how many. It does not change later.
    pub members_named: bool,
}

/// Founds a sharing group. The caller's member is its first member and keeper.
#[utoipa::path(tag = "groups", security(("bearer" = [])), request_body = KeptGroupForm,
    responses((status = 201, body = MyGroup)))]
#[post("/v1/groups")]
pub async fn found(
    app: Shared,
    caller: Caller<ManageGroups>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let form: KeptGroupForm = body::form(&request, payload).await?;
    let choices = [form.includes_alliance, form.members_named];
    let new =
        NewKeptGroup::parse(form.slug, form.name, form.description, choices).map_err(Problem::invalid)?;
    let (ids, now) = (app.ids.clone(), app.now());
    let made =
        blocking::write(&app, move |conn| found_group(conn, ids.as_ref(), now, &caller.viewer, &new)).await;
    app.directory.forget();
    app.wake_resolver();
    let (group, rights) = made?;
    Ok(HttpResponse::Created().json(my_group(group, rights)))
}
