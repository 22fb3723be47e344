//! Why a profile is one seller.
//!
//! A viewer that sees every report of the profile gets the links themselves: which two reports, over
//! which identifier, at what score. A peer gets the identifiers that can link, which follows from what
//! it sees anyway; the links would tell it how many reports there are.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::Reader;
use crate::domain::id::{ReportId, SellerId};
use crate::domain::lens::seller::{IdentifierView, Projection};
use crate::domain::resolution::facts::{Fact, Key, KeyHasher, Pair};
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
    /// Whether it joins by itself; if not, only together with another.
    pub alone: bool,
    /// Evidence of agreement in tenths of a bit, before it is taken into account how many carry it.
    pub weight_decibits: i32,
}

/// Why two reports are one seller's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkView {
    pub from_report: ReportId,
    pub to_report: ReportId,
    /// The kind of key that both carry.
    pub class: KeyClass,
    /// What both carry: one identifier, or the two of a pair, each in the spellings of the profile.
    pub identifiers: Vec<IdentifierView>,
    pub weight_decibits: i32,
    /// Distinct sellers, as known without this link, that carry the identifier, or both of a pair.
    pub carried_by: i32,
    /// The weight less ten for every doubling of `carried_by`, and for a pair of the sellers that carry
    /// each of the two.
    pub score_decibits: i32,
}

impl Reader<'_> {
    /// Explains the profile with this id; `None` if there is none in use.
    pub fn explain(&self, conn: &mut Conn, hasher: &KeyHasher, id: SellerId) -> Result<Option<Explanation>> {
        let Some(row) = profiles::find_view(conn, self.group.id, self.class(), id)? else { return Ok(None) };
        let Some((_, projection)) = self.reveal(conn, vec![row])?.into_iter().next() else { return Ok(None) };
        let links = if projection.sees_every_report() {
            Some(self.links(conn, id, &Shown::of(&projection, hasher))?)
        } else {
            None
        };
        Ok(Some(Explanation { seller_id: id, basis: basis(&projection), links }))
    }

    fn links(&self, conn: &mut Conn, id: SellerId, shown: &Shown) -> Result<Vec<LinkView>> {
        let entries = pool::entries_of_profiles(conn, self.group.id, &[id])?;
        let reports: HashMap<i64, ReportId> =
            entries.iter().map(|entry| (entry.entry, entry.report_id)).collect();
        let ids: Vec<i64> = entries.iter().map(|entry| entry.entry).collect();
        let rows = pool::links_from(conn, self.group.id, &ids)?;
        Ok(rows.iter().filter_map(|row| link_view(row, &reports, shown)).collect())
    }
}

/// The identifiers of a profile by the keys that links name.
struct Shown(HashMap<Key, Vec<IdentifierView>>);

impl Shown {
    fn of(projection: &Projection, hasher: &KeyHasher) -> Self {
        let mut by_key: HashMap<Key, Vec<IdentifierView>> = HashMap::new();
        let mut facts = BTreeSet::new();
        for (view, key) in projection.identifiers().filter(|(view, _)| !view.masked) {
            for fact in Fact::shown(view.kind, &view.value, view.platform.as_deref(), key, hasher) {
                by_key.entry(fact.key).or_default().push(view.clone());
                facts.insert(fact);
            }
        }
        let all: Vec<Fact> = facts.into_iter().collect();
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                let both: Vec<IdentifierView> =
                    [one, other].iter().filter_map(|fact| by_key.get(&fact.key)).flatten().cloned().collect();
                by_key.insert(Pair::new(*one, *other).fact.key, both);
            }
        }
        Self(by_key)
    }
}

fn link_view(row: &LinkRow, reports: &HashMap<i64, ReportId>, shown: &Shown) -> Option<LinkView> {
    Some(LinkView {
        from_report: *reports.get(&row.from_entry)?,
        to_report: *reports.get(&row.to_entry)?,
        class: row.class,
        identifiers: shown.0.get(&row.term).cloned().unwrap_or_default(),
        weight_decibits: row.class.rule().decibits,
        carried_by: row.degree,
        score_decibits: row.score_decibits,
    })
}

fn basis(projection: &Projection) -> Vec<LinkBasis> {
    projection
        .identifiers()
        .filter_map(|(view, _)| {
            let rule = KeyClass::of_kind(view.kind, view.platform.as_deref())?.rule();
            let alone = rule.stratum.is_some();
            Some(LinkBasis { identifier: view.clone(), alone, weight_decibits: rule.decibits })
        })
        .collect()
}
