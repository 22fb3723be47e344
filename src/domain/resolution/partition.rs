//! The definition: constrained merging of components, strongest evidence first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::facts::{Fact, Facts, Key};
use super::rules::{KeyClass, Stratum};

/// A pooled report: its ordinal in the pool. Ordinals say who was first; they never decide who
/// belongs together.
pub type EntryId = i64;

/// Why two reports are in one profile: both carry the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub from: EntryId,
    pub to: EntryId,
    pub fact: Fact,
    /// Components of the stratum below that carry the key.
    pub degree: usize,
    pub score_decibits: i32,
}

/// A link that was not applied because it would have joined contradictory exclusive numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    pub link: Link,
    pub numbers: [String; 2],
}

/// One component of one stratum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// In order of id.
    pub members: Vec<EntryId>,
    /// The links by which this stratum joined the components of the one below: a spanning tree.
    pub links: Vec<Link>,
}

/// What merging one stratum gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    pub components: Vec<Component>,
    pub refusals: Vec<Refusal>,
}

/// A key that may link, with the entries that carry it.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub fact: Fact,
    pub degree: usize,
    pub holders: Vec<EntryId>,
}

/// The three strata of a set of reports; the last one's components are the profiles. This is what
/// every other path must agree with.
pub fn partition(reports: &BTreeMap<EntryId, Facts>) -> [Merged; 3] {
    let singletons =
        reports.keys().map(|id| Component { members: vec![*id], links: Vec::new() }).collect::<Vec<_>>();
    let accounts = join_stratum(&singletons, Stratum::Accounts, reports);
    let cores = join_stratum(&accounts.components, Stratum::Cores, reports);
    let profiles = join_stratum(&cores.components, Stratum::Profiles, reports);
    [accounts, cores, profiles]
}

fn join_stratum(below: &[Component], stratum: Stratum, reports: &BTreeMap<EntryId, Facts>) -> Merged {
    let label: HashMap<EntryId, usize> = below
        .iter()
        .enumerate()
        .flat_map(|(label, component)| component.members.iter().map(move |id| (*id, label)))
        .collect();
    let mut holders: BTreeMap<Fact, Vec<EntryId>> = BTreeMap::new();
    for (id, facts) in reports {
        for fact in keys_of(facts, stratum) {
            holders.entry(fact).or_default().push(*id);
        }
    }
    let candidates = holders
        .into_iter()
        .filter_map(|(fact, holders)| {
            let degree = holders.iter().map(|id| label[id]).collect::<BTreeSet<_>>().len();
            links_at(fact.class, degree).then_some(Candidate { fact, degree, holders })
        })
        .collect();
    let groups = below.iter().map(|component| component.members.clone()).collect();
    merge(groups, candidates, |id| &reports[&id])
}

/// Whether a key of this class and degree may link at all.
pub(super) fn links_at(class: KeyClass, degree: usize) -> bool {
    degree >= 2 && degree <= class.rule().degree_max
}

/// Merges components over candidate keys: strongest score first, then by key; within a key, the
/// component with the least tie first. A merge that would join contradictory exclusive numbers is
/// refused, unless an anchor makes it: one account is one seller, whatever numbers it gave.
pub(super) fn merge<'f>(
    below: Vec<Vec<EntryId>>,
    mut candidates: Vec<Candidate>,
    facts: impl Fn(EntryId) -> &'f Facts,
) -> Merged {
    candidates.sort_by_key(|candidate| {
        (-candidate.fact.class.score_decibits(candidate.degree), candidate.fact.key)
    });
    let mut forest = Forest::new(below, &facts);
    for candidate in &candidates {
        forest.apply(candidate, &facts);
    }
    forest.finish()
}

struct Tree {
    /// Least `(tie, id)` of its members.
    rank: (i64, EntryId),
    members: Vec<EntryId>,
    links: Vec<Link>,
    exclusive: BTreeSet<String>,
}

struct Forest {
    trees: Vec<Option<Tree>>,
    tree_of: HashMap<EntryId, usize>,
    refusals: Vec<Refusal>,
}

impl Forest {
    fn new<'f>(below: Vec<Vec<EntryId>>, facts: &impl Fn(EntryId) -> &'f Facts) -> Self {
        let mut tree_of = HashMap::new();
        let trees = below
            .into_iter()
            .enumerate()
            .map(|(index, members)| {
                tree_of.extend(members.iter().map(|id| (*id, index)));
                let rank = members.iter().map(|id| (facts(*id).tie, *id)).min().unwrap_or_default();
                let exclusive = members.iter().flat_map(|id| facts(*id).exclusive.iter().cloned()).collect();
                Some(Tree { rank, members, links: Vec::new(), exclusive })
            })
            .collect();
        Self { trees, tree_of, refusals: Vec::new() }
    }

    fn apply<'f>(&mut self, candidate: &Candidate, facts: &impl Fn(EntryId) -> &'f Facts) {
        // The holder with the least tie speaks for its tree in the link.
        let mut speakers: BTreeMap<usize, (i64, EntryId)> = BTreeMap::new();
        for id in &candidate.holders {
            let rank = (facts(*id).tie, *id);
            speakers.entry(self.tree_of[id]).and_modify(|known| *known = rank.min(*known)).or_insert(rank);
        }
        let mut sides: Vec<((i64, EntryId), usize, EntryId)> = speakers
            .into_iter()
            .filter_map(|(tree, (_, speaker))| {
                self.trees[tree].as_ref().map(|known| (known.rank, tree, speaker))
            })
            .collect();
        sides.sort();
        // Each side joins the first one before it that it does not contradict.
        let mut roots: Vec<(usize, EntryId)> = Vec::new();
        for (_, tree, speaker) in sides {
            let mut refused = Vec::new();
            let joined = roots.iter().find_map(|(root, root_speaker)| {
                let link = Link {
                    from: *root_speaker,
                    to: speaker,
                    fact: candidate.fact,
                    degree: candidate.degree,
                    score_decibits: candidate.fact.class.score_decibits(candidate.degree),
                };
                match self.contradiction(*root, tree, candidate.fact.class) {
                    None => Some((*root, link)),
                    Some(numbers) => {
                        refused.push(Refusal { link, numbers });
                        None
                    }
                }
            });
            self.refusals.extend(refused);
            match joined {
                Some((root, link)) => self.join(root, tree, link),
                None => roots.push((tree, speaker)),
            }
        }
    }

    fn contradiction(&self, a: usize, b: usize, class: KeyClass) -> Option<[String; 2]> {
        if class.rule().stratum == Stratum::Accounts {
            return None;
        }
        let (Some(a), Some(b)) = (&self.trees[a], &self.trees[b]) else { return None };
        contradiction(&a.exclusive, &b.exclusive)
    }

    fn join(&mut self, root: usize, tree: usize, link: Link) {
        let Some(gone) = self.trees[tree].take() else { return };
        self.tree_of.extend(gone.members.iter().map(|id| (*id, root)));
        if let Some(kept) = self.trees[root].as_mut() {
            kept.rank = kept.rank.min(gone.rank);
            kept.members.extend(gone.members);
            kept.links.extend(gone.links);
            kept.links.push(link);
            kept.exclusive.extend(gone.exclusive);
        }
    }

    fn finish(self) -> Merged {
        let mut components: Vec<_> = self
            .trees
            .into_iter()
            .flatten()
            .map(|mut tree| {
                tree.members.sort_unstable();
                tree.links.sort_unstable();
                Component { members: tree.members, links: tree.links }
            })
            .collect();
        components.sort_by_key(|component| component.members.first().copied());
        let mut refusals = self.refusals;
        refusals.sort();
        Merged { components, refusals }
    }
}

/// Two sets of `register/number` contradict each other when, in some register, they are disjoint and
/// no number of one is a likely misreading of a number of the other. Returns the pair to show.
pub fn contradiction(a: &BTreeSet<String>, b: &BTreeSet<String>) -> Option<[String; 2]> {
    let registers = |set: &BTreeSet<String>| -> BTreeSet<String> {
        set.iter().filter_map(|full| full.split_once('/')).map(|(register, _)| register.to_owned()).collect()
    };
    let of = |set: &BTreeSet<String>, register: &str| -> Vec<String> {
        set.iter()
            .filter(|full| full.split_once('/').is_some_and(|(known, _)| known == register))
            .cloned()
            .collect()
    };
    registers(a).intersection(&registers(b)).find_map(|register| {
        let (ours, theirs) = (of(a, register), of(b, register));
        let compatible = ours.iter().any(|x| theirs.iter().any(|y| within_one_edit(x, y)));
        match (ours.first(), theirs.first()) {
            (Some(x), Some(y)) if !compatible => Some([x.clone(), y.clone()]),
            _ => None,
        }
    })
}

/// Whether at most one character is inserted, left out, replaced, or exchanged with its neighbour.
fn within_one_edit(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let prefix = short.iter().zip(long.iter()).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[prefix..], &long[prefix..]);
    let suffix = short.iter().rev().zip(long.iter().rev()).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[..short.len() - suffix], &long[..long.len() - suffix]);
    match (short, long) {
        ([], []) | ([], [_]) | ([_], [_]) => true,
        ([p, q], [r, s]) => p == s && q == r,
        _ => false,
    }
}

/// The keys of `stratum` among `facts`.
pub(super) fn keys_of(facts: &Facts, stratum: Stratum) -> impl Iterator<Item = Fact> + '_ {
    facts.keys.iter().copied().filter(move |fact| fact.class.rule().stratum == stratum)
}

/// Used where keys are looked up by value alone.
pub(super) type KeySet = HashMap<Key, KeyClass>;

#[cfg(test)]
mod tests {
    use super::*;

    fn set(numbers: &[&str]) -> BTreeSet<String> {
        numbers.iter().map(|number| (*number).to_owned()).collect()
    }

    #[test]
    fn two_numbers_of_one_register_contradict_unless_one_is_a_slip_of_the_other() {
        assert_eq!(
            contradiction(&set(&["CN/A1"]), &set(&["CN/B2"])),
            Some(["CN/A1".to_owned(), "CN/B2".to_owned()])
        );
        assert_eq!(contradiction(&set(&["CN/A1"]), &set(&["GB/B2"])), None);
        assert_eq!(contradiction(&set(&["CN/12345"]), &set(&["CN/12346"])), None);
        assert_eq!(contradiction(&set(&["CN/12345"]), &set(&["CN/13245"])), None);
        assert_eq!(contradiction(&set(&["CN/12345"]), &set(&["CN/1245"])), None);
        assert_eq!(contradiction(&set(&["CN/A1", "CN/X9"]), &set(&["CN/B2", "CN/X9"])), None);
        assert_eq!(contradiction(&set(&[]), &set(&["CN/B2"])), None);
    }
}
