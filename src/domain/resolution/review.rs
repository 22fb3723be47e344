//! What is worth a person's look, and in what order: values that two profiles share and that joined nobody, how
//! likely two profiles are one, and what it would be worth to know.
//!
//! Everything here is made from what one viewer sees; nothing decides who belongs together.

use std::collections::{BTreeMap, BTreeSet};

use super::partition::Objection;
use super::rules::{KeyClass, Kind, doublings};

/// How many times its cap a value may be carried and still be worth a look.
const CAPS: usize = 4;

/// Profiles that may carry a plain name, times [`CAPS`], for it to be worth a look: as for a coined one.
const NAME_CAP: usize = 3;

/// Carriers up to which those of any value are counted: more than are worth a look for every class.
pub const COUNTED_MAX: usize = 64;

/// Most profiles that may carry a value of this class for it to be worth a look; `None` for what always joins, is no
/// clue, or is no single value.
pub fn carriers_max(class: KeyClass) -> Option<usize> {
    let cap = match class {
        KeyClass::Name => NAME_CAP,
        KeyClass::Storefront | KeyClass::Pair | KeyClass::Likeness => return None,
        _ => class.rule().degree_max,
    };
    Some(CAPS * cap).filter(|most| *most > 0)
}

/// What it is worth, in tenths of a bit, that two of so many profiles share a value of this class; `None` if it is
/// not worth a look.
pub fn score_decibits(class: KeyClass, carriers: usize) -> Option<i32> {
    let most = carriers_max(class)?;
    let less = 10 * i32::try_from(doublings(carriers)).unwrap_or_default();
    (2..=most).contains(&carriers).then(|| class.rule().decibits - less)
}

/// A value that two profiles share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shared {
    pub score_decibits: i32,
    pub class: KeyClass,
}

/// What two profiles share, the best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near<I> {
    /// The smaller id first.
    pub of: [I; 2],
    pub shared: Vec<Shared>,
}

/// Every two profiles that share a value, those with the best evidence first and at most `most`: only pairs with `of`,
/// if it is given, and none that is in `known`. Each value comes with its class and all that carry it.
pub fn near<I: Ord + Copy>(
    values: &[(KeyClass, BTreeSet<I>)],
    of: Option<I>,
    known: &BTreeSet<[I; 2]>,
    most: usize,
) -> Vec<Near<I>> {
    let mut pairs: BTreeMap<[I; 2], Vec<Shared>> = BTreeMap::new();
    for (class, carriers) in values {
        let Some(score_decibits) = score_decibits(*class, carriers.len()) else { continue };
        let shared = Shared { score_decibits, class: *class };
        for (at, one) in carriers.iter().enumerate() {
            for other in carriers.iter().skip(at + 1) {
                let pair = [*one, *other];
                if of.is_none_or(|id| pair.contains(&id)) && !known.contains(&pair) {
                    pairs.entry(pair).or_default().push(shared);
                }
            }
        }
    }
    let mut found: Vec<Near<I>> = pairs
        .into_iter()
        .map(|(of, mut shared)| {
            shared.sort_by_key(|one| std::cmp::Reverse(*one));
            Near { of, shared }
        })
        .collect();
    found.sort_by_key(|near| (std::cmp::Reverse(near.evidence_decibits()), near.of));
    found.truncate(most);
    found
}

impl<I> Near<I> {
    /// Whether nothing but plain names are shared.
    pub fn is_name_alone(&self) -> bool {
        self.shared.iter().all(|one| one.class == KeyClass::Name)
    }

    /// Whether it is worth a look: a plain name and nothing else is everybody's, unless they are of one country.
    pub fn is_worth_a_look(&self, in_one_country: bool) -> bool {
        !self.is_name_alone() || self.shared.len() >= 2 || in_one_country
    }

    /// The best value of each kind of fact, together: two kinds that agree are two pieces of evidence, two phones
    /// are one.
    pub fn evidence_decibits(&self) -> i32 {
        let mut best: BTreeMap<Option<Kind>, i32> = BTreeMap::new();
        for one in &self.shared {
            let known = best.entry(one.class.rule().kind).or_insert(i32::MIN);
            *known = one.score_decibits.max(*known);
        }
        best.into_values().sum()
    }
}

/// What speaks against two profiles that something would join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Against {
    /// A contradiction between the two.
    Objection(Objection),
    /// Too many carry what they share.
    TooMany,
    /// They share a plain name.
    NameAlone,
}

impl Against {
    /// What it takes off the evidence, in tenths of a bit: such that on 30,000 synthetic reports as many of each kind
    /// were one seller as expected.
    const fn decibits(self) -> i32 {
        match self {
            Self::Objection(Objection::Registrations) => 54,
            Self::Objection(Objection::Persons | Objection::Branches) => 40,
            Self::Objection(Objection::Short | Objection::Countries) => 70,
            // Somebody knows better.
            Self::Objection(Objection::Judgement) => 1_000,
            Self::TooMany => 60,
            Self::NameAlone => 30,
        }
    }
}

/// What it takes, in tenths of a bit, for two profiles that something brought together to be as likely one as not.
const EVEN_DECIBITS: i32 = 90;

/// How likely two profiles are one seller: `1 / (1 + 2^-(e - a - 9))`, where `e` is the evidence in bits and `a` what
/// speaks against it.
pub fn probability(evidence_decibits: i32, against: Against) -> f64 {
    let bits = f64::from(evidence_decibits - against.decibits() - EVEN_DECIBITS) / 10.0;
    1.0 / (1.0 + (-bits).exp2())
}

/// One side of a candidate, as far as the viewer may know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stake {
    /// At least so many reports and members.
    pub reports: u64,
    pub members: u64,
    /// Currencies with the value at stake, in minor units.
    pub value: BTreeMap<String, i64>,
}

/// What knowing that two profiles are one is worth: the doublings of the pairs of reports and of members that it
/// brings together, and of the value that it adds to another of the same currency, in hundreds of minor units.
pub fn gain([a, b]: [&Stake; 2]) -> f64 {
    let brought = |mine: u64, theirs: u64| (1.0 + mine as f64 * theirs as f64).log2();
    let pooled = a.value.iter().filter_map(|(currency, mine)| Some((*mine).min(*b.value.get(currency)?)));
    let value = pooled.max().map_or(0.0, |added| (1.0 + added.max(0) as f64 / 100.0).log2());
    brought(a.reports, b.reports) + brought(a.members, b.members) + value
}

/// What the queue is ordered by: what a right answer can be expected to gain, in thousandths.
#[expect(clippy::cast_possible_truncation, reason = "some hundreds at most")]
pub fn expected_gain(probability: f64, gain: f64) -> i32 {
    (probability * gain * 1_000.0).round() as i32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stake(reports: u64, members: u64, value: Option<i64>) -> Stake {
        let value = value.map(|value| ("CNY".to_owned(), value)).into_iter().collect();
        Stake { reports, members, value }
    }

    #[test]
    fn more_evidence_makes_it_likelier_and_an_objection_less_likely() {
        assert!((probability(150, Against::TooMany) - 0.5).abs() < 1e-9);
        assert!(probability(120, Against::TooMany) > probability(110, Against::TooMany));
        for objection in Objection::ALL {
            let objected = probability(120, Against::Objection(*objection));
            assert!((0.0..0.9).contains(&objected), "{objection}");
        }
    }

    #[test]
    fn what_brings_more_together_comes_first() {
        let (one, many, worth) = (stake(1, 1, None), stake(20, 4, None), stake(1, 1, Some(5_000_000)));
        assert!(gain([&many, &one]) > gain([&one, &one]));
        assert!((gain([&one, &many]) - gain([&many, &one])).abs() < 1e-9);
        // Value adds up only where both sides have some.
        assert!((gain([&one, &worth]) - gain([&one, &one])).abs() < 1e-9);
        assert!(gain([&worth, &worth]) > gain([&one, &one]));
    }

    #[test]
    fn a_value_is_counted_far_enough_to_tell_whether_it_is_worth_a_look() {
        for class in KeyClass::ALL {
            assert!(carriers_max(*class).is_none_or(|most| most <= COUNTED_MAX), "{class}");
        }
        assert_eq!(score_decibits(KeyClass::Phone, 1), None);
        assert_eq!(score_decibits(KeyClass::Phone, 28), Some(79));
        assert_eq!(score_decibits(KeyClass::Phone, 29), None);
        assert_eq!(score_decibits(KeyClass::Storefront, 2), None);
    }

    #[test]
    fn a_plain_name_alone_takes_a_country_or_another_name() {
        let (name, all) = (KeyClass::Name, BTreeSet::from([1, 2]));
        let alone = near(&[(name, all.clone())], None, &BTreeSet::new(), 9).remove(0);
        assert!(!alone.is_worth_a_look(false) && alone.is_worth_a_look(true));
        let twice = near(&[(name, all.clone()), (name, all.clone())], None, &BTreeSet::new(), 9).remove(0);
        assert!(twice.is_worth_a_look(false));
        // Two names are one piece of evidence, a name and a phone are two.
        assert_eq!(twice.evidence_decibits(), alone.evidence_decibits());
        let both = near(&[(name, all.clone()), (KeyClass::Phone, all)], None, &BTreeSet::new(), 9).remove(0);
        assert!(both.evidence_decibits() > alone.evidence_decibits() && !both.is_name_alone());
    }

    fn values() -> impl Strategy<Value = Vec<(KeyClass, BTreeSet<u8>)>> {
        let class = proptest::sample::select(KeyClass::ALL);
        let carriers = proptest::collection::btree_set(0u8..40, 0..32);
        proptest::collection::vec((class, carriers), 0..8)
    }

    proptest! {
        #[test]
        fn pairs_are_the_same_in_whatever_order_values_come(
            (values, shuffled) in values().prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle())),
            known in proptest::collection::btree_set((0u8..20, 20u8..40), 0..20),
            most in 1usize..100,
        ) {
            let known: BTreeSet<[u8; 2]> = known.into_iter().map(|(a, b)| [a, b]).collect();
            let found = near(&values, None, &known, most);
            prop_assert_eq!(&found, &near(&shuffled, None, &known, most));
            prop_assert!(found.len() <= most);
            for pair in &found {
                prop_assert!(pair.of[0] < pair.of[1] && !known.contains(&pair.of));
            }
            // Of one profile it is what the whole list has of it.
            let all = near(&values, None, &known, usize::MAX);
            let mut one = all.clone();
            one.retain(|pair| pair.of.contains(&7));
            prop_assert_eq!(one, near(&values, Some(7), &known, usize::MAX));
        }
    }
}
