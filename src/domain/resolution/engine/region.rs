//! The region of a stratum: everything connected to a changed account by keys that may link now or could link before, or
//! by what people judged the same.

use std::collections::{BTreeSet, HashSet};

use super::super::account::Account;
use super::super::carriers::{Carried, Carriers, Keys};
use super::super::facts::Fact;
use super::super::keys::Key;
use super::super::likeness::{self, Comparable};
use super::super::mistyping::near_phones;
use super::super::partition::{Candidate, EntryId};
use super::super::pool::{Label, Pool};
use super::super::rules::{KeyClass, Rules, Stratum};
use super::{Found, Node, Seats, Version, Work};

impl<P: Pool> Work<'_, P> {
    /// The region of this stratum, and what links in it after the change.
    pub(super) fn region(&mut self, stratum: Stratum) -> Result<(BTreeSet<Label>, Found), P::Error> {
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
        self.wide_phones = carriers.wide;
        Ok((region, found))
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
}

fn phone(key: Key) -> Fact {
    Fact { key, class: KeyClass::Phone }
}
