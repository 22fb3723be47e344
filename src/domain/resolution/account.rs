//! What the reports of one account say together: all that the strata above the accounts need of them, however many
//! they are. It does not depend on the order in which they came, and it grows with what is said, not with how often.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::facts::{Fact, Facts, Pair};
use super::homes::{Home, weight};
use super::keys::Key;
use super::likeness::{Comparable, Likeness};
use super::merging::{Part, few};
use super::partition::{EntryId, NodeId, Speaker};
use super::people::Person;
use super::rules::{KeyClass, Stratum};

/// The reports of one account, as one. Equal if they say the same through the same reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Packed", try_from = "Packed")]
pub struct Account {
    /// How many there are.
    pub reports: usize,
    /// The oldest of them.
    pub oldest: EntryId,
    /// The least of them, which places the account among others.
    first: Speaker,
    /// What any of them carries, in order, with the least that does.
    keys: Vec<(Fact, Speaker)>,
    /// The pairs that stand in any one of them.
    pairs: Vec<(Pair, Speaker)>,
    phones: Vec<(Key, String)>,
    spoken: Vec<Spoken>,
    exclusive: Vec<String>,
    persons: Vec<Person>,
    /// Where the seller is, each with how many of them say so.
    homes: Vec<(Home, usize)>,
    /// Those about which a person ever said anything.
    judged: Vec<Speaker>,
}

/// What is compared with other accounts, with the least report that says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Spoken {
    likeness: Likeness,
    exclusive: Vec<String>,
    by: Speaker,
    keys: Vec<Key>,
}

impl Account {
    /// An account of one report, about which a person said something or nobody did.
    pub fn of(id: EntryId, facts: &Facts, is_judged: bool) -> Self {
        let by = (facts.tie, id);
        let mut pairs: Vec<(Pair, Speaker)> = facts.pairs().map(|pair| (pair, by)).collect();
        pairs.sort_unstable();
        let spoken = facts.likeness.iter().map(|likeness| Spoken {
            likeness: likeness.clone(),
            exclusive: facts.exclusive.clone(),
            by,
            keys: facts.likenesses().map(|fact| fact.key).collect(),
        });
        Self {
            reports: 1,
            oldest: id,
            first: by,
            keys: facts.keys.iter().map(|fact| (*fact, by)).collect(),
            pairs,
            phones: facts.phones.clone(),
            spoken: spoken.collect(),
            exclusive: facts.exclusive.clone(),
            persons: facts.persons.clone(),
            homes: facts.homes.iter().map(|home| (*home, 1)).collect(),
            judged: is_judged.then_some(by).into_iter().collect(),
        }
    }

    /// Takes in the reports of another, which has none of these.
    pub fn absorb(&mut self, other: Self) {
        self.reports += other.reports;
        self.oldest = self.oldest.min(other.oldest);
        self.first = self.first.min(other.first);
        unite(&mut self.keys, other.keys, |a, b| a.0 == b.0);
        unite(&mut self.pairs, other.pairs, |a, b| a.0 == b.0);
        unite(&mut self.phones, other.phones, PartialEq::eq);
        unite(&mut self.spoken, other.spoken, |a, b| {
            (&a.likeness, &a.exclusive) == (&b.likeness, &b.exclusive)
        });
        unite(&mut self.exclusive, other.exclusive, PartialEq::eq);
        unite(&mut self.persons, other.persons, PartialEq::eq);
        add(&mut self.homes, other.homes);
        unite(&mut self.judged, other.judged, PartialEq::eq);
    }

    /// Several as one; none if there are none.
    pub fn together(accounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        // Like to like: taken in one by one, each would be put in order among all before it.
        let mut gathered: Vec<(u32, Self)> = Vec::new();
        for mut one in accounts {
            let mut doublings = 0;
            while let Some((_, mut other)) = gathered.pop_if(|(known, _)| *known == doublings) {
                other.absorb(one);
                one = other;
                doublings += 1;
            }
            gathered.push((doublings, one));
        }
        let smallest_first = gathered.into_iter().rev().map(|(_, one)| one);
        smallest_first.reduce(|mut all, one| {
            all.absorb(one);
            all
        })
    }

    /// Whether it says the same as another through the same reports, however many say it.
    pub fn says_as(&self, other: &Self) -> bool {
        let Self {
            reports: _,
            oldest: _,
            first,
            keys,
            pairs,
            phones,
            spoken,
            exclusive,
            persons,
            homes,
            judged,
        } = self;
        *first == other.first
            && *keys == other.keys
            && *pairs == other.pairs
            && *phones == other.phones
            && *spoken == other.spoken
            && *exclusive == other.exclusive
            && *persons == other.persons
            && weights(homes).eq(weights(&other.homes))
            && *judged == other.judged
    }

    /// Notes that a person said something about one of the reports.
    pub fn note_judged(&mut self, report: Speaker) {
        unite(&mut self.judged, vec![report], PartialEq::eq);
    }

    pub fn judged(&self) -> impl Iterator<Item = EntryId> + '_ {
        self.judged.iter().map(|(_, id)| *id)
    }

    pub fn facts(&self) -> impl Iterator<Item = Fact> + '_ {
        self.keys.iter().map(|(fact, _)| *fact)
    }

    /// The ids that platforms gave.
    pub fn anchors(&self) -> impl Iterator<Item = Fact> + '_ {
        self.singles(Stratum::Accounts)
    }

    /// What links by itself in a stratum.
    pub fn singles(&self, stratum: Stratum) -> impl Iterator<Item = Fact> + '_ {
        self.facts().filter(move |fact| fact.links_in(stratum))
    }

    /// What is looked up in a stratum.
    pub fn asked(&self, stratum: Stratum) -> impl Iterator<Item = Fact> + '_ {
        self.facts().filter(move |fact| fact.is_asked_in(stratum))
    }

    /// The keys that bring it together with what is nearly the same.
    pub fn likenesses(&self) -> impl Iterator<Item = Fact> + '_ {
        self.facts().filter(|fact| fact.class == KeyClass::Likeness)
    }

    pub fn pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        self.pairs.iter().map(|(pair, _)| *pair)
    }

    /// The digits of the phones.
    pub fn phones(&self) -> &[(Key, String)] {
        &self.phones
    }

    /// Whether there is nothing but names in it.
    pub fn is_bare(&self) -> bool {
        self.facts().all(Fact::is_bare)
    }

    /// The report that speaks for it where the fact is concerned; where that is a pair, one that carries both of it.
    pub fn speaker(&self, fact: Fact) -> Option<Speaker> {
        if fact.class == KeyClass::Pair {
            return self.speaker_of_pair(fact.key);
        }
        let at = self.keys.partition_point(|(known, _)| known.key < fact.key);
        self.keys.get(at).filter(|(known, _)| known.key == fact.key).map(|(_, by)| *by)
    }

    /// The same of the pair with this key.
    pub fn speaker_of_pair(&self, key: Key) -> Option<Speaker> {
        let at = self.pairs.partition_point(|(pair, _)| pair.fact.key < key);
        self.pairs.get(at).filter(|(pair, _)| pair.fact.key == key).map(|(_, by)| *by)
    }

    /// What it says that is compared with others over a likeness key.
    pub fn comparable(&self, key: Key) -> impl Iterator<Item = Comparable<'_>> {
        let over = self.spoken.iter().filter(move |spoken| spoken.keys.contains(&key));
        over.map(|spoken| Comparable {
            by: spoken.by,
            likeness: &spoken.likeness,
            exclusive: &spoken.exclusive,
        })
    }

    /// Every report that speaks for it in anything: the links of the strata above begin and end at these.
    pub fn speakers(&self) -> BTreeSet<EntryId> {
        let keys = self.keys.iter().map(|(_, by)| by);
        let pairs = self.pairs.iter().map(|(_, by)| by);
        let spoken = self.spoken.iter().map(|spoken| &spoken.by);
        keys.chain(pairs).chain(spoken).chain(&self.judged).map(|(_, id)| *id).collect()
    }

    /// As merging takes it.
    pub(super) fn part(&self, node: NodeId) -> Part<'_> {
        Part {
            members: vec![node],
            first: self.first,
            exclusive: self.exclusive.iter().cloned().collect(),
            persons: self.persons.iter().cloned().collect(),
            homes: weights(&self.homes).collect(),
            likenesses: few(self.spoken.iter().map(|spoken| &spoken.likeness).collect()),
        }
    }
}

/// Puts what both have in order, of those that are the `same` the least.
fn unite<T: Ord>(ours: &mut Vec<T>, theirs: Vec<T>, same: impl Fn(&T, &T) -> bool) {
    ours.extend(theirs);
    ours.sort();
    ours.dedup_by(|later, first| same(first, later));
}

/// Puts what both have in order, each with how often both have it together.
fn add(ours: &mut Vec<(Home, usize)>, theirs: Vec<(Home, usize)>) {
    ours.extend(theirs);
    ours.sort_unstable();
    ours.dedup_by(|(later, more), (first, times)| {
        let is_same = later == first;
        *times += if is_same { *more } else { 0 };
        is_same
    });
}

/// How much each sign counts.
fn weights(homes: &[(Home, usize)]) -> impl Iterator<Item = (Home, usize)> + '_ {
    homes.iter().map(|(home, times)| (*home, weight(*times)))
}

/// An [`Account`] as it is stored: each report and each key once, pairs and speakers by their places among those.
#[derive(Clone, Serialize, Deserialize)]
struct Packed {
    reports: usize,
    oldest: EntryId,
    speakers: Vec<Speaker>,
    first: usize,
    keys: Vec<(Fact, usize)>,
    pairs: Vec<(usize, usize, usize)>,
    phones: Vec<(Key, String)>,
    spoken: Vec<Spoken>,
    exclusive: Vec<String>,
    persons: Vec<Person>,
    homes: Vec<(Home, usize)>,
    judged: Vec<usize>,
}

impl From<Account> for Packed {
    fn from(account: Account) -> Self {
        let of_keys = account.keys.iter().map(|(_, by)| *by);
        let of_pairs = account.pairs.iter().map(|(_, by)| *by);
        let mut speakers: Vec<Speaker> =
            of_keys.chain(of_pairs).chain(account.judged.iter().copied()).chain([account.first]).collect();
        speakers.sort_unstable();
        speakers.dedup();
        let speaker = |by: &Speaker| speakers.partition_point(|other| other < by);
        let place = |fact: &Fact| account.keys.partition_point(|(other, _)| other < fact);
        Self {
            reports: account.reports,
            oldest: account.oldest,
            first: speaker(&account.first),
            keys: account.keys.iter().map(|(fact, by)| (*fact, speaker(by))).collect(),
            pairs: account
                .pairs
                .iter()
                .map(|(pair, by)| (place(&pair.of[0]), place(&pair.of[1]), speaker(by)))
                .collect(),
            judged: account.judged.iter().map(speaker).collect(),
            speakers,
            phones: account.phones,
            spoken: account.spoken,
            exclusive: account.exclusive,
            persons: account.persons,
            homes: account.homes,
        }
    }
}

impl TryFrom<Packed> for Account {
    type Error = &'static str;

    fn try_from(packed: Packed) -> Result<Self, Self::Error> {
        const DAMAGED: &str = "an account names a place that it has not";
        let speaker = |at: usize| packed.speakers.get(at).copied().ok_or(DAMAGED);
        let fact = |at: usize| packed.keys.get(at).map(|(fact, _)| *fact).ok_or(DAMAGED);
        let keys = packed.keys.iter().map(|(fact, by)| Ok::<_, Self::Error>((*fact, speaker(*by)?)));
        let pairs = packed
            .pairs
            .iter()
            .map(|(a, b, by)| Ok::<_, Self::Error>((Pair::new(fact(*a)?, fact(*b)?), speaker(*by)?)));
        Ok(Self {
            reports: packed.reports,
            oldest: packed.oldest,
            first: speaker(packed.first)?,
            keys: all(keys)?,
            pairs: all(pairs)?,
            judged: all(packed.judged.iter().map(|by| speaker(*by)))?,
            phones: packed.phones,
            spoken: packed.spoken,
            exclusive: packed.exclusive,
            persons: packed.persons,
            homes: packed.homes,
        })
    }
}

/// All of them, with no more room than they take: many accounts are held at once, and to gather results loses how many
/// come.
fn all<T, E>(each: impl ExactSizeIterator<Item = Result<T, E>>) -> Result<Vec<T>, E> {
    let mut all = Vec::with_capacity(each.len());
    for one in each {
        all.push(one?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::world::world;
    use super::*;

    fn together<'f>(reports: impl IntoIterator<Item = (&'f EntryId, &'f Facts)>) -> Account {
        let all = reports.into_iter().map(|(id, facts)| Account::of(*id, facts, id % 5 == 0));
        Account::together(all).expect("a report")
    }

    proptest! {
        #[test]
        fn what_reports_say_together_does_not_depend_on_their_order(reports in world(12), cut in 0usize..12) {
            let account = together(&reports);
            prop_assert_eq!(&account, &together(reports.iter().rev()));
            let cut = cut % reports.len();
            if cut > 0 {
                let mut parts = together(reports.iter().skip(cut));
                parts.absorb(together(reports.iter().take(cut)));
                prop_assert_eq!(&account, &parts);
            }
        }

        #[test]
        fn an_account_is_stored_whole(reports in world(12)) {
            let account = together(&reports);
            let packed = Packed::from(account.clone());
            prop_assert_eq!(Account::try_from(packed), Ok(account));
        }
    }
}
