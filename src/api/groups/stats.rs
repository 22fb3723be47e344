//! The totals of a group.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::readable;
use crate::api::Shared;
use crate::domain::handling::{Tlp, default_label};
use crate::domain::lens::stats::Totals;
use crate::domain::time::Timestamp;
use crate::http::blocking;
use crate::http::caller::{Caller, ReadSellers};
use crate::http::conditional::tagged;
use crate::http::problem::Problem;
use crate::store::group_stats;

/// The totals of a sharing group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupStats {
    /// Slug of the sharing group.
    pub group: String,
    /// When they were counted: at the beginning of a month. Absent before the first count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// How far the totals may be passed on: as what is shared with the group and names no label.
    pub tlp: Tlp,
    #[serde(flatten)]
    pub totals: Totals,
}

/// Totals of the reports that are shared with a group, counted once a month. What fewer than five members
/// stand behind, or one member has more than a quarter of, is left out, and so is what would give it away.
/// Reports that are shared with `alliance` as well count there alone.
#[utoipa::path(tag = "sellers", security(("bearer" = [])), params(("group" = String, Path)),
    responses((status = 200, body = GroupStats)))]
#[get("/v1/groups/{group}/stats")]
pub async fn find_group_stats(
    app: Shared,
    caller: Caller<ReadSellers>,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let group = readable(&app, &caller.viewer, &slug).await?;
    let id = group.id;
    let latest = blocking::read(&app, move |conn| group_stats::latest(conn, id)).await?;
    let (as_of, totals) = latest.map(|latest| (latest.as_of, latest.totals)).unzip();
    let tlp = default_label([group.slug.as_str()]);
    let stats = GroupStats { group: group.slug, as_of, tlp, totals: totals.unwrap_or_default() };
    tagged(request.headers(), &stats)
}
