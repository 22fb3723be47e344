//! The grounds of a profile: every key that may link its reports, to say what holds it together, what would
//! break it, and what two profiles have in common without being one.
//!
//! The definition is applied to these reports alone, and what other reports of the pool carry is added to the
//! degrees. So the answer is that of the whole pool, while nothing is read but these reports and who else carries
//! the keys that two of them share. What is taken away is taken from these reports only.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::account::Account;
use super::facts::{Fact, Facts, Pair};
use super::judgement::{self, Judgements, Known};
use super::keys::{Key, KeyMap};
use super::likeness::{self, Comparable, Compared};
use super::merging::{Part, merge};
use super::mistyping::{WidePhones, is_mistyped};
use super::partition::{AccountOf, Candidate, Component, EntryId, Link, Merged};
use super::paths::{Edge, widest};
use super::pool::{Holders, Label, Pool, Stored};
use super::rules::{KeyClass, Rules, Stratum};
use super::sentences::Hindrance;

/// Other components that carry a key; cores of names alone count as one where the class says so.
#[derive(Debug, Clone, Copy, Default)]
struct Others {
    components: usize,
    bare: bool,
}

/// Reports of one pool, with all that may link them.
pub struct Grounds {
    reports: BTreeMap<EntryId, Stored>,
    accounts: BTreeSet<Label>,
    /// Keys that two of them carry, likeness keys among them.
    carried: BTreeMap<Fact, Vec<EntryId>>,
    pairs: BTreeMap<Pair, Vec<EntryId>>,
    /// `None`: too many to count.
    others: HashMap<(Stratum, Key), Option<Others>>,
    others_of_pairs: HashMap<Key, usize>,
    wide_phones: WidePhones,
    /// What people judged of two of them.
    judged: Judgements,
}

/// What is thought away from the reports.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    pub keys: BTreeSet<Key>,
    /// Names and addresses that are no longer compared.
    pub compared: Vec<Compared>,
    /// Two reports that are no longer alike.
    pub alike: Option<[EntryId; 2]>,
}

/// Something that two sides have in common, and why it does not join them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Common {
    pub fact: Fact,
    pub hindrance: Hindrance,
}

const STRATA: [Stratum; 3] = [Stratum::Accounts, Stratum::Cores, Stratum::Profiles];

impl Grounds {
    /// Asks the pool who else carries what two of these reports share.
    pub fn of<P: Pool>(pool: &mut P, reports: BTreeMap<EntryId, Stored>) -> Result<Self, P::Error> {
        let mut carried: BTreeMap<Fact, Vec<EntryId>> = BTreeMap::new();
        for (id, stored) in &reports {
            for fact in &stored.facts.keys {
                carried.entry(*fact).or_default().push(*id);
            }
        }
        carried.retain(|_, holders| holders.len() >= 2);
        let mut pairs: BTreeMap<Pair, Vec<EntryId>> = BTreeMap::new();
        for (id, stored) in &reports {
            let keys = stored.facts.keys.iter().copied().filter(|fact| carried.contains_key(fact)).collect();
            let shared = Facts { keys, likeness: None, ..stored.facts.clone() };
            for pair in shared.pairs() {
                pairs.entry(pair).or_default().push(*id);
            }
        }
        pairs.retain(|_, holders| holders.len() >= 2);
        let wide_phones = pool.wide_phones()?;
        let ids: Vec<EntryId> = reports.keys().copied().collect();
        let mut known = Known::default();
        known.learn(pool.judged(&ids)?);
        let judged = known.counting(|id| reports.contains_key(id));
        let (others, others_of_pairs) = (HashMap::new(), HashMap::new());
        let accounts = reports.values().map(|stored| stored.account).collect();
        let mut grounds =
            Self { reports, accounts, carried, pairs, others, others_of_pairs, wide_phones, judged };
        let of_cores = grounds.ask(pool, Stratum::Cores)?;
        grounds.ask_pairs(pool, &of_cores)?;
        grounds.ask(pool, Stratum::Profiles)?;
        Ok(grounds)
    }

    /// Learns who else carries the keys of a stratum; returns them. Who shares an account is among these reports.
    fn ask<P: Pool>(&mut self, pool: &mut P, stratum: Stratum) -> Result<KeyMap<Holders>, P::Error> {
        let counted = |class: KeyClass| stratum == Stratum::Cores && class.rule().kind.is_some();
        let alone = |class: KeyClass| class.rule().stratum == Some(stratum);
        let wanted: Vec<(Key, usize)> = self
            .carried
            .iter()
            .filter(|(fact, _)| counted(fact.class) || alone(fact.class))
            .map(|(fact, holders)| {
                let cap = if alone(fact.class) { fact.class.rule().degree_max } else { 0 };
                let counted = if counted(fact.class) { Rules::shipped().pairs.counted_max } else { 0 };
                // Whatever is thought away, each of these reports can be one component and no more.
                (fact.key, cap.max(counted).saturating_add(holders.len()).saturating_add(1))
            })
            .collect();
        if wanted.is_empty() {
            return Ok(KeyMap::default());
        }
        let found = pool.holders(stratum, &wanted)?;
        for (key, _) in wanted {
            let others = match found.get(&key) {
                Some(Holders::Generic) => None,
                Some(Holders::All(holders)) => {
                    let outside = holders.iter().filter(|(account, _)| !self.accounts.contains(account));
                    let labels: BTreeSet<Label> = outside.map(|(_, label)| *label).collect();
                    let bare = labels.contains(&0);
                    Some(Others { components: labels.len() - usize::from(bare), bare })
                }
                None => Some(Others::default()),
            };
            self.others.insert((stratum, key), others);
        }
        Ok(found)
    }

    /// Learns how many other accounts have a report that carries both facts of each pair.
    fn ask_pairs<P: Pool>(&mut self, pool: &mut P, found: &KeyMap<Holders>) -> Result<(), P::Error> {
        let listed = |fact: &Fact| match found.get(&fact.key) {
            Some(Holders::All(holders)) => {
                let outside = holders.iter().map(|(account, _)| *account);
                Some(outside.filter(|account| !self.accounts.contains(account)).collect::<BTreeSet<Label>>())
            }
            _ => None,
        };
        // Of a fact too wide to list, the accounts that carry the other.
        let carriers = |pair: &Pair| match pair.of.each_ref().map(listed) {
            [Some(one), Some(other)] => Some(one.intersection(&other).copied().collect()),
            [Some(one), None] | [None, Some(one)] => Some(one),
            [None, None] => None,
        };
        let carriers: Vec<(Key, BTreeSet<Label>)> =
            self.pairs.keys().filter_map(|pair| Some((pair.fact.key, carriers(pair)?))).collect();
        let wanted: BTreeSet<Label> = carriers.iter().flat_map(|(_, accounts)| accounts).copied().collect();
        let accounts: HashMap<Label, Arc<Account>> = if wanted.is_empty() {
            HashMap::new()
        } else {
            let stored = pool.accounts(&wanted.into_iter().collect::<Vec<_>>())?;
            stored.into_iter().map(|stored| (stored.label, stored.account)).collect()
        };
        for (pair, others) in carriers {
            let carries = |label: &&Label| {
                accounts.get(*label).is_some_and(|account| account.speaker_of_pair(pair).is_some())
            };
            self.others_of_pairs.insert(pair, others.iter().filter(carries).count());
        }
        Ok(())
    }

    /// The links that the definition makes between these reports, and every key that may link in its stratum.
    fn worked_out(&self, taken: &Taken) -> ([Merged; 3], Vec<Candidate>) {
        let single = |id: &EntryId| Component { members: vec![*id], links: Vec::new() };
        let mut below: Vec<Component> = self.reports.keys().map(single).collect();
        let (mut all, mut of) = (Vec::new(), AccountOf::default());
        let layers = STRATA.map(|stratum| {
            let mut candidates = self.candidates(&below, stratum, taken);
            if stratum == Stratum::Cores {
                candidates.extend(judgement::links(&self.judged));
            }
            all.extend(candidates.iter().cloned());
            let parted = match stratum {
                Stratum::Accounts => BTreeSet::new(),
                Stratum::Cores | Stratum::Profiles => judgement::parted(&self.judged),
            };
            let facts = |id: EntryId| &self.reports[&id].facts;
            let parts = below
                .iter()
                .map(|component| Part::of_reports(&component.members, facts, |id| of.account(id)));
            let merged = merge(parts, candidates, &parted, |id| (facts(id).tie, id));
            below.clone_from(&merged.components);
            if stratum == Stratum::Accounts {
                of.note(&below);
            }
            merged
        });
        (layers, all)
    }

    /// The links that hold the reports together: of each stratum as few as do.
    pub fn links(&self) -> Vec<Link> {
        let (layers, _) = self.worked_out(&Taken::default());
        layers.into_iter().flat_map(|layer| layer.components).flat_map(|one| one.links).collect()
    }

    /// How much is looked at to work the reports out once.
    pub fn size(&self) -> usize {
        let holders = self.carried.values().chain(self.pairs.values()).map(Vec::len);
        self.reports.len() + holders.sum::<usize>()
    }

    /// What becomes of the reports without `taken`, the largest part first.
    pub fn without(&self, taken: &Taken) -> Vec<Vec<EntryId>> {
        let ([.., profiles], _) = self.worked_out(taken);
        let mut parts: Vec<Vec<EntryId>> = profiles.components.into_iter().map(|one| one.members).collect();
        parts.sort_by_key(|part| (std::cmp::Reverse(part.len()), part.first().copied()));
        parts
    }

    fn candidates(&self, below: &[Component], stratum: Stratum, taken: &Taken) -> Vec<Candidate> {
        let label: HashMap<EntryId, usize> = below
            .iter()
            .enumerate()
            .flat_map(|(label, component)| component.members.iter().map(move |id| (*id, label)))
            .collect();
        let bare: Vec<bool> = below
            .iter()
            .map(|component| component.members.iter().all(|id| self.reports[id].facts.is_bare()))
            .collect();
        let labels = |holders: &[EntryId]| holders.iter().map(|id| label[id]).collect::<BTreeSet<usize>>();
        let kept = self.carried.iter().filter(|(fact, _)| !taken.keys.contains(&fact.key));
        let rules = Rules::shipped();
        let mut candidates = Vec::new();
        for (fact, holders) in kept.clone() {
            if fact.class == KeyClass::Likeness || fact.class.rule().stratum != Some(stratum) {
                continue;
            }
            let labels = labels(holders);
            let Some(others) = self.others_of(stratum, fact.key) else { continue };
            let of_names = labels.iter().filter(|label| bare[**label]).count();
            let degree = fact
                .class
                .degree(labels.len() - of_names + others.components, of_names + usize::from(others.bare));
            if !self.is_slip(*fact, holders) {
                candidates.extend(Candidate::single(
                    rules,
                    *fact,
                    degree,
                    labels.len() >= 2,
                    holders.clone(),
                ));
            }
        }
        if stratum == Stratum::Cores {
            let doublings = |fact: Fact| match self.others_of(stratum, fact.key) {
                Some(others) => {
                    let own = self.carried.get(&fact).map_or(0, |holders| labels(holders).len());
                    rules.pair_doublings(own + others.components + usize::from(others.bare))
                }
                None => rules.pairs.wide_doublings,
            };
            for (pair, holders) in &self.pairs {
                if pair.of.iter().any(|fact| taken.keys.contains(&fact.key)) {
                    continue;
                }
                let own = labels(holders).len();
                let Some(others) = self.others_of_pairs.get(&pair.fact.key).filter(|_| own >= 2) else {
                    continue;
                };
                candidates.extend(Candidate::pair(
                    rules,
                    *pair,
                    pair.of.map(doublings),
                    own + others,
                    holders.clone(),
                ));
            }
        }
        if stratum == Stratum::Profiles {
            candidates.extend(self.alike(&label, taken));
        }
        candidates
    }

    /// Other components that carry a key; `None` if they are too many to count.
    fn others_of(&self, stratum: Stratum, key: Key) -> Option<Others> {
        self.others.get(&(stratum, key)).copied().unwrap_or(Some(Others::default()))
    }

    fn alike(&self, label: &HashMap<EntryId, usize>, taken: &Taken) -> Vec<Candidate> {
        let mut altered: HashMap<EntryId, Facts> = HashMap::new();
        if !taken.compared.is_empty() {
            for (id, stored) in &self.reports {
                let left = stored.facts.likeness.as_ref().map(|known| known.without(&taken.compared));
                if let Some(likeness) = left.filter(|left| *left != stored.facts.likeness) {
                    altered.insert(*id, Facts { likeness, ..stored.facts.clone() });
                }
            }
        }
        let facts = |id| altered.get(&id).or_else(|| self.reports.get(&id).map(|stored| &stored.facts));
        let rules = Rules::shipped();
        let mut found = Vec::new();
        for (fact, holders) in self.carried.iter().filter(|(fact, _)| fact.class == KeyClass::Likeness) {
            let Some(others) = self.others_of(Stratum::Profiles, fact.key) else { continue };
            let own = holders.iter().map(|id| label[id]).collect::<BTreeSet<_>>().len();
            if own + others.components > fact.class.rule().degree_max {
                continue;
            }
            let said = holders.iter().filter_map(|id| Some((facts(*id)?.comparable(*id)?, label[id])));
            let compare = |a: &Comparable, b: &Comparable| likeness::compare(rules, a, b);
            let candidates = likeness::candidates(rules, *fact, said, compare).into_iter();
            found.extend(candidates.map(|one| Candidate { degree: one.degree + others.components, ..one }));
        }
        let gone = taken.alike.map(|mut two| {
            two.sort_unstable();
            two
        });
        let mut found: Vec<Candidate> = likeness::each_once(found).collect();
        // What is only worth a look holds nothing together.
        found.retain(|one| one.refused.is_none() && gone.is_none_or(|gone| one.holders != gone));
        found
    }

    /// Whether a phone is more likely one that many carry, mistyped.
    fn is_slip(&self, fact: Fact, holders: &[EntryId]) -> bool {
        let digits = holders
            .first()
            .filter(|_| fact.class == KeyClass::Phone)
            .and_then(|id| self.reports.get(id).and_then(|stored| stored.facts.digits(fact.key)));
        digits.is_some_and(|digits| is_mistyped(digits, &self.wide_phones))
    }

    /// What these reports and the others have in common, and why it does not join them.
    pub fn in_common(&self, ours: &BTreeSet<EntryId>) -> Vec<Common> {
        let on_both = |holders: &[EntryId]| {
            holders.iter().any(|id| ours.contains(id)) && holders.iter().any(|id| !ours.contains(id))
        };
        let (_, candidates) = self.worked_out(&Taken::default());
        let may: BTreeSet<Key> = candidates.iter().map(|candidate| candidate.fact.key).collect();
        let mut common = Vec::new();
        for (fact, holders) in self.carried.iter().filter(|(_, holders)| on_both(holders)) {
            let rule = fact.class.rule();
            let hindrance = match rule.stratum {
                // A likeness that was found is told of as a refusal; a key of one says nothing.
                _ if fact.class == KeyClass::Likeness => continue,
                None => Hindrance::NeverAlone,
                Some(_) if may.contains(&fact.key) => Hindrance::Refused,
                Some(_) if self.is_slip(*fact, holders) => Hindrance::Mistyped,
                Some(_) => Hindrance::Wide(rule.degree_max),
            };
            common.push(Common { fact: *fact, hindrance });
        }
        for (pair, _) in self.pairs.iter().filter(|(_, holders)| on_both(holders)) {
            let hindrance =
                if may.contains(&pair.fact.key) { Hindrance::Refused } else { Hindrance::ByChance };
            common.push(Common { fact: pair.fact, hindrance });
        }
        common
    }

    /// The path between two of the reports whose weakest link is the strongest, and of such paths one with the
    /// fewest links; `None` if nothing joins them.
    pub fn strongest_path(&self, from: EntryId, to: EntryId) -> Option<Vec<Link>> {
        let (layers, candidates) = self.worked_out(&Taken::default());
        let refused: BTreeSet<Key> =
            layers.iter().flat_map(|layer| &layer.refusals).map(|refusal| refusal.link.fact.key).collect();
        let links = layers.into_iter().flat_map(|layer| layer.components).flat_map(|one| one.links);
        let of_links = links.map(|link| Edge {
            fact: link.fact,
            degree: link.degree,
            score_decibits: link.score_decibits,
            holders: vec![link.from, link.to],
        });
        // A key that was refused somewhere joins only where it did.
        let whole = candidates.into_iter().filter(|one| !refused.contains(&one.fact.key)).map(|one| Edge {
            fact: one.fact,
            degree: one.degree,
            score_decibits: one.score_decibits,
            holders: one.holders,
        });
        let mut edges: Vec<Edge> = whole.chain(of_links).collect();
        edges.sort_by_key(|edge| (std::cmp::Reverse(edge.strength()), edge.fact.key, edge.holders.clone()));
        widest(&edges, from, to)
    }
}

#[cfg(test)]
mod tests;
