//! What the reports of a profile add up to: everything that its views need, but for the reports that they show one by
//! one.
//!
//! A tally grows by a report at a time, in any order, so the next report of a profile with a hundred thousand needs none
//! of them read again. It does not shrink: when a report leaves, or says something else, it is made anew.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::group::DROP_BOX_PREFIX;
use super::super::handling::Handling;
use super::super::id::{MemberId, ReportId};
use super::super::identifier::{Identifier, IdentifierType};
use super::super::report::{IdentifierAudience, Value};
use super::super::resolution::keys::KeyHasher;
use super::super::risk;
use super::Lens;
use super::class::Class;
use super::contribution::{Contribution, contribution_view};
use super::seller::ValueSum;

/// Reports that a view shows one by one, at most: the last that were filed. A profile with more is large.
pub const SHOWN_MAX: usize = 100;

/// Reports from which a tally is kept. To read fewer again costs less than to keep what they add up to.
const KEPT_MIN: usize = 8;

/// What all reports of a profile add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Reports that views show one by one, at most.
    shown_max: usize,
    pub(super) names: BTreeSet<String>,
    pub(super) members: BTreeSet<MemberId>,
    /// The first and the last day on which it was seen.
    pub(super) days: Option<(NaiveDate, NaiveDate)>,
    pub(super) nice_classes: BTreeSet<u8>,
    pub(super) categories: BTreeSet<String>,
    pub(super) handling: Option<Handling>,
    /// The platforms that host it, by slug.
    hosts: BTreeSet<String>,
    pub(super) all: Part,
    /// What was given to platforms, by the slug of the drop box.
    given: BTreeMap<String, Part>,
}

/// What some reports add up to that a viewer may see one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    pub reports: usize,
    /// By type and key.
    pub identifiers: BTreeMap<IdentifierType, BTreeMap<String, Spellings>>,
    pub values: BTreeMap<String, ValueSum>,
    /// The best that one of them rests on, as [`risk::proof`] has it.
    pub proof: usize,
    /// Those by whose goods health or safety is at stake.
    pub unsafe_reports: usize,
    /// The hardest that was done before, as [`risk::recurrence`] has it.
    pub recurrence: usize,
    /// Those that are shown: whose they are, and which revision of them was added.
    pub newest: BTreeMap<ReportId, (MemberId, i32)>,
    /// Changes with whatever a report says that may be shown; kept of large profiles, whose views do not show each.
    contents: Option<u128>,
}

/// Of one value, the smallest spelling that each audience was given.
type Spellings = BTreeMap<IdentifierAudience, Identifier>;

/// What a class has of a profile.
pub(super) struct Sight<'t> {
    /// Its lens for the profile as a whole. Totals are exact only for a viewer that sees every report they are made of.
    pub whole: Lens,
    /// The reports that it sees one by one.
    pub seen: Option<&'t Part>,
}

impl Tally {
    /// Of a profile with so many reports, before the first is added, whose views show no more than `shown_max` of them.
    pub fn for_reports(count: usize, shown_max: usize) -> Self {
        let contents = (count > shown_max).then_some(0);
        Self {
            shown_max,
            names: BTreeSet::new(),
            members: BTreeSet::new(),
            days: None,
            nice_classes: BTreeSet::new(),
            categories: BTreeSet::new(),
            handling: None,
            hosts: BTreeSet::new(),
            all: Part { contents, ..Part::default() },
            given: BTreeMap::new(),
        }
    }

    /// Reports that were added.
    pub fn reports(&self) -> usize {
        self.all.reports
    }

    /// Who filed them.
    pub fn members(&self) -> impl Iterator<Item = MemberId> {
        self.members.iter().copied()
    }

    /// Whether a profile is large, so that its views do not show each of its reports.
    pub fn is_large(&self) -> bool {
        self.all.contents.is_some()
    }

    /// Whether it is worth keeping.
    pub fn is_kept(&self) -> bool {
        self.is_large() || self.reports() >= KEPT_MIN
    }

    /// Whether it can take in so many reports more. That of a profile which is not large lacks what stands for those that
    /// are not shown, so it must be made anew for one that is.
    pub fn has_room_for(&self, more: usize) -> bool {
        self.is_large() || self.reports() + more <= self.shown_max
    }

    /// Adds a report that is not in it.
    pub fn add(&mut self, one: &Contribution, hasher: &KeyHasher) {
        let report = &one.report;
        note(&mut self.names, report.seller.display_names.iter().map(String::as_str));
        self.members.insert(one.member);
        let (first, last) = self.days.unwrap_or((report.first_seen, report.last_seen));
        self.days = Some((first.min(report.first_seen), last.max(report.last_seen)));
        let of_rights = report.rights.iter().flat_map(|right| right.nice_classes.iter().copied());
        self.nice_classes.extend(report.goods.iter().filter_map(|goods| goods.nice_class).chain(of_rights));
        let categories = report.goods.iter().filter_map(|goods| {
            let category = if leak!(BrandOfGoods) { &goods.brand } else { &goods.category };
            category.as_deref()
        });
        note(&mut self.categories, categories);
        self.handling = Some(match self.handling.take() {
            Some(handling) => handling.and(report.handling()),
            None => report.handling(),
        });
        note(&mut self.hosts, report.hosts());
        let content = self.all.contents.map(|_| content(one, hasher));
        self.all.add(one, content, self.shown_max);
        for drop_box in report.share_with.iter().filter(|slug| slug.starts_with(DROP_BOX_PREFIX)) {
            self.given.entry(drop_box.clone()).or_default().add(one, content, self.shown_max);
        }
    }

    /// What a class has of it.
    pub(super) fn sight(&self, class: &Class) -> Sight<'_> {
        let Class::Platform(slug) = class else { return Sight { whole: Lens::Peer, seen: None } };
        let given = class.drop_box().and_then(|drop_box| self.given.get(&drop_box));
        let opened = leak!(OneGivenOpensAll) && given.is_some();
        let each = given.is_some_and(|given| given.reports == self.all.reports);
        match self.hosts.contains(slug) || opened || each {
            true => Sight { whole: Lens::Platform, seen: Some(&self.all) },
            false => Sight { whole: Lens::Peer, seen: given },
        }
    }

    /// The reports that the view of a class shows one by one.
    pub fn shown_to(&self, class: &Class) -> impl Iterator<Item = (MemberId, ReportId)> {
        let shown = self.detailed(&self.sight(class)).into_iter().flat_map(|part| &part.newest);
        shown.map(|(report, (member, _))| (*member, *report))
    }

    /// The part whose reports are shown one by one.
    pub(super) fn detailed<'t>(&'t self, sight: &Sight<'t>) -> Option<&'t Part> {
        if leak!(ReportsToPeers) { Some(&self.all) } else { sight.seen }
    }
}

impl Part {
    fn add(&mut self, one: &Contribution, content: Option<u128>, shown_max: usize) {
        self.reports += 1;
        for reported in &one.report.seller.identifiers {
            // No view has them.
            if reported.audience == IdentifierAudience::Own && !leak!(OwnValuesToPlatforms) {
                continue;
            }
            let identifier = &reported.identifier;
            let values = self.identifiers.entry(identifier.kind).or_default();
            let Some(spellings) = values.get_mut(&identifier.key) else {
                let spelling = BTreeMap::from([(reported.audience, identifier.clone())]);
                values.insert(identifier.key.clone(), spelling);
                continue;
            };
            match spellings.get_mut(&reported.audience) {
                Some(smallest) if *smallest <= *identifier => {}
                Some(smallest) => *smallest = identifier.clone(),
                None => drop(spellings.insert(reported.audience, identifier.clone())),
            }
        }
        if let Some(value) = &one.report.value {
            self.add_value(value);
        }
        self.proof = self.proof.max(risk::proof(&one.report));
        self.unsafe_reports += usize::from(risk::is_unsafe(&one.report));
        self.recurrence = self.recurrence.max(risk::recurrence(&one.report));
        self.newest.insert(one.report_id, (one.member, one.revision));
        if self.newest.len() > shown_max {
            self.newest.pop_first();
        }
        if let Some(content) = content {
            self.contents = Some(self.contents.unwrap_or_default() ^ content);
        }
    }

    fn add_value(&mut self, value: &Value) {
        let sum = self.values.entry(value.currency.clone()).or_insert_with(|| ValueSum {
            currency: value.currency.clone(),
            sales_minor: 0,
            unsold_minor: 0,
            illegal_gains_minor: 0,
            units: 0,
            reports: 0,
        });
        let add = |total: &mut i64, part: Option<i64>| *total = total.saturating_add(part.unwrap_or(0));
        add(&mut sum.sales_minor, value.sales_minor);
        add(&mut sum.unsold_minor, value.unsold_minor);
        add(&mut sum.illegal_gains_minor, value.illegal_gains_minor);
        add(&mut sum.units, value.units);
        sum.reports += 1;
    }

    /// What stands for the reports that are seen and not shown, if there are any.
    pub fn unlisted(&self) -> Option<String> {
        let unlisted = self.contents.filter(|_| self.reports > self.newest.len());
        unlisted.map(|contents| format!("{contents:032x}"))
    }
}

/// What may be shown of a report, as a number. It names the report, so no two of a profile are alike and take each other
/// out of the sum.
fn content(one: &Contribution, hasher: &KeyHasher) -> u128 {
    let shown = serde_json::to_vec(&contribution_view(one)).unwrap_or_default();
    u128::from_be_bytes(hasher.derive(&[b"contribution", &shown]))
}

/// Adds texts, of which most are there already: only new ones are copied.
fn note<'t>(texts: &mut BTreeSet<String>, said: impl IntoIterator<Item = &'t str>) {
    for text in said {
        if !texts.contains(text) {
            texts.insert(text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
