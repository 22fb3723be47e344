//! Why two profiles are not one.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::readable;
use crate::api::Shared;
use crate::domain::id::SellerId;
use crate::feed::Reader;
use crate::feed::apart::Apart;
use crate::http::caller::{Caller, ReadSellers};
use crate::http::conditional::tagged;
use crate::http::problem::Problem;
use crate::http::{blocking, body};

/// Which other profile is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApartParams {
    /// The id of the other profile, `sel_…`.
    #[param(required = true)]
    pub other: Option<String>,
}

/// Explains why two profiles are not one: what was refused between them, or why what both carry does not join
/// them.
#[utoipa::path(tag = "sellers", security(("bearer" = [])),
    params(("group" = String, Path), ("id" = SellerId, Path), ApartParams),
    responses((status = 200, body = Apart)))]
#[get("/v1/groups/{group}/sellers/{id}/apart")]
pub async fn explain_apart(
    app: Shared,
    caller: Caller<ReadSellers>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (slug, id) = path.into_inner();
    let group = readable(&app, &caller.viewer, &slug).await?;
    let params: ApartParams = body::parameters(&request)?;
    let id: SellerId = body::id(&id)?;
    let other = params
        .other
        .ok_or_else(|| Problem::bad_parameter("other", "required", "Say which other profile is meant."))?;
    let other: SellerId = body::id(&other)?;
    if other == id {
        return Err(Problem::bad_parameter("other", "same", "This is the same profile."));
    }
    let hasher = app.hasher.clone();
    let apart = blocking::read(&app, move |conn| {
        Reader::new(&caller.viewer, &group).explain_apart(conn, &hasher, [id, other])
    })
    .await?;
    tagged(request.headers(), &apart.ok_or_else(Problem::not_found)?)
}
