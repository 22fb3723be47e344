//! The risk of a profile from the view of it: what the viewer does not see cannot add to the score.

use std::collections::BTreeSet;

use super::super::identifier::IdentifierType;
use super::super::risk::{Risk, RiskTerm};
use super::band::Count;
use super::seller::SellerView;
use super::tally::Part;

/// Rates a view, with what the reports add up to that its viewer sees one by one.
pub(super) fn rate(view: &SellerView, seen: Option<&Part>) -> Risk {
    let count = |count: &Count| usize::try_from(count.at_least()).unwrap_or(usize::MAX);
    let hosts: BTreeSet<&str> = view
        .identifiers
        .iter()
        .filter(|one| one.kind.is_hosted())
        .filter_map(|one| one.platform.as_deref())
        .collect();
    let storefronts = view.identifiers.iter().filter(|one| one.kind == IdentifierType::Storefront);
    let of_seen = |amount: fn(&Part) -> usize| seen.map_or(0, amount);
    Risk::of([
        (RiskTerm::Members, count(&view.members)),
        (RiskTerm::Reports, count(&view.reports)),
        (RiskTerm::Months, view.first_seen.months_until(&view.last_seen)),
        (RiskTerm::Platforms, hosts.len()),
        (RiskTerm::Storefronts, storefronts.count()),
        (RiskTerm::Proof, of_seen(|part| part.proof)),
        (RiskTerm::Safety, of_seen(|part| part.unsafe_reports)),
        (RiskTerm::Recurrence, of_seen(|part| part.recurrence)),
    ])
}
