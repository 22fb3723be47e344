//! The partition, incrementally: from a change of some reports to the profiles that it touches.
//!
//! For each stratum the engine finds the *region*: everything connected to a changed report by keys
//! that may link now or could link before. Outside the region nothing can change; inside it the
//! definition of [`partition`](super::partition) is applied afresh. All look-ups are batched, one
//! round for each step outwards, so a store answers them from its indexes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::id::SellerId;
use super::facts::{Fact, Facts, Key};
use super::partition::{Candidate, Component, EntryId, KeySet, Merged, keys_of, links_at, merge};
use super::rules::Stratum;

/// The name of a component of stratum 0 or 1 within one pool. It means nothing outside.
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

    /// The holders of each key, or that at least the given number of components carry it.
    fn holders(&mut self, keys: &[(Key, usize)]) -> Result<HashMap<Key, Holders>, Self::Error>;

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
pub fn resolve<P: Pool>(pool: &mut P, change: Change) -> Result<Outcome, P::Error> {
    let mut work = Work { pool, nodes: HashMap::new(), holders: HashMap::new() };
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
    fn keys(&self, stratum: Stratum) -> impl Iterator<Item = Fact> + '_ {
        let before = self.before.as_ref().map(|stored| &stored.facts);
        before.into_iter().chain(self.facts.as_ref()).flat_map(move |facts| keys_of(facts, stratum))
    }
}

struct Work<'p, P> {
    pool: &'p mut P,
    nodes: HashMap<EntryId, Node>,
    holders: HashMap<Key, Holders>,
}

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
        self.holders.clear();
        let moved = self.moved(stratum);
        let mut churn: HashMap<Key, usize> = HashMap::new();
        let mut gained: HashMap<Key, Vec<EntryId>> = HashMap::new();
        let mut touched: KeySet = HashMap::new();
        for id in &moved {
            let node = &self.nodes[id];
            for fact in node.keys(stratum) {
                *churn.entry(fact.key).or_default() += 1;
                touched.insert(fact.key, fact.class);
            }
            if node.changed {
                for fact in node.facts.iter().flat_map(|facts| keys_of(facts, stratum)) {
                    gained.entry(fact.key).or_default().push(*id);
                }
            }
        }
        self.ask(&touched, &churn)?;

        let mut seeds = moved;
        for (key, class) in &touched {
            if let Some(holding) = self.holding(*key, &gained, stratum)
                && (links_at(*class, holding.degree_before) || links_at(*class, holding.degree_after))
            {
                seeds.extend(holding.before.iter().chain(&holding.after));
            }
        }
        let region = self.closure(seeds, stratum, &gained, &churn)?;
        let merged = self.merge_region(&region, stratum, &gained);
        Ok(Layer { stratum, region, merged })
    }

    /// Looks up the holders of keys that are not known yet.
    fn ask(&mut self, keys: &KeySet, churn: &HashMap<Key, usize>) -> Result<(), P::Error> {
        let wanted: Vec<(Key, usize)> = keys
            .iter()
            .filter(|(key, _)| !self.holders.contains_key(key))
            .map(|(key, class)| {
                // Every moved holder can take one component away; past that the key stays generic.
                let slack = churn.get(key).copied().unwrap_or(0);
                (*key, class.rule().degree_max.saturating_add(slack).saturating_add(1))
            })
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let found = self.pool.holders(&wanted)?;
        for (key, _) in wanted {
            let holders = found.get(&key).cloned().unwrap_or(Holders::All(Vec::new()));
            self.holders.insert(key, holders);
        }
        Ok(())
    }

    /// Who carries a key before and after, with its degrees; `None` if it is generic both times.
    fn holding(&self, key: Key, gained: &HashMap<Key, Vec<EntryId>>, stratum: Stratum) -> Option<Holding> {
        let Holders::All(stored) = self.holders.get(&key)? else { return None };
        let mut holding = Holding::default();
        let mut labels_before = BTreeSet::new();
        let mut labels_after = BTreeSet::new();
        for (id, label) in stored {
            holding.before.push(*id);
            let label = if stratum == Stratum::Accounts { *id } else { *label };
            labels_before.insert(label);
            match self.nodes.get(id) {
                Some(node) if node.changed => {}
                Some(_) => {
                    holding.after.push(*id);
                    labels_after.extend(self.below(*id, stratum).1);
                }
                None => {
                    holding.after.push(*id);
                    labels_after.insert(label);
                }
            }
        }
        for id in gained.get(&key).into_iter().flatten() {
            holding.after.push(*id);
            labels_after.extend(self.below(*id, stratum).1);
        }
        holding.degree_before = labels_before.len();
        holding.degree_after = labels_after.len();
        Some(holding)
    }

    /// Everything that is connected to the seeds: by a component below, or by a key that may link
    /// before or after.
    fn closure(
        &mut self,
        seeds: Vec<EntryId>,
        stratum: Stratum,
        gained: &HashMap<Key, Vec<EntryId>>,
        churn: &HashMap<Key, usize>,
    ) -> Result<BTreeSet<EntryId>, P::Error> {
        let mut region: BTreeSet<EntryId> = BTreeSet::new();
        let mut seen_keys: HashSet<Key> = HashSet::new();
        let mut seen_labels: HashSet<Label> = HashSet::new();
        let mut frontier = seeds;
        while !frontier.is_empty() {
            self.load(&frontier)?;
            let mut fresh: Vec<EntryId> =
                frontier.into_iter().filter(|id| self.nodes.contains_key(id) && region.insert(*id)).collect();
            fresh.extend(self.companions(&fresh, stratum, &mut seen_labels, &mut region)?);

            let mut keys: KeySet = HashMap::new();
            for id in &fresh {
                let facts = self.nodes[id].keys(stratum);
                keys.extend(
                    facts.filter(|fact| seen_keys.insert(fact.key)).map(|fact| (fact.key, fact.class)),
                );
            }
            self.ask(&keys, churn)?;
            frontier = Vec::new();
            for (key, class) in &keys {
                if let Some(holding) = self.holding(*key, gained, stratum)
                    && (links_at(*class, holding.degree_before) || links_at(*class, holding.degree_after))
                {
                    let holders = holding.before.into_iter().chain(holding.after);
                    frontier.extend(holders.filter(|id| !region.contains(id)));
                }
            }
            frontier.sort_unstable();
            frontier.dedup();
        }
        Ok(region)
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

    fn merge_region(
        &self,
        region: &BTreeSet<EntryId>,
        stratum: Stratum,
        gained: &HashMap<Key, Vec<EntryId>>,
    ) -> Merged {
        let mut below: BTreeMap<Label, Vec<EntryId>> = BTreeMap::new();
        let mut keys: BTreeMap<Key, Fact> = BTreeMap::new();
        for id in region {
            let node = &self.nodes[id];
            let (Some(facts), (_, Some(label))) = (&node.facts, self.below(*id, stratum)) else { continue };
            below.entry(label).or_default().push(*id);
            keys.extend(keys_of(facts, stratum).map(|fact| (fact.key, fact)));
        }
        let candidates = keys
            .into_values()
            .filter_map(|fact| {
                let holding = self.holding(fact.key, gained, stratum)?;
                links_at(fact.class, holding.degree_after).then_some(Candidate {
                    fact,
                    degree: holding.degree_after,
                    holders: holding.after,
                })
            })
            .collect();
        // Every entry of the region has facts here; the fallback keeps the closure total.
        let nothing = Facts { keys: Vec::new(), exclusive: Vec::new(), tie: 0 };
        merge(below.into_values().collect(), candidates, |id| {
            self.nodes.get(&id).and_then(|node| node.facts.as_ref()).unwrap_or(&nothing)
        })
    }

    /// Names the components of a stratum, keeping each name with the largest part of what had it.
    fn label(&mut self, stratum: Stratum, components: &[Component]) {
        let mut overlaps: Vec<(usize, usize, Label)> = Vec::new();
        for (index, component) in components.iter().enumerate() {
            let mut counts: BTreeMap<Label, usize> = BTreeMap::new();
            for stored in component.members.iter().filter_map(|id| self.nodes[id].before.as_ref()) {
                let label = if stratum == Stratum::Accounts { stored.account } else { stored.core };
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
        let mut outcome = Outcome { layers, before: BTreeMap::new(), after: BTreeMap::new() };
        for (id, node) in self.nodes {
            if let (Some(facts), Some(account), Some(core)) = (node.facts, node.account, node.core) {
                outcome.after.insert(id, Placed { facts, account, core });
            }
            outcome.before.extend(node.before.map(|stored| (id, stored)));
        }
        outcome
    }
}

#[derive(Default)]
struct Holding {
    before: Vec<EntryId>,
    after: Vec<EntryId>,
    degree_before: usize,
    degree_after: usize,
}
