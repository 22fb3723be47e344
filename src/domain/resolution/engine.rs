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

mod region;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::account::Account;
use super::anchoring::{Anchored, anchor, assign};
use super::judgement::{self, Known};
use super::keys::KeyHasher;
use super::likeness::{self, Alike};
use super::merging::{Part, merge};
use super::mistyping::WidePhones;
use super::outcome::{Layer, Outcome, Placed};
use super::partition::{Candidate, Component, EntryId, Merged};
use super::pool::{Change, Label, Pool, StoredAccount};
use super::rules::Stratum;

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

    /// The region of this stratum, merged afresh.
    fn stratum(&mut self, stratum: Stratum) -> Result<Layer, P::Error> {
        let (region, found) = self.region(stratum)?;
        let merged = self.merge_region(&region, stratum, found);
        Ok(Layer { stratum, region, merged })
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
