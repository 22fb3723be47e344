//! A member's own reports.

pub mod bulk;
pub mod create;
pub mod get;
pub mod list;
pub mod preview;
pub mod retract;
pub mod revise;
pub mod revisions;
pub mod sellers;

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;
use crate::domain::id::{ReportId, SellerId};
use crate::domain::report::Report;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::http::blocking;
use crate::http::problem::Problem;
use crate::store::groups::{Directory, Group};
use crate::store::reports::{ReportState, Stored};
use crate::store::{Conn, StoreError, pool};

/// A report as its own member sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportOut {
    pub id: ReportId,
    pub revision: i32,
    pub state: ReportState,
    /// SHA-256 of what was sent.
    pub digest: String,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
    /// The profiles that the report is part of, in groups that the caller reads; absent until the
    /// report has been worked in there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sellers: Option<Vec<Placement>>,
    #[serde(flatten)]
    pub report: Report,
}

/// That a report is part of a profile of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Placement {
    pub group: String,
    pub seller_id: SellerId,
}

fn report_out(stored: &Stored, sellers: Option<Vec<Placement>>) -> Result<ReportOut, StoreError> {
    Ok(ReportOut {
        id: stored.id,
        revision: stored.revision,
        state: stored.state,
        digest: stored.digest.clone(),
        created_at: stored.created_at,
        modified_at: stored.modified_at,
        sellers,
        report: stored.report()?,
    })
}

/// The groups that the viewer reads.
fn readable(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Group>, StoreError> {
    let groups = Directory::load(conn)?.of_viewer(viewer).into_iter();
    Ok(groups
        .filter(|(_, rights)| rights.read || leak!(PlacesInUnreadGroups))
        .map(|(group, _)| group)
        .collect())
}

/// Where a report is, in the groups that the viewer reads; `None` while it waits for one of them.
fn placements(conn: &mut Conn, viewer: &Viewer, id: ReportId) -> Result<Option<Vec<Placement>>, StoreError> {
    let readable = readable(conn, viewer)?;
    let ids: Vec<_> = readable.iter().map(|group| group.id).collect();
    if pool::is_queued(conn, &ids, viewer.member, id)? {
        return Ok(None);
    }
    let mut placements: Vec<Placement> = pool::profiles_of_report(conn, &ids, id)?
        .into_iter()
        .filter_map(|(group, seller_id)| {
            let group = readable.iter().find(|known| known.id == group)?;
            Some(Placement { group: group.slug.clone(), seller_id })
        })
        .collect();
    placements.sort_by(|a, b| a.group.cmp(&b.group));
    Ok(Some(placements))
}

/// Waits until a report has been worked into every pool that it belongs to and its member reads, or the
/// time is up. How far another pool is depends on what others have shared there.
async fn wait_resolved(app: &Shared, viewer: &Viewer, id: ReportId, longest: Duration) {
    let Ok(directory) = blocking::directory(app).await else { return };
    let member = viewer.member;
    let groups = directory.of_viewer(viewer).into_iter().filter(|(_, rights)| rights.read);
    let groups: Vec<_> = groups.map(|(group, _)| group.id).collect();
    app.wait_resolved(longest, || async {
        let groups = groups.clone();
        let queued = blocking::read(app, move |conn| pool::is_queued(conn, &groups, member, id)).await;
        queued.is_ok_and(|queued| !queued)
    })
    .await;
}

/// Reads where a report is now, for an answer.
async fn placed(app: &Shared, viewer: &Viewer, stored: Stored) -> Result<ReportOut, Problem> {
    let viewer = viewer.clone();
    blocking::read(app, move |conn| {
        let sellers = placements(conn, &viewer, stored.id)?;
        report_out(&stored, sellers)
    })
    .await
}
