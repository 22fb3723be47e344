//! The sellers that a report belongs to, or of a draft, that it points at.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Placement, placements, readable};
use crate::api::Shared;
use crate::domain::id::ReportId;
use crate::domain::report::Report;
use crate::domain::resolution::keys::{Key, KeyHasher};
use crate::domain::viewer::Viewer;
use crate::feed::Reader;
use crate::feed::search::KEYS_MAX;
use crate::http::caller::{Caller, ReadReports};
use crate::http::problem::Problem;
use crate::http::{blocking, body};
use crate::store::{Conn, StoreError, reports};

/// Where a report is, or would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportSellers {
    /// Whether the report still waits to be worked in, in a group that the caller reads.
    pub pending: bool,
    /// The profiles that the report is part of, in groups that the caller reads.
    pub member_of: Vec<Placement>,
    /// The profiles that carry one of its first 50 identifiers, in groups that the caller reads; for a
    /// draft, this is where it would most likely belong.
    pub matches: Vec<Placement>,
}

/// Lists the profiles that one of the caller's own reports is part of or points at.
#[utoipa::path(tag = "reports", security(("bearer" = [])), params(("id" = ReportId, Path)),
    responses((status = 200, body = ReportSellers)))]
#[get("/v1/reports/{id}/sellers")]
pub async fn list_report_sellers(
    app: Shared,
    caller: Caller<ReadReports>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ReportId = body::id(&id)?;
    let hasher = app.hasher.clone();
    let out = blocking::read(&app, move |conn| {
        let viewer = &caller.viewer;
        let Some(stored) = reports::find(conn, viewer, id)? else { return Ok(None) };
        let keys = keys(&stored.report()?, &hasher);
        let member_of = placements(conn, viewer, id)?;
        let matches = matches(conn, viewer, &keys)?;
        Ok::<_, StoreError>(Some(ReportSellers {
            pending: member_of.is_none(),
            member_of: member_of.unwrap_or_default(),
            matches,
        }))
    })
    .await?;
    Ok(HttpResponse::Ok().json(out.ok_or_else(Problem::not_found)?))
}

/// What profiles are looked for by. Not the facts of resolution: those know names and addresses in a form
/// that no profile is found by.
fn keys(report: &Report, hasher: &KeyHasher) -> Vec<Key> {
    let mut seen = BTreeSet::new();
    let keys = report.identifiers().map(|identifier| hasher.key(identifier));
    keys.filter(|key| seen.insert(*key)).take(KEYS_MAX).collect()
}

fn matches(conn: &mut Conn, viewer: &Viewer, keys: &[Key]) -> Result<Vec<Placement>, StoreError> {
    let mut all = Vec::new();
    for group in readable(conn, viewer)? {
        let found = Reader::new(viewer, &group).matches(conn, keys)?;
        let found = found.into_iter();
        all.extend(found.map(|one| Placement { group: group.slug.clone(), seller_id: one.seller.id }));
    }
    Ok(all)
}
