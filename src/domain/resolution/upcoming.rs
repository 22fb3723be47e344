//! A pool as it will be once a change that was worked out is written, told from the pool as it is: so that the next
//! change can be worked out while that one is being written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::carriers::{counted, distinct};
use super::judgement::Judged;
use super::keys::{Key, KeyMap};
use super::mistyping::WidePhones;
use super::outcome::Outcome;
use super::partition::EntryId;
use super::pool::{Holders, Label, Pool, Stored, StoredAccount};
use super::rules::Stratum;

/// A pool, and what is being written to it.
pub struct Upcoming<'p, P> {
    pool: &'p mut P,
    outcome: &'p Outcome,
    /// Every account that the change may alter, as it will be.
    accounts: &'p BTreeMap<Label, StoredAccount>,
    of_core: HashMap<Label, Vec<Label>>,
    /// The accounts that will have gone whole into one.
    came: HashMap<Label, Vec<Label>>,
    /// The reports that will have been placed in an account by themselves.
    seated: HashMap<Label, Vec<EntryId>>,
    /// What changes of who carries a key, in the strata of [`COUNTED`].
    turnover: [KeyMap<Turnover>; 2],
}

/// The strata where accounts are counted, and those where cores are.
const COUNTED: [&[Stratum]; 2] = [&[Stratum::Accounts, Stratum::Cores], &[Stratum::Profiles]];

/// The accounts that lose and gain a key, each as a component of it.
#[derive(Default)]
struct Turnover {
    lost: BTreeSet<(Label, Label)>,
    gained: BTreeSet<(Label, Label)>,
}

impl<'p, P: Pool> Upcoming<'p, P> {
    /// `accounts` are those of `outcome`, [settled](super::settling::settle).
    pub fn new(pool: &'p mut P, outcome: &'p Outcome, accounts: &'p BTreeMap<Label, StoredAccount>) -> Self {
        let (mut of_core, mut came, mut seated) = (HashMap::new(), HashMap::new(), HashMap::new());
        for stored in accounts.values() {
            of_core.entry(stored.core).or_insert_with(Vec::new).push(stored.label);
        }
        for (from, into) in &outcome.moved {
            came.entry(*into).or_insert_with(Vec::new).push(*from);
        }
        for (id, seat) in &outcome.seats {
            seated.entry(seat.account).or_insert_with(Vec::new).push(*id);
        }
        let mut turnover = [KeyMap::default(), KeyMap::default()];
        let labels: BTreeSet<Label> = outcome.before.keys().chain(accounts.keys()).copied().collect();
        for label in labels {
            let (before, after) = (outcome.before.get(&label), accounts.get(&label));
            if before == after {
                continue;
            }
            for (strata, turnover) in COUNTED.into_iter().zip(&mut turnover) {
                let [was, is] = [before, after].map(|stored| carried(strata, stored));
                for (key, one) in was.difference(&is) {
                    turnover.entry(*key).or_insert_with(Turnover::default).lost.insert(*one);
                }
                for (key, one) in is.difference(&was) {
                    turnover.entry(*key).or_insert_with(Turnover::default).gained.insert(*one);
                }
            }
        }
        Self { pool, outcome, accounts, of_core, came, seated, turnover }
    }

    fn is_at_hand(&self, label: Label) -> bool {
        self.accounts.contains_key(&label) || self.outcome.before.contains_key(&label)
    }

    /// A report that is in the pool and stays, where it will be.
    fn moved(&self, stored: Stored) -> Option<Stored> {
        let is_known =
            self.outcome.seats.contains_key(&stored.id) || self.outcome.gone.contains_key(&stored.id);
        let account = self.outcome.moved.get(&stored.account).copied().unwrap_or(stored.account);
        (!is_known).then_some(Stored { account, ..stored })
    }

    fn seat(&self, id: EntryId) -> Option<Stored> {
        let seat = self.outcome.seats.get(&id)?;
        Some(Stored { id, facts: seat.facts.clone(), account: seat.account })
    }
}

/// The keys that an account is looked up by in some strata, each with the account and the component that it is counted as.
fn carried(strata: &[Stratum], stored: Option<&StoredAccount>) -> BTreeSet<(Key, (Label, Label))> {
    let Some(StoredAccount { label, account, core, .. }) = stored else { return BTreeSet::new() };
    let of = |stratum: &Stratum| counted(*stratum, *label, account, *core);
    strata.iter().flat_map(of).map(|(key, component)| (key, (*label, component))).collect()
}

impl<P: Pool> Pool for Upcoming<'_, P> {
    type Error = P::Error;

    fn entries(&mut self, ids: &[EntryId]) -> Result<Vec<Stored>, P::Error> {
        let stay: Vec<EntryId> =
            ids.iter().copied().filter(|id| !self.outcome.seats.contains_key(id)).collect();
        let stored = self.pool.entries(&stay)?;
        let stay = stored.into_iter().filter_map(|stored| self.moved(stored));
        Ok(stay.chain(ids.iter().filter_map(|id| self.seat(*id))).collect())
    }

    fn members(&mut self, accounts: &[Label]) -> Result<Vec<Stored>, P::Error> {
        let came = accounts.iter().filter_map(|label| self.came.get(label)).flatten();
        let from: Vec<Label> = accounts.iter().chain(came).copied().collect();
        let stored = self.pool.members(&from)?;
        let stay = stored.into_iter().filter_map(|stored| self.moved(stored));
        let seated = accounts.iter().filter_map(|label| self.seated.get(label)).flatten();
        Ok(stay.chain(seated.filter_map(|id| self.seat(*id))).collect())
    }

    fn accounts(&mut self, labels: &[Label]) -> Result<Vec<StoredAccount>, P::Error> {
        let others: Vec<Label> = labels.iter().copied().filter(|label| !self.is_at_hand(*label)).collect();
        let mut found = self.pool.accounts(&others)?;
        found.extend(labels.iter().filter_map(|label| self.accounts.get(label)).cloned());
        Ok(found)
    }

    fn accounts_of(&mut self, cores: &[Label]) -> Result<Vec<StoredAccount>, P::Error> {
        let mut found = self.pool.accounts_of(cores)?;
        found.retain(|stored| !self.is_at_hand(stored.label));
        let at_hand = cores.iter().filter_map(|core| self.of_core.get(core)).flatten();
        found.extend(at_hand.filter_map(|label| self.accounts.get(label)).cloned());
        Ok(found)
    }

    fn holders(&mut self, stratum: Stratum, keys: &[(Key, usize)]) -> Result<KeyMap<Holders>, P::Error> {
        let turnover = &self.turnover[usize::from(stratum == Stratum::Profiles)];
        let lost = |key| turnover.get(key).map_or(0, |turnover| turnover.lost.len());
        // Each that is lost may take one component away.
        let asked: Vec<(Key, usize)> =
            keys.iter().map(|(key, limit)| (*key, limit.saturating_add(lost(key)))).collect();
        let mut found = self.pool.holders(stratum, &asked)?;
        for (key, limit) in keys {
            let Some(Turnover { lost, gained }) = turnover.get(key) else { continue };
            let holders = found.entry(*key).or_insert_with(|| Holders::All(Vec::new()));
            let Holders::All(all) = holders else { continue };
            all.retain(|one| !lost.contains(one));
            all.extend(gained);
            if distinct(all.iter().map(|(_, component)| *component)) >= *limit {
                *holders = Holders::Generic;
            }
        }
        Ok(found)
    }

    fn judged(&mut self, ids: &[EntryId]) -> Result<Vec<Judged>, P::Error> {
        let mut judged = self.pool.judged(ids)?;
        judged.retain(|judged| judged.of.iter().all(|id| !self.outcome.gone.contains_key(id)));
        Ok(judged)
    }

    fn wide_phones(&mut self) -> Result<WidePhones, P::Error> {
        Ok(self.outcome.wide_phones[1].clone())
    }

    fn new_label(&mut self) -> Label {
        self.pool.new_label()
    }
}
