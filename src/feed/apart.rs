//! Why two profiles are not one.
//!
//! A viewer that sees every report of both gets the links that were refused between them, and what they have in
//! common with the reason why it does not join them. Anybody else gets what it sees in full on both, and whether
//! that kind of value can join: how many carry a value, or what was refused, would tell of reports that it may
//! not see.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::Reader;
use super::explain::Told;
use super::shown::Shown;
use crate::domain::handling::Handling;
use crate::domain::id::{ReportId, SellerId};
use crate::domain::lens::seller::{IdentifierView, Projection};
use crate::domain::resolution::facts::Fact;
use crate::domain::resolution::grounds::Common;
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::resolution::partition::{EntryId, Objection};
use crate::domain::resolution::pool::Stored;
use crate::domain::resolution::rules::KeyClass;
use crate::domain::resolution::sentences::{self, Hindrance};
use crate::domain::vocabulary::vocabulary;
use crate::store::pool::RefusalRow;
use crate::store::{Conn, Result, explanations};

/// Why two profiles are not one, as far as the viewer may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Apart {
    pub seller_id: SellerId,
    pub other_id: SellerId,
    /// The answer in one sentence.
    pub sentence: String,
    /// The links that would have joined them and were refused, for a viewer that sees every report of both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusals: Option<Vec<RefusalView>>,
    /// What both carry and the viewer sees in full.
    pub in_common: Vec<CommonView>,
    /// The handling terms of both profiles together.
    #[serde(flatten)]
    pub handling: Handling,
}

/// A link that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusalView {
    pub from_report: ReportId,
    pub to_report: ReportId,
    pub class: KeyClass,
    pub identifiers: Vec<IdentifierView>,
    pub carried_by: i32,
    pub score_decibits: i32,
    pub objection: Objection,
    /// What stands against what: of `registrations` the two numbers, of `persons` the two names, of `countries` the two
    /// countries.
    pub sides: [String; 2],
    pub sentence: String,
}

/// Something that both carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommonView {
    pub class: KeyClass,
    pub identifiers: Vec<IdentifierView>,
    /// Whether such a value can join by itself; if not, only together with another.
    pub alone: bool,
    /// Why it does not join them, for a viewer that sees every report of both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Hindered>,
    pub sentence: String,
}

vocabulary!(
    /// Why what two profiles have in common does not join them.
    Hindered {
        TooWidelyShared = "too_widely_shared",
        NeverAlone = "never_alone",
        NearAHub = "near_a_hub",
        ByChance = "by_chance",
        Contradiction = "contradiction",
    }
);

impl Hindered {
    fn of(hindrance: Hindrance) -> Option<Self> {
        match hindrance {
            Hindrance::Wide(_) => Some(Self::TooWidelyShared),
            Hindrance::NeverAlone => Some(Self::NeverAlone),
            Hindrance::Mistyped => Some(Self::NearAHub),
            Hindrance::ByChance => Some(Self::ByChance),
            Hindrance::Refused => Some(Self::Contradiction),
            Hindrance::Untold => None,
        }
    }
}

impl Reader<'_> {
    /// Explains why two profiles are not one; `None` unless the viewer knows of both.
    pub fn explain_apart(
        &self,
        conn: &mut Conn,
        hasher: &KeyHasher,
        [id, other]: [SellerId; 2],
    ) -> Result<Option<Apart>> {
        let (Some(ours), Some(theirs)) = (self.projection(conn, id)?, self.projection(conn, other)?) else {
            return Ok(None);
        };
        let shown = [&ours, &theirs].map(|one| Shown::of(&[one], hasher));
        let handling = Handling::of_all([&ours, &theirs].map(|one| one.view().handling.clone()));
        if ![&ours, &theirs].into_iter().all(Projection::sees_every_report) && !leak!(RefusalsToPeers) {
            let in_common = seen_on_both(&shown);
            let sentence = sentences::of_apart(None, in_common.len());
            let apart =
                Apart { seller_id: id, other_id: other, sentence, refusals: None, in_common, handling };
            return Ok(Some(apart));
        }
        let both = Shown::of(&[&ours, &theirs], hasher);
        let [ours, theirs] = [id, other].map(|id| explanations::reports_of(conn, self.group.id, id));
        let (mut reports, theirs) = (ours?, theirs?);
        let own: BTreeSet<EntryId> = reports.keys().copied().collect();
        let of_other: BTreeSet<EntryId> = theirs.keys().copied().collect();
        reports.extend(theirs);
        let rows = explanations::refusals_between(conn, self.group.id, &own, &of_other)?;
        let placed = self.placed(conn, &reports)?;
        let nothing = BTreeMap::new();
        let told = Told { reports: &reports, shown: &both, placed: placed.as_ref().unwrap_or(&nothing) };
        let refusals: Vec<RefusalView> = rows.iter().filter_map(|row| refusal_view(row, &told)).collect();
        let in_common = match placed {
            Some(placed) => self.common(conn, placed, &own, &both)?,
            None => seen_on_both(&shown),
        };
        let sentence = sentences::of_apart(Some(refusals.len()), in_common.len());
        let refusals = Some(refusals);
        Ok(Some(Apart { seller_id: id, other_id: other, sentence, refusals, in_common, handling }))
    }

    fn common(
        &self,
        conn: &mut Conn,
        placed: BTreeMap<EntryId, Stored>,
        own: &BTreeSet<EntryId>,
        shown: &Shown,
    ) -> Result<Vec<CommonView>> {
        let common = self.grounds(conn, placed)?.in_common(own);
        Ok(common.into_iter().map(|one| common_view(one, shown)).collect())
    }
}

/// What the viewer sees in full on both.
fn seen_on_both([ours, theirs]: &[Shown; 2]) -> Vec<CommonView> {
    let untold = |fact: Fact| {
        let alone = fact.class.rule().stratum.is_some();
        let hindrance = if alone { Hindrance::Untold } else { Hindrance::NeverAlone };
        CommonView { reason: None, ..common_view(Common { fact, hindrance }, ours) }
    };
    ours.facts().intersection(&theirs.facts()).copied().map(untold).collect()
}

fn common_view(common: Common, shown: &Shown) -> CommonView {
    let Common { fact, hindrance } = common;
    CommonView {
        class: fact.class,
        identifiers: shown.identifiers(fact.key),
        alone: fact.class.rule().stratum.is_some(),
        reason: Hindered::of(hindrance),
        sentence: sentences::of_shared(fact.class, &shown.named(fact.key), hindrance),
    }
}

fn refusal_view(row: &RefusalRow, told: &Told<'_>) -> Option<RefusalView> {
    let link = row.link();
    let sides = [&row.side_from, &row.side_to].map(|side| side.text().into_owned());
    let named = told.shown.named(row.term);
    let objection = row.objection.as_str();
    Some(RefusalView {
        from_report: *told.reports.get(&link.from)?,
        to_report: *told.reports.get(&link.to)?,
        class: row.class,
        identifiers: told.identifiers(&link),
        carried_by: row.degree,
        score_decibits: row.score_decibits,
        objection: row.objection,
        sentence: sentences::of_refusal(row.class, &named, link.degree, objection, &sides),
        sides,
    })
}
