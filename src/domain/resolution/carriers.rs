//! Who carries the keys of one stratum, before and after a change, and what links over them.

use super::account::Account;
use super::facts::{Fact, Pair};
use super::keys::{Key, KeyMap};
use super::mistyping::{WidePhones, is_mistyped};
use super::partition::{Candidate, NodeId};
use super::pool::{Holders, Label};
use super::rules::{Bare, KeyClass, Rules, Stratum};

/// Keys of some accounts, each once.
#[derive(Default)]
pub(super) struct Keys {
    /// All that must be looked up.
    pub asked: KeyMap<Fact>,
    pub singles: KeyMap<Fact>,
    pub pairs: KeyMap<Pair>,
    pub likenesses: KeyMap<Fact>,
    /// The digits of the phones among the single ones.
    pub phones: KeyMap<String>,
}

impl Keys {
    pub fn add(&mut self, account: &Account, stratum: Stratum) {
        self.asked.extend(account.asked(stratum).map(|fact| (fact.key, fact)));
        self.singles.extend(account.singles(stratum).map(|fact| (fact.key, fact)));
        if stratum == Stratum::Cores {
            self.pairs.extend(account.pairs().map(|pair| (pair.fact.key, pair)));
        }
        if stratum == Stratum::Profiles {
            self.likenesses.extend(account.likenesses().map(|fact| (fact.key, fact)));
            self.phones.extend(account.phones().iter().cloned());
        }
    }

    pub fn add_pair(&mut self, pair: Pair) {
        self.asked.extend(pair.of.map(|fact| (fact.key, fact)));
        self.pairs.insert(pair.fact.key, pair);
    }

    /// Leaves out what others have dealt with.
    pub fn forget(&mut self, others: &Self) {
        self.singles.retain(|key, _| !others.singles.contains_key(key));
        self.pairs.retain(|key, _| !others.pairs.contains_key(key));
        self.likenesses.retain(|key, _| !others.likenesses.contains_key(key));
    }

    pub fn extend(&mut self, others: Self) {
        self.singles.extend(others.singles);
        self.pairs.extend(others.pairs);
        self.likenesses.extend(others.likenesses);
    }
}

/// What stands for every core of names alone where those do not count each.
const BARE: Label = 0;

/// The keys that an account in this core is looked up by in a stratum, each with the component that it is counted as. In
/// stratum 0 and 1 that is the account itself.
pub fn counted(
    stratum: Stratum,
    label: Label,
    account: &Account,
    core: Label,
) -> impl Iterator<Item = (Key, Label)> + '_ {
    account.asked(stratum).map(move |fact| match stratum {
        Stratum::Accounts | Stratum::Cores => (fact.key, label),
        Stratum::Profiles => (fact.key, carrier(fact.class, core)),
    })
}

/// How a core is counted among the carriers of a key of this class.
fn carrier(class: KeyClass, core: Label) -> Label {
    if class.bare() != Bare::Each && core < 0 { BARE } else { core }
}

/// The accounts that carry one key, in order, with the component of the stratum below that each is in.
#[derive(Debug, Default)]
pub(super) struct Carried {
    pub before: Vec<(NodeId, Label)>,
    pub after: Vec<(NodeId, Label)>,
}

impl Carried {
    /// How many components carry the key, before and after; those that stand for [`BARE`] as one.
    fn carriers(&self) -> [usize; 2] {
        [&self.before, &self.after].map(|side| distinct(side.iter().map(|(_, label)| *label)))
    }

    /// What that comes to for a key of this class.
    fn degrees(&self, class: KeyClass) -> [usize; 2] {
        [&self.before, &self.after].map(|side| {
            let known = distinct(side.iter().map(|(_, label)| *label).filter(|label| *label != BARE));
            class.degree(known, bare(side))
        })
    }

    /// Whether more than one component carries the key, before and after.
    fn several(&self) -> [bool; 2] {
        let [before, after] = self.carriers();
        [before >= 2 || bare(&self.before) >= 2, after >= 2 || bare(&self.after) >= 2]
    }

    pub fn accounts(&self) -> Vec<NodeId> {
        self.before.iter().chain(&self.after).map(|(id, _)| *id).collect()
    }

    /// What of `self` fulfils `keep`, asked with the account, before and after.
    fn kept(&self, keep: impl Fn(NodeId) -> (bool, bool)) -> Self {
        Self {
            before: self.before.iter().copied().filter(|(id, _)| keep(*id).0).collect(),
            after: self.after.iter().copied().filter(|(id, _)| keep(*id).1).collect(),
        }
    }

    fn has(&self, id: NodeId) -> (bool, bool) {
        let has = |side: &[(NodeId, Label)]| side.binary_search_by_key(&id, |(id, _)| *id).is_ok();
        (has(&self.before), has(&self.after))
    }
}

/// How many of these accounts are in cores of names alone. A degree never counts more than one of them.
fn bare(side: &[(NodeId, Label)]) -> usize {
    side.iter().filter(|(_, label)| *label == BARE).count()
}

/// What is known of one key.
pub(super) struct Known {
    /// Whether it may link, before or after.
    pub links: bool,
    /// The accounts that carry it, before or after.
    pub accounts: Vec<NodeId>,
    /// The link it stands for after the change, if it does. Its holders are accounts.
    pub candidate: Option<Candidate>,
}

/// Who carries the keys of one stratum.
pub(super) struct Carriers {
    pub stratum: Stratum,
    rules: &'static Rules,
    /// How often each key is named by accounts that moved: so many components it may have lost.
    churn: KeyMap<usize>,
    /// The accounts that the change gives each key.
    gained: KeyMap<Vec<NodeId>>,
    /// `None`: more carry it, before and after, than are counted.
    known: KeyMap<Option<Carried>>,
    /// Doublings that each key counts as in pairs, before and after.
    doublings: KeyMap<[u32; 2]>,
    /// The phones that too many carry to link, before and after.
    pub wide: [WidePhones; 2],
}

impl Carriers {
    pub fn new(stratum: Stratum) -> Self {
        Self {
            stratum,
            rules: Rules::shipped(),
            churn: KeyMap::default(),
            gained: KeyMap::default(),
            known: KeyMap::default(),
            doublings: KeyMap::default(),
            wide: [WidePhones::new(), WidePhones::new()],
        }
    }

    /// Notes that an account which says this moved.
    pub fn stir(&mut self, account: &Account) {
        for fact in account.asked(self.stratum) {
            *self.churn.entry(fact.key).or_default() += 1;
        }
    }

    /// Notes that an account says this after the change.
    pub fn gain(&mut self, id: NodeId, account: &Account) {
        for fact in account.asked(self.stratum) {
            self.gained.entry(fact.key).or_default().push(id);
        }
    }

    /// The keys that were not looked up yet, each with the number of components from which it is too
    /// wide to count.
    pub fn unknown(&self, keys: &Keys) -> Vec<(Fact, usize)> {
        keys.asked
            .values()
            .filter(|fact| !self.known.contains_key(&fact.key))
            .map(|fact| {
                let rule = self.rules.of(fact.class);
                let counted = if self.stratum == Stratum::Cores && rule.kind.is_some() {
                    self.rules.pairs.counted_max
                } else {
                    0
                };
                let alone = if rule.stratum == Some(self.stratum) { rule.degree_max } else { 0 };
                // Every account that moved can take one component away; past that it stays too wide.
                let slack = self.churn.get(&fact.key).copied().unwrap_or(0);
                (*fact, counted.max(alone).saturating_add(slack).saturating_add(1))
            })
            .collect()
    }

    /// From what the pool says of a key to who carries it before and after. `now` says of an account
    /// that is at work whether the change altered it, and its component below as it is now.
    pub fn carried(
        &self,
        fact: Fact,
        holders: Option<&Holders>,
        now: impl Fn(NodeId) -> Option<(bool, Option<Label>)>,
    ) -> Option<Carried> {
        let stored: &[(NodeId, Label)] = match holders {
            Some(Holders::Generic) => return None,
            Some(Holders::All(stored)) => stored,
            None => &[],
        };
        let mut carried = Carried::default();
        let counted =
            |label| if self.stratum == Stratum::Profiles { carrier(fact.class, label) } else { label };
        let now = |id| now(id).map(|(changed, label)| (changed, label.map(counted)));
        for (id, label) in stored {
            carried.before.push((*id, *label));
            match now(*id) {
                Some((true, _)) => {}
                Some((false, label)) => carried.after.extend(label.map(|label| (*id, label))),
                None => carried.after.push((*id, *label)),
            }
        }
        for id in self.gained.get(&fact.key).into_iter().flatten() {
            let label = now(*id).and_then(|(_, label)| label);
            carried.after.extend(label.map(|label| (*id, label)));
        }
        carried.before.sort_unstable();
        carried.after.sort_unstable();
        Some(carried)
    }

    pub fn learn(&mut self, learnt: Vec<(Key, Option<Carried>)>) {
        for (key, carried) in learnt {
            let doublings = match &carried {
                Some(carried) => carried.carriers().map(|degree| self.rules.pair_doublings(degree)),
                None => [self.rules.pairs.wide_doublings; 2],
            };
            self.doublings.insert(key, doublings);
            self.known.insert(key, carried);
        }
    }

    /// Whether a fact counts for more or less in pairs than it did.
    pub fn is_reweighed(&self, key: Key) -> bool {
        self.stratum == Stratum::Cores
            && self.doublings.get(&key).is_some_and(|[before, after]| before != after)
    }

    /// The accounts that carry a key, before or after, if they are counted.
    pub fn accounts(&self, key: Key) -> Vec<NodeId> {
        self.known.get(&key).and_then(Option::as_ref).map(Carried::accounts).unwrap_or_default()
    }

    /// Who carries a likeness key, before and after; `None` if too many do for any of them to be compared.
    pub fn alike(&self, fact: Fact) -> Option<&Carried> {
        let carried = self.known.get(&fact.key)?.as_ref()?;
        let may_link = |degree| (2..=self.rules.of(fact.class).degree_max).contains(&degree);
        carried.carriers().into_iter().any(may_link).then_some(carried)
    }

    /// Accounts that must be at hand before pairs are looked at: those that carry both facts of one, if not in
    /// the same report. Of a fact too wide to count, those that carry the other.
    pub fn to_look_into(&self, keys: &Keys) -> Vec<NodeId> {
        let mut accounts: Vec<NodeId> = Vec::new();
        for pair in keys.pairs.values().filter(|pair| self.may_link(pair)) {
            accounts.extend(self.both(pair).iter().flat_map(Carried::accounts));
        }
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }

    /// The accounts that carry both facts of a pair; where one is too wide to count, those that carry the other.
    fn both(&self, pair: &Pair) -> Option<Carried> {
        let [a, b] = pair.of.map(|fact| self.known.get(&fact.key).and_then(Option::as_ref));
        let size = |carried: &Carried| carried.before.len() + carried.after.len();
        match (a, b) {
            (Some(one), Some(other)) if size(one) > size(other) => Some(other.kept(|id| one.has(id))),
            (Some(one), Some(other)) => Some(one.kept(|id| other.has(id))),
            (Some(one), None) | (None, Some(one)) => Some(one.kept(|_| (true, true))),
            (None, None) => None,
        }
    }

    fn may_link(&self, pair: &Pair) -> bool {
        self.of_facts(pair).into_iter().any(|of_facts| self.rules.pair_may_link(of_facts))
    }

    /// Doublings of the two facts, before and after.
    fn of_facts(&self, pair: &Pair) -> [[u32; 2]; 2] {
        let [a, b] = pair.of.map(|fact| {
            self.doublings.get(&fact.key).copied().unwrap_or([self.rules.pairs.wide_doublings; 2])
        });
        [[a[0], b[0]], [a[1], b[1]]]
    }

    /// Notes which of these phones became too wide to link and which no longer are; `wide` are those that were
    /// before. Returns the ones that changed.
    pub fn note_wide(&mut self, wide: WidePhones, phones: &KeyMap<String>) -> Vec<String> {
        let mut after = wide.clone();
        let mut changed = Vec::new();
        for (phone, digits) in phones {
            let Some(Some(carried)) = self.known.get(phone) else { continue };
            let is_wide = carried.carriers()[1] > self.rules.of(KeyClass::Phone).degree_max;
            if is_wide != wide.contains_key(phone) {
                changed.push(digits.clone());
                if is_wide {
                    after.insert(*phone, digits.clone());
                } else {
                    after.remove(phone);
                }
            }
        }
        self.wide = [wide, after];
        changed
    }

    /// What is known of a key that links by itself, and its digits if it is a phone; `None` if it is too wide to
    /// link.
    pub fn single(&self, fact: Fact, digits: Option<&String>) -> Option<Known> {
        let carried = self.known.get(&fact.key)?.as_ref()?;
        let [before, after] = carried.degrees(fact.class);
        let [several_before, several_after] = carried.several();
        let carried_by_several = several_before || several_after;
        let [was_mistyped, is_mistyped] = match digits.filter(|_| carried_by_several) {
            Some(digits) => self.wide.each_ref().map(|wide| is_mistyped(digits, wide)),
            None => [false; 2],
        };
        let candidate = Candidate::single(self.rules, fact, after, several_after, ids(&carried.after))
            .filter(|_| !is_mistyped);
        let linked =
            Candidate::single(self.rules, fact, before, several_before, Vec::new()).filter(|_| !was_mistyped);
        Some(Known {
            links: linked.is_some() || candidate.is_some(),
            accounts: carried.accounts(),
            candidate,
        })
    }

    /// What is known of a pair; `None` if its facts are too wide for it to link. `carries` says of an account
    /// that is at work whether one of its reports carries both facts, before and after.
    pub fn pair(&self, pair: Pair, carries: impl Fn(NodeId) -> (bool, bool)) -> Option<Known> {
        if !self.may_link(&pair) {
            return None;
        }
        let carried = self.both(&pair)?.kept(carries);
        let ([before, after], [then, now]) = (carried.carriers(), self.of_facts(&pair));
        let candidate = Candidate::pair(self.rules, pair, now, after, ids(&carried.after));
        Some(Known {
            links: self.rules.pair_score_decibits(pair.kinds(), before, then).is_some()
                || candidate.is_some(),
            accounts: carried.accounts(),
            candidate,
        })
    }
}

/// How many different labels there are.
pub fn distinct(labels: impl Iterator<Item = Label>) -> usize {
    let mut labels: Vec<Label> = labels.collect();
    labels.sort_unstable();
    labels.dedup();
    labels.len()
}

fn ids(side: &[(NodeId, Label)]) -> Vec<NodeId> {
    side.iter().map(|(id, _)| *id).collect()
}
