//! The third stage of the pipeline: from views and events to what one viewer reads.
//!
//! Everything here starts from projections of the viewer's own lens class. The only thing added for
//! the viewer itself is what it holds already: masked values that stand in its own live reports are
//! filled in from those reports.

pub mod apart;
pub mod contributions;
mod csv_cell;
pub mod exchange;
pub mod explain;
pub mod follow;
pub mod forms;
pub mod judging;
mod near;
pub mod review;
pub mod search;
mod shown;
pub mod snapshot;
mod table;
mod workbook;

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::SellerId;
use crate::domain::lens::change::ViewField;
use crate::domain::lens::class::Class;
use crate::domain::lens::seller::{Projection, SellerView};
use crate::domain::resolution::keys::Key;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::feed::{self, EventKind, EventRow};
use crate::store::groups::Group;
use crate::store::profiles::{self, ViewRow};
use crate::store::{Conn, Result, reports};

/// A seller profile as one viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Seller {
    pub id: SellerId,
    /// Slug of the sharing group whose profile this is.
    pub group: String,
    /// Counts the changes that this lens could see, from 1.
    pub revision: i32,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
    #[serde(flatten)]
    pub view: SellerView,
}

/// One change of one profile, with the profile's present view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedEvent {
    /// Dense, from 1, in this group and lens class.
    pub number: i64,
    pub kind: EventKind,
    pub seller_id: SellerId,
    pub revision: i32,
    pub at: Timestamp,
    /// Of a merge, the profile that goes on; of a split, the profiles that left; of a profile that appeared or
    /// changed, those that reports came from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<SellerId>,
    /// Where reports moved between profiles: the profiles that the reports of this event were in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<SellerId>,
    /// The profiles that they are in after it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<SellerId>,
    /// The fields of the view that changed; none where the profile appeared or ended, and of events from before they
    /// were recorded.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub changed: BTreeSet<ViewField>,
    /// The profile as it is now, not as it was at the event; absent when it is gone, or not in the part of the feed
    /// that is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller: Option<Seller>,
}

/// A viewer in a group that it may read.
pub struct Reader<'v> {
    pub viewer: &'v Viewer,
    pub group: &'v Group,
    class: String,
}

impl<'v> Reader<'v> {
    /// `group` must be readable for the viewer: see `store::groups::readable`.
    pub fn new(viewer: &'v Viewer, group: &'v Group) -> Self {
        Self { viewer, group, class: Class::of(viewer.kind, &viewer.member_slug).to_string() }
    }

    /// The lens class whose views and numbers the viewer gets.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// The profile with this id; `None` if there is none in use.
    pub fn seller(&self, conn: &mut Conn, id: SellerId) -> Result<Option<Seller>> {
        let row = profiles::find_view(conn, self.group.id, &self.class, id)?;
        let rows = self.reveal(conn, row.into_iter().collect())?;
        Ok(rows.into_iter().next().map(|(row, projection)| self.seller_of(row, projection)))
    }

    /// The changes of one profile, oldest first, without views.
    pub fn history(&self, conn: &mut Conn, id: SellerId, after: i64, limit: i64) -> Result<Vec<FeedEvent>> {
        let events = feed::of_profile(conn, self.group.id, &self.class, id, after, limit)?;
        events.into_iter().map(|event| as_it_was(event, None)).collect()
    }

    /// Reads rows into projections and fills in what the viewer already holds.
    fn reveal(&self, conn: &mut Conn, rows: Vec<ViewRow>) -> Result<Vec<(ViewRow, Projection)>> {
        let mut revealed: Vec<(ViewRow, Projection)> = rows
            .into_iter()
            .map(|row| row.projection().map(|projection| (row, projection)))
            .collect::<Result<_>>()?;
        let mut masked: Vec<Key> = revealed
            .iter()
            .flat_map(|(_, projection)| projection.masked_keys().collect::<Vec<_>>())
            .collect();
        masked.sort();
        masked.dedup();
        if masked.is_empty() {
            return Ok(revealed);
        }
        let held = reports::held_by(conn, self.viewer, &masked)?;
        if !held.is_empty() {
            for (_, projection) in &mut revealed {
                projection.reveal(&held);
            }
        }
        Ok(revealed)
    }

    fn seller_of(&self, row: ViewRow, projection: Projection) -> Seller {
        Seller {
            id: row.profile_id,
            group: self.group.slug.clone(),
            revision: row.revision,
            created_at: row.created_at,
            modified_at: row.modified_at,
            view: projection.into_view(),
        }
    }
}

/// An event as it is told now: of a profile that is gone, only that it is gone.
fn feed_event(event: EventRow, seller: Option<Seller>) -> Result<FeedEvent> {
    if seller.is_none() && event.kind != EventKind::Merged {
        let told = as_it_was(event, None)?;
        return Ok(FeedEvent { kind: EventKind::Removed, changed: BTreeSet::new(), ..told });
    }
    as_it_was(event, seller)
}

/// An event as it was told when it came about.
fn as_it_was(event: EventRow, seller: Option<Seller>) -> Result<FeedEvent> {
    let changed = event.changed.as_deref().map(serde_json::from_str).transpose()?;
    let others: Vec<SellerId> = serde_json::from_str(&event.others)?;
    let [before, after] = lineage(event.kind, event.profile_id, &others);
    Ok(FeedEvent {
        number: event.number,
        kind: event.kind,
        seller_id: event.profile_id,
        revision: event.revision,
        at: event.at,
        others,
        before,
        after,
        changed: changed.unwrap_or_default(),
        seller,
    })
}

/// The profiles that the reports of an event were in before it, and those that they are in after it; none where
/// nothing moved.
fn lineage(kind: EventKind, id: SellerId, others: &[SellerId]) -> [Vec<SellerId>; 2] {
    let with_others = || {
        let mut all = others.to_vec();
        all.push(id);
        all.sort();
        all
    };
    match kind {
        _ if others.is_empty() => [Vec::new(), Vec::new()],
        EventKind::Merged => [vec![id], others.to_vec()],
        EventKind::Split => [vec![id], with_others()],
        EventKind::Created => [others.to_vec(), vec![id]],
        EventKind::Updated | EventKind::Removed => [with_others(), vec![id]],
    }
}
