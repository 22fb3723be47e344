//! Which pairs of reports the weights are estimated from, and what comes of it.
//!
//! What agreement is worth among strangers (`u`) is estimated from pairs taken at random, nearly all of which are
//! strangers. They hold too few pairs of one seller to say how often those agree (`m`), so that comes from pairs that
//! share a value of some kind: for each such kind from the other kinds, since it was by the one that the pairs were
//! found. Reports are taken in the order of a hash of their content and pairs by it, so the same reports give the same
//! estimate, whatever order they came in.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::keys::Key;
use super::rules::{KeyClass, Rules};
use super::tuning::{Compared, Estimate, Free, Model, Patterns, Variable, estimate};

/// The kinds of fact that are estimated. An account whatever site it is on is one fact with the storefront.
pub const VARIABLES: [KeyClass; 17] = [
    KeyClass::Storefront,
    KeyClass::CompanyRegistration,
    KeyClass::BankAccount,
    KeyClass::Email,
    KeyClass::Domain,
    KeyClass::Phone,
    KeyClass::Url,
    KeyClass::Messaging,
    KeyClass::PaymentHandle,
    KeyClass::Wallet,
    KeyClass::Parcel,
    KeyClass::Image,
    KeyClass::Docket,
    KeyClass::Address,
    KeyClass::NumberedName,
    KeyClass::CoinedName,
    KeyClass::Name,
];

/// Most pairs that are taken at random.
const RANDOM_PAIRS_MAX: usize = 1_000_000;

/// Most pairs that share a value of one kind, and most that share one value: one hub must not speak for all.
const SHARING_PAIRS_MAX: usize = 200_000;
const SHARING_ONE_MAX: usize = 200;

/// Fewest pairs of one seller, and of two, that an estimate must rest on to be proposed.
const OF_ONE_MIN: f64 = 100.0;
const OF_TWO_MIN: f64 = 1_000.0;

/// Fewest agreements of strangers that must be expected among the pairs: fewer, and the weight would follow from how
/// many pairs were taken.
const AGREEING_STRANGERS_MIN: f64 = 5.0;

/// What was estimated for one kind of fact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    pub class: KeyClass,
    pub shipped_decibits: i32,
    /// Evidence of agreement and of disagreement, in tenths of a bit.
    pub agreement_decibits: i32,
    pub disagreement_decibits: i32,
    /// Pairs that tell, as many as are expected to be of one seller and of two.
    pub of_one: f64,
    pub of_two: f64,
    /// Whether these are enough to propose the weight.
    pub enough: bool,
}

/// What was estimated from a set of reports.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuned {
    pub reports: usize,
    pub random_pairs: u64,
    pub sharing_pairs: u64,
    pub rows: Vec<Row>,
}

/// Estimates the weights from the facts of some reports.
pub fn tune<'f>(reports: impl Iterator<Item = &'f Facts>) -> Tuned {
    let mut reports: Vec<&Facts> = reports.collect();
    reports.sort_by(|a, b| (a.tie, &a.keys).cmp(&(b.tie, &b.keys)));
    let said: Vec<Said> = reports.iter().map(|facts| Said::of(facts)).collect();
    let random = random_patterns(&said);
    let strangers = estimate(&random, &start(None), Free::Everything);
    let known = start(Some(&strangers.model));
    let mut sharing_pairs = 0;
    let mut found: Vec<Estimate> = Vec::new();
    for at in 0..VARIABLES.len() {
        let patterns = sharing_patterns(&said, at);
        if !patterns.is_empty() {
            sharing_pairs += patterns.values().sum::<u64>();
            found.push(estimate(&patterns, &known, Free::NotU));
        }
    }
    let rows = (0..VARIABLES.len()).map(|at| row(at, &strangers, &found)).collect();
    Tuned { reports: said.len(), random_pairs: random.values().sum(), sharing_pairs, rows }
}

/// The weights that rest on enough, as a table of rules may take them.
pub fn proposed(tuned: &Tuned) -> BTreeMap<KeyClass, i32> {
    let enough = tuned.rows.iter().filter(|row| row.enough);
    enough.map(|row| (row.class, row.agreement_decibits)).collect()
}

fn row(at: usize, strangers: &Estimate, found: &[Estimate]) -> Row {
    let class = VARIABLES[at];
    let of_one: f64 = found.iter().map(|one| one.support[at][0]).sum();
    let agreeing: f64 = found.iter().map(|one| one.model.variables[at].m * one.support[at][0]).sum();
    let m = if of_one > 0.0 { agreeing / of_one } else { strangers.model.variables[at].m };
    let u = strangers.model.variables[at].u;
    let of_two = strangers.support[at][1];
    let variable = Variable { m, u };
    let enough = of_one >= OF_ONE_MIN && of_two >= OF_TWO_MIN && u * of_two >= AGREEING_STRANGERS_MIN;
    Row {
        class,
        shipped_decibits: Rules::shipped().of(class).decibits,
        agreement_decibits: decibits(variable.agreement_bits()),
        disagreement_decibits: decibits(variable.disagreement_bits()),
        of_one,
        of_two,
        enough,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "some dozens of bits")]
fn decibits(bits: f64) -> i32 {
    (bits * 10.0).round() as i32
}

/// Where estimating starts: one pair in a thousand, if they are random, or one in two; what is known of strangers.
fn start(known: Option<&Model>) -> Model {
    let u = |at: usize| known.map_or(0.01, |model| model.variables[at].u);
    let variables = (0..VARIABLES.len()).map(|at| Variable { m: 0.9, u: u(at) });
    Model { matching: if known.is_some() { 0.5 } else { 0.001 }, variables: variables.collect() }
}

/// The keys of one report by variable.
struct Said {
    keys: Vec<BTreeSet<Key>>,
}

impl Said {
    fn of(facts: &Facts) -> Self {
        let of = |class| facts.keys.iter().filter(|fact| fact.class == class).map(|fact| fact.key).collect();
        Self { keys: VARIABLES.into_iter().map(of).collect() }
    }

    fn compared(&self, other: &Self) -> Vec<Compared> {
        let one = |(ours, theirs): (&BTreeSet<Key>, &BTreeSet<Key>)| {
            if ours.is_empty() || theirs.is_empty() {
                Compared::Untold
            } else if ours.is_disjoint(theirs) {
                Compared::Differ
            } else {
                Compared::Agree
            }
        };
        self.keys.iter().zip(&other.keys).map(one).collect()
    }
}

/// Pairs taken at random; all, if they are not too many.
fn random_patterns(said: &[Said]) -> Patterns {
    let mut patterns = Patterns::new();
    let count = said.len();
    let mut add = |a: usize, b: usize| *patterns.entry(said[a].compared(&said[b])).or_default() += 1;
    if count * count.saturating_sub(1) / 2 <= RANDOM_PAIRS_MAX {
        for a in 0..count {
            for b in a + 1..count {
                add(a, b);
            }
        }
        return patterns;
    }
    // Everybody with whoever stands so far behind in the order of the hashes, for some distances.
    let mut distances = BTreeSet::new();
    for round in 0..RANDOM_PAIRS_MAX / count {
        let distance = 1 + usize::try_from(mixed(round as u64) % (count as u64 / 2)).unwrap_or(0);
        if distances.insert(distance) {
            (0..count).for_each(|a| add(a, (a + distance) % count));
        }
    }
    patterns
}

/// Pairs that share a value of one kind, as they compare on the others.
fn sharing_patterns(said: &[Said], variable: usize) -> Patterns {
    let mut holders: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, one) in said.iter().enumerate() {
        for key in &one.keys[variable] {
            holders.entry(*key).or_default().push(at);
        }
    }
    let mut pairs: BTreeSet<(u64, usize, usize)> = BTreeSet::new();
    for holders in holders.values() {
        let near = (1..holders.len()).flat_map(|distance| {
            holders.iter().zip(&holders[distance..]).map(|(a, b)| (*a, *b)).collect::<Vec<_>>()
        });
        for (a, b) in near.take(SHARING_ONE_MAX) {
            pairs.insert((mixed((a as u64) << 32 | b as u64), a, b));
        }
    }
    let mut patterns = Patterns::new();
    for (_, a, b) in pairs.into_iter().take(SHARING_PAIRS_MAX) {
        let mut pattern = said[a].compared(&said[b]);
        pattern[variable] = Compared::Untold;
        *patterns.entry(pattern).or_default() += 1;
    }
    patterns
}

/// Mixes a number so that what follows from it looks random. The numbers are those of SplitMix64.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::super::facts::Fact;
    use super::*;

    /// Reports of many sellers, each with some of its seller's values and now and then a stranger's.
    fn reports(count: usize) -> Vec<Facts> {
        let mut rng = Rng::with_seed(11);
        let classes = [KeyClass::Email, KeyClass::Phone, KeyClass::Name];
        let sellers = count / 3;
        (0..count)
            .map(|_| {
                let seller = rng.usize(..sellers);
                let mut keys: Vec<Fact> = Vec::new();
                for (at, class) in classes.into_iter().enumerate() {
                    // One e-mail address and one phone for each seller, and fifty names for all.
                    let values = [sellers, sellers, 50][at];
                    let own = rng.f64() < [0.9, 0.8, 0.95][at];
                    let value = if own { seller % values } else { rng.usize(..values) };
                    if rng.f64() < 0.9 {
                        keys.push(Fact { key: Key((at * 1_000_000 + value) as i64), class });
                    }
                }
                keys.sort();
                Facts {
                    keys,
                    phones: Vec::new(),
                    likeness: None,
                    one_fact: Vec::new(),
                    exclusive: Vec::new(),
                    persons: Vec::new(),
                    homes: Vec::new(),
                    tie: rng.i64(..),
                }
            })
            .collect()
    }

    fn of(tuned: &Tuned, class: KeyClass) -> Row {
        *tuned.rows.iter().find(|row| row.class == class).expect("a row")
    }

    #[test]
    fn a_value_that_strangers_share_often_is_found_to_be_worth_less() {
        let tuned = tune(reports(3_000).iter());
        let [email, name] = [KeyClass::Email, KeyClass::Name].map(|class| of(&tuned, class));
        // Of one seller both give its own address in four of five pairs, and one name in nine of ten. Strangers have
        // one name of fifty, and one address only where one of them gives another's: in one pair of 5,000.
        assert!((email.agreement_decibits - 120).abs() <= 10, "{email:?}");
        assert!((name.agreement_decibits - 55).abs() <= 8, "{name:?}");
        assert!((email.disagreement_decibits + 24).abs() <= 4 && name.enough, "{email:?} {name:?}");
        assert!(!of(&tuned, KeyClass::Wallet).enough, "nobody has a wallet");
    }

    #[test]
    fn the_same_reports_give_the_same_weights_whatever_order_they_come_in() {
        let reports = reports(600);
        let forwards = tune(reports.iter());
        assert_eq!(tune(reports.iter().rev()), forwards);
        assert!(forwards.random_pairs > 100_000 && forwards.sharing_pairs > 1_000, "{forwards:?}");
    }
}
