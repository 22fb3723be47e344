//! The definition: constrained merging of components, strongest evidence first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::vocabulary::vocabulary;
use super::facts::{Fact, Facts, Pair};
use super::judgement::{self, Judgements};
use super::keys::Key;
use super::likeness;
use super::merging::{Part, merge};
use super::mistyping::{WidePhones, is_mistyped};
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
        /// Each side is at home in another country, by nearly all that says where it is.
        Countries = "countries",
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
    let mut of = AccountOf::default();
    let accounts = join_stratum(&singletons, Stratum::Accounts, reports, &of, rules, judged);
    of.note(&accounts.components);
    let cores = join_stratum(&accounts.components, Stratum::Cores, reports, &of, rules, judged);
    let profiles = join_stratum(&cores.components, Stratum::Profiles, reports, &of, rules, judged);
    [accounts, cores, profiles]
}

/// The account that each report is of, by one of its reports.
#[derive(Debug, Default)]
pub(super) struct AccountOf(HashMap<EntryId, EntryId>);

impl AccountOf {
    /// Notes what the lowest stratum joined.
    pub fn note(&mut self, accounts: &[Component]) {
        for account in accounts {
            let first = account.members.first().copied().unwrap_or_default();
            self.0.extend(account.members.iter().map(|id| (*id, first)));
        }
    }

    /// Before anything was joined, each is an account of its own.
    pub fn account(&self, report: EntryId) -> EntryId {
        self.0.get(&report).copied().unwrap_or(report)
    }
}

fn join_stratum(
    below: &[Component],
    stratum: Stratum,
    reports: &BTreeMap<EntryId, Facts>,
    of: &AccountOf,
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
        let labels: BTreeSet<usize> = holders.iter().map(|id| label[id]).collect();
        let of_names = labels.iter().filter(|label| bare[**label]).count();
        let degree = fact.class.degree(labels.len() - of_names, of_names);
        Candidate::single(rules, fact, degree, labels.len() >= 2, holders)
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
    let parts = below
        .iter()
        .map(|component| Part::of_reports(&component.members, |id| &reports[&id], |id| of.account(id)));
    let parted = if stratum == Stratum::Accounts { BTreeSet::new() } else { judgement::parted(judged) };
    Merged { wide_phones, ..merge(parts, candidates, &parted, |id| (reports[&id].tie, id)) }
}
