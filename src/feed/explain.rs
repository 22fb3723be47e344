//! Why a profile is one seller.
//!
//! A viewer that sees every report of the profile gets the links themselves: which two reports, over
//! which identifier, at what score, and what would fall off without it. A peer gets the identifiers that can link,
//! which follows from what it sees anyway; the links would tell it how many reports there are.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::Reader;
use super::shown::Shown;
use crate::domain::handling::Handling;
use crate::domain::id::{ReportId, SellerId};
use crate::domain::lens::seller::{IdentifierView, Projection};
use crate::domain::resolution::grounds::{Grounds, Taken};
use crate::domain::resolution::keys::{Key, KeyHasher};
use crate::domain::resolution::partition::{EntryId, Link};
use crate::domain::resolution::paths;
use crate::domain::resolution::pool::Stored;
use crate::domain::resolution::rules::KeyClass;
use crate::domain::resolution::sentences;
use crate::store::pool::{LinkRow, SqlPool};
use crate::store::{Conn, Result, explanations, pool, profiles};

/// What holds a profile together, as far as the viewer may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explanation {
    pub seller_id: SellerId,
    /// Identifiers of a kind that joins reports, with what agreement on one is worth.
    pub basis: Vec<LinkBasis>,
    /// The fewest links that hold the profile together, for a viewer that sees every report of it. Of a profile of
    /// more than a thousand reports, those between its accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<LinkView>>,
    /// Where two reports were named: the strongest path from one to the other, link by link, in place of
    /// `links`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Vec<LinkView>>,
    /// The handling terms of the profile.
    #[serde(flatten)]
    pub handling: Handling,
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
    /// What both carry: one identifier, or the two of a pair, each in the spellings of the profile; where they are
    /// alike and not equal, the names and addresses of both.
    pub identifiers: Vec<IdentifierView>,
    pub weight_decibits: i32,
    /// Distinct sellers, as known without this link, that carry the identifier, or both of a pair.
    pub carried_by: i32,
    /// The weight less ten for every doubling of `carried_by`, and for a pair of the sellers that carry
    /// each of the two.
    pub score_decibits: i32,
    /// The same for a person.
    pub sentence: String,
    /// Whether the profile would come apart if these reports did not have the identifiers, whatever else they
    /// have in common; absent where the profile is too large to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridge: Option<bool>,
    /// Of a bridge, the reports that would no longer be with the largest part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub falls_off: Vec<ReportId>,
}

/// Most reports whose grounds are worked out for one answer.
const REPORTS_MAX: usize = 1_000;

/// Most steps of trying what would break a profile: ways of taking something away, times what is looked at anew.
const STEPS_MAX: usize = 2_000_000;

impl Reader<'_> {
    /// Explains the profile with this id; `None` if there is none in use.
    pub fn explain(&self, conn: &mut Conn, hasher: &KeyHasher, id: SellerId) -> Result<Option<Explanation>> {
        let Some(projection) = self.projection(conn, id)? else { return Ok(None) };
        let links = if projection.sees_every_report() || leak!(LinksToPeers) {
            Some(self.links(conn, id, &Shown::of(&[&projection], hasher))?)
        } else {
            None
        };
        let (basis, handling) = (basis(&projection), projection.into_view().handling);
        Ok(Some(Explanation { seller_id: id, basis, links, path: None, handling }))
    }

    /// Explains how two reports of a profile come to be in it together; `None` if there is no such profile, or the
    /// viewer does not see every report of it, or one of the two is not among them.
    pub fn explain_path(
        &self,
        conn: &mut Conn,
        hasher: &KeyHasher,
        id: SellerId,
        [from, to]: [ReportId; 2],
    ) -> Result<Option<Explanation>> {
        let projection = self.projection(conn, id)?;
        let projection = projection.filter(|one| one.sees_every_report() || leak!(PathsToPeers));
        let Some(projection) = projection else { return Ok(None) };
        let reports = explanations::reports_of(conn, self.group.id, id)?;
        let entry = |wanted| reports.iter().find(|(_, report)| **report == wanted).map(|(entry, _)| *entry);
        let (Some(from), Some(to)) = (entry(from), entry(to)) else { return Ok(None) };
        let shown = Shown::of(&[&projection], hasher);
        let told = Told { reports: &reports, shown: &shown, placed: &BTreeMap::new() };
        let path = match self.placed(conn, &reports)? {
            Some(placed) => {
                let path = self.grounds(conn, placed.clone())?.strongest_path(from, to);
                let told = Told { placed: &placed, ..told };
                path.unwrap_or_default().iter().filter_map(|link| told.link(link)).collect()
            }
            // Too many to look for a better way than the one by which they were joined.
            None => {
                let accounts = explanations::accounts_of(conn, self.group.id, id)?;
                let links = self.links_between_accounts(conn, &reports)?;
                let path = paths::in_tree(&links, |entry| accounts.get(&entry).copied(), from, to);
                path.iter().filter_map(|link| told.link(link)).collect()
            }
        };
        let (basis, handling) = (basis(&projection), projection.into_view().handling);
        Ok(Some(Explanation { seller_id: id, basis, links: None, path: Some(path), handling }))
    }

    pub(super) fn projection(&self, conn: &mut Conn, id: SellerId) -> Result<Option<Projection>> {
        let Some(row) = profiles::find_view(conn, self.group.id, self.class(), id)? else { return Ok(None) };
        Ok(self.reveal(conn, vec![row])?.into_iter().next().map(|(_, projection)| projection))
    }

    /// What resolution knows of these reports; `None` if they are too many.
    pub(super) fn placed(
        &self,
        conn: &mut Conn,
        reports: &BTreeMap<EntryId, ReportId>,
    ) -> Result<Option<BTreeMap<EntryId, Stored>>> {
        if reports.len() > REPORTS_MAX {
            return Ok(None);
        }
        let entries: Vec<EntryId> = reports.keys().copied().collect();
        let entries = pool::entries(conn, self.group.id, &entries)?;
        let stored = entries.iter().map(|entry| Ok((entry.entry, entry.stored()?)));
        stored.collect::<Result<_>>().map(Some)
    }

    pub(super) fn grounds(&self, conn: &mut Conn, placed: BTreeMap<EntryId, Stored>) -> Result<Grounds> {
        Grounds::of(&mut SqlPool::new(conn, self.group.id, self.group.next_label)?, placed)
    }

    /// The stored links of these reports: those that join accounts.
    fn links_between_accounts(
        &self,
        conn: &mut Conn,
        reports: &BTreeMap<EntryId, ReportId>,
    ) -> Result<Vec<Link>> {
        let ids: Vec<EntryId> = reports.keys().copied().collect();
        let rows = pool::links_from(conn, self.group.id, &ids)?;
        Ok(rows.iter().map(LinkRow::link).collect())
    }

    fn links(&self, conn: &mut Conn, id: SellerId, shown: &Shown) -> Result<Vec<LinkView>> {
        let reports = explanations::reports_of(conn, self.group.id, id)?;
        let Some(placed) = self.placed(conn, &reports)? else {
            let links = self.links_between_accounts(conn, &reports)?;
            let told = Told { reports: &reports, shown, placed: &BTreeMap::new() };
            return Ok(links.iter().filter_map(|link| told.link(link)).collect());
        };
        let told = Told { reports: &reports, shown, placed: &placed };
        let grounds = self.grounds(conn, placed.clone())?;
        let links = grounds.links();
        let broken = Broken::of(&grounds, &links, shown);
        let view = |link: &Link| {
            let parts = broken.without(link);
            let falls_off = parts.into_iter().flatten().skip(1).flatten();
            Some(LinkView {
                bridge: parts.map(|parts| parts.len() > 1),
                falls_off: falls_off.filter_map(|entry| reports.get(entry)).copied().collect(),
                ..told.link(link)?
            })
        };
        Ok(links.iter().filter_map(view).collect())
    }
}

/// What a link is told from.
pub(super) struct Told<'t> {
    pub reports: &'t BTreeMap<EntryId, ReportId>,
    pub shown: &'t Shown,
    /// Empty if there are too many.
    pub placed: &'t BTreeMap<EntryId, Stored>,
}

impl Told<'_> {
    pub fn link(&self, link: &Link) -> Option<LinkView> {
        let Link { from, to, fact, degree, score_decibits } = *link;
        let named = self.shown.named(fact.key);
        Some(LinkView {
            from_report: *self.reports.get(&from)?,
            to_report: *self.reports.get(&to)?,
            class: fact.class,
            identifiers: self.identifiers(link),
            weight_decibits: fact.class.rule().decibits,
            carried_by: i32::try_from(degree).unwrap_or(i32::MAX),
            score_decibits,
            sentence: sentences::of_link(fact.class, &named, degree, score_decibits),
            bridge: None,
            falls_off: Vec::new(),
        })
    }

    pub fn identifiers(&self, link: &Link) -> Vec<IdentifierView> {
        if link.fact.class != KeyClass::Likeness {
            return self.shown.identifiers(link.fact.key);
        }
        let both = [link.from, link.to];
        let alike: Vec<_> =
            both.iter().filter_map(|id| self.placed.get(id)?.facts.likeness.as_ref()).collect();
        self.shown.compared(&alike)
    }
}

/// Links over one key stand and fall together; what is alike is alike by twos.
type Way = (Key, Option<[EntryId; 2]>);

/// What becomes of a profile without each of its links' identifiers.
struct Broken(HashMap<Way, Vec<Vec<EntryId>>>);

impl Broken {
    fn of(grounds: &Grounds, links: &[Link], shown: &Shown) -> Self {
        let ways: BTreeMap<_, _> = links.iter().map(|link| (Self::way(link), link)).collect();
        if ways.len().saturating_mul(grounds.size()) > STEPS_MAX {
            return Self(HashMap::new());
        }
        let parts = |(way, link): (_, &Link)| {
            let taken = match way {
                (_, Some(alike)) => Taken { alike: Some(alike), ..Taken::default() },
                _ => shown.taken(link.fact.key),
            };
            (way, grounds.without(&taken))
        };
        Self(ways.into_iter().map(parts).collect())
    }

    fn way(link: &Link) -> Way {
        (link.fact.key, (link.fact.class == KeyClass::Likeness).then_some([link.from, link.to]))
    }

    fn without(&self, link: &Link) -> Option<&Vec<Vec<EntryId>>> {
        self.0.get(&Self::way(link))
    }
}

fn basis(projection: &Projection) -> Vec<LinkBasis> {
    projection
        .identifiers()
        .filter(|(view, _)| view.audience.is_none())
        .filter_map(|(view, _)| {
            let rule = KeyClass::of_kind(view.kind, &view.value)?.rule();
            let alone = rule.stratum.is_some();
            Some(LinkBasis { identifier: view.clone(), alone, weight_decibits: rule.decibits })
        })
        .collect()
}
