//! The caller's sharing groups.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::domain::group::GroupKind;
use crate::http::blocking;
use crate::http::caller::{Anyone, Caller};
use crate::http::problem::Problem;

/// A sharing group and what the caller may do in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyGroup {
    #[schema(example = "alliance")]
    pub slug: String,
    pub name: String,
    pub kind: GroupKind,
    /// Whether the group's pool also holds what is shared with `alliance`.
    pub includes_alliance: bool,
    pub contribute: bool,
    pub read: bool,
}

/// The caller's groups.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyGroups {
    pub items: Vec<MyGroup>,
}

/// Lists the sharing groups in which the caller has any right.
#[utoipa::path(tag = "sellers", security(("bearer" = [])), responses((status = 200, body = MyGroups)))]
#[get("/v1/groups")]
pub async fn list_groups(app: Shared, caller: Caller<Anyone>) -> Result<HttpResponse, Problem> {
    let items = blocking::directory(&app)
        .await?
        .of_viewer(&caller.viewer)
        .into_iter()
        .map(|(group, rights)| MyGroup {
            slug: group.slug,
            name: group.name,
            kind: group.kind,
            includes_alliance: group.includes_alliance,
            contribute: rights.contribute,
            read: rights.read,
        })
        .collect();
    Ok(HttpResponse::Ok().json(MyGroups { items }))
}
