//! Totals of a group, with the small cells left out.
//!
//! A figure is shown only if the reports behind it obey the [`is_lawful`] law: enough contributors, none
//! of them dominant; members of one owner group are one contributor. What a total less the shown cells would tell obeys it too, or more cells are left
//! out. So for every single dimension it holds that nothing unlawful can be worked out by subtraction;
//! the dimensions have nothing in common but the total. What is shown is rounded down
//! ([`coarse`]) and ordered by label, never by what was counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::group::ALLIANCE;
use super::super::identifier::Identifier;
use super::super::member::Owner;
use super::super::report::Report;
use super::super::time::month_of;

/// Least contributors behind a figure.
pub const CONTRIBUTORS_MIN: usize = 5;

/// A contributor may have at most one part in so many of a figure: 25 %.
pub const SHARE_PARTS: u64 = 4;

/// Whether a report counts in the totals of a group: if it is shared with the group itself. What is shared
/// with `alliance` as well counts there alone: every reader of a group reads `alliance` too, and could
/// otherwise take the one total from the other.
pub fn counts_in(group_slug: &str, report: &Report) -> bool {
    let shared_with = |slug: &str| report.share_with.iter().any(|one| one == slug);
    shared_with(group_slug) && (group_slug == ALLIANCE || !shared_with(ALLIANCE))
}

/// The totals of one group, as its readers see them. Figures are rounded down: below 100 to a multiple of
/// five, from there on to two digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// Reports; absent where too few contributors stand behind them, or one has too much of them. Members of
    /// one owner group are one contributor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports: Option<u64>,
    /// By the month in which the seller was last seen.
    pub months: Vec<Cell>,
    /// By platform that hosts a storefront or a page of the seller.
    pub platforms: Vec<Cell>,
    /// By country of the seller's identifiers.
    pub countries: Vec<Cell>,
    /// By category of the goods.
    pub categories: Vec<Cell>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cell {
    /// Absent for the reports that say nothing here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Reports; one may count in several cells.
    pub reports: u64,
}

/// What a report counts under, in each dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels([BTreeSet<String>; DIMENSIONS]);

/// Months, platforms, countries, categories.
const DIMENSIONS: usize = 4;

impl Labels {
    pub fn of(report: &Report) -> Self {
        Self([
            BTreeSet::from([month_of(report.last_seen)]),
            report.identifiers().filter_map(Identifier::host).map(str::to_owned).collect(),
            report.identifiers().filter_map(|identifier| identifier.country.clone()).collect(),
            report.goods.iter().filter_map(|goods| goods.category.clone()).collect(),
        ])
    }
}

/// Reports of each contributor.
type Shares = BTreeMap<Owner, u64>;

/// Where a report stands in one dimension: in at least one cell.
type Place = BTreeSet<Option<String>>;

/// What was counted; nothing of it may be shown but what [`Tally::release`] says.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    all: Shares,
    dimensions: [BTreeMap<Place, Shares>; DIMENSIONS],
}

impl Tally {
    pub fn add(&mut self, owner: &Owner, labels: Labels) {
        *self.all.entry(owner.clone()).or_default() += 1;
        for (dimension, labels) in self.dimensions.iter_mut().zip(labels.0) {
            let mut place: Place = labels.into_iter().map(Some).collect();
            if place.is_empty() {
                place.insert(None);
            }
            *dimension.entry(place).or_default().entry(owner.clone()).or_default() += 1;
        }
    }

    /// What may be shown of it.
    pub fn release(&self) -> Totals {
        let whole = is_lawful(&self.all);
        let [months, platforms, countries, categories] =
            self.dimensions.each_ref().map(|dimension| cells(dimension, whole));
        let reports = whole.then(|| coarse(sum(&self.all)));
        Totals { reports, months, platforms, countries, categories }
    }
}

/// Whether a figure may be shown: at least [`CONTRIBUTORS_MIN`] contributors, none above one in [`SHARE_PARTS`].
fn is_lawful(shares: &Shares) -> bool {
    let most = shares.values().copied().max().unwrap_or(0);
    shares.len() >= CONTRIBUTORS_MIN && most.saturating_mul(SHARE_PARTS) <= sum(shares)
}

fn sum(shares: &Shares) -> u64 {
    shares.values().sum()
}

/// A figure as it is shown.
fn coarse(count: u64) -> u64 {
    let mut step = 5;
    if count >= 100 {
        step = 10;
        while count / step >= 100 {
            step *= 10;
        }
    }
    count / step * step
}

fn cells(dimension: &BTreeMap<Place, Shares>, whole: bool) -> Vec<Cell> {
    let mut counted: BTreeMap<&Option<String>, Shares> = BTreeMap::new();
    for (place, shares) in dimension {
        for label in place {
            take_in(counted.entry(label).or_default(), shares);
        }
    }
    let shown = shown(dimension, &counted, whole);
    let cells = counted.iter().filter(|(label, _)| shown.contains(*label));
    cells.map(|(label, shares)| Cell { label: (*label).clone(), reports: coarse(sum(shares)) }).collect()
}

/// The cells that may be shown: those that are lawful, less the smallest of them until what is left over
/// is safe. Each report is looked at once for each of its cells.
fn shown<'d>(
    dimension: &'d BTreeMap<Place, Shares>,
    counted: &BTreeMap<&'d Option<String>, Shares>,
    whole: bool,
) -> BTreeSet<&'d Option<String>> {
    let mut shown: BTreeSet<&Option<String>> =
        counted.iter().filter(|(_, shares)| is_lawful(shares)).map(|(label, _)| *label).collect();
    let mut smallest: Vec<(u64, &Option<String>)> =
        shown.iter().map(|label| (counted.get(label).map_or(0, sum), *label)).collect();
    smallest.sort();

    // Reports of which no cell is shown: what the total less the shown cells comes to.
    let mut left_over = Shares::new();
    let mut cover: BTreeMap<&Option<String>, Vec<usize>> = BTreeMap::new();
    let mut covered = Vec::new();
    for (at, (place, shares)) in dimension.iter().enumerate() {
        let by: Vec<_> = place.iter().filter(|label| shown.contains(label)).collect();
        if by.is_empty() {
            take_in(&mut left_over, shares);
        }
        covered.push((by.len(), shares));
        for label in by {
            cover.entry(label).or_default().push(at);
        }
    }

    for (_, label) in smallest {
        if is_safe(&left_over, counted.len() - shown.len(), whole) {
            break;
        }
        shown.remove(label);
        for at in cover.remove(label).unwrap_or_default() {
            if let Some((by, shares)) = covered.get_mut(at) {
                *by -= 1;
                if *by == 0 {
                    take_in(&mut left_over, shares);
                }
            }
        }
    }
    shown
}

/// Whether it does no harm that somebody knows what the hidden cells come to. Where the total is shown
/// that is known, so it must be lawful itself. Where it is hidden, two dimensions can still be held
/// against each other: then nobody may tell which of at least two cells the difference is in.
fn is_safe(left_over: &Shares, hidden: usize, whole: bool) -> bool {
    if whole { left_over.is_empty() || is_lawful(left_over) } else { hidden >= 2 }
}

fn take_in(into: &mut Shares, shares: &Shares) {
    for (owner, reports) in shares {
        *into.entry(owner.clone()).or_default() += reports;
    }
}

#[cfg(test)]
mod tests;
