//! What the resolver keeps of a report: its keys, its exclusive numbers, and a tie-break.

use serde::{Deserialize, Serialize};

use super::super::identifier::{Identifier, IdentifierType, Strength, storefront};
use super::super::report::{IdentifierAudience, Report};
use super::addresses;
use super::behind::{behind, dialled, dialled_of, page_of};
use super::handles::{handle, names_person_and_more};
use super::homes::Home;
use super::keys::{Key, KeyHasher};
use super::likeness::{self, Comparable, Likeness};
use super::made_up::MadeUp;
use super::mistyping::phone_key;
use super::names::{self, Reading};
use super::partition::EntryId;
use super::people::Person;
use super::rules::{KeyClass, Kind, Stratum};
use super::said::{self, Said};
use super::stops::StopList;

/// One key of one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fact {
    pub key: Key,
    pub class: KeyClass,
}

impl Fact {
    /// What an identifier says in resolution: nothing, or one fact, or several forms of one.
    pub fn of(identifier: &Identifier, hasher: &KeyHasher) -> Vec<Self> {
        let Identifier { kind, value, platform, .. } = identifier;
        Self::shown(*kind, value, platform.as_deref(), hasher.key(identifier), hasher)
    }

    /// The same, of an identifier that is shown in full: its type, value, platform and key.
    pub fn shown(
        kind: IdentifierType,
        value: &str,
        platform: Option<&str>,
        key: Key,
        hasher: &KeyHasher,
    ) -> Vec<Self> {
        let Some(class) = KeyClass::of_kind(kind, value) else {
            return Self::behind_page(kind, value, hasher);
        };
        let said = |class, key| Self { key, class };
        match class {
            KeyClass::Name => {
                names::read(value).iter().flat_map(|reading| Self::of_name(value, reading, hasher)).collect()
            }
            KeyClass::Address => Self::of_address(&addresses::Forms::of(value), hasher),
            KeyClass::Phone => vec![said(class, phone_key(dialled(value), hasher))],
            KeyClass::Messaging | KeyClass::PaymentHandle => {
                vec![behind(value, platform, hasher).unwrap_or(said(class, key))]
            }
            KeyClass::Url => {
                let page = said(class, key);
                [page].into_iter().chain(Self::behind_page(kind, value, hasher)).collect()
            }
            // What is typed in words is what a shop is called, and no id that its platform issued.
            KeyClass::Storefront if value.contains(char::is_whitespace) => {
                names::read(value).iter().flat_map(|reading| Self::of_name(value, reading, hasher)).collect()
            }
            KeyClass::Storefront => {
                let id = storefront::id_on_any_site(platform.unwrap_or_default(), value);
                let anywhere = id.map(|id| said(KeyClass::AccountId, hasher.word("account", &id)));
                [Some(said(class, key)), anywhere].into_iter().flatten().collect()
            }
            _ => vec![said(class, key)],
        }
    }

    /// The shop or the account at a messenger that a page is the page of: it says no less where it was given as a page.
    fn behind_page(kind: IdentifierType, value: &str, hasher: &KeyHasher) -> Vec<Self> {
        page_of(kind, value).iter().flat_map(|identifier| Self::of(identifier, hasher)).collect()
    }

    pub(super) fn of_address(forms: &addresses::Forms, hasher: &KeyHasher) -> Vec<Self> {
        let whole = forms.whole.iter().map(|form| (KeyClass::Address, "address", form));
        let street = forms.street.iter().map(|form| (KeyClass::Street, "street", form));
        whole
            .chain(street)
            .map(|(class, space, form)| Self { key: hasher.word(space, form), class })
            .collect()
    }

    /// Of a name and how it is read; the name itself first.
    pub(super) fn of_name(value: &str, reading: &Reading, hasher: &KeyHasher) -> Vec<Self> {
        // What a name counts as follows from its key.
        let (space, class) = match reading {
            _ if reading.is_numbered() => ("name", KeyClass::NumberedName),
            _ if reading.made_up == MadeUp::Surely => ("coined_name", KeyClass::CoinedName),
            _ => ("name", KeyClass::Name),
        };
        let name = Self { key: hasher.word(space, &reading.comparable), class };
        if class != KeyClass::Name {
            // What links more readily by its number or word needs no other key.
            return vec![name];
        }
        let is_uncommon = || reading.made_up == MadeUp::Perhaps || names_person_and_more(&reading.name);
        let (space, class, written) = match handle(value) {
            Some(handle) => ("handle", KeyClass::Handle, handle),
            None if is_uncommon() => ("uncommon_name", KeyClass::UncommonName, reading.name.words.join(" ")),
            None => return vec![name],
        };
        vec![name, Self { key: hasher.word(space, &written), class }]
    }

    /// Whether it may link by itself in a stratum.
    pub(super) fn links_in(self, stratum: Stratum) -> bool {
        self.class != KeyClass::Likeness && self.class.rule().stratum == Some(stratum)
    }

    /// Whether it is looked up in a stratum: it links there, stands in pairs, or brings together what is nearly the
    /// same.
    pub(super) fn is_asked_in(self, stratum: Stratum) -> bool {
        self.links_in(stratum)
            || (stratum == Stratum::Cores && self.class.rule().kind.is_some())
            || (stratum == Stratum::Profiles && self.class == KeyClass::Likeness)
    }

    /// Whether it is no more than a name.
    pub(super) fn is_bare(self) -> bool {
        let of_names = matches!(self.class, KeyClass::Handle | KeyClass::UncommonName | KeyClass::Likeness);
        of_names || self.class.rule().kind == Some(Kind::Name)
    }
}

/// Facts of one report beyond which no two of them make a pair: who gives that many tells of many sellers, or gives
/// identifiers that link by themselves, and pairs grow with their square.
const PAIRED_MAX: usize = 40;

/// Two facts of one report: agreeing on both is evidence where agreeing on either is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The pair as a key of its own.
    pub fact: Fact,
    /// The smaller key first.
    pub of: [Fact; 2],
}

impl Pair {
    pub fn new(a: Fact, b: Fact) -> Self {
        let of = if a.key <= b.key { [a, b] } else { [b, a] };
        // Keys are keyed hashes already, so mixing two of them needs no secret of its own. The numbers
        // are the odd constants of SplitMix64.
        let [first, second] = of.map(|fact| fact.key.0.cast_unsigned());
        let mut mixed = first ^ second.rotate_left(32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let key = Key((mixed ^ (mixed >> 31)).cast_signed());
        Self { fact: Fact { key, class: KeyClass::Pair }, of }
    }

    /// What kinds of facts the two are.
    pub fn kinds(&self) -> [Option<Kind>; 2] {
        self.of.map(|fact| fact.class.rule().kind)
    }
}

/// All that resolution needs of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Sorted, each key once.
    pub keys: Vec<Fact>,
    /// The digits of each phone among them, which say what it is when mistyped. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<(Key, String)>,
    /// What is compared with the reports that share a likeness key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likeness: Option<Likeness>,
    /// What is one fact: a name and a mailbox or domain that is made from it, or two names of which one follows from the
    /// other. Sorted. It follows from how the two are written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_fact: Vec<[Key; 2]>,
    /// `register/number` of company registrations, sorted: two different numbers of one register
    /// contradict each other.
    pub exclusive: Vec<String>,
    /// Who is plainly a person among the names, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<Person>,
    /// Where the seller is by what is given, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub homes: Vec<Home>,
    /// Orders reports by content.
    pub tie: i64,
}

impl Facts {
    /// The facts of a report of the member named `member_slug`, without what is stopped.
    pub fn of(report: &Report, member_slug: &str, hasher: &KeyHasher, stops: &StopList) -> Self {
        let tie = hasher.tie(member_slug, &report.external_id);
        if leak!(NarrowValuesResolve) {
            let all = report.identifiers_for(IdentifierAudience::Own);
            return Self::said(all, tie, hasher, stops);
        }
        Self::said(report.identifiers(), tie, hasher, stops)
    }

    pub(super) fn said<'r>(
        identifiers: impl Iterator<Item = &'r Identifier>,
        tie: i64,
        hasher: &KeyHasher,
        stops: &StopList,
    ) -> Self {
        let said: Vec<Said<'_>> =
            identifiers.map(|one| Said::of(one, hasher)).filter(|said| !stops.stops(said)).collect();
        let of_kind = |kind| said.iter().map(|one| one.identifier).filter(move |one| one.kind == kind);
        let readings = || said.iter().filter_map(|one| one.reading.as_ref());
        let mut keys: Vec<Fact> = said.iter().flat_map(|one| &one.facts).copied().collect();
        let addresses: Vec<&str> = of_kind(IdentifierType::Address).map(|one| one.value.as_str()).collect();
        let likeness = Likeness::of(readings().map(|reading| reading.name.clone()).collect(), &addresses);
        keys.extend(likeness.iter().flat_map(|likeness| likeness.keys(hasher)).map(likeness::fact));
        keys.sort();
        keys.dedup_by_key(|fact| fact.key);
        let mut exclusive: Vec<String> = said
            .iter()
            .filter(|one| one.identifier.kind.strength() == Strength::Exclusive)
            .map(|one| one.identifier.key.clone())
            .collect();
        exclusive.sort();
        exclusive.dedup();
        let digits = said.iter().filter_map(|one| dialled_of(one.identifier));
        let mut phones: Vec<(Key, String)> =
            digits.map(|digits| (phone_key(&digits, hasher), digits)).collect();
        phones.sort();
        phones.dedup();
        // With more there are no pairs, and names would be compared with each other by their hundreds.
        let paired = keys.iter().filter(|fact| fact.class.rule().kind.is_some()).count();
        let one_fact = if paired <= PAIRED_MAX { said::one_fact(&said) } else { Vec::new() };
        let mut persons: Vec<Person> = readings().filter_map(Person::of).collect();
        persons.sort();
        persons.dedup();
        let mut homes: Vec<Home> = said.iter().filter_map(|one| Home::of(one.identifier)).collect();
        homes.sort();
        homes.dedup();
        Self { keys, phones, likeness, one_fact, exclusive, persons, homes, tie }
    }

    /// The digits of one of the phones.
    pub fn digits(&self, phone: Key) -> Option<&str> {
        let at = self.phones.binary_search_by_key(&phone, |(key, _)| *key).ok()?;
        Some(&self.phones[at].1)
    }

    /// What is compared with other reports, as that of the entry `id`; `None` if there is nothing.
    pub fn comparable(&self, id: EntryId) -> Option<Comparable<'_>> {
        let likeness = self.likeness.as_ref()?;
        Some(Comparable { by: (self.tie, id), likeness, exclusive: &self.exclusive })
    }

    /// Whether there is nothing but names among them.
    pub fn is_bare(&self) -> bool {
        self.keys.iter().all(|fact| fact.is_bare())
    }

    /// The facts that link by themselves in a stratum.
    pub fn singles(&self, stratum: Stratum) -> impl Iterator<Item = Fact> + '_ {
        self.keys.iter().copied().filter(move |fact| fact.links_in(stratum))
    }

    /// The keys that bring it together with what is nearly the same.
    pub fn likenesses(&self) -> impl Iterator<Item = Fact> + '_ {
        self.keys.iter().copied().filter(|fact| fact.class == KeyClass::Likeness)
    }

    /// The facts whose degree counts in pairs.
    pub fn paired(&self) -> impl Iterator<Item = Fact> + '_ {
        self.keys.iter().copied().filter(|fact| fact.class.rule().kind.is_some())
    }

    /// Every two facts that are independent of each other; none where they are too many.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        let facts: Vec<(Fact, Kind)> =
            self.keys.iter().filter_map(|fact| Some((*fact, fact.class.rule().kind?))).collect();
        let many = if facts.len() <= PAIRED_MAX { facts.len() } else { 0 };
        let places = (0..many).flat_map(move |one| (0..one).map(move |other| (other, one)));
        places.filter_map(move |(one, other)| {
            let ((a, kind), (b, other)) = (facts[one], facts[other]);
            self.independent(a, kind, b, other).then(|| Pair::new(a, b))
        })
    }

    fn independent(&self, a: Fact, kind: Kind, b: Fact, other: Kind) -> bool {
        let one = |name: Fact, label: Fact| self.one_fact.binary_search(&[name.key, label.key]).is_ok();
        // Many towns have such a house, and whoever rents out phones has an office in one.
        let street = |fact: Fact| fact.class == KeyClass::Street;
        if (street(a) && other.can_be_hired()) || (street(b) && kind.can_be_hired()) {
            return false;
        }
        match (kind, other) {
            (Kind::Name, Kind::Name) => !one(a, b) && !one(b, a),
            (Kind::Name, _) => !one(a, b),
            (_, Kind::Name) => !one(b, a),
            _ => kind != other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::identifier::{RawIdentifier, parse};
    use super::*;

    fn said(values: &[(IdentifierType, &str)]) -> Facts {
        let identifiers: Vec<Identifier> = values
            .iter()
            .map(|(kind, value)| {
                parse(&RawIdentifier { value, ..RawIdentifier::bare(*kind) }).expect("an identifier")
            })
            .collect();
        let hasher = KeyHasher::new([5; 32]);
        Facts::said(identifiers.iter(), 0, &hasher, &StopList::default())
    }

    #[test]
    fn a_house_and_its_street_stand_in_a_pair_with_a_name_and_with_nothing_that_can_be_hired() {
        let facts = said(&[
            (IdentifierType::Address, "329 Leatherwood Street"),
            (IdentifierType::PersonName, "Xiu Ying Zhang"),
            (IdentifierType::Email, "leather329@163.com"),
        ]);
        let with_street: Vec<KeyClass> = facts
            .pairs()
            .filter(|pair| pair.of.iter().any(|fact| fact.class == KeyClass::Street))
            .flat_map(|pair| pair.of.map(|fact| fact.class))
            .filter(|class| *class != KeyClass::Street)
            .collect();
        assert_eq!(with_street, [KeyClass::Name]);
        assert_eq!(KeyClass::Street.rule().stratum, None, "it links nobody by itself");
        let other = said(&[
            (IdentifierType::Address, "329 Leatherwood St, Las Vegas, NV"),
            (IdentifierType::PersonName, "张秀英"),
        ]);
        let pairs: Vec<Key> = facts.pairs().map(|pair| pair.fact.key).collect();
        assert!(other.pairs().any(|pair| pairs.contains(&pair.fact.key)), "the two meet");
    }

    #[test]
    fn one_name_in_two_forms_is_not_two_facts() {
        let pairs = |names: [(IdentifierType, &str); 2]| said(&names).pairs().count();
        let (person, business) = (IdentifierType::PersonName, IdentifierType::BusinessName);
        assert_eq!(pairs([(person, "김민수"), (person, "Kim Min-su")]), 0);
        assert_eq!(pairs([(person, "محمد علي"), (person, "Mohammed Ali")]), 0);
        assert_eq!(pairs([(person, "Li Na"), (business, "Li Na Trading")]), 0);
        assert_eq!(pairs([(person, "李娜"), (business, "Lucky Bags")]), 1);
        assert_eq!(pairs([(person, "Li Na"), (person, "Zhang Wei")]), 1);
    }

    #[test]
    fn a_report_of_very_many_identifiers_makes_no_pairs() {
        let names = |many: usize| -> Facts {
            let names: Vec<String> = (0..many).map(|n| format!("Name No {n}")).collect();
            let given: Vec<_> =
                names.iter().map(|name| (IdentifierType::PersonName, name.as_str())).collect();
            said(&given)
        };
        assert!(names(PAIRED_MAX).pairs().count() >= PAIRED_MAX * (PAIRED_MAX - 1) / 2 - PAIRED_MAX);
        assert_eq!(names(PAIRED_MAX + 1).pairs().count(), 0);
    }

    #[test]
    fn a_pair_is_the_same_whichever_fact_comes_first() {
        let fact = |key, class| Fact { key: Key(key), class };
        let (a, b) = (fact(7, KeyClass::Phone), fact(-3, KeyClass::Name));
        assert_eq!(Pair::new(a, b), Pair::new(b, a));
        assert_ne!(Pair::new(a, b).fact.key, Pair::new(a, fact(-4, KeyClass::Name)).fact.key);
    }
}
