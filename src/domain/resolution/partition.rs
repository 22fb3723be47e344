//! The definition: constrained merging of components, strongest evidence first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use strsim::osa_distance;

use super::super::vocabulary::vocabulary;
use super::facts::{Fact, Facts, Key, Pair};
use super::judgement::{self, Judgements, Two};
use super::likeness::{self, Likeness, are_branches};
use super::mistyping::{WidePhones, is_mistyped};
use super::people::{Person, are_others};
use super::rules::{KeyClass, Rule, Rules, Stratum, is_weak_pair};

/// A pooled report: its ordinal in the pool. Ordinals say who was first; they never decide who
/// belongs together.
pub type EntryId = i64;

/// A report by its tie-break and its id. Of several that say the same the least speaks for all.
pub type Speaker = (i64, EntryId);

/// What is joined: a report, by its entry, or all reports of one account, by its label.
pub type NodeId = i64;

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

vocabulary!(
    /// Why a link was not applied.
    Objection {
        /// Each side has a number of one company register, and they are different.
        Registrations = "registrations",
        /// Each side names people, and none can be the same.
        Persons = "persons",
        /// The sides are branches of one organisation, each at its own address.
        Branches = "branches",
        /// A person judged a report of the one different from a report of the other.
        Judgement = "judgement",
        /// Name and address are nearly the same, and not nearly enough.
        Short = "falls_short",
    }
);

/// A link that was not applied because it would have joined what contradicts itself, or falls short of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    pub link: Link,
    pub objection: Objection,
    /// What stands against what.
    pub sides: [String; 2],
}

/// One component of one stratum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// In order of id. The definition's are reports.
    pub members: Vec<NodeId>,
    /// The links by which this stratum joined the components of the one below: a spanning tree.
    pub links: Vec<Link>,
}

/// What merging one stratum gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    pub components: Vec<Component>,
    pub refusals: Vec<Refusal>,
    /// In the last stratum of the definition: the phones that too many carry to link.
    pub wide_phones: WidePhones,
}

/// A key that may link, with the entries that carry it.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub fact: Fact,
    pub degree: usize,
    pub score_decibits: i32,
    /// Whether it joins in spite of contradictions.
    pub settles: bool,
    /// Whether strangers often share what it stands for: see [`Rule::weak`](super::rules::Rule).
    pub weak: bool,
    /// Whether branches of one organisation share it: see [`Rule::central`](super::rules::Rule).
    pub central: bool,
    /// When it is applied: see [`Rule::rank`](super::rules::Rule).
    pub rank: u8,
    /// Why it joins nobody, if it is only worth a look, and what stands against what.
    pub refused: Option<(Objection, [String; 2])>,
    /// The reports that carry it, or of each account that does the one that speaks for it.
    pub holders: Vec<EntryId>,
}

impl Candidate {
    /// A key of this degree that `several` components carry, or one; `None` if it may not link.
    pub fn single(
        rules: &Rules,
        fact: Fact,
        degree: usize,
        several: bool,
        holders: Vec<EntryId>,
    ) -> Option<Self> {
        let rule = rules.of(fact.class);
        let score_decibits = rules.score_decibits(fact.class, degree);
        let links = several && degree <= rule.degree_max;
        let settles = rule.stratum == Some(Stratum::Accounts);
        let Rule { weak, central, rank, .. } = *rule;
        let refused = None;
        links.then_some(Self { fact, degree, score_decibits, settles, weak, central, rank, refused, holders })
    }

    /// A pair that so many components carry, and its facts so many doublings together; `None` if it may
    /// not link.
    pub fn pair(
        rules: &Rules,
        pair: Pair,
        of_facts: [u32; 2],
        degree: usize,
        holders: Vec<EntryId>,
    ) -> Option<Self> {
        let score_decibits = rules.pair_score_decibits(pair.kinds(), degree, of_facts)?;
        let (weak, rank) = (is_weak_pair(pair.kinds()), rules.of(KeyClass::Pair).rank);
        let (fact, settles, central, refused) = (pair.fact, false, false, None);
        Some(Self { fact, degree, score_decibits, settles, weak, central, rank, refused, holders })
    }
}

/// The three strata of a set of reports and of what people judged of them, by these rules; the last one's components
/// are the profiles. By the rules that are compiled in, this is what every other path must agree with.
pub fn partition(reports: &BTreeMap<EntryId, Facts>, rules: &Rules, judgements: &Judgements) -> [Merged; 3] {
    let judged = &judgement::effective(judgements, reports);
    let singletons =
        reports.keys().map(|id| Component { members: vec![*id], links: Vec::new() }).collect::<Vec<_>>();
    let accounts = join_stratum(&singletons, Stratum::Accounts, reports, rules, judged);
    let cores = join_stratum(&accounts.components, Stratum::Cores, reports, rules, judged);
    let profiles = join_stratum(&cores.components, Stratum::Profiles, reports, rules, judged);
    [accounts, cores, profiles]
}

fn join_stratum(
    below: &[Component],
    stratum: Stratum,
    reports: &BTreeMap<EntryId, Facts>,
    rules: &Rules,
    judged: &Judgements,
) -> Merged {
    let label: HashMap<EntryId, usize> = below
        .iter()
        .enumerate()
        .flat_map(|(label, component)| component.members.iter().map(move |id| (*id, label)))
        .collect();
    let bare: Vec<bool> =
        below.iter().map(|component| component.members.iter().all(|id| reports[id].is_bare())).collect();
    let degree = |holders: &[EntryId]| holders.iter().map(|id| label[id]).collect::<BTreeSet<_>>().len();
    let single = |fact: Fact, holders: Vec<EntryId>| {
        let several = degree(&holders) >= 2;
        let merged = fact.class.counts_bare_as_one();
        let counted = |id: &EntryId| Some(label[id]).filter(|label| !(merged && bare[*label]));
        let degree = holders.iter().map(counted).collect::<BTreeSet<_>>().len();
        Candidate::single(rules, fact, degree, several, holders)
    };
    let mut singles: BTreeMap<Fact, Vec<EntryId>> = BTreeMap::new();
    for (id, facts) in reports {
        for fact in facts.singles(stratum) {
            singles.entry(fact).or_default().push(*id);
        }
    }
    let digits = |fact: &Fact, holders: &[EntryId]| {
        let holder = holders.first().filter(|_| fact.class == KeyClass::Phone)?;
        reports[holder].digits(fact.key)
    };
    let wide_phones: WidePhones = singles
        .iter()
        .filter(|(fact, holders)| degree(holders) > rules.of(fact.class).degree_max)
        .filter_map(|(fact, holders)| Some((fact.key, digits(fact, holders)?.to_owned())))
        .collect();
    let is_slip = |candidate: &Candidate| {
        digits(&candidate.fact, &candidate.holders).is_some_and(|digits| is_mistyped(digits, &wide_phones))
    };
    let singles = singles
        .into_iter()
        .filter_map(|(fact, holders)| single(fact, holders))
        .filter(|candidate| !is_slip(candidate));
    let mut candidates: Vec<Candidate> = singles.collect();
    if stratum == Stratum::Cores {
        candidates.extend(judgement::links(judged));
        let mut carried: HashMap<Key, Vec<EntryId>> = HashMap::new();
        let mut pairs: BTreeMap<Pair, Vec<EntryId>> = BTreeMap::new();
        for (id, facts) in reports {
            for fact in facts.paired() {
                carried.entry(fact.key).or_default().push(*id);
            }
            for pair in facts.pairs() {
                pairs.entry(pair).or_default().push(*id);
            }
        }
        let of_fact: HashMap<Key, u32> =
            carried.iter().map(|(key, holders)| (*key, rules.pair_doublings(degree(holders)))).collect();
        candidates.extend(pairs.into_iter().filter_map(|(pair, holders)| {
            let of_facts = pair.of.map(|fact| of_fact[&fact.key]);
            Candidate::pair(rules, pair, of_facts, degree(&holders), holders)
        }));
    }
    if stratum == Stratum::Profiles {
        let mut alike: BTreeMap<Fact, Vec<(EntryId, usize)>> = BTreeMap::new();
        for (id, facts) in reports {
            for fact in facts.likenesses() {
                alike.entry(fact).or_default().push((*id, label[id]));
            }
        }
        let found = alike.iter().flat_map(|(fact, holders)| {
            let said = holders.iter().filter_map(|(id, label)| Some((reports[id].comparable(*id)?, *label)));
            likeness::candidates(rules, *fact, said, |a, b| likeness::compare(rules, a, b))
        });
        candidates.extend(likeness::each_once(found));
    }
    let parts = below.iter().map(|component| Part::of_reports(&component.members, |id| &reports[&id]));
    let parted = if stratum == Stratum::Accounts { BTreeSet::new() } else { judgement::parted(judged) };
    Merged { wide_phones, ..merge(parts, candidates, &parted, |id| (reports[&id].tie, id)) }
}

/// A component of the stratum below, as merging takes it.
pub(super) struct Part<'f> {
    pub members: Vec<NodeId>,
    /// The least of its reports.
    pub first: Speaker,
    pub exclusive: BTreeSet<String>,
    pub persons: BTreeSet<Person>,
    /// What is compared of its reports; none where it is too much to compare.
    pub likenesses: Option<BTreeSet<&'f Likeness>>,
}

impl<'f> Part<'f> {
    pub fn of_reports(members: &[EntryId], facts: impl Fn(EntryId) -> &'f Facts) -> Self {
        let all = || members.iter().map(|id| facts(*id));
        Self {
            members: members.to_vec(),
            first: members.iter().map(|id| (facts(*id).tie, *id)).min().unwrap_or_default(),
            exclusive: all().flat_map(|facts| facts.exclusive.iter().cloned()).collect(),
            persons: all().flat_map(|facts| facts.persons.iter().cloned()).collect(),
            likenesses: few(all().filter_map(|facts| facts.likeness.as_ref()).collect()),
        }
    }

    /// Takes in another.
    pub fn absorb(&mut self, other: Self) {
        self.members.extend(other.members);
        self.first = self.first.min(other.first);
        self.exclusive.extend(other.exclusive);
        self.persons.extend(other.persons);
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
        let with = |objection| move |sides| (objection, sides);
        numbers
            .map(with(Objection::Registrations))
            .or_else(|| persons().map(with(Objection::Persons)))
            .or_else(|| branches().map(with(Objection::Branches)))
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

/// Whether two `register/number` are of one register and differ in one character, or in two that changed places:
/// one of them mistyped, where the evidence is such that neighbours in the register do not share it.
pub fn is_slip(a: &str, b: &str) -> bool {
    const CHARS_MIN: usize = 6;
    match (a.split_once('/'), b.split_once('/')) {
        (Some((mine, x)), Some((theirs, y))) => {
            mine == theirs && x != y && x.len() >= CHARS_MIN && osa_distance(x, y) <= 1
        }
        _ => false,
    }
}

/// Two sets of `register/number` contradict each other when, in some register, they are disjoint. Numbers
/// that differ in one character are different all the same: registers count upwards, and neighbours share
/// an agent's address; unless slips are excused. What is said of one register excuses nothing in another. Returns the
/// pair to show.
pub fn contradiction(
    a: &BTreeSet<String>,
    b: &BTreeSet<String>,
    slips_are_excused: bool,
) -> Option<[String; 2]> {
    let register = |full: &String| full.split_once('/').map(|(register, _)| register.to_owned());
    let registers: BTreeSet<String> = a.iter().filter_map(register).collect();
    registers.into_iter().find_map(|name| {
        let of = |set: &BTreeSet<String>| -> BTreeSet<String> {
            set.iter().filter(|full| register(full).as_ref() == Some(&name)).cloned().collect()
        };
        let (ours, theirs) = (of(a), of(b));
        let excused = slips_are_excused && ours.iter().any(|x| theirs.iter().any(|y| is_slip(x, y)));
        match (ours.first(), theirs.first()) {
            (Some(x), Some(y)) if ours.is_disjoint(&theirs) && !excused => Some([x.clone(), y.clone()]),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(numbers: &[&str]) -> BTreeSet<String> {
        numbers.iter().map(|number| (*number).to_owned()).collect()
    }

    #[test]
    fn two_numbers_of_one_register_contradict() {
        assert_eq!(
            contradiction(&set(&["CN/A1"]), &set(&["CN/B2"]), false),
            Some(["CN/A1".to_owned(), "CN/B2".to_owned()])
        );
        assert_eq!(contradiction(&set(&["CN/A1"]), &set(&["GB/B2"]), false), None);
        assert!(contradiction(&set(&["GB/OE000001"]), &set(&["GB/OE000002"]), false).is_some());
        assert_eq!(contradiction(&set(&["CN/A1", "CN/X9"]), &set(&["CN/B2", "CN/X9"]), false), None);
        assert_eq!(contradiction(&set(&[]), &set(&["CN/B2"]), false), None);
    }

    #[test]
    fn a_slip_is_excused_in_its_own_register_only() {
        let (ours, theirs) = (set(&["CN/A12345"]), set(&["CN/A12354"]));
        assert!(contradiction(&ours, &theirs, false).is_some());
        assert_eq!(contradiction(&ours, &theirs, true), None);
        let (ours, theirs) = (set(&["CN/A12345", "GB/111111"]), set(&["CN/A12354", "GB/222222"]));
        assert!(contradiction(&ours, &theirs, true).is_some());
    }
}
