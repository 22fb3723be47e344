//! Why a profile is one seller.
//!
//! A viewer that sees every report of the profile gets the links themselves: which two reports, over
//! which identifier, at what score. A peer gets the identifiers that can link, which follows from what
//! it sees anyway; the links would tell it how many reports there are.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::Reader;
use crate::domain::id::{ReportId, SellerId};
use crate::domain::lens::seller::{IdentifierView, Projection};
use crate::domain::resolution::rules::KeyClass;
use crate::store::pool::LinkRow;
use crate::store::{Conn, Result, pool, profiles};

/// What holds a profile together, as far as the viewer may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explanation {
    pub seller_id: SellerId,
    /// Identifiers of a kind that joins reports, with what agreement on one is worth.
    pub basis: Vec<LinkBasis>,
    /// The links, for a viewer that sees every report of the profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<LinkView>>,
}

/// An identifier that can join reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkBasis {
    pub identifier: IdentifierView,
    /// Evidence of agreement in tenths of a bit, before it is taken into account how many carry it.
    pub weight_decibits: i32,
}

/// Why two reports are one seller's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkView {
    pub from_report: ReportId,
    pub to_report: ReportId,
    /// The kind of identifier that both carry.
    pub class: KeyClass,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<IdentifierView>,
    pub weight_decibits: i32,
    /// Distinct sellers, as known without this link, that carry the identifier.
    pub carried_by: i32,
    /// The weight less ten for every doubling of `carried_by`.
    pub score_decibits: i32,
}

impl Reader<'_> {
    /// Explains the profile with this id; `None` if there is none in use.
    pub fn explain(&self, conn: &mut Conn, id: SellerId) -> Result<Option<Explanation>> {
        let Some(row) = profiles::find_view(conn, self.group.id, self.class(), id)? else { return Ok(None) };
        let Some((_, projection)) = self.reveal(conn, vec![row])?.into_iter().next() else { return Ok(None) };
        let links =
            if projection.sees_every_report() { Some(self.links(conn, id, &projection)?) } else { None };
        Ok(Some(Explanation { seller_id: id, basis: basis(&projection), links }))
    }

    fn links(&self, conn: &mut Conn, id: SellerId, projection: &Projection) -> Result<Vec<LinkView>> {
        let entries = pool::entries_of_profiles(conn, self.group.id, &[id])?;
        let reports: HashMap<i64, ReportId> =
            entries.iter().map(|entry| (entry.entry, entry.report_id)).collect();
        let ids: Vec<i64> = entries.iter().map(|entry| entry.entry).collect();
        let rows = pool::links_from(conn, self.group.id, &ids)?;
        Ok(rows.iter().filter_map(|row| link_view(row, &reports, projection)).collect())
    }
}

fn link_view(row: &LinkRow, reports: &HashMap<i64, ReportId>, projection: &Projection) -> Option<LinkView> {
    let identifier = projection.identifiers().find(|(_, key)| *key == row.term).map(|(view, _)| view.clone());
    Some(LinkView {
        from_report: *reports.get(&row.from_entry)?,
        to_report: *reports.get(&row.to_entry)?,
        class: row.class,
        identifier,
        weight_decibits: row.class.rule().decibits,
        carried_by: row.degree,
        score_decibits: row.score_decibits,
    })
}

fn basis(projection: &Projection) -> Vec<LinkBasis> {
    projection
        .identifiers()
        .filter_map(|(view, _)| {
            let class = KeyClass::ALL.iter().find(|class| class.identifier_type() == view.kind)?;
            Some(LinkBasis { identifier: view.clone(), weight_decibits: class.rule().decibits })
        })
        .collect()
}
