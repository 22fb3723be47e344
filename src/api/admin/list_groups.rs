//! Every sharing group, for the operator.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::{GroupOut, group_out};
use crate::api::Shared;
use crate::http::blocking;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::Problem;
use crate::store::{StoreError, groups};

/// All groups.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllGroups {
    pub items: Vec<GroupOut>,
}

/// Lists every sharing group with its members.
#[utoipa::path(tag = "admin", security(("bearer" = [])), responses((status = 200, body = AllGroups)))]
#[get("/v1/admin/groups")]
pub async fn list_all_groups(app: Shared, _caller: Caller<Operate>) -> Result<HttpResponse, Problem> {
    let items = blocking::read(&app, |conn| {
        groups::all(conn)?
            .into_iter()
            .map(|group| {
                let listed = groups::listed(conn, group.id)?;
                Ok::<_, StoreError>(group_out(group, listed))
            })
            .collect::<Result<Vec<_>, _>>()
    })
    .await?;
    Ok(HttpResponse::Ok().json(AllGroups { items }))
}
