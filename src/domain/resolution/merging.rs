//! Merging components over keys: strongest evidence first, and nothing that contradicts itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::contradiction::contradiction;
use super::facts::{Fact, Facts};
use super::homes::{Home, Homes, are_abroad, is_lent, weight};
use super::judgement::Two;
use super::likeness::{Likeness, are_branches};
use super::mistyping::WidePhones;
use super::partition::{Candidate, Component, EntryId, Link, Merged, NodeId, Objection, Refusal, Speaker};
use super::people::{Person, are_others};
use super::rules::KeyClass;

/// A component of the stratum below, as merging takes it.
pub(super) struct Part<'f> {
    pub members: Vec<NodeId>,
    /// The least of its reports.
    pub first: Speaker,
    pub exclusive: BTreeSet<String>,
    pub persons: BTreeSet<Person>,
    pub homes: Homes,
    /// What is compared of its reports; none where it is too much to compare.
    pub likenesses: Option<BTreeSet<&'f Likeness>>,
}

impl<'f> Part<'f> {
    /// Of reports, which `account` tells the accounts of.
    pub fn of_reports(
        members: &[EntryId],
        facts: impl Fn(EntryId) -> &'f Facts,
        account: impl Fn(EntryId) -> EntryId,
    ) -> Self {
        let all = || members.iter().map(|id| facts(*id));
        let mut given: BTreeMap<(EntryId, Home), usize> = BTreeMap::new();
        for id in members {
            for home in &facts(*id).homes {
                *given.entry((account(*id), *home)).or_default() += 1;
            }
        }
        let mut homes = Homes::new();
        for ((_, home), times) in given {
            *homes.entry(home).or_default() += weight(times);
        }
        Self {
            members: members.to_vec(),
            first: members.iter().map(|id| (facts(*id).tie, *id)).min().unwrap_or_default(),
            exclusive: all().flat_map(|facts| facts.exclusive.iter().cloned()).collect(),
            persons: all().flat_map(|facts| facts.persons.iter().cloned()).collect(),
            homes,
            likenesses: few(all().filter_map(|facts| facts.likeness.as_ref()).collect()),
        }
    }

    /// Takes in another.
    pub fn absorb(&mut self, other: Self) {
        self.members.extend(other.members);
        self.first = self.first.min(other.first);
        self.exclusive.extend(other.exclusive);
        self.persons.extend(other.persons);
        for (home, weight) in other.homes {
            *self.homes.entry(home).or_default() += weight;
        }
        let both = self.likenesses.take().zip(other.likenesses);
        self.likenesses = both.and_then(|(ours, theirs)| few(ours.into_iter().chain(theirs).collect()));
    }
}

/// Likenesses of a component beyond which it is no branch of anything.
const BRANCH_LIKENESSES_MAX: usize = 6;

/// The likenesses of a component, unless they are too many to compare.
pub(super) fn few(likenesses: BTreeSet<&Likeness>) -> Option<BTreeSet<&Likeness>> {
    (likenesses.len() <= BRANCH_LIKENESSES_MAX).then_some(likenesses)
}

/// Merges components over candidate keys: what people judged the same, then by rank, then strongest score
/// first, then by key; within a key, the component with the least tie first. A merge that would join what
/// contradicts itself is refused, unless the candidate settles it: one account is one seller, whatever numbers
/// it gave. One that would join what people `parted` is refused whatever the candidate. What only is worth a
/// look comes last, and is noted of what all the others left apart. `seat` says of an entry that is a holder or
/// parted its tie and the member that it is, or is of.
pub(super) fn merge<'f>(
    below: impl IntoIterator<Item = Part<'f>>,
    mut candidates: Vec<Candidate>,
    parted: &BTreeSet<Two>,
    seat: impl Fn(EntryId) -> (i64, NodeId),
) -> Merged {
    // Of one likeness key there may be several candidates, each between two reports.
    let ties = |candidate: &Candidate| {
        let mut ties: Vec<Speaker> = candidate.holders.iter().take(2).map(|id| (seat(*id).0, *id)).collect();
        ties.sort_unstable();
        ties
    };
    candidates.sort_by_cached_key(|candidate| {
        let Fact { key, class } = candidate.fact;
        let is_evidence = class != KeyClass::Judgement;
        (
            is_evidence,
            candidate.refused.is_some(),
            candidate.rank,
            -candidate.score_decibits,
            key,
            ties(candidate),
        )
    });
    let mut forest = Forest::new(below, seat);
    forest.part(parted);
    for candidate in &candidates {
        forest.apply(candidate);
    }
    forest.finish()
}

struct Tree<'f> {
    part: Part<'f>,
    links: Vec<Link>,
    /// Its reports that people keep apart from others, with those others.
    parted: BTreeSet<(EntryId, EntryId)>,
}

struct Forest<'f, S> {
    trees: Vec<Option<Tree<'f>>>,
    tree_of: HashMap<NodeId, usize>,
    refusals: Vec<Refusal>,
    seat: S,
}

impl<'f, S: Fn(EntryId) -> (i64, NodeId)> Forest<'f, S> {
    fn new(below: impl IntoIterator<Item = Part<'f>>, seat: S) -> Self {
        let mut tree_of = HashMap::new();
        let trees = below
            .into_iter()
            .enumerate()
            .map(|(index, part)| {
                tree_of.extend(part.members.iter().map(|id| (*id, index)));
                Some(Tree { part, links: Vec::new(), parted: BTreeSet::new() })
            })
            .collect();
        Self { trees, tree_of, refusals: Vec::new(), seat }
    }

    /// The tree that an entry is in.
    fn tree_of(&self, entry: EntryId) -> Option<usize> {
        let (_, node) = (self.seat)(entry);
        self.tree_of.get(&node).copied()
    }

    /// Notes what people keep apart. What is in one component already stays in it.
    fn part(&mut self, parted: &BTreeSet<Two>) {
        for [a, b] in parted {
            for (ours, theirs) in [(*a, *b), (*b, *a)] {
                let tree = self.tree_of(ours).and_then(|tree| self.trees[tree].as_mut());
                if let Some(tree) = tree {
                    tree.parted.insert((ours, theirs));
                }
            }
        }
    }

    fn apply(&mut self, candidate: &Candidate) {
        // The holder with the least tie speaks for its tree in the link.
        let mut speakers: BTreeMap<usize, Speaker> = BTreeMap::new();
        for id in &candidate.holders {
            let Some(tree) = self.tree_of(*id) else { continue };
            let speaker = ((self.seat)(*id).0, *id);
            speakers.entry(tree).and_modify(|known| *known = speaker.min(*known)).or_insert(speaker);
        }
        let mut sides: Vec<(Speaker, usize, EntryId)> = speakers
            .into_iter()
            .filter_map(|(tree, (_, speaker))| {
                self.trees[tree].as_ref().map(|known| (known.part.first, tree, speaker))
            })
            .collect();
        sides.sort();
        if let Some(why) = &candidate.refused {
            let mut apart: Vec<EntryId> = sides.iter().map(|(.., speaker)| *speaker).collect();
            apart.sort_by_key(|id| ((self.seat)(*id).0, *id));
            self.note_refused(candidate, why, &apart);
            return;
        }
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
                    score_decibits: candidate.score_decibits,
                };
                match self.objection(*root, tree, candidate) {
                    None => Some((*root, link)),
                    Some((objection, sides)) => {
                        refused.push(Refusal { link, objection, sides });
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

    /// Notes a candidate that joins nobody, if its two reports are still apart: the first of them by content says
    /// the first of what stands against each other.
    fn note_refused(
        &mut self,
        candidate: &Candidate,
        (objection, against): &(Objection, [String; 2]),
        apart: &[EntryId],
    ) {
        if let [from, to] = *apart {
            let Candidate { fact, degree, score_decibits, .. } = *candidate;
            let link = Link { from, to, fact, degree, score_decibits };
            self.refusals.push(Refusal { link, objection: *objection, sides: against.clone() });
        }
    }

    fn objection(&self, a: usize, b: usize, candidate: &Candidate) -> Option<(Objection, [String; 2])> {
        if let Some(sides) = self.judged_apart(a, b) {
            return Some((Objection::Judgement, sides));
        }
        if candidate.settles {
            return None;
        }
        let (Some(a), Some(b)) = (&self.trees[a], &self.trees[b]) else { return None };
        let (a, b) = (&a.part, &b.part);
        let numbers = contradiction(&a.exclusive, &b.exclusive, !candidate.weak);
        let persons = || are_others(&a.persons, &b.persons).filter(|_| candidate.weak);
        let branches = || {
            let both = a.likenesses.as_ref().zip(b.likenesses.as_ref());
            let (ours, theirs) = both.filter(|_| candidate.central)?;
            let list = |side: &BTreeSet<&'f Likeness>| side.iter().copied().collect::<Vec<_>>();
            are_branches(&list(ours), &list(theirs))
        };
        let class = candidate.fact.class;
        let countries = || are_abroad(&a.homes, &b.homes, class).filter(|_| is_lent(class));
        let with = |objection| move |sides| (objection, sides);
        numbers
            .map(with(Objection::Registrations))
            .or_else(|| persons().map(with(Objection::Persons)))
            .or_else(|| branches().map(with(Objection::Branches)))
            .or_else(|| countries().map(with(Objection::Countries)))
    }

    /// The two reports, as numbered in the pool, for whose sake people keep two trees apart.
    fn judged_apart(&self, a: usize, b: usize) -> Option<[String; 2]> {
        let parted = &self.trees[a].as_ref()?.parted;
        let (one, other) = parted.iter().find(|(_, other)| self.tree_of(*other) == Some(b))?;
        Some([one.to_string(), other.to_string()])
    }

    fn join(&mut self, root: usize, tree: usize, link: Link) {
        let Some(gone) = self.trees[tree].take() else { return };
        self.tree_of.extend(gone.part.members.iter().map(|id| (*id, root)));
        if let Some(kept) = self.trees[root].as_mut() {
            kept.part.absorb(gone.part);
            kept.links.extend(gone.links);
            kept.links.push(link);
            kept.parted.extend(gone.parted);
        }
    }

    fn finish(self) -> Merged {
        let mut components: Vec<_> = self
            .trees
            .into_iter()
            .flatten()
            .map(|mut tree| {
                tree.part.members.sort_unstable();
                tree.links.sort_unstable();
                Component { members: tree.part.members, links: tree.links }
            })
            .collect();
        components.sort_by_key(|component| component.members.first().copied());
        let mut refusals = self.refusals;
        refusals.sort();
        Merged { components, refusals, wide_phones: WidePhones::new() }
    }
}
