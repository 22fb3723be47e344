//! Reports that are nearly the same: a name and an address that both agree but for the way they are spelt.
//!
//! Nothing is compared with everything. A report makes a few keys of its address (two numbers, or a number and
//! the beginning of a name); only reports that share a key which few components carry are compared, word by word
//! ([`nearness`](super::nearness)): at a forwarder's address too many names are nearly the same. A name alone
//! is never enough, however nearly the same: the address must agree as well, or all but one digit of a
//! register's number.
//!
//! Two different numbers of one register keep companies apart whatever else agrees. People are entered under a
//! mistyped number more often than two of one name live at one address, so between names that are plainly a
//! person's such a number costs bits and no more.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::super::identifier::IdentifierType;
use super::address_words;
use super::contradiction::{contradiction, is_slip};
use super::facts::Fact;
use super::keys::{Key, KeyHasher};
use super::names::{self, Name};
use super::nearness::{self, Agreement, are_in_one_street, is_distinctive, of_addresses, of_names};
use super::partition::{Candidate, EntryId, Objection, Speaker};
use super::rules::{KeyClass, Rules};
use super::words::{ORGANISATION_WORDS, PLACES, TRADE_WORDS};
use serde::{Deserialize, Serialize};

/// What of a report is compared with others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Likeness {
    names: Vec<Name>,
    addresses: Vec<Vec<String>>,
}

/// Names and addresses of a report that are compared; one that gives more is about more than one seller.
const COMPARED_MAX: usize = 4;

/// Numbers of an address that its keys are made of, the longest.
const KEYED_NUMBERS: usize = 4;

/// Letters of a word of an address that stand in a key.
const PLACE_LETTERS: usize = 5;

impl Likeness {
    /// `None` where there is nothing to compare: without a name or without an address.
    pub fn of(mut names: Vec<Name>, addresses: &[&str]) -> Option<Self> {
        let mut addresses: Vec<Vec<String>> = addresses
            .iter()
            .map(|address| address_words::words(address))
            .filter(|words| words.len() > 1)
            .collect();
        names.sort();
        names.dedup();
        addresses.sort();
        addresses.dedup();
        names.truncate(COMPARED_MAX);
        addresses.truncate(COMPARED_MAX);
        (!names.is_empty() && !addresses.is_empty()).then_some(Self { names, addresses })
    }

    /// The keys that bring it together with others, sorted.
    pub fn keys(&self, hasher: &KeyHasher) -> Vec<Key> {
        let mut keys = Vec::new();
        for address in &self.addresses {
            let words: Vec<&str> = address.iter().map(String::as_str).collect();
            let mut numbers: Vec<&str> =
                words.iter().copied().filter(|word| address_words::is_number(word)).collect();
            numbers.dedup();
            let (house, street) = house_and_street(&words);
            let others = numbers.iter().copied().filter(|number| Some(*number) != house);
            let with_street = house.into_iter().chain(others).take(2);
            keys.extend(with_street.filter_map(|number| Some((number, street?))).map(|(number, street)| {
                hasher.word("likeness/street", &format!("{number} {}", start(street, PLACE_LETTERS)))
            }));
            numbers.sort_by_key(|number| std::cmp::Reverse(number.len()));
            numbers.truncate(KEYED_NUMBERS);
            numbers.sort_unstable();
            numbers.dedup();
            keys.extend(pairs(&numbers).map(|[a, b]| hasher.word("likeness/numbers", &format!("{a} {b}"))));
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// One of the things that are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    Name(Name),
    Address(Vec<String>),
}

impl Compared {
    /// What of an identifier is compared, if anything is.
    pub fn of(kind: IdentifierType, value: &str) -> Option<Self> {
        match kind {
            IdentifierType::PersonName | IdentifierType::BusinessName => {
                names::read(value).map(|reading| Self::Name(reading.name))
            }
            IdentifierType::Address => Some(Self::Address(address_words::words(value))),
            _ => None,
        }
    }
}

impl Likeness {
    pub fn has(&self, one: &Compared) -> bool {
        match one {
            Compared::Name(name) => self.names.contains(name),
            Compared::Address(words) => self.addresses.contains(words),
        }
    }

    /// The same without some of what is compared; `None` if there is nothing to compare then.
    pub fn without(&self, gone: &[Compared]) -> Option<Self> {
        let mut left = self.clone();
        left.names
            .retain(|name| !gone.iter().any(|one| matches!(one, Compared::Name(other) if other == name)));
        left.addresses.retain(|words| {
            !gone.iter().any(|one| matches!(one, Compared::Address(other) if other == words))
        });
        (!left.names.is_empty() && !left.addresses.is_empty()).then_some(left)
    }
}

/// The number that stands beside a telling word, and that word, which is most likely the street's; else the first
/// telling word of all.
fn house_and_street<'w>(words: &[&'w str]) -> (Option<&'w str>, Option<&'w str>) {
    let telling = |at: Option<usize>| {
        let word = words.get(at?)?;
        let tells = word.len() >= 4 && !address_words::is_number(word) && !PLACES.contains(word);
        tells.then_some(*word)
    };
    let numbers = words.iter().enumerate().filter(|(_, word)| address_words::is_number(word));
    let mut beside = numbers.filter_map(|(at, number)| {
        // A longer number behind a name is a postal code.
        let before = at.checked_sub(1).filter(|_| number.len() <= HOUSE_DIGITS_MAX);
        Some((*number, telling(Some(at + 1)).or_else(|| telling(before))?))
    });
    match beside.next() {
        Some((house, street)) => (Some(house), Some(street)),
        None => (None, (0..words.len()).find_map(|at| telling(Some(at)))),
    }
}

/// Digits that a house's number has at most where it stands behind the street's name.
const HOUSE_DIGITS_MAX: usize = 3;

/// The first letters of a word in Latin letters.
fn start(word: &str, letters: usize) -> &str {
    word.get(..letters).unwrap_or(word)
}

fn pairs<'w>(words: &'w [&'w str]) -> impl Iterator<Item = [&'w str; 2]> {
    words.iter().enumerate().flat_map(|(at, one)| words[at + 1..].iter().map(move |other| [*one, *other]))
}

/// That two reports are nearly the same, or worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alike {
    pub score_decibits: i32,
    /// Whether two different numbers of one register are more likely a mistake.
    pub settles: bool,
    /// Whether it is not enough to join them.
    pub falls_short: bool,
}

/// What one report says, as far as it is compared with others.
#[derive(Debug, Clone, Copy)]
pub struct Comparable<'s> {
    pub by: Speaker,
    pub likeness: &'s Likeness,
    /// Its numbers of company registers.
    pub exclusive: &'s [String],
}

/// Compares two reports; `None` if they are not nearly the same, and nothing for a person to look at either.
pub fn compare(rules: &Rules, a: &Comparable, b: &Comparable) -> Option<Alike> {
    let bits_min = rules.likeness.bits_min;
    let (mine, theirs) = (a.likeness, b.likeness);
    let name = best(&mine.names, &theirs.names, |x, y| of_names(&x.words, &y.words))?;
    let address = best(&mine.addresses, &theirs.addresses, |x, y| of_addresses(x, y))?;
    let people = are_people(mine, theirs);
    let both = name.full && address.full && name.bits >= 4.0 && address.bits >= 4.0;
    let same_street = || {
        let mut streets = mine.addresses.iter().flat_map(|x| theirs.addresses.iter().map(move |y| (x, y)));
        streets.any(|(x, y)| are_in_one_street(x, y))
    };
    let bits = if both {
        Some(name.bits + address.bits)
    } else if people && is_half_alike(&name, &address, same_street, || numbers_are_near(a, b)) {
        Some(bits_min)
    } else {
        None
    };
    let worth = bits.unwrap_or(name.bits + address.bits);
    if bits.is_none() && !(name.full || address.full) || worth < bits_min.min(rules.likeness.review_bits_min)
    {
        return None;
    }
    let differs = differing_numbers(a, b);
    let settles = people && (!both || (name.bits >= 6.0 && address.bits >= 8.0));
    let cost = if differs.is_some() { rules.likeness.registration_differs_decibits } else { 0 };
    #[expect(clippy::cast_possible_truncation, reason = "some dozens of bits")]
    let [score_decibits, review_min] =
        [worth * 10.0, rules.likeness.review_bits_min * 10.0].map(|bits| bits as i32);
    let score_decibits = score_decibits - cost;
    if bits.is_some_and(|bits| bits >= bits_min) && (differs.is_none() || settles) {
        return Some(Alike { score_decibits, settles, falls_short: false });
    }
    (score_decibits >= review_min).then_some(Alike { score_decibits, settles: false, falls_short: true })
}

/// Whether two people are one although only the name or only the address agrees in full: what else they gave must
/// make up for it, the street or a number of a register but for one character.
fn is_half_alike(
    name: &Agreement,
    address: &Agreement,
    in_one_street: impl Fn() -> bool,
    have_near_numbers: impl Fn() -> bool,
) -> bool {
    let by_name = name.full && name.bits >= 12.0 && in_one_street();
    let by_name_and_number = || name.full && name.bits >= 9.0 && have_near_numbers();
    let by_address = || address.full && address.bits >= 10.0 && name.shared_bits >= 5.0;
    by_name || by_name_and_number() || (by_address() && have_near_numbers())
}

fn best<T>(mine: &[T], theirs: &[T], compare: impl Fn(&T, &T) -> Agreement) -> Option<Agreement> {
    let all = mine.iter().flat_map(|x| theirs.iter().map(move |y| (x, y)));
    all.map(|(x, y)| compare(x, y)).reduce(Agreement::better)
}

/// Whether two sides are branches of one organisation: named alike but for what tells them apart, and each at an
/// address of its own. Returns the names to show.
pub(super) fn are_branches(ours: &[&Likeness], theirs: &[&Likeness]) -> Option<[String; 2]> {
    let both = || ours.iter().flat_map(|a| theirs.iter().map(move |b| (*a, *b)));
    if both().any(|(a, b)| are_people(a, b)) {
        return None;
    }
    let is_one_place = |(a, b): (&Likeness, &Likeness)| {
        let mut addresses = a.addresses.iter().flat_map(|x| b.addresses.iter().map(move |y| (x, y)));
        addresses.any(|(x, y)| of_addresses(x, y).full)
    };
    let mut names =
        both().flat_map(|(a, b)| a.names.iter().flat_map(|x| b.names.iter().map(move |y| (x, y))));
    if names.clone().any(|(x, y)| x.words == y.words) {
        return None;
    }
    let (x, y) = names.find(|(x, y)| nearness::are_branches(&x.words, &y.words))?;
    (!both().any(is_one_place)).then(|| [x.words.join(" "), y.words.join(" ")])
}

/// Whether all names on both sides are plainly those of people.
fn are_people(a: &Likeness, b: &Likeness) -> bool {
    let is_person = |name: &Name| {
        let is_organisations = |word: &String| {
            let word = word.as_str();
            TRADE_WORDS.contains(&word)
                || PLACES.contains(&word)
                || ORGANISATION_WORDS.contains(&word)
                || is_distinctive(word)
                || word.len() == 1
        };
        !name.incorporated && name.words.len() <= 4 && !name.words.iter().any(is_organisations)
    };
    a.names.iter().chain(&b.names).all(is_person)
}

/// Whether both gave numbers of one register that differ in one character, or in two that changed places.
fn numbers_are_near(a: &Comparable, b: &Comparable) -> bool {
    a.exclusive.iter().any(|x| b.exclusive.iter().any(|y| is_slip(x, y)))
}

/// Reports of one component that are compared for each other one; more say the same in other spellings.
const SPOKESMEN_MAX: usize = 8;

/// The links between those that share one likeness key, with the component of the stratum below that each is
/// in: for every two components the strongest. Empty if too few or too many carry it. `compare` is
/// [`compare`], or remembers what it said.
pub(super) fn candidates<'s, L: Ord>(
    rules: &Rules,
    fact: Fact,
    holders: impl IntoIterator<Item = (Comparable<'s>, L)>,
    compare: impl Fn(&Comparable, &Comparable) -> Option<Alike>,
) -> Vec<Candidate> {
    let mut components: BTreeMap<L, Vec<Comparable>> = BTreeMap::new();
    for (said, label) in holders {
        components.entry(label).or_default().push(said);
    }
    let degree = components.len();
    if degree < 2 || degree > rules.of(fact.class).degree_max {
        return Vec::new();
    }
    let components: Vec<Vec<Comparable>> = components.into_values().map(spokesmen).collect();
    let mut found = Vec::new();
    for (at, ours) in components.iter().enumerate() {
        for theirs in &components[at + 1..] {
            let all = ours.iter().flat_map(|a| theirs.iter().map(move |b| (a, b)));
            let best = all.filter_map(|(a, b)| Some((compare(a, b)?, a, b))).min_by_key(|(alike, a, b)| {
                (alike.falls_short, !alike.settles, -alike.score_decibits, a.by.min(b.by), a.by.max(b.by))
            });
            found.extend(best.map(|(alike, a, b)| Candidate {
                fact,
                degree,
                score_decibits: alike.score_decibits,
                settles: alike.settles,
                weak: true,
                central: false,
                rank: rules.of(fact.class).rank,
                refused: alike.falls_short.then(|| {
                    let [a, b] = if a.by <= b.by { [a, b] } else { [b, a] };
                    why_refused(rules, &alike, a, b)
                }),
                holders: vec![a.by.1, b.by.1],
            }));
        }
    }
    found
}

/// Why a likeness that is not enough is not: different numbers of one register, those of `a` first, or too few bits.
fn why_refused(rules: &Rules, alike: &Alike, a: &Comparable, b: &Comparable) -> (Objection, [String; 2]) {
    if let Some(numbers) = differing_numbers(a, b) {
        return (Objection::Registrations, numbers);
    }
    let bits = [f64::from(alike.score_decibits) / 10.0, rules.likeness.bits_min];
    (Objection::Short, bits.map(|bits| format!("{bits:.1}")))
}

fn differing_numbers(a: &Comparable, b: &Comparable) -> Option<[String; 2]> {
    contradiction(&a.exclusive.iter().cloned().collect(), &b.exclusive.iter().cloned().collect(), false)
}

/// Of the reports of one component one for each likeness, the first ones by content.
fn spokesmen(mut reports: Vec<Comparable>) -> Vec<Comparable> {
    reports.sort_by_key(|said| said.by);
    let mut kept: Vec<Comparable> = Vec::new();
    for said in reports {
        let repeats =
            |other: &Comparable| other.likeness == said.likeness && other.exclusive == said.exclusive;
        if !kept.iter().any(repeats) {
            kept.push(said);
            if kept.len() == SPOKESMEN_MAX {
                break;
            }
        }
    }
    kept
}

/// Every two reports once, however many keys bring them together.
pub(super) fn each_once(candidates: impl IntoIterator<Item = Candidate>) -> impl Iterator<Item = Candidate> {
    let mut pairs: BTreeMap<Vec<EntryId>, Candidate> = BTreeMap::new();
    for mut candidate in candidates {
        candidate.holders.sort_unstable();
        match pairs.entry(candidate.holders.clone()) {
            Entry::Vacant(free) => drop(free.insert(candidate)),
            Entry::Occupied(mut known) if candidate.fact < known.get().fact => drop(known.insert(candidate)),
            Entry::Occupied(_) => {}
        }
    }
    pairs.into_values()
}

/// The class of the keys.
pub fn fact(key: Key) -> Fact {
    Fact { key, class: KeyClass::Likeness }
}

#[cfg(test)]
mod tests {
    use super::super::facts::Facts;
    use super::*;

    fn facts(name: &str, address: &str, number: Option<&str>) -> Facts {
        let names = names::read(name).into_iter().map(|reading| reading.name).collect();
        Facts {
            keys: Vec::new(),
            phones: Vec::new(),
            likeness: Likeness::of(names, &[address]),
            one_fact: Vec::new(),
            exclusive: number.map(|number| format!("GB/{number}")).into_iter().collect(),
            persons: Vec::new(),
            homes: Vec::new(),
            tie: 0,
        }
    }

    fn compared(a: &Facts, b: &Facts) -> Option<(bool, i32)> {
        let (a, b) = (a.comparable(1)?, b.comparable(2)?);
        let [one, other] = [compare(Rules::shipped(), &a, &b), compare(Rules::shipped(), &b, &a)];
        assert_eq!(one, other, "the two compare differently the other way round");
        one.map(|alike| (alike.falls_short, alike.score_decibits))
    }

    #[test]
    fn what_is_nearly_the_same_but_not_enough_is_worth_a_look() {
        let house = "7 Wallaby Place, Cleveland 2119";
        let ours = facts("Xingyuan Golden Crocodile Leather Ltd", house, None);
        let same = compared(&ours, &facts("Xingyaun Golden Crocodile Leather Ltd", house, None)).unwrap();
        assert!(!same.0, "{same:?}");
        let next_door =
            facts("Xingyuan Golden Crocodile Leather Ltd", "9 Wallaby Place, Cleveland 2119", None);
        let (falls_short, score) = compared(&ours, &next_door).unwrap();
        assert!(falls_short && score >= 100, "{score}");
        assert_eq!(compared(&ours, &facts("Best Bags Ltd", "9 Wallaby Place, Cleveland 2119", None)), None);
    }

    #[test]
    fn two_companies_that_are_nearly_the_same_but_for_their_numbers_are_worth_a_look() {
        let house = "7 Wallaby Place, Cleveland 2119";
        let ours = facts("Xingyuan Golden Crocodile Leather Ltd", house, Some("04739152"));
        let theirs = facts("Xingyaun Golden Crocodile Leather Ltd", house, Some("91602843"));
        assert!(compared(&ours, &theirs).unwrap().0);
        let (ours, theirs) = (ours.comparable(1).unwrap(), theirs.comparable(2).unwrap());
        let alike = compare(Rules::shipped(), &ours, &theirs).unwrap();
        let (objection, numbers) = why_refused(Rules::shipped(), &alike, &ours, &theirs);
        assert_eq!(
            (objection, numbers),
            (Objection::Registrations, ["GB/04739152", "GB/91602843"].map(Into::into))
        );
    }
}
