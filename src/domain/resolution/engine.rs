//! The partition, incrementally: from a change of some reports to the profiles that it touches.
//!
//! For each stratum the engine finds the *region*: everything connected to a changed report by keys
//! that may link now or could link before, or by what people judged the same. Both reports of a judgement
//! that was made or taken back count as changed, one after the other or at once. Outside the region nothing can change; inside it the
//! definition of [`partition`](super::partition) is applied afresh. All look-ups are batched, one
//! round for each step outwards, so a store answers them from its indexes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::id::SellerId;
use super::carriers::{Carried, Carriers, Keys};
use super::facts::{Fact, Facts, Key, KeyHasher, KeyMap};
use super::judgement::{self, Judged, Known};
use super::likeness::{self, Alike};
use super::mistyping::{WidePhones, near_phones};
use super::partition::{Candidate, Component, EntryId, Merged, merge};
use super::rules::{KeyClass, Rules, Stratum};

/// The name of a component of stratum 0 or 1 within one pool, never 0. It means nothing outside, but that a
/// core of which nothing but names is known has a negative one.
pub type Label = i64;

/// A pooled report as the pool remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub id: EntryId,
    pub facts: Facts,
    pub account: Label,
    pub core: Label,
    pub profile: SellerId,
}

/// Who carries a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holders {
    /// At least as many components as asked about: the key is generic.
    Generic,
    /// Every holder, with the component of the stratum below that it is in.
    All(Vec<(EntryId, Label)>),
}

/// What the engine asks of a pool. Every answer is about the state before the change.
pub trait Pool {
    type Error;

    /// The entries with these ids; unknown ids are left out.
    fn entries(&mut self, ids: &[EntryId]) -> Result<Vec<Stored>, Self::Error>;

    /// All entries of these components; `stratum` is `Accounts` or `Cores`.
    fn members(&mut self, stratum: Stratum, labels: &[Label]) -> Result<Vec<Stored>, Self::Error>;

    /// The holders of each key that is looked up in `stratum`, or that at least the given number of
    /// components of the stratum below carry it.
    fn holders(&mut self, stratum: Stratum, keys: &[(Key, usize)]) -> Result<KeyMap<Holders>, Self::Error>;

    /// What was ever judged of any of these entries, each pair once or twice, if the other of the pair is in
    /// the pool or in the change. Unlike the rest this is about now.
    fn judged(&mut self, ids: &[EntryId]) -> Result<Vec<Judged>, Self::Error>;

    /// The phones that more cores carry than may link.
    fn wide_phones(&mut self) -> Result<WidePhones, Self::Error>;

    /// A label that was never used in this pool.
    fn new_label(&mut self) -> Label;
}

/// A change of a pool: each entry's facts afterwards, `None` if it leaves.
pub type Change = BTreeMap<EntryId, Option<Facts>>;

/// An entry as it must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub facts: Facts,
    pub account: Label,
    pub core: Label,
}

/// One stratum's region, merged afresh. Links and refusals between entries of the region replace
/// whatever the stratum had there before.
#[derive(Debug)]
pub struct Layer {
    pub stratum: Stratum,
    /// Every entry of the region, those that left included.
    pub region: BTreeSet<EntryId>,
    pub merged: Merged,
}

/// What a change comes to.
#[derive(Debug)]
pub struct Outcome {
    /// Accounts, cores and profiles; the components of the last are the profiles of the region.
    pub layers: [Layer; 3],
    /// The phones that more cores carry than may link, before and after.
    pub wide_phones: [WidePhones; 2],
    /// Every entry that was looked at, as it was; an entry that is new is absent.
    pub before: BTreeMap<EntryId, Stored>,
    /// The same entries as they are now; an entry that left is absent.
    pub after: BTreeMap<EntryId, Placed>,
}

impl Outcome {
    /// The profiles of the region.
    pub fn profiles(&self) -> &[Component] {
        &self.layers[2].merged.components
    }
}

/// Works out what `change` does to `pool`.
pub fn resolve<P: Pool>(pool: &mut P, change: Change, hasher: &KeyHasher) -> Result<Outcome, P::Error> {
    let wide_phones = [WidePhones::new(), WidePhones::new()];
    let (judged, compared) = (Known::default(), RefCell::default());
    let mut work = Work { pool, hasher, nodes: HashMap::new(), judged, wide_phones, compared };
    work.begin(change)?;
    let accounts = work.stratum(Stratum::Accounts)?;
    work.label(Stratum::Accounts, &accounts.merged.components);
    let cores = work.stratum(Stratum::Cores)?;
    work.label(Stratum::Cores, &cores.merged.components);
    let profiles = work.stratum(Stratum::Profiles)?;
    Ok(work.finish([accounts, cores, profiles]))
}

/// An entry during the work: as it was, and what is known of how it will be.
struct Node {
    before: Option<Stored>,
    facts: Option<Facts>,
    account: Option<Label>,
    core: Option<Label>,
    /// Named by the change.
    changed: bool,
}

impl Node {
    /// Its facts as they were and as they are, where there are any; once, if they are the same.
    fn versions(&self) -> impl Iterator<Item = &Facts> {
        let before = self.before.as_ref().map(|stored| &stored.facts);
        let after = self.facts.as_ref().filter(|_| self.changed || before.is_none());
        before.into_iter().chain(after)
    }
}

fn phone(key: Key) -> Fact {
    Fact { key, class: KeyClass::Phone }
}

struct Work<'p, P> {
    pool: &'p mut P,
    hasher: &'p KeyHasher,
    nodes: HashMap<EntryId, Node>,
    judged: Known,
    wide_phones: [WidePhones; 2],
    /// What came of comparing two entries, each as it was or as it is.
    compared: RefCell<HashMap<[Version; 2], Option<Alike>>>,
}

/// An entry, and whether as it was before a change that names it.
type Version = (EntryId, bool);

impl<P: Pool> Work<'_, P> {
    fn begin(&mut self, change: Change) -> Result<(), P::Error> {
        let ids: Vec<EntryId> = change.keys().copied().collect();
        self.load(&ids)?;
        for (id, facts) in change {
            let node = self.nodes.entry(id).or_insert(Node {
                before: None,
                facts: None,
                account: None,
                core: None,
                changed: true,
            });
            node.changed = true;
            node.facts = facts;
        }
        Ok(())
    }

    fn remember(&mut self, stored: Vec<Stored>) {
        for entry in stored {
            self.nodes.entry(entry.id).or_insert_with(|| Node {
                facts: Some(entry.facts.clone()),
                account: Some(entry.account),
                core: Some(entry.core),
                changed: false,
                before: Some(entry),
            });
        }
    }

    fn load(&mut self, ids: &[EntryId]) -> Result<(), P::Error> {
        let missing: Vec<EntryId> = ids.iter().copied().filter(|id| !self.nodes.contains_key(id)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let stored = self.pool.entries(&missing)?;
        self.remember(stored);
        Ok(())
    }

    /// The component of the stratum below `stratum` that an entry is in, before and after.
    fn below(&self, id: EntryId, stratum: Stratum) -> (Option<Label>, Option<Label>) {
        let Some(node) = self.nodes.get(&id) else { return (None, None) };
        let before = node.before.as_ref();
        match stratum {
            // In stratum 0 every report is its own component.
            Stratum::Accounts => (before.map(|_| id), node.facts.as_ref().map(|_| id)),
            Stratum::Cores => (before.map(|stored| stored.account), node.facts.as_ref().and(node.account)),
            Stratum::Profiles => (before.map(|stored| stored.core), node.facts.as_ref().and(node.core)),
        }
    }

    /// Entries whose component below differs, or whose facts do.
    fn moved(&self, stratum: Stratum) -> Vec<EntryId> {
        let mut moved: Vec<EntryId> = self
            .nodes
            .iter()
            .filter(|(id, node)| {
                let (before, after) = self.below(**id, stratum);
                node.changed || before != after
            })
            .map(|(id, _)| *id)
            .collect();
        moved.sort_unstable();
        moved
    }

    /// The region of this stratum, merged afresh.
    fn stratum(&mut self, stratum: Stratum) -> Result<Layer, P::Error> {
        let moved = self.moved(stratum);
        let mut carriers = Carriers::new(stratum);
        for id in &moved {
            let node = &self.nodes[id];
            for facts in node.versions() {
                carriers.stir(facts);
            }
            if let (true, Some(facts)) = (node.changed, &node.facts) {
                carriers.gain(*id, facts);
            }
        }
        let mut keys = Keys::default();
        for facts in moved.iter().flat_map(|id| self.nodes[id].versions()) {
            keys.add(facts, stratum);
        }
        self.ask(&mut carriers, &keys)?;
        self.add_reweighed(&mut carriers, &mut keys)?;
        let mut seeds = moved;
        if stratum == Stratum::Profiles {
            seeds.extend(self.mistyped(&mut carriers, &keys)?);
        }
        seeds.extend(self.linked(&mut carriers, &keys)?);
        let region = self.closure(seeds, &mut carriers)?;
        let merged = self.merge_region(&region, &carriers);
        self.wide_phones = carriers.wide;
        Ok(Layer { stratum, region, merged })
    }

    /// Looks up who carries keys that are not known yet.
    fn ask(&mut self, carriers: &mut Carriers, keys: &Keys) -> Result<(), P::Error> {
        let wanted = carriers.unknown(keys);
        if wanted.is_empty() {
            return Ok(());
        }
        let keys: Vec<(Key, usize)> = wanted.iter().map(|(fact, limit)| (fact.key, *limit)).collect();
        let found = self.pool.holders(carriers.stratum, &keys)?;
        let known = |id: EntryId| {
            let node = self.nodes.get(&id)?;
            Some((node.changed, self.below(id, carriers.stratum).1))
        };
        let learnt: Vec<(Key, Option<Carried>)> = wanted
            .iter()
            .map(|(fact, _)| (fact.key, carriers.carried(*fact, found.get(&fact.key), known)))
            .collect();
        carriers.learn(learnt);
        Ok(())
    }

    /// Adds the pairs of every entry that carries a fact which now counts for more or less in pairs.
    fn add_reweighed(&mut self, carriers: &mut Carriers, keys: &mut Keys) -> Result<(), P::Error> {
        let reweighed: BTreeSet<Key> =
            keys.asked.keys().copied().filter(|key| carriers.is_reweighed(*key)).collect();
        if reweighed.is_empty() {
            return Ok(());
        }
        let holders: Vec<EntryId> = reweighed.iter().flat_map(|key| carriers.entries(*key)).collect();
        self.load(&holders)?;
        for id in holders {
            for pair in self.nodes.get(&id).into_iter().flat_map(Node::versions).flat_map(Facts::pairs) {
                if pair.of.iter().any(|fact| reweighed.contains(&fact.key)) {
                    keys.add_pair(pair);
                }
            }
        }
        self.ask(carriers, keys)
    }

    /// The entries that carry a phone one mistake away from one that became too wide to link, or no longer is.
    fn mistyped(&mut self, carriers: &mut Carriers, keys: &Keys) -> Result<Vec<EntryId>, P::Error> {
        let changed = carriers.note_wide(self.pool.wide_phones()?, &keys.phones);
        let near = changed.iter().flat_map(|digits| near_phones(digits, self.hasher)).map(phone);
        let near = Keys { asked: near.map(|fact| (fact.key, fact)).collect(), ..Keys::default() };
        self.ask(carriers, &near)?;
        Ok(near.asked.keys().flat_map(|key| carriers.entries(*key)).collect())
    }

    /// The entries that carry any of these keys, where it links before or after.
    fn linked(&mut self, carriers: &mut Carriers, keys: &Keys) -> Result<Vec<EntryId>, P::Error> {
        self.load(&carriers.to_look_into(keys))?;
        let alike = keys.likenesses.values().filter_map(|fact| carriers.alike(*fact));
        self.load(&alike.flat_map(Carried::entries).collect::<Vec<_>>())?;
        let mut linked = Vec::new();
        for fact in keys.singles.values() {
            linked.extend(
                carriers
                    .single(*fact, keys.phones.get(&fact.key))
                    .filter(|known| known.links)
                    .into_iter()
                    .flat_map(|known| known.entries),
            );
        }
        for pair in keys.pairs.values() {
            let known = carriers.pair(*pair, |id, key| self.carries(id, key));
            linked.extend(known.filter(|known| known.links).into_iter().flat_map(|known| known.entries));
        }
        for fact in keys.likenesses.values() {
            let [before, after] = self.alike(carriers, *fact);
            linked.extend(before.into_iter().chain(after).flat_map(|candidate| candidate.holders));
        }
        linked.sort_unstable();
        linked.dedup();
        Ok(linked)
    }

    /// The links between reports that share a likeness key, before and after.
    fn alike(&self, carriers: &Carriers, fact: Fact) -> [Vec<Candidate>; 2] {
        let Some(carried) = carriers.alike(fact) else { return [Vec::new(), Vec::new()] };
        let before = |id| self.nodes.get(&id)?.before.as_ref().map(|stored| &stored.facts);
        let after = |id| self.nodes.get(&id)?.facts.as_ref();
        let compare = |past: bool| {
            move |a: (EntryId, &Facts), b: (EntryId, &Facts)| {
                let version =
                    |id: EntryId| (id, past && self.nodes.get(&id).is_some_and(|node| node.changed));
                let mut versions = [version(a.0), version(b.0)];
                versions.sort_unstable();
                *self
                    .compared
                    .borrow_mut()
                    .entry(versions)
                    .or_insert_with(|| likeness::compare(Rules::shipped(), a.1, b.1))
            }
        };
        [
            likeness::candidates(Rules::shipped(), fact, &carried.before, before, compare(true)),
            likeness::candidates(Rules::shipped(), fact, &carried.after, after, compare(false)),
        ]
    }

    /// Whether a loaded entry carries a key, before and after.
    fn carries(&self, id: EntryId, key: Key) -> (bool, bool) {
        let has =
            |facts: Option<&Facts>| facts.is_some_and(|facts| facts.keys.iter().any(|fact| fact.key == key));
        let Some(node) = self.nodes.get(&id) else { return (false, false) };
        (has(node.before.as_ref().map(|stored| &stored.facts)), has(node.facts.as_ref()))
    }

    /// Everything that is connected to the seeds: by a component below, or by a key that may link
    /// before or after.
    fn closure(
        &mut self,
        seeds: Vec<EntryId>,
        carriers: &mut Carriers,
    ) -> Result<BTreeSet<EntryId>, P::Error> {
        let mut region: BTreeSet<EntryId> = BTreeSet::new();
        let mut seen = Keys::default();
        let mut seen_labels: HashSet<Label> = HashSet::new();
        let mut frontier = seeds;
        while !frontier.is_empty() {
            self.load(&frontier)?;
            let mut fresh: Vec<EntryId> =
                frontier.into_iter().filter(|id| self.nodes.contains_key(id) && region.insert(*id)).collect();
            fresh.extend(self.companions(&fresh, carriers.stratum, &mut seen_labels, &mut region)?);
            let mut keys = Keys::default();
            for facts in fresh.iter().flat_map(|id| self.nodes[id].versions()) {
                keys.add(facts, carriers.stratum);
            }
            keys.forget(&seen);
            self.ask(carriers, &keys)?;
            frontier = self.linked(carriers, &keys)?;
            frontier.extend(self.judged_same(&fresh, carriers.stratum)?);
            frontier.retain(|id| !region.contains(id));
            seen.extend(keys);
        }
        Ok(region)
    }

    /// The entries that people judged the same as any of these. Learns whatever else was judged of them.
    fn judged_same(&mut self, ids: &[EntryId], stratum: Stratum) -> Result<Vec<EntryId>, P::Error> {
        if stratum == Stratum::Accounts {
            return Ok(Vec::new());
        }
        let unasked = self.judged.unasked(ids);
        if !unasked.is_empty() {
            self.judged.learn(self.pool.judged(&unasked)?);
        }
        Ok(if stratum == Stratum::Cores { self.judged.joined_to(ids) } else { Vec::new() })
    }

    /// The other entries of the components below that `fresh` are or were in.
    fn companions(
        &mut self,
        fresh: &[EntryId],
        stratum: Stratum,
        seen: &mut HashSet<Label>,
        region: &mut BTreeSet<EntryId>,
    ) -> Result<Vec<EntryId>, P::Error> {
        let below = match stratum {
            Stratum::Accounts => return Ok(Vec::new()),
            Stratum::Cores => Stratum::Accounts,
            Stratum::Profiles => Stratum::Cores,
        };
        let mut labels: Vec<Label> = Vec::new();
        for id in fresh {
            let (before, after) = self.below(*id, stratum);
            labels.extend(before.into_iter().chain(after).filter(|label| seen.insert(*label)));
        }
        if labels.is_empty() {
            return Ok(Vec::new());
        }
        labels.sort_unstable();
        let stored = self.pool.members(below, &labels)?;
        let ids: Vec<EntryId> = stored.iter().map(|entry| entry.id).collect();
        self.remember(stored);
        Ok(ids.into_iter().filter(|id| region.insert(*id)).collect())
    }

    fn merge_region(&self, region: &BTreeSet<EntryId>, carriers: &Carriers) -> Merged {
        let mut below: BTreeMap<Label, Vec<EntryId>> = BTreeMap::new();
        let mut keys = Keys::default();
        for id in region {
            let node = &self.nodes[id];
            let (Some(facts), (_, Some(label))) = (&node.facts, self.below(*id, carriers.stratum)) else {
                continue;
            };
            below.entry(label).or_default().push(*id);
            keys.add(facts, carriers.stratum);
        }
        let single = |fact: &Fact| carriers.single(*fact, keys.phones.get(&fact.key))?.candidate;
        let singles = keys.singles.values().filter_map(single);
        let pairs = keys
            .pairs
            .values()
            .filter_map(|pair| carriers.pair(*pair, |id, key| self.carries(id, key))?.candidate);
        let inside = |candidate: &Candidate| candidate.holders.iter().all(|id| region.contains(id));
        let alike = keys.likenesses.values().flat_map(|fact| {
            let [_, after] = self.alike(carriers, *fact);
            after
        });
        let alike = likeness::each_once(alike.filter(inside));
        // Every entry of the region has facts here; the fallback keeps the closure total.
        let nothing = Facts {
            keys: Vec::new(),
            phones: Vec::new(),
            likeness: None,
            one_fact: Vec::new(),
            exclusive: Vec::new(),
            persons: Vec::new(),
            tie: 0,
        };
        let live = |id: &EntryId| region.contains(id) && self.nodes[id].facts.is_some();
        let judgements = self.judged.counting(live);
        let mut parted = BTreeSet::new();
        let mut candidates: Vec<Candidate> = singles.chain(pairs).chain(alike).collect();
        if carriers.stratum != Stratum::Accounts {
            parted = judgement::parted(&judgements);
        }
        if carriers.stratum == Stratum::Cores {
            candidates.extend(judgement::links(&judgements));
        }
        merge(below.into_values().collect(), candidates, &parted, |id| {
            self.nodes.get(&id).and_then(|node| node.facts.as_ref()).unwrap_or(&nothing)
        })
    }

    /// Names the components of a stratum, keeping each name with the largest part of what had it.
    fn label(&mut self, stratum: Stratum, components: &[Component]) {
        let mut overlaps: Vec<(usize, usize, Label)> = Vec::new();
        for (index, component) in components.iter().enumerate() {
            let mut counts: BTreeMap<Label, usize> = BTreeMap::new();
            for stored in component.members.iter().filter_map(|id| self.nodes[id].before.as_ref()) {
                let label = if stratum == Stratum::Accounts { stored.account } else { stored.core.abs() };
                *counts.entry(label).or_default() += 1;
            }
            overlaps.extend(counts.into_iter().map(|(label, count)| (count, index, label)));
        }
        overlaps.sort_by_key(|(count, index, label)| (std::cmp::Reverse(*count), *index, *label));
        let mut labels: Vec<Option<Label>> = vec![None; components.len()];
        let mut taken: HashSet<Label> = HashSet::new();
        for (_, index, label) in overlaps {
            if labels[index].is_none() && taken.insert(label) {
                labels[index] = Some(label);
            }
        }
        for (component, label) in components.iter().zip(labels) {
            let label = label.unwrap_or_else(|| self.pool.new_label());
            let mut facts = component.members.iter().filter_map(|id| self.nodes[id].facts.as_ref());
            let bare = stratum == Stratum::Cores && facts.all(Facts::is_bare);
            let label = if bare { -label } else { label };
            for id in &component.members {
                if let Some(node) = self.nodes.get_mut(id) {
                    match stratum {
                        Stratum::Accounts => node.account = Some(label),
                        Stratum::Cores | Stratum::Profiles => node.core = Some(label),
                    }
                }
            }
        }
    }

    fn finish(self, layers: [Layer; 3]) -> Outcome {
        let wide_phones = self.wide_phones;
        let mut outcome = Outcome { layers, wide_phones, before: BTreeMap::new(), after: BTreeMap::new() };
        for (id, node) in self.nodes {
            if let (Some(facts), Some(account), Some(core)) = (node.facts, node.account, node.core) {
                outcome.after.insert(id, Placed { facts, account, core });
            }
            outcome.before.extend(node.before.map(|stored| (id, stored)));
        }
        outcome
    }
}
