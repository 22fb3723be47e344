//! Why a profile is one seller.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::readable;
use crate::api::Shared;
use crate::domain::id::SellerId;
use crate::feed::Reader;
use crate::feed::explain::Explanation;
use crate::http::caller::{Caller, ReadSellers};
use crate::http::conditional::tagged;
use crate::http::problem::Problem;
use crate::http::{blocking, body};

/// Explains what holds a profile together.
#[utoipa::path(tag = "sellers", security(("bearer" = [])),
    params(("group" = String, Path), ("id" = SellerId, Path)),
    responses((status = 200, body = Explanation)))]
#[get("/v1/groups/{group}/sellers/{id}/links")]
pub async fn explain_seller(
    app: Shared,
    caller: Caller<ReadSellers>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (slug, id) = path.into_inner();
    let group = readable(&app, &caller.viewer, &slug).await?;
    let id: SellerId = body::id(&id)?;
    let hasher = app.hasher.clone();
    let explanation =
        blocking::read(&app, move |conn| Reader::new(&caller.viewer, &group).explain(conn, &hasher, id))
            .await?;
    tagged(request.headers(), &explanation.ok_or_else(Problem::not_found)?)
}
