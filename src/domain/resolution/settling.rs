//! From accounts that were placed to profiles with ids.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::id::SellerId;
use super::identity::{Succession, succeed};
use super::outcome::Outcome;
use super::partition::EntryId;
use super::pool::{Label, StoredAccount};

/// What a change comes to when its profiles have their ids.
#[derive(Debug)]
pub struct Settled {
    pub succession: Succession,
    /// The accounts of the outcome, as they are now.
    pub accounts: BTreeMap<Label, StoredAccount>,
    /// The profiles, live or ended, that a report came into or left, or one of whose reports says something else.
    pub changed: BTreeMap<SellerId, Fate>,
}

/// What happened to a profile's reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// These came into it, by themselves and with whole accounts, and nothing else happened.
    Grew { entries: BTreeSet<EntryId>, accounts: BTreeSet<Label> },
    /// Some left it or say something else.
    Altered,
}

impl Fate {
    /// Notes that a report came.
    fn note_entry(fates: &mut BTreeMap<SellerId, Self>, profile: SellerId, entry: EntryId) {
        if let Self::Grew { entries, .. } = fates.entry(profile).or_insert_with(Self::nothing) {
            entries.insert(entry);
        }
    }

    /// Notes that an account came, whole.
    fn note_account(fates: &mut BTreeMap<SellerId, Self>, profile: SellerId, account: Label) {
        if let Self::Grew { accounts, .. } = fates.entry(profile).or_insert_with(Self::nothing) {
            accounts.insert(account);
        }
    }

    const fn nothing() -> Self {
        Self::Grew { entries: BTreeSet::new(), accounts: BTreeSet::new() }
    }
}

/// Hands out the ids; `birth` makes the id of a profile from its oldest report.
///
/// Of an account that stays whole two reports tell where a profile's id goes: its oldest, and the one that founded
/// the profile if that is in it. Of one that was taken apart, each.
pub fn settle(outcome: &Outcome, birth: impl Fn(EntryId) -> SellerId) -> Settled {
    let places = Places::of(outcome);
    let mut members: Vec<Vec<EntryId>> = Vec::new();
    for component in outcome.profiles() {
        let entries = component.members.iter().flat_map(|label| places.telling(outcome, *label));
        members.push(entries.collect());
    }
    let slices: Vec<&[EntryId]> = members.iter().map(Vec::as_slice).collect();
    let succession = succeed(&slices, &places.before, &birth);
    let mut profile_of: HashMap<Label, SellerId> = HashMap::new();
    for (component, id) in outcome.profiles().iter().zip(&succession.ids) {
        profile_of.extend(component.members.iter().map(|label| (*label, *id)));
    }
    let settled = |label: &Label| {
        let (placed, before) = (outcome.after.get(label)?, outcome.before.get(label));
        let (profile, founder) = match profile_of.get(label) {
            Some(profile) => {
                let founder = places.telling(outcome, *label).find(|entry| birth(*entry) == *profile);
                (*profile, founder)
            }
            None => before.map(|stored| (stored.profile, stored.founder))?,
        };
        let account = placed.account.clone();
        Some(StoredAccount { label: *label, account, core: placed.core, profile, founder })
    };
    let accounts: BTreeMap<Label, StoredAccount> =
        outcome.after.keys().filter_map(|label| Some((*label, settled(label)?))).collect();
    let changed = changed(outcome, &accounts);
    Settled { succession, accounts, changed }
}

/// Reports that tell where ids go.
#[derive(Default)]
struct Places {
    /// The profile that each was in.
    before: BTreeMap<EntryId, SellerId>,
    /// Those that are still there, by the account that they are in now.
    of: HashMap<Label, Vec<EntryId>>,
}

impl Places {
    fn of(outcome: &Outcome) -> Self {
        let mut places = Self::default();
        for label in &outcome.layers[1].region {
            let Some(stored) = outcome.before.get(label) else { continue };
            let now = now(outcome, *label);
            for entry in
                BTreeSet::from_iter([Some(stored.account.oldest), stored.founder].into_iter().flatten())
            {
                if !outcome.seats.contains_key(&entry) && !outcome.gone.contains_key(&entry) {
                    places.note(entry, stored.profile, now);
                }
            }
        }
        for (entry, seat) in &outcome.seats {
            if let Some(stored) = seat.was.and_then(|label| outcome.before.get(&label)) {
                places.note(*entry, stored.profile, Some(seat.account));
            }
        }
        for (entry, label) in &outcome.gone {
            places.before.extend(outcome.before.get(label).map(|stored| (*entry, stored.profile)));
        }
        places
    }

    fn note(&mut self, entry: EntryId, profile: SellerId, now: Option<Label>) {
        self.before.insert(entry, profile);
        if let Some(label) = now {
            self.of.entry(label).or_default().push(entry);
        }
    }

    /// The telling reports of an account as it is now.
    fn telling<'p>(&'p self, outcome: &'p Outcome, label: Label) -> impl Iterator<Item = EntryId> + 'p {
        let oldest = outcome.after.get(&label).map(|placed| placed.account.oldest);
        let known = self.of.get(&label).into_iter().flatten().copied();
        known.filter(move |entry| Some(*entry) != oldest).chain(oldest)
    }
}

/// The account that the reports of an account are in now, if they stayed together.
fn now(outcome: &Outcome, label: Label) -> Option<Label> {
    let now = outcome.moved.get(&label).copied().unwrap_or(label);
    outcome.after.contains_key(&now).then_some(now)
}

fn changed(outcome: &Outcome, accounts: &BTreeMap<Label, StoredAccount>) -> BTreeMap<SellerId, Fate> {
    let profile = |label: Label| accounts.get(&label).map(|stored| stored.profile);
    let joined: BTreeSet<Label> = outcome.moved.values().copied().collect();
    let mut fates = BTreeMap::new();
    for (label, stored) in &outcome.before {
        let (now, was) = (now(outcome, *label), stored.profile);
        let Some((now, profile)) = now.and_then(|now| Some((now, profile(now)?))) else {
            fates.insert(was, Fate::Altered);
            continue;
        };
        if profile == was {
            continue;
        }
        fates.insert(was, Fate::Altered);
        // Where accounts went into one another, some of what it has now may have been in the profile before.
        match now == *label && !joined.contains(label) {
            true => Fate::note_account(&mut fates, profile, now),
            false => drop(fates.insert(profile, Fate::Altered)),
        }
    }
    for (entry, seat) in &outcome.seats {
        let was = seat.was.and_then(|label| outcome.before.get(&label)).map(|stored| stored.profile);
        let now = profile(seat.account);
        if let Some(was) = was {
            fates.insert(was, Fate::Altered);
        }
        if let Some(now) = now.filter(|now| Some(*now) != was) {
            Fate::note_entry(&mut fates, now, *entry);
        }
    }
    for label in outcome.gone.values() {
        fates.extend(outcome.before.get(label).map(|stored| (stored.profile, Fate::Altered)));
    }
    fates
}
