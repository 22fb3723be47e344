//! Small random worlds and a pool in memory, for the laws.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use proptest::prelude::*;

use super::super::id::SellerId;
use super::account::Account;
use super::carriers::counted;
use super::engine::resolve;
use super::facts::{Fact, Facts};
use super::homes::Home;
use super::judgement::{Judged, Judgements, Two, Verdict, two};
use super::keys::{Key, KeyHasher, KeyMap};
use super::likeness::{self, Likeness};
use super::mistyping::{WidePhones, phone_key};
use super::names::{Reading, read};
use super::outcome::Outcome;
use super::partition::{EntryId, Link, Refusal};
use super::people::Person;
use super::pool::{Change, Holders, Label, Pool, Stored, StoredAccount};
use super::rules::{KeyClass, Stratum};
use super::settling::settle;
use super::upcoming::Upcoming;

/// A pool that keeps everything in maps and answers by scanning.
#[derive(Default)]
pub struct MemoryPool {
    pub entries: BTreeMap<EntryId, Stored>,
    pub accounts: BTreeMap<Label, StoredAccount>,
    /// Of the strata above the accounts.
    pub links: [BTreeSet<Link>; 2],
    pub refusals: [BTreeSet<Refusal>; 2],
    pub wide_phones: WidePhones,
    /// The verdicts that count, and every pair that ever was judged the same.
    pub judgements: Judgements,
    joined: BTreeSet<Two>,
    labels: Label,
    /// The entries of the change at work.
    coming: BTreeSet<EntryId>,
}

impl Pool for MemoryPool {
    type Error = Infallible;

    fn entries(&mut self, ids: &[EntryId]) -> Result<Vec<Stored>, Infallible> {
        Ok(ids.iter().filter_map(|id| self.entries.get(id).cloned()).collect())
    }

    fn members(&mut self, accounts: &[Label]) -> Result<Vec<Stored>, Infallible> {
        Ok(self.entries.values().filter(|stored| accounts.contains(&stored.account)).cloned().collect())
    }

    fn accounts(&mut self, labels: &[Label]) -> Result<Vec<StoredAccount>, Infallible> {
        Ok(labels.iter().filter_map(|label| self.accounts.get(label).cloned()).collect())
    }

    fn accounts_of(&mut self, cores: &[Label]) -> Result<Vec<StoredAccount>, Infallible> {
        Ok(self.accounts.values().filter(|stored| cores.contains(&stored.core)).cloned().collect())
    }

    fn holders(&mut self, stratum: Stratum, keys: &[(Key, usize)]) -> Result<KeyMap<Holders>, Infallible> {
        let mut answer = KeyMap::default();
        for (key, limit) in keys {
            let mut holders = Vec::new();
            for stored in self.accounts.values() {
                let mut carried = counted(stratum, stored.label, &stored.account, stored.core);
                let found = carried.find(|(carried, _)| carried == key);
                holders.extend(found.map(|(_, component)| (stored.label, component)));
            }
            let degree = holders.iter().map(|(_, label)| label).collect::<BTreeSet<_>>().len();
            answer.insert(*key, if degree >= *limit { Holders::Generic } else { Holders::All(holders) });
        }
        Ok(answer)
    }

    fn judged(&mut self, ids: &[EntryId]) -> Result<Vec<Judged>, Infallible> {
        let pairs: BTreeSet<Two> = self.judgements.keys().chain(&self.joined).copied().collect();
        let known = |id: &EntryId| self.entries.contains_key(id) || self.coming.contains(id);
        let asked = pairs.into_iter().filter(|of| of.iter().any(|id| ids.contains(id)));
        Ok(asked
            .filter(|of| of.iter().all(known))
            .map(|of| Judged {
                of,
                verdict: self.judgements.get(&of).copied(),
                joined: self.joined.contains(&of),
            })
            .collect())
    }

    fn wide_phones(&mut self) -> Result<WidePhones, Infallible> {
        Ok(self.wide_phones.clone())
    }

    fn new_label(&mut self) -> Label {
        self.labels += 1;
        self.labels
    }
}

impl MemoryPool {
    /// Resolves a change and writes it down.
    pub fn apply(&mut self, change: Change) {
        self.coming = change.keys().copied().collect();
        let Ok(outcome) = resolve(self, change, &hasher());
        self.write(outcome);
    }

    /// Resolves changes, each while the one before it is being written.
    pub fn apply_each_ahead(&mut self, changes: Vec<Change>) {
        let mut writing: Option<Outcome> = None;
        for change in changes {
            let before = writing.iter().flat_map(|outcome| outcome.seats.keys());
            self.coming = change.keys().chain(before).copied().collect();
            let resolved = match &writing {
                None => resolve(self, change, &hasher()),
                Some(outcome) => {
                    let settled = settle(outcome, birth);
                    resolve(&mut Upcoming::new(self, outcome, &settled.accounts), change, &hasher())
                }
            };
            let Ok(outcome) = resolved;
            if let Some(written) = writing.replace(outcome) {
                self.write(written);
            }
        }
        if let Some(written) = writing {
            self.write(written);
        }
    }

    /// Notes a verdict on two reports, or that the last one was taken back. Nothing is resolved yet.
    pub fn judge(&mut self, of: Two, verdict: Option<Verdict>) {
        match verdict {
            Some(verdict) => drop(self.judgements.insert(of, verdict)),
            None => drop(self.judgements.remove(&of)),
        }
        if verdict == Some(Verdict::Same) {
            self.joined.insert(of);
        }
    }

    /// Resolves some entries again as they are, in batches of so many.
    pub fn look_again(&mut self, ids: &[EntryId], batch: usize) {
        for ids in ids.chunks(batch) {
            let facts = ids.iter().filter_map(|id| Some((*id, Some(self.entries.get(id)?.facts.clone()))));
            let change: Change = facts.collect();
            self.apply(change);
        }
    }

    fn write(&mut self, outcome: Outcome) {
        let settled = settle(&outcome, birth);
        assert_eq!(self.wide_phones, outcome.wide_phones[0]);
        self.wide_phones = outcome.wide_phones[1].clone();
        for (index, layer) in outcome.layers.iter().enumerate() {
            let speakers = outcome.speakers(layer);
            self.links[index].retain(|link| !speakers.contains(&link.from));
            self.refusals[index].retain(|refusal| !speakers.contains(&refusal.link.from));
            self.links[index].extend(layer.merged.components.iter().flat_map(|component| &component.links));
            self.refusals[index].extend(layer.merged.refusals.iter().cloned());
        }
        self.entries.retain(|id, _| !outcome.gone.contains_key(id));
        for stored in self.entries.values_mut() {
            stored.account = outcome.moved.get(&stored.account).copied().unwrap_or(stored.account);
        }
        for (id, seat) in outcome.seats {
            self.entries.insert(id, Stored { id, facts: seat.facts, account: seat.account });
        }
        self.accounts.retain(|label, _| !outcome.before.contains_key(label));
        self.accounts.extend(settled.accounts);
    }

    /// Each account as its reports make it, with what was noted of judgements as it is.
    pub fn accounts_of_reports(&self) -> BTreeMap<Label, Account> {
        let mut accounts: BTreeMap<Label, Account> = BTreeMap::new();
        for stored in self.entries.values() {
            let mut judged = self.accounts[&stored.account].account.judged();
            let account = Account::of(stored.id, &stored.facts, judged.any(|id| id == stored.id));
            match accounts.get_mut(&stored.account) {
                Some(known) => known.absorb(account),
                None => drop(accounts.insert(stored.account, account)),
            }
        }
        accounts
    }

    /// The accounts as sets of entries.
    pub fn anchored(&self) -> BTreeSet<Vec<EntryId>> {
        let mut groups: BTreeMap<Label, Vec<EntryId>> = BTreeMap::new();
        for stored in self.entries.values() {
            groups.entry(stored.account).or_default().push(stored.id);
        }
        groups.into_values().collect()
    }

    /// The profiles as sets of entries.
    pub fn profiles(&self) -> BTreeSet<Vec<EntryId>> {
        let mut groups: BTreeMap<SellerId, Vec<EntryId>> = BTreeMap::new();
        for stored in self.entries.values() {
            groups.entry(self.accounts[&stored.account].profile).or_default().push(stored.id);
        }
        groups.into_values().collect()
    }
}

/// The id of a profile that `entry` founds.
pub fn birth(entry: EntryId) -> SellerId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&entry.to_be_bytes());
    SellerId(bytes)
}

/// Few values and low caps' worth of carriers, so that worlds are full of chains, hubs crossing
/// their cap, and contradictions.
fn facts() -> impl Strategy<Value = Facts> {
    let class = prop_oneof![
        3 => Just(KeyClass::Storefront),
        2 => Just(KeyClass::CompanyRegistration),
        3 => Just(KeyClass::Email),
        4 => Just(KeyClass::Phone),
        1 => Just(KeyClass::BankAccount),
        2 => Just(KeyClass::Address),
        1 => Just(KeyClass::Street),
        3 => Just(KeyClass::Name),
        2 => Just(KeyClass::NumberedName),
        1 => Just(KeyClass::CoinedName),
        1 => Just(KeyClass::Handle),
        2 => Just(KeyClass::UncommonName),
    ];
    let fact = (class, 0i64..6).prop_map(|(class, value)| {
        let key = match PHONES.get(usize::try_from(value).unwrap_or(0)) {
            Some(digits) if class == KeyClass::Phone => phone_key(digits, &hasher()),
            _ => Key(class as i64 * 100 + value),
        };
        Fact { key, class }
    });
    let spelt = |spellings: &'static [&'static str]| {
        proptest::collection::vec(proptest::sample::select(spellings), 0..2)
    };
    let keys = proptest::collection::btree_set(fact, 0..6);
    let homes = proptest::collection::btree_set((0usize..8).prop_map(Home::example), 0..3);
    let all = (keys, spelt(NAMES), spelt(ADDRESSES), homes, any::<i64>());
    all.prop_map(|(keys, names, addresses, homes, tie)| {
        let exclusive = keys
            .iter()
            .filter(|fact| fact.class == KeyClass::CompanyRegistration)
            .map(|fact| format!("CN/{}", "abcdef".repeat(usize::try_from(fact.key.0 % 100).unwrap_or(0) + 1)))
            .collect();
        let names: Vec<Reading> = names.iter().filter_map(|name| read(name)).collect();
        let mut persons: Vec<Person> = names.iter().filter_map(Person::of).collect();
        persons.sort();
        persons.dedup();
        // Keys as facts have them: in order, each once.
        let mut keys: Vec<Fact> = keys.into_iter().collect();
        let likeness = Likeness::of(names.into_iter().map(|reading| reading.name).collect(), &addresses);
        let alike = likeness.iter().flat_map(|likeness| likeness.keys(&hasher()));
        keys.extend(alike.map(likeness::fact));
        keys.sort();
        let has = |class, value| {
            keys.iter().find(|fact| fact.key == Key(class as i64 * 100 + value)).map(|fact| fact.key)
        };
        // One name is what one mailbox is called after.
        let one_fact = has(KeyClass::Name, 0).zip(has(KeyClass::Email, 0)).map(|(name, email)| [name, email]);
        let mut phones: Vec<(Key, String)> = PHONES
            .iter()
            .map(|digits| (phone_key(digits, &hasher()), (*digits).to_owned()))
            .filter(|(key, _)| keys.iter().any(|fact| fact.key == *key))
            .collect();
        phones.sort();
        phones.dedup();
        let (one_fact, homes) = (one_fact.into_iter().collect(), homes.into_iter().collect());
        Facts { keys, phones, likeness, one_fact, exclusive, persons, homes, tie }
    })
}

/// What keys are made with.
pub fn hasher() -> KeyHasher {
    KeyHasher::new([0; 32])
}

/// One hub that many reports carry, two mistypings of it, and another.
const PHONES: &[&str] = &["10000000", "10000000", "10000000", "10000001", "1000000", "25000000"];

/// Names and addresses some of which are nearly the same.
const NAMES: &[&str] =
    &["Katherine Wilkinson", "Katherine Wilkinsen", "Wilkinson Kathrine", "Best Bags Ltd", "Katherine Smith"];

const ADDRESSES: &[&str] = &[
    "7 Wallaby Place, Cleveland 2119",
    "7 Walaby Place, Cleveland 2119",
    "7 Wallaby Place, Cleveland 2118",
    "12 Wallaby Place, Cleveland 2119",
];

/// A world: reports by entry id.
pub fn world(size: usize) -> impl Strategy<Value = BTreeMap<EntryId, Facts>> {
    proptest::collection::vec(facts(), 1..size).prop_map(|reports| (1..).zip(reports).collect())
}

/// Verdicts on some of the first `size` reports.
pub fn judgements(size: EntryId) -> impl Strategy<Value = Judgements> {
    let verdict = proptest::sample::select(Verdict::ALL);
    proptest::collection::vec((1..size, 1..size, verdict), 0..8).prop_map(|all| {
        let apart = all.into_iter().filter(|(a, b, _)| a != b);
        apart.map(|(a, b, verdict)| (two(a, b), verdict)).collect()
    })
}
