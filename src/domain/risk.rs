//! How much a seller's profile asks for attention: a score of 0 to 100, the sum of terms that each can be checked by hand.
//!
//! A score is made of what a viewer sees of the profile and of nothing else, at the coarseness at which it sees it, so it can
//! tell nobody more than the view. It does not decay with time, since then it would change without anything having
//! happened and no feed could tell of it: how fresh a profile is, its dates say. `docs/RISK.md` prints the table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::report::{Basis, CategoryRisk, PriorActionKind, Report, VerificationLevel};
use super::vocabulary::vocabulary;

vocabulary!(
    /// What adds to a score.
    RiskTerm {
        /// Members that reported it, those of one owner once.
        Members = "members",
        Reports = "reports",
        /// Months from the one in which it was first seen to that in which it was last seen.
        Months = "months",
        /// Platforms that host it.
        Platforms = "platforms",
        /// Its storefronts.
        Storefronts = "storefronts",
        /// The best that any report rests on: see [`proof`].
        Proof = "proof",
        /// Reports of goods by which health or safety is at stake.
        Safety = "safety",
        /// The hardest that was done about it before: see [`recurrence`].
        Recurrence = "recurrence",
    }
);

/// The points of each term: from how much on there are how many. The most of each add up to 100.
///
/// They are a judgement of what should be looked at first, not estimates. No term has as many as that several members
/// report the seller, which none can bring about by itself: one alone brings it to [`ALONE_MAX`], whatever it reports. The
/// steps of members and reports are the bands in which peers see them.
pub const STEPS: [(RiskTerm, &[(usize, u8)]); 8] = [
    (RiskTerm::Members, &[(1, 5), (3, 15), (6, 27), (11, 40)]),
    (RiskTerm::Reports, &[(1, 1), (3, 2), (6, 3), (11, 5)]),
    (RiskTerm::Months, &[(1, 3), (3, 5), (6, 8), (12, 10)]),
    (RiskTerm::Platforms, &[(2, 5), (3, 10)]),
    (RiskTerm::Storefronts, &[(2, 3), (4, 7), (10, 10)]),
    (RiskTerm::Proof, &[(1, 5), (2, 10), (3, 15)]),
    (RiskTerm::Safety, &[(1, 5)]),
    (RiskTerm::Recurrence, &[(1, 2), (2, 5)]),
];

/// The highest score.
pub const RISK_MAX: u8 = 100;

/// The highest score of a seller that one or two members reported.
pub const ALONE_MAX: u8 = 65;

/// A score with its terms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Risk {
    /// 0 to 100.
    pub score: u8,
    /// The points of each term that has any; they add up to the score.
    pub terms: BTreeMap<RiskTerm, u8>,
}

impl Risk {
    /// Of a profile with so much of each term; what is not named is nothing.
    pub fn of(amounts: impl IntoIterator<Item = (RiskTerm, usize)>) -> Self {
        let terms: BTreeMap<RiskTerm, u8> = amounts
            .into_iter()
            .map(|(term, amount)| (term, points(term, amount)))
            .filter(|(_, points)| *points > 0)
            .collect();
        Self { score: terms.values().sum(), terms }
    }
}

fn points(term: RiskTerm, amount: usize) -> u8 {
    let steps = STEPS[term as usize].1;
    steps.iter().rev().find(|(from, _)| amount >= *from).map_or(0, |(_, points)| *points)
}

/// What a report rests on: 0 a suspicion, 1 a probability, 2 the reporter's certainty, 3 a test purchase or what an
/// authority or the seller said.
pub fn proof(report: &Report) -> usize {
    let is_strong = |basis: &Basis| {
        matches!(
            basis,
            Basis::TestPurchase | Basis::CustomsDetention | Basis::Admission | Basis::CourtOrAuthority
        )
    };
    if report.basis.iter().any(is_strong) {
        return 3;
    }
    match report.verification.level {
        VerificationLevel::Suspected => 0,
        VerificationLevel::Probable => 1,
        VerificationLevel::Confirmed => 2,
    }
}

/// Whether health or safety is at stake by the goods of a report.
pub fn is_unsafe(report: &Report) -> bool {
    report.goods.iter().any(|goods| goods.category_risk == CategoryRisk::HealthSafety)
}

/// What was done before about the seller of a report: 0 nothing, 1 a warning, a notice or a takedown, 2 a penalty or a court
/// case.
pub fn recurrence(report: &Report) -> usize {
    let hardness = |kind: PriorActionKind| match kind {
        PriorActionKind::Warning | PriorActionKind::Notice | PriorActionKind::Takedown => 1,
        PriorActionKind::AdminPenalty | PriorActionKind::Civil | PriorActionKind::Criminal => 2,
    };
    report.prior_actions.iter().map(|action| hardness(action.kind)).max().unwrap_or(0)
}

/// The table of terms as the Markdown of `docs/RISK.md`.
pub fn steps_markdown() -> String {
    let mut text = String::from("| term | from … on, points |\n|---|---|\n");
    for (term, steps) in STEPS {
        let steps: Vec<String> = steps.iter().map(|(from, points)| format!("{from}: {points}")).collect();
        text.push_str(&format!("| `{term}` | {} |\n", steps.join(" · ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::lens::band::Count;

    proptest! {
        #[test]
        fn a_score_is_the_sum_of_its_terms_and_more_of_anything_never_lowers_it(
            amounts in proptest::collection::vec(0usize..40, 8),
            raised in 0usize..8,
            by in 1usize..40,
        ) {
            let risk = |amounts: &[usize]| Risk::of(RiskTerm::ALL.iter().copied().zip(amounts.iter().copied()));
            let less = risk(&amounts);
            prop_assert_eq!(u32::from(less.score), less.terms.values().map(|points| u32::from(*points)).sum::<u32>());
            prop_assert!(less.score <= RISK_MAX);
            let mut more = amounts;
            more[raised] += by;
            prop_assert!(risk(&more).score >= less.score);
        }

        #[test]
        fn members_and_reports_count_as_coarsely_as_peers_see_them(count in 1usize..60) {
            let band = usize::try_from(Count::band(count).at_least()).expect("a small number");
            for term in [RiskTerm::Members, RiskTerm::Reports] {
                prop_assert_eq!(points(term, count), points(term, band));
            }
        }
    }

    #[test]
    fn everything_together_is_a_hundred_and_nothing_is_nothing() {
        let most = Risk::of(RiskTerm::ALL.iter().map(|term| (*term, usize::MAX)));
        assert_eq!((most.score, most.terms.len()), (RISK_MAX, RiskTerm::ALL.len()));
        assert_eq!(Risk::of(RiskTerm::ALL.iter().map(|term| (*term, 0))), Risk::default());
        let alone = |term: &RiskTerm| (*term, if *term == RiskTerm::Members { 2 } else { usize::MAX });
        assert_eq!(Risk::of(RiskTerm::ALL.iter().map(alone)).score, ALONE_MAX);
        for (at, (term, _)) in STEPS.into_iter().enumerate() {
            assert_eq!(term as usize, at, "the table is in the order of the terms");
        }
    }

    #[test]
    fn the_documentation_prints_the_table() {
        let page = include_str!("../../docs/RISK.md");
        assert!(page.contains(&steps_markdown()), "docs/RISK.md lacks:\n{}", steps_markdown());
    }
}
