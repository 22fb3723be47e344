//! The partition, incrementally: from a change of some reports to the profiles that it touches.
//!
//! Stratum 0 comes first ([`anchoring`](super::anchoring)): it makes of the change some accounts that say something
//! else than they did. The strata above know accounts alone, so what a report costs does not grow with
//! the number of reports of its account, and one that adds nothing to what its account says ends there.
//!
//! For each of the strata above the engine finds the *region*: everything connected to a changed account by keys
//! that may link now or could link before, or by what people judged the same. Both reports of a judgement
//! that was made or taken back count as changed, one after the other or at once. Outside the region nothing can
//! change; inside it the definition of [`partition`](super::partition) is applied afresh. All look-ups are batched,
//! one round for each step outwards, so a store answers them from its indexes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::account::Account;
use super::anchoring::{Anchored, anchor, assign};
use super::carriers::{Carried, Carriers, Keys};
use super::facts::{Fact, Key, KeyHasher};
use super::judgement::{self, Known};
use super::likeness::{self, Alike, Comparable};
use super::merging::{Part, merge};
use super::mistyping::{WidePhones, near_phones};
use super::outcome::{Layer, Outcome, Placed};
use super::partition::{Candidate, Component, EntryId, Merged};
use super::pool::{Change, Label, Pool, StoredAccount};
use super::rules::{KeyClass, Rules, Stratum};

/// Works out what `change` does to `pool`.
pub fn resolve<P: Pool>(pool: &mut P, change: Change, hasher: &KeyHasher) -> Result<Outcome, P::Error> {
    let changed: BTreeSet<EntryId> = change.keys().copied().collect();
    let mut judged = Known::default();
    let unasked = judged.unasked(changed.iter().copied());
    judged.learn(pool.judged(&unasked)?);
    let noted = judged.ends().filter(|id| changed.contains(id)).collect();
    let anchored = anchor(pool, change, noted)?;
    let wide_phones = [WidePhones::new(), WidePhones::new()];
    let (compared, ends) = (RefCell::default(), HashMap::new());
    let mut work = Work { pool, hasher, changed, anchored, judged, ends, wide_phones, compared };
    let cores = work.stratum(Stratum::Cores)?;
    work.label_cores(&cores.merged.components);
    let profiles = work.stratum(Stratum::Profiles)?;
    Ok(work.finish([cores, profiles]))
}

/// An account during the work: as it was, and what is known of how it will be.
pub(super) struct Node {
    before: Option<StoredAccount>,
    after: Option<Arc<Account>>,
    core: Option<Label>,
    /// Whether it says something else than it did, or a person has judged one of its reports.
    pub changed: bool,
    /// Whether the change touches it, and it was not only looked at.
    touched: bool,
}

impl Node {
    /// An account that the change touches.
    pub fn altered(before: Option<StoredAccount>, after: Option<Arc<Account>>) -> Self {
        let changed = match (&before, &after) {
            (Some(before), Some(after)) => !after.says_as(&before.account),
            _ => true,
        };
        let core = before.as_ref().map(|stored| stored.core);
        Self { before, after, core, changed, touched: true }
    }

    /// What it said and what it says, where it was and is; once, if that is the same.
    fn versions(&self) -> impl Iterator<Item = &Account> {
        let before = self.before.as_ref().map(|stored| &*stored.account);
        let after = self.after.as_deref().filter(|_| self.changed || before.is_none());
        before.into_iter().chain(after)
    }

    fn was(&self) -> Option<&Account> {
        self.before.as_ref().map(|stored| &*stored.account)
    }
}

fn phone(key: Key) -> Fact {
    Fact { key, class: KeyClass::Phone }
}

struct Work<'p, P> {
    pool: &'p mut P,
    hasher: &'p KeyHasher,
    /// The reports that the change names.
    changed: BTreeSet<EntryId>,
    anchored: Anchored,
    judged: Known,
    /// The reports that people judged, each with its tie-break and its account as it is now.
    ends: HashMap<EntryId, (i64, Label)>,
    wide_phones: [WidePhones; 2],
    /// What came of comparing two reports, each as it was or as it is.
    compared: RefCell<HashMap<[Version; 2], Option<Alike>>>,
}

/// A report, and whether as it was before a change that names it.
type Version = (EntryId, bool);

/// The tie-break and the account of reports that candidates name.
type Seats = HashMap<EntryId, (i64, Label)>;

/// What links after the change, found once for each key on the way to the region: wherever a key links, all who carry
/// it are in the region.
#[derive(Default)]
struct Found {
    /// Keys that link by themselves, and pairs. Their holders are accounts.
    shared: Vec<Candidate>,
    /// Likenesses. Their holders are reports, which have seats.
    alike: Vec<Candidate>,
    seats: Seats,
}

impl<P: Pool> Work<'_, P> {
    fn node(&self, label: Label) -> Option<&Node> {
        self.anchored.nodes.get(&label)
    }

    fn remember(&mut self, stored: Vec<StoredAccount>) {
        for stored in stored {
            self.anchored.nodes.entry(stored.label).or_insert_with(|| Node {
                after: Some(stored.account.clone()),
                core: Some(stored.core),
                changed: false,
                touched: false,
                before: Some(stored),
            });
        }
    }

    fn load(&mut self, labels: &[Label]) -> Result<(), P::Error> {
        let missing: Vec<Label> =
            labels.iter().copied().filter(|label| !self.anchored.nodes.contains_key(label)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let stored = self.pool.accounts(&missing)?;
        self.remember(stored);
        Ok(())
    }

    /// The component of the stratum below `stratum` that an account is in, before and after.
    fn below(&self, label: Label, stratum: Stratum) -> (Option<Label>, Option<Label>) {
        let Some(node) = self.node(label) else { return (None, None) };
        let (before, after) = (node.before.as_ref(), node.after.as_ref());
        match stratum {
            Stratum::Accounts | Stratum::Cores => (before.map(|_| label), after.map(|_| label)),
            Stratum::Profiles => (before.map(|stored| stored.core), after.and(node.core)),
        }
    }

    /// Accounts whose component below differs, or what they say does.
    fn moved(&self, stratum: Stratum) -> Vec<Label> {
        let is_moved = |(label, node): &(&Label, &Node)| {
            let (before, after) = self.below(**label, stratum);
            node.changed || before != after
        };
        let mut moved: Vec<Label> =
            self.anchored.nodes.iter().filter(is_moved).map(|(label, _)| *label).collect();
        moved.sort_unstable();
        moved
    }

    /// The region of this stratum, merged afresh.
    fn stratum(&mut self, stratum: Stratum) -> Result<Layer, P::Error> {
        let moved = self.moved(stratum);
        let mut carriers = Carriers::new(stratum);
        let mut keys = Keys::default();
        for label in &moved {
            let Some(node) = self.node(*label) else { continue };
            for account in node.versions() {
                carriers.stir(account);
                keys.add(account, stratum);
            }
            if let (true, Some(account)) = (node.changed, &node.after) {
                carriers.gain(*label, account);
            }
        }
        self.ask(&mut carriers, &keys)?;
        self.add_reweighed(&mut carriers, &mut keys)?;
        let mut seeds = moved;
        if stratum == Stratum::Profiles {
            seeds.extend(self.mistyped(&mut carriers, &keys)?);
        }
        let mut found = Found::default();
        seeds.extend(self.linked(&mut carriers, &keys, &mut found)?);
        let region = self.closure(seeds, keys, &mut carriers, &mut found)?;
        let merged = self.merge_region(&region, stratum, found);
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
        let known = |label: Label| {
            let node = self.node(label)?;
            Some((node.changed, self.below(label, carriers.stratum).1))
        };
        let learnt: Vec<(Key, Option<Carried>)> = wanted
            .iter()
            .map(|(fact, _)| (fact.key, carriers.carried(*fact, found.get(&fact.key), known)))
            .collect();
        carriers.learn(learnt);
        Ok(())
    }

    /// Adds the pairs of every account that carries a fact which now counts for more or less in pairs.
    fn add_reweighed(&mut self, carriers: &mut Carriers, keys: &mut Keys) -> Result<(), P::Error> {
        let reweighed: BTreeSet<Key> =
            keys.asked.keys().copied().filter(|key| carriers.is_reweighed(*key)).collect();
        if reweighed.is_empty() {
            return Ok(());
        }
        let holders: BTreeSet<Label> = reweighed.iter().flat_map(|key| carriers.accounts(*key)).collect();
        let holders: Vec<Label> = holders.into_iter().collect();
        self.load(&holders)?;
        for label in holders {
            for pair in self.node(label).into_iter().flat_map(Node::versions).flat_map(Account::pairs) {
                if pair.of.iter().any(|fact| reweighed.contains(&fact.key)) {
                    keys.add_pair(pair);
                }
            }
        }
        self.ask(carriers, keys)
    }

    /// The accounts that carry a phone one mistake away from one that became too wide to link, or no longer is.
    fn mistyped(&mut self, carriers: &mut Carriers, keys: &Keys) -> Result<Vec<Label>, P::Error> {
        let changed = carriers.note_wide(self.pool.wide_phones()?, &keys.phones);
        let near = changed.iter().flat_map(|digits| near_phones(digits, self.hasher)).map(phone);
        let near = Keys { asked: near.map(|fact| (fact.key, fact)).collect(), ..Keys::default() };
        self.ask(carriers, &near)?;
        Ok(near.asked.keys().flat_map(|key| carriers.accounts(*key)).collect())
    }

    /// The accounts that carry any of these keys, where it links before or after; notes what links after.
    fn linked(
        &mut self,
        carriers: &mut Carriers,
        keys: &Keys,
        found: &mut Found,
    ) -> Result<Vec<Label>, P::Error> {
        self.load(&carriers.to_look_into(keys))?;
        let alike = keys.likenesses.values().filter_map(|fact| carriers.alike(*fact));
        self.load(&alike.flat_map(Carried::accounts).collect::<Vec<_>>())?;
        let singles =
            keys.singles.values().filter_map(|fact| carriers.single(*fact, keys.phones.get(&fact.key)));
        let pairs = keys
            .pairs
            .values()
            .filter_map(|pair| carriers.pair(*pair, |label| self.carries(label, pair.fact.key)));
        let mut linked = Vec::new();
        for known in singles.chain(pairs).filter(|known| known.links) {
            linked.extend(known.accounts);
            found.shared.extend(known.candidate);
        }
        let mut was = Seats::new();
        for fact in keys.likenesses.values() {
            let before = self.alike(carriers, *fact, true, &mut was);
            let after = self.alike(carriers, *fact, false, &mut found.seats);
            for (candidates, seats) in [(&before, &was), (&after, &found.seats)] {
                let holders = candidates.iter().flat_map(|candidate| &candidate.holders);
                linked.extend(holders.filter_map(|id| seats.get(id).map(|(_, label)| *label)));
            }
            found.alike.extend(after);
        }
        linked.sort_unstable();
        linked.dedup();
        Ok(linked)
    }

    /// The links between accounts that share a likeness key, as it was or as it is. Notes in `seats` whose report the
    /// holders are.
    fn alike(&self, carriers: &Carriers, fact: Fact, past: bool, seats: &mut Seats) -> Vec<Candidate> {
        let Some(carried) = carriers.alike(fact) else { return Vec::new() };
        let side = if past { &carried.before } else { &carried.after };
        let mut said: Vec<(Comparable, Label)> = Vec::new();
        for (label, below) in side {
            let account = self.node(*label).and_then(|node| match past {
                true => node.was(),
                false => node.after.as_deref(),
            });
            for one in account.into_iter().flat_map(|account| account.comparable(fact.key)) {
                let (tie, id) = one.by;
                seats.insert(id, (tie, *label));
                said.push((one, *below));
            }
        }
        let compare = |a: &Comparable, b: &Comparable| {
            let version = |said: &Comparable| (said.by.1, past && self.changed.contains(&said.by.1));
            let mut versions: [Version; 2] = [version(a), version(b)];
            versions.sort_unstable();
            *self
                .compared
                .borrow_mut()
                .entry(versions)
                .or_insert_with(|| likeness::compare(Rules::shipped(), a, b))
        };
        likeness::candidates(Rules::shipped(), fact, said, compare)
    }

    /// Whether one report of an account at hand carries a pair, before and after.
    fn carries(&self, label: Label, pair: Key) -> (bool, bool) {
        let Some(node) = self.node(label) else { return (false, false) };
        let has = |account: Option<&Account>| account.is_some_and(|one| one.speaker_of_pair(pair).is_some());
        (has(node.was()), has(node.after.as_deref()))
    }

    /// Everything that is connected to the seeds: by a component below, by a key that may link before or after, or
    /// by a judgement. What links over the keys that were `seen` is among the seeds and was found.
    fn closure(
        &mut self,
        seeds: Vec<Label>,
        mut seen: Keys,
        carriers: &mut Carriers,
        found: &mut Found,
    ) -> Result<BTreeSet<Label>, P::Error> {
        let mut region: BTreeSet<Label> = BTreeSet::new();
        let mut seen_cores: HashSet<Label> = HashSet::new();
        let mut frontier = seeds;
        while !frontier.is_empty() {
            self.load(&frontier)?;
            let mut fresh: Vec<Label> = frontier
                .into_iter()
                .filter(|label| self.anchored.nodes.contains_key(label) && region.insert(*label))
                .collect();
            if carriers.stratum == Stratum::Profiles {
                fresh.extend(self.companions(&fresh, &mut seen_cores, &mut region)?);
            }
            let mut keys = Keys::default();
            for account in fresh.iter().filter_map(|label| self.node(*label)).flat_map(Node::versions) {
                keys.add(account, carriers.stratum);
            }
            keys.forget(&seen);
            self.ask(carriers, &keys)?;
            frontier = self.linked(carriers, &keys, found)?;
            frontier.extend(self.judged_same(&fresh, carriers.stratum)?);
            frontier.retain(|label| !region.contains(label));
            seen.extend(keys);
        }
        Ok(region)
    }

    /// The accounts with a report that people judged the same as one of these accounts. Learns whatever else was
    /// judged of their reports.
    fn judged_same(&mut self, labels: &[Label], stratum: Stratum) -> Result<Vec<Label>, P::Error> {
        let versions = labels.iter().filter_map(|label| self.node(*label)).flat_map(Node::versions);
        let reports: BTreeSet<EntryId> = versions.flat_map(Account::judged).collect();
        if reports.is_empty() {
            return Ok(Vec::new());
        }
        let unasked = self.judged.unasked(reports.iter().copied());
        if !unasked.is_empty() {
            self.judged.learn(self.pool.judged(&unasked)?);
        }
        self.find_ends()?;
        if stratum != Stratum::Cores {
            return Ok(Vec::new());
        }
        let joined = self.judged.joined_to(&reports);
        Ok(joined.into_iter().filter_map(|id| self.ends.get(&id).map(|(_, label)| *label)).collect())
    }

    /// Learns the accounts of the reports that people judged.
    fn find_ends(&mut self) -> Result<(), P::Error> {
        let unknown: Vec<EntryId> = self.judged.ends().filter(|id| !self.ends.contains_key(id)).collect();
        let (seated, stored): (Vec<EntryId>, Vec<EntryId>) =
            unknown.into_iter().partition(|id| self.anchored.seats.contains_key(id));
        for id in seated {
            let seat = &self.anchored.seats[&id];
            self.ends.insert(id, (seat.facts.tie, seat.account));
        }
        if stored.is_empty() {
            return Ok(());
        }
        for stored in self.pool.entries(&stored)? {
            if !self.anchored.gone.contains_key(&stored.id) {
                let account = self.anchored.moved.get(&stored.account).copied().unwrap_or(stored.account);
                self.ends.insert(stored.id, (stored.facts.tie, account));
            }
        }
        Ok(())
    }

    /// The other accounts of the cores that `fresh` are or were in.
    fn companions(
        &mut self,
        fresh: &[Label],
        seen: &mut HashSet<Label>,
        region: &mut BTreeSet<Label>,
    ) -> Result<Vec<Label>, P::Error> {
        let mut cores: Vec<Label> = Vec::new();
        for label in fresh {
            let (before, after) = self.below(*label, Stratum::Profiles);
            cores.extend(before.into_iter().chain(after).filter(|core| seen.insert(*core)));
        }
        if cores.is_empty() {
            return Ok(Vec::new());
        }
        cores.sort_unstable();
        let stored = self.pool.accounts_of(&cores)?;
        let labels: Vec<Label> = stored.iter().map(|one| one.label).collect();
        self.remember(stored);
        // Those that joined one of the cores by the change are where the pool does not know them.
        Ok(labels.into_iter().filter(|label| region.insert(*label)).collect())
    }

    fn merge_region(&mut self, region: &BTreeSet<Label>, stratum: Stratum, found: Found) -> Merged {
        let Found { shared, alike, mut seats } = found;
        let judgements = self.judged.counting(|id| {
            let end = self.ends.get(id).filter(|(_, label)| region.contains(label));
            end.and_then(|(_, label)| self.node(*label)).is_some_and(|node| node.after.is_some())
        });
        // Both ends speak for their accounts from now on, so that what is written of them is found again.
        for id in judgements.keys().flatten() {
            let (tie, label) = self.ends[id];
            seats.insert(*id, (tie, label));
            if let Some(account) = self.anchored.nodes.get_mut(&label).and_then(|node| node.after.as_mut()) {
                Arc::make_mut(account).note_judged((tie, *id));
            }
        }
        let mut below: BTreeMap<Label, Part> = BTreeMap::new();
        for label in region {
            let account = self.node(*label).and_then(|node| node.after.as_deref());
            let (Some(account), (_, Some(component))) = (account, self.below(*label, stratum)) else {
                continue;
            };
            let part = account.part(*label);
            match below.get_mut(&component) {
                Some(known) => known.absorb(part),
                None => drop(below.insert(component, part)),
            }
        }
        let mut candidates: Vec<Candidate> = likeness::each_once(alike).collect();
        candidates.extend(shared.into_iter().map(|candidate| self.spoken(candidate, &mut seats)));
        if stratum == Stratum::Cores {
            candidates.extend(judgement::links(&judgements));
        }
        let parted = judgement::parted(&judgements);
        // A report without a seat holds nothing; no account has the label 0.
        merge(below.into_values(), candidates, &parted, |id| seats.get(&id).copied().unwrap_or_default())
    }

    /// A candidate whose holders are accounts, with the reports that speak for them instead.
    fn spoken(&self, candidate: Candidate, seats: &mut Seats) -> Candidate {
        let speakers = candidate.holders.iter().filter_map(|label| {
            let (tie, id) = self.node(*label)?.after.as_ref()?.speaker(candidate.fact)?;
            seats.insert(id, (tie, *label));
            Some(id)
        });
        Candidate { holders: speakers.collect(), ..candidate }
    }

    /// Names the cores, keeping each name with the largest part of what had it.
    fn label_cores(&mut self, components: &[Component]) {
        let mut claims: Vec<(usize, usize, Label)> = Vec::new();
        for (index, component) in components.iter().enumerate() {
            let mut counts: BTreeMap<Label, usize> = BTreeMap::new();
            for label in &component.members {
                if let Some(stored) = self.node(*label).and_then(|node| node.before.as_ref()) {
                    *counts.entry(stored.core.abs()).or_default() += stored.account.reports;
                }
            }
            claims.extend(counts.into_iter().map(|(label, count)| (count, index, label)));
        }
        for (component, core) in components.iter().zip(assign(components.len(), claims)) {
            let core = core.unwrap_or_else(|| self.pool.new_label());
            let mut accounts =
                component.members.iter().filter_map(|label| self.node(*label)?.after.as_deref());
            let core = if accounts.all(Account::is_bare) { -core } else { core };
            for label in &component.members {
                if let Some(node) = self.anchored.nodes.get_mut(label) {
                    node.core = Some(core);
                }
            }
        }
    }

    fn finish(self, layers: [Layer; 2]) -> Outcome {
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        let concerned = |label: &Label| layers.iter().any(|layer| layer.region.contains(label));
        for (label, node) in self.anchored.nodes {
            // Many are looked at and have nothing to do with the change.
            if !node.touched && !concerned(&label) {
                continue;
            }
            if let (Some(account), Some(core)) = (node.after, node.core) {
                after.insert(label, Placed { account, core });
            }
            before.extend(node.before.map(|stored| (label, stored)));
        }
        let Anchored { seats, moved, gone, .. } = self.anchored;
        Outcome { layers, wide_phones: self.wide_phones, before, after, seats, moved, gone }
    }
}
