//! The caller's sharing groups.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::domain::group::{GroupKind, Rights};
use crate::http::blocking;
use crate::http::caller::{Anyone, Caller};
use crate::http::problem::Problem;
use crate::store::groups::{Directory, Group};

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
    /// What its founder says of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// How many other members must stand behind classes of goods before a peer sees them.
    pub k: i32,
}

pub(in crate::api) fn my_group(group: Group, rights: Rights) -> MyGroup {
    MyGroup {
        slug: group.slug,
        name: group.name,
        kind: group.kind,
        includes_alliance: group.includes_alliance,
        contribute: rights.contribute,
        read: rights.read,
        description: group.description,
        k: group.k,
    }
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
    let directory = blocking::read(&app, Directory::load).await?;
    let items = directory
        .of_viewer(&caller.viewer)
        .into_iter()
        .map(|(group, rights)| my_group(group, rights))
        .collect();
    Ok(HttpResponse::Ok().json(MyGroups { items }))
}
