//! Stratum 0, incrementally: from a change of some reports to the accounts that it makes, alters and ends.
//!
//! An account that only gains is not read report by report: what its reports say together is all that it takes. One
//! that loses a report, or of which one is revised, is taken apart and put together anew.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::account::Account;
use super::engine::Node;
use super::facts::Facts;
use super::keys::{Key, KeyMap};
use super::partition::{EntryId, Speaker};
use super::pool::{Change, Holders, Label, Pool, Stored, StoredAccount};
use super::rules::Stratum;

/// A report that was placed by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub facts: Facts,
    pub account: Label,
    /// The account that it was in.
    pub was: Option<Label>,
}

/// What a change makes of accounts.
pub(super) struct Anchored {
    /// Every account that was touched, by label, those that ended included.
    pub nodes: HashMap<Label, Node>,
    /// The reports that are new, were revised, or were in an account that was taken apart.
    pub seats: BTreeMap<EntryId, Seat>,
    /// The accounts that went whole into another.
    pub moved: BTreeMap<Label, Label>,
    /// The reports that left, with the account that each was in.
    pub gone: BTreeMap<EntryId, Label>,
}

/// What is put together: a report, or all of an account that stays whole.
enum Piece {
    Report(EntryId),
    Whole(Label),
}

/// What is put together, and what is known of it.
struct Parts {
    /// Reports by themselves, with the account that each was in.
    reports: BTreeMap<EntryId, (Facts, Option<Label>)>,
    /// Accounts that stay whole, with those of their reports that the change names and leaves as they are.
    wholes: BTreeMap<Label, Vec<Speaker>>,
    /// Every account that is touched, as it was.
    known: BTreeMap<Label, StoredAccount>,
    /// Reports about which a person ever said anything.
    judged: BTreeSet<EntryId>,
}

/// Works out stratum 0 around a change. `judged` are the reports of the change about which a person ever said
/// anything.
pub(super) fn anchor<P: Pool>(
    pool: &mut P,
    change: Change,
    mut judged: BTreeSet<EntryId>,
) -> Result<Anchored, P::Error> {
    let ids: Vec<EntryId> = change.keys().copied().collect();
    let stored: BTreeMap<EntryId, Stored> =
        pool.entries(&ids)?.into_iter().map(|stored| (stored.id, stored)).collect();
    let is_altered = |stored: &&Stored| change[&stored.id].as_ref() != Some(&stored.facts);
    let apart: BTreeSet<Label> = stored.values().filter(is_altered).map(|stored| stored.account).collect();
    let mut reports: BTreeMap<EntryId, (Facts, Option<Label>)> = BTreeMap::new();
    if !apart.is_empty() {
        let members = pool.members(&apart.iter().copied().collect::<Vec<_>>())?;
        reports.extend(members.into_iter().map(|one| (one.id, (one.facts, Some(one.account)))));
    }
    let mut wholes: BTreeMap<Label, Vec<Speaker>> = BTreeMap::new();
    let mut gone = BTreeMap::new();
    for (id, facts) in change {
        let was = stored.get(&id).map(|stored| stored.account);
        match (facts, was) {
            (Some(facts), Some(account)) if !apart.contains(&account) => {
                wholes.entry(account).or_default().push((facts.tie, id));
            }
            (Some(facts), was) => drop(reports.insert(id, (facts, was))),
            (None, was) => {
                reports.remove(&id);
                gone.extend(was.map(|account| (id, account)));
            }
        }
    }
    let anchors: BTreeSet<Key> = reports
        .values()
        .flat_map(|(facts, _)| facts.singles(Stratum::Accounts))
        .map(|fact| fact.key)
        .collect();
    let wanted: Vec<(Key, usize)> = anchors.into_iter().map(|key| (key, usize::MAX)).collect();
    if !wanted.is_empty() {
        for holders in pool.holders(Stratum::Accounts, &wanted)?.into_values() {
            let Holders::All(holders) = holders else { continue };
            for (account, _) in holders {
                wholes.entry(account).or_default();
            }
        }
    }
    wholes.retain(|label, _| !apart.contains(label));
    let labels: Vec<Label> = wholes.keys().chain(&apart).copied().collect();
    let known: BTreeMap<Label, StoredAccount> =
        pool.accounts(&labels)?.into_iter().map(|stored| (stored.label, stored)).collect();
    wholes.retain(|label, _| known.contains_key(label));
    judged.extend(apart.iter().filter_map(|label| known.get(label)).flat_map(|one| one.account.judged()));
    Ok(put_together(pool, Parts { reports, wholes, known, judged }, gone))
}

fn put_together<P: Pool>(pool: &mut P, parts: Parts, gone: BTreeMap<EntryId, Label>) -> Anchored {
    let whole = parts.wholes.keys().copied().map(Piece::Whole);
    let pieces: Vec<Piece> = whole.chain(parts.reports.keys().copied().map(Piece::Report)).collect();
    let groups = joined(pieces.iter().map(|piece| -> Vec<Key> {
        match piece {
            Piece::Whole(label) => parts.known[label].account.anchors().map(|fact| fact.key).collect(),
            Piece::Report(id) => {
                parts.reports[id].0.singles(Stratum::Accounts).map(|fact| fact.key).collect()
            }
        }
    }));
    let labels = parts.labels(&groups, &pieces);

    let Parts { mut reports, wholes, known, judged } = parts;
    let mut anchored =
        Anchored { nodes: HashMap::new(), seats: BTreeMap::new(), moved: BTreeMap::new(), gone };
    let mut made: BTreeMap<Label, Arc<Account>> = BTreeMap::new();
    for (group, label) in groups.iter().zip(labels) {
        let label = label.unwrap_or_else(|| pool.new_label());
        let accounts = group.iter().filter_map(|at| match pieces[*at] {
            Piece::Whole(was) => {
                if was != label {
                    anchored.moved.insert(was, label);
                }
                let mut account = Account::clone(&known[&was].account);
                for report in wholes[&was].iter().filter(|(_, id)| judged.contains(id)) {
                    account.note_judged(*report);
                }
                Some(account)
            }
            Piece::Report(id) => {
                let (facts, was) = reports.remove(&id)?;
                let account = Account::of(id, &facts, judged.contains(&id));
                anchored.seats.insert(id, Seat { facts, account: label, was });
                Some(account)
            }
        });
        made.extend(Account::together(accounts).map(|account| (label, Arc::new(account))));
    }
    let took_in: BTreeSet<Label> =
        anchored.seats.values().filter(|seat| seat.was.is_some()).map(|seat| seat.account).collect();
    for (label, stored) in known {
        // Even if it says what it said: a judgement may be new or taken back, and where ids go follows from the
        // reports.
        let is_judged =
            |report: &Speaker| judged.contains(&report.1) || stored.account.judged().any(|id| id == report.1);
        let looked_at = match wholes.get(&label) {
            Some(again) => took_in.contains(&label) || again.iter().any(is_judged),
            None => true,
        };
        let mut node = Node::altered(Some(stored), made.remove(&label));
        node.changed |= looked_at;
        anchored.nodes.insert(label, node);
    }
    anchored
        .nodes
        .extend(made.into_iter().map(|(label, account)| (label, Node::altered(None, Some(account)))));
    anchored
}

impl Parts {
    /// The label of each group: of those that its reports had, the one that most had, unless more of another group
    /// did.
    fn labels(&self, groups: &[Vec<usize>], pieces: &[Piece]) -> Vec<Option<Label>> {
        let mut claims: Vec<(usize, usize, Label)> = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let mut counts: BTreeMap<Label, usize> = BTreeMap::new();
            for at in group {
                let (label, reports) = match pieces[*at] {
                    Piece::Whole(label) => (Some(label), self.known[&label].account.reports),
                    Piece::Report(id) => (self.reports[&id].1, 1),
                };
                if let Some(label) = label {
                    *counts.entry(label).or_default() += reports;
                }
            }
            claims.extend(counts.into_iter().map(|(label, count)| (count, index, label)));
        }
        assign(groups.len(), claims)
    }
}

/// The pieces that share keys, directly or through others, by their places.
fn joined(pieces: impl Iterator<Item = Vec<Key>>) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = Vec::new();
    let mut first: KeyMap<usize> = KeyMap::default();
    fn find(leader: &mut [usize], mut at: usize) -> usize {
        while leader[at] != at {
            leader[at] = leader[leader[at]];
            at = leader[at];
        }
        at
    }
    for (place, keys) in pieces.enumerate() {
        leader.push(place);
        for key in keys {
            let other = *first.entry(key).or_insert(place);
            let (a, b) = (find(&mut leader, place), find(&mut leader, other));
            leader[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for place in 0..leader.len() {
        groups.entry(find(&mut leader, place)).or_default().push(place);
    }
    groups.into_values().collect()
}

/// Gives each of so many components a label that parts of it had: `(size, component, label)`, the largest first, each
/// label once.
pub(super) fn assign(components: usize, mut claims: Vec<(usize, usize, Label)>) -> Vec<Option<Label>> {
    claims.sort_by_key(|(size, index, label)| (std::cmp::Reverse(*size), *index, *label));
    let mut labels: Vec<Option<Label>> = vec![None; components];
    let mut taken: BTreeSet<Label> = BTreeSet::new();
    for (_, index, label) in claims {
        if labels[index].is_none() && taken.insert(label) {
            labels[index] = Some(label);
        }
    }
    labels
}
