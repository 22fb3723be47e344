//! How many others must stand behind classes of goods in a group that nobody keeps.

use actix_web::{HttpRequest, HttpResponse, put, web};

use super::group_out;
use crate::api::Shared;
use crate::api::admin::GroupOut;
use crate::api::groups::raise_k::KForm;
use crate::domain::fault::Faults;
use crate::http::caller::{Caller, Operate};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::ops::keep_group::GroupError;
use crate::ops::raise_k::{parse_k, raise_k_of_unkept};
use crate::store::groups;

/// Raises `k` of `alliance`, a drop box or a custom group without keepers. It is never lowered; the profiles of the
/// group are published anew.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(("group" = String, Path)),
    request_body = KForm, responses((status = 200, body = GroupOut)))]
#[put("/v1/admin/groups/{group}/k")]
pub async fn raise_group_k(
    app: Shared,
    _caller: Caller<Operate>,
    slug: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let form: KForm = body::form(&request, payload).await?;
    let mut faults = Faults::default();
    let k = parse_k(&mut faults, form.k);
    let k = faults.or(k).map_err(Problem::invalid)?;
    let raised = blocking::write(&app, move |conn| {
        let group = raise_k_of_unkept(conn, &slug, k)?;
        let listed = groups::listed(conn, group.id)?;
        Ok::<_, GroupError>(group_out(group, listed))
    })
    .await?;
    app.directory.forget();
    app.wake_resolver();
    Ok(HttpResponse::Ok().json(raised))
}
