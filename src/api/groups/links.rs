//! Why a profile is one seller.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::readable;
use crate::api::Shared;
use crate::domain::id::{ReportId, SellerId};
use crate::feed::Reader;
use crate::feed::explain::Explanation;
use crate::http::caller::{Caller, ReadSellers};
use crate::http::conditional::tagged;
use crate::http::problem::Problem;
use crate::http::{blocking, body};

/// Between which two reports.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinkParams {
    /// With `to`: a report of the profile, `rep_…`, from which the strongest path is to be told.
    pub from: Option<String>,
    /// With `from`: the report to which.
    pub to: Option<String>,
}

/// Explains what holds a profile together, or how two of its reports come to be in it.
#[utoipa::path(tag = "sellers", security(("bearer" = [])),
    params(("group" = String, Path), ("id" = SellerId, Path), LinkParams),
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
    let params: LinkParams = body::parameters(&request)?;
    let id: SellerId = body::id(&id)?;
    let ends = ends(&params)?;
    let hasher = app.hasher.clone();
    let explanation = blocking::read(&app, move |conn| {
        let reader = Reader::new(&caller.viewer, &group);
        match ends {
            Some(ends) => reader.explain_path(conn, &hasher, id, ends),
            None => reader.explain(conn, &hasher, id),
        }
    })
    .await?;
    tagged(request.headers(), &explanation.ok_or_else(Problem::not_found)?)
}

/// The two reports that a path is asked for between, if one is.
fn ends(params: &LinkParams) -> Result<Option<[ReportId; 2]>, Problem> {
    let missing = |name| Problem::bad_parameter(name, "required", "Name two reports: `from` and `to`.");
    match (&params.from, &params.to) {
        (None, None) => Ok(None),
        (Some(from), Some(to)) => Ok(Some([body::id(from)?, body::id(to)?])),
        (None, Some(_)) => Err(missing("from")),
        (Some(_), None) => Err(missing("to")),
    }
}
