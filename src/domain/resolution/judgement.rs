//! What people say about two reports, as the partition takes it: edges beside the keys.
//!
//! `same` joins the two before any key does and in spite of contradictions; `different` refuses every
//! later merge of what holds the one with what holds the other; `unsure` does neither. Only accounts stand
//! above it: what a platform itself names as one storefront is one seller whatever anybody thinks.
//!
//! Of several judgements on one pair the newest that was not taken back counts, whoever made it. Which that
//! is follows from the judgements as they are stored, so taking one back leaves what would be there had it
//! never been made.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::super::vocabulary::vocabulary;
use super::facts::{Fact, Facts};
use super::keys::Key;
use super::partition::{Candidate, EntryId};
use super::rules::KeyClass;

vocabulary!(
    /// What a person says about two reports or profiles.
    Verdict {
        Same = "same",
        Different = "different",
        /// Looked at and left open: it changes no profile.
        Unsure = "unsure",
    }
);

/// Two reports, the smaller id first.
pub type Two = [EntryId; 2];

/// The verdict that counts on each pair of reports. A pair of which one report is not in the pool means
/// nothing while it is not.
pub type Judgements = BTreeMap<Two, Verdict>;

/// What a pool knows of one pair of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    pub of: Two,
    /// The verdict that counts now; none if all were taken back.
    pub verdict: Option<Verdict>,
    /// Whether anybody ever judged the two the same: the pool may still be as that left it.
    pub joined: bool,
}

/// Puts two ids in order.
pub fn two(a: EntryId, b: EntryId) -> Two {
    if a <= b { [a, b] } else { [b, a] }
}

/// The judgements on reports that are there.
pub(super) fn effective(judgements: &Judgements, reports: &BTreeMap<EntryId, Facts>) -> Judgements {
    let pooled = |two: &Two| two.iter().all(|id| reports.contains_key(id));
    judgements.iter().filter(|(two, _)| pooled(two)).map(|(two, verdict)| (*two, *verdict)).collect()
}

/// The links that people ask for.
pub(super) fn links(judgements: &Judgements) -> impl Iterator<Item = Candidate> + '_ {
    judgements.iter().filter(|(_, verdict)| **verdict == Verdict::Same).map(|(two, _)| Candidate {
        // It rests on no value, so it has no key of its own; the two reports tell it from others.
        fact: Fact { key: Key(0), class: KeyClass::Judgement },
        degree: two.len(),
        score_decibits: KeyClass::Judgement.rule().decibits,
        settles: true,
        weak: false,
        central: false,
        rank: KeyClass::Judgement.rule().rank,
        refused: None,
        holders: two.to_vec(),
    })
}

/// The pairs that people keep apart.
pub(super) fn parted(judgements: &Judgements) -> BTreeSet<Two> {
    judgements.iter().filter(|(_, verdict)| **verdict == Verdict::Different).map(|(two, _)| *two).collect()
}

/// What an incremental run has learnt of judgements. The first answer about a pair stands, so that the strata
/// agree while people go on judging.
#[derive(Default)]
pub(super) struct Known {
    asked: HashSet<EntryId>,
    pairs: BTreeMap<Two, Judged>,
}

impl Known {
    /// The entries that were not asked about before, and are now.
    pub fn unasked(&mut self, ids: impl Iterator<Item = EntryId>) -> Vec<EntryId> {
        ids.filter(|id| self.asked.insert(*id)).collect()
    }

    /// Every report of a pair that is known.
    pub fn ends(&self) -> impl Iterator<Item = EntryId> + '_ {
        self.pairs.keys().flatten().copied()
    }

    pub fn learn(&mut self, judged: Vec<Judged>) {
        for judged in judged {
            self.pairs.entry(judged.of).or_insert(judged);
        }
    }

    /// The entries that anybody ever judged the same as one of these: what a judgement that was taken back
    /// had joined must be found to come apart.
    pub fn joined_to(&self, ids: &BTreeSet<EntryId>) -> Vec<EntryId> {
        let joined = self.pairs.values().filter(|judged| judged.joined);
        let near = joined.filter(|judged| judged.of.iter().any(|id| ids.contains(id)));
        near.flat_map(|judged| judged.of).collect()
    }

    /// The verdicts on pairs of which both reports fulfil `live`.
    pub fn counting(&self, live: impl Fn(&EntryId) -> bool) -> Judgements {
        let pairs = self.pairs.values().filter(|judged| judged.of.iter().all(&live));
        pairs.filter_map(|judged| Some((judged.of, judged.verdict?))).collect()
    }
}
