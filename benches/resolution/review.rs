//! The second operating point: the review queue walked by somebody who knows the truth.
//!
//! What is asked is what the server asks: two profiles, in the order of the queue, as a platform that hosts every
//! seller sees it; but the whole queue is there at once, where the server looks through the best of it. After each
//! round everything is resolved afresh with what was answered.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use touchstone::domain::resolution::facts::Facts;
use touchstone::domain::resolution::judgement::{Judgements, Verdict, two};
use touchstone::domain::resolution::keys::Key;
use touchstone::domain::resolution::partition::{EntryId, Merged, Objection, partition};
use touchstone::domain::resolution::review::{Against, Stake, expected_gain, gain, near, probability};
use touchstone::domain::resolution::rules::{KeyClass, Rules};

use crate::score::Score;

/// Questions of the first round; each one after it asks as many as all before it.
const FIRST_QUESTIONS: usize = 500;

/// Rounds at most: the last of them ends with 128,000 questions.
const ROUNDS_MAX: usize = 9;

/// What the queue needs of a report beside what resolution does.
pub struct Shown {
    pub member: String,
    pub identifiers: Vec<(Key, KeyClass)>,
    pub countries: BTreeSet<String>,
}

/// Two profiles to ask about.
struct Question {
    worth: i32,
    of: [usize; 2],
    against: Against,
    evidence_decibits: i32,
}

/// What came of the questions of one kind.
#[derive(Default)]
struct Tally {
    asked: usize,
    same: usize,
    expected: f64,
}

/// Asks in rounds until there is nothing left to ask, and prints what each comes to.
#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
pub fn walk(facts: &BTreeMap<EntryId, Facts>, shown: &BTreeMap<EntryId, Shown>, sellers: &[String]) {
    let mut judgements = Judgements::new();
    let mut tallies: BTreeMap<Against, Tally> = BTreeMap::new();
    let mut asked = 0;
    for round in 1..=ROUNDS_MAX {
        let layers = partition(facts, Rules::shipped(), &judgements);
        let pool = Pool::of(&layers, facts, shown);
        let mut questions = pool.questions(&layers, &judgements);
        let waiting = questions.len();
        questions.truncate(if round == 1 { FIRST_QUESTIONS } else { asked });
        for question in &questions {
            let [a, b] = question.of.map(|profile| pool.speaker[profile]);
            let is_same = seller(sellers, a) == seller(sellers, b);
            judgements.insert(two(a, b), if is_same { Verdict::Same } else { Verdict::Different });
            let tally = tallies.entry(question.against).or_default();
            tally.asked += 1;
            tally.same += usize::from(is_same);
            tally.expected += probability(question.evidence_decibits, question.against);
        }
        asked += questions.len();
        if questions.is_empty() {
            break;
        }
        let score = score(&partition(facts, Rules::shipped(), &judgements), sellers);
        println!("queue, {asked} questions asked ({waiting} waited): {score}");
    }
    for (against, Tally { asked, same, expected }) in tallies {
        let [same, expected] = [same as f64, expected].map(|sum| sum / asked as f64);
        println!("{against:>40?}: {asked:>7} asked, {same:.3} the same, {expected:.3} expected");
    }
}

fn seller(sellers: &[String], report: EntryId) -> Option<&str> {
    usize::try_from(report).ok().and_then(|row| sellers.get(row)).map(String::as_str)
}

fn score(layers: &[Merged; 3], sellers: &[String]) -> Score {
    let mut placed: Vec<usize> = (0..sellers.len()).map(|row| row + layers[2].components.len()).collect();
    for (number, profile) in layers[2].components.iter().enumerate() {
        for row in profile.members.iter().filter_map(|id| usize::try_from(*id).ok()) {
            placed[row] = number;
        }
    }
    Score::of(placed.into_iter().zip(sellers.iter().map(String::as_str)), true)
}

/// The profiles as the queue sees them.
struct Pool<'s> {
    profile_of: HashMap<EntryId, usize>,
    /// The report that stands for each.
    speaker: Vec<EntryId>,
    stakes: Vec<Stake>,
    countries: Vec<BTreeSet<&'s str>>,
    values: Vec<(KeyClass, BTreeSet<usize>)>,
}

impl<'s> Pool<'s> {
    fn of(
        layers: &[Merged; 3],
        facts: &BTreeMap<EntryId, Facts>,
        shown: &'s BTreeMap<EntryId, Shown>,
    ) -> Self {
        let mut pool = Self {
            profile_of: HashMap::new(),
            speaker: Vec::new(),
            stakes: Vec::new(),
            countries: Vec::new(),
            values: Vec::new(),
        };
        let mut values: BTreeMap<(KeyClass, Key), BTreeSet<usize>> = BTreeMap::new();
        for (number, profile) in layers[2].components.iter().enumerate() {
            let mut members = BTreeSet::new();
            let mut countries = BTreeSet::new();
            for id in &profile.members {
                pool.profile_of.insert(*id, number);
                let Some(shown) = shown.get(id) else { continue };
                members.insert(shown.member.as_str());
                countries.extend(shown.countries.iter().map(String::as_str));
                for (key, class) in &shown.identifiers {
                    values.entry((*class, *key)).or_default().insert(number);
                }
            }
            pool.speaker.extend(profile.members.iter().copied().min_by_key(|id| facts[id].tie));
            let (reports, members) = (profile.members.len() as u64, members.len() as u64);
            pool.stakes.push(Stake { reports, members, value: BTreeMap::new() });
            pool.countries.push(countries);
        }
        let several = values.into_iter().filter(|(_, carriers)| carriers.len() >= 2);
        pool.values = several.map(|((class, _), carriers)| (class, carriers)).collect();
        pool
    }

    /// Everything to ask, in order.
    fn questions(&self, layers: &[Merged; 3], judgements: &Judgements) -> Vec<Question> {
        let pair = |a: EntryId, b: EntryId| {
            let [a, b] = [a, b].map(|id| self.profile_of[&id]);
            [a.min(b), a.max(b)]
        };
        let mut known: BTreeSet<[usize; 2]> = judgements.keys().map(|[a, b]| pair(*a, *b)).collect();
        let mut refused: BTreeMap<[usize; 2], (i32, Objection)> = BTreeMap::new();
        for refusal in layers.iter().flat_map(|layer| &layer.refusals) {
            let of = pair(refusal.link.from, refusal.link.to);
            if of[0] != of[1] && !known.contains(&of) && refusal.objection != Objection::Judgement {
                let strength = (refusal.link.score_decibits, refusal.objection);
                let best = refused.entry(of).or_insert(strength);
                *best = strength.max(*best);
            }
        }
        known.extend(refused.keys());
        let of_refused = refused
            .into_iter()
            .map(|(of, (evidence, objection))| self.question(of, evidence, Against::Objection(objection)));
        let mut questions: Vec<Question> = of_refused.collect();
        for near in near(&self.values, None, &known, usize::MAX) {
            let [a, b] = near.of.map(|profile| &self.countries[profile]);
            if near.is_worth_a_look(!a.is_disjoint(b)) {
                let against = if near.is_name_alone() { Against::NameAlone } else { Against::TooMany };
                questions.push(self.question(near.of, near.evidence_decibits(), against));
            }
        }
        questions.sort_by_key(|one| (std::cmp::Reverse(one.worth), one.of));
        questions
    }

    fn question(&self, of: [usize; 2], evidence_decibits: i32, against: Against) -> Question {
        let gain = gain(of.map(|profile| &self.stakes[profile]));
        let worth = expected_gain(probability(evidence_decibits, against), gain);
        Question { worth, of, against, evidence_decibits }
    }
}
