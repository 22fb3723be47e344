//! How many others must stand behind classes of goods in a group.

use actix_web::{HttpRequest, HttpResponse, put, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::form_for;
use super::list::{MyGroup, my_group};
use crate::api::Shared;
use crate::domain::fault::Faults;
use crate::domain::membership::Act;
use crate::http::blocking;
use crate::http::caller::{Caller, ManageGroups};
use crate::http::problem::Problem;
use crate::ops::keep_group::{GroupError, admit};
use crate::ops::raise_k::{parse_k, raise_k as raise};

/// A new `k`.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KForm {
    /// 3 to 20, and not less than it is.
    #[schema(required = true, example = 5)]
    pub k: Option<i64>,
}

/// Raises `k`, the number of other members that must stand behind classes of goods before a peer of the group sees
/// them. It is never lowered; the profiles of the group are published anew.
#[utoipa::path(tag = "groups", security(("bearer" = [])), params(("group" = String, Path)),
    request_body = KForm, responses((status = 200, body = MyGroup)))]
#[put("/v1/groups/{group}/k")]
pub async fn raise_k(
    app: Shared,
    caller: Caller<ManageGroups>,
    slug: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (viewer, slug) = (caller.viewer, slug.into_inner());
    let form: KForm = form_for(&app, &viewer, (&slug, Act::RaiseK), &request, payload).await?;
    let mut faults = Faults::default();
    let k = parse_k(&mut faults, form.k);
    let k = faults.or(k).map_err(Problem::invalid)?;
    let now = app.now();
    let raised = blocking::write(&app, move |conn| {
        raise(conn, now, &viewer, &slug, k)?;
        let (group, seat) = admit(conn, &viewer, &slug, Act::RaiseK)?;
        Ok::<_, GroupError>(my_group(group, seat.rights))
    })
    .await?;
    app.directory.forget();
    app.wake_resolver();
    Ok(HttpResponse::Ok().json(raised))
}
