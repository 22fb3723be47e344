//! Estimates what agreement and disagreement on each kind of fact are worth: the model of Fellegi and Sunter, by
//! expectation and maximisation.
//!
//! Two classes, pairs of reports of one seller and of two; one variable for each kind of fact, independent within
//! a class. What a pair does not tell (one of the two has no such fact) counts neither way. Everything is summed
//! over patterns in their order, so equal pairs give equal estimates bit by bit, and evidence is kept in bits, never
//! as a probability so near to one that it says nothing more.

use std::collections::BTreeMap;

/// How a pair of reports compares on one kind of fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compared {
    Untold,
    Agree,
    Differ,
}

/// Pairs of reports by how they compare on every variable.
pub type Patterns = BTreeMap<Vec<Compared>, u64>;

/// How often the two agree where both tell, among pairs of one seller (`m`) and of two (`u`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variable {
    pub m: f64,
    pub u: f64,
}

impl Variable {
    /// Evidence of agreement for one seller, in bits.
    pub fn agreement_bits(self) -> f64 {
        (self.m / self.u).log2()
    }

    /// Evidence of disagreement for one seller, in bits; negative.
    pub fn disagreement_bits(self) -> f64 {
        ((1.0 - self.m) / (1.0 - self.u)).log2()
    }
}

/// The model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The share of pairs that are one seller.
    pub matching: f64,
    pub variables: Vec<Variable>,
}

/// What was estimated, and on how much each variable rests.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    pub model: Model,
    /// For each variable, the pairs that tell, as many as are expected to be of one seller and of two.
    pub support: Vec<[f64; 2]>,
    pub rounds: usize,
}

/// Which half of the model is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Free {
    Everything,
    /// `u` is known from elsewhere.
    NotU,
}

/// Most rounds.
const ROUNDS_MAX: usize = 200;

/// A round that moves no parameter by more than this is the last.
const CONVERGED: f64 = 1e-7;

/// What is added to every count, so that nothing is held impossible which was merely not seen.
const SMOOTHING: f64 = 0.5;

/// Estimates the model from pairs, starting from one.
pub fn estimate(patterns: &Patterns, start: &Model, free: Free) -> Estimate {
    let mut estimate =
        Estimate { model: start.clone(), support: vec![[0.0; 2]; start.variables.len()], rounds: 0 };
    for round in 1..=ROUNDS_MAX {
        let next = maximised(patterns, &estimate.model, free);
        let moved = distance(&estimate.model, &next.model);
        estimate = Estimate { rounds: round, ..next };
        if moved <= CONVERGED {
            break;
        }
    }
    estimate
}

/// One round: what each pair is by the model, and the model that fits that best.
fn maximised(patterns: &Patterns, model: &Model, free: Free) -> Estimate {
    let count = model.variables.len();
    let mut told = vec![[0.0; 2]; count];
    let mut agreeing = vec![[0.0; 2]; count];
    let mut classes = [0.0; 2];
    for (pattern, pairs) in patterns {
        let shares = shares(model, pattern);
        for (class, share) in shares.into_iter().enumerate() {
            let weight = share * *pairs as f64;
            classes[class] += weight;
            for (variable, compared) in pattern.iter().enumerate().take(count) {
                if *compared != Compared::Untold {
                    told[variable][class] += weight;
                }
                if *compared == Compared::Agree {
                    agreeing[variable][class] += weight;
                }
            }
        }
    }
    let rate = |variable: usize, class: usize| {
        (agreeing[variable][class] + SMOOTHING) / (told[variable][class] + 2.0 * SMOOTHING)
    };
    let variables = model.variables.iter().enumerate().map(|(variable, before)| Variable {
        m: rate(variable, 0),
        u: if free == Free::NotU { before.u } else { rate(variable, 1) },
    });
    let all = classes[0] + classes[1];
    let matching = (classes[0] + SMOOTHING) / (all + 2.0 * SMOOTHING);
    Estimate { model: Model { matching, variables: variables.collect() }, support: told, rounds: 1 }
}

/// Evidence for one seller in bits, that pairs are one seller at all included.
pub fn bits(model: &Model, pattern: &[Compared]) -> f64 {
    let of = |(variable, compared): (&Variable, &Compared)| match compared {
        Compared::Untold => 0.0,
        Compared::Agree => variable.agreement_bits(),
        Compared::Differ => variable.disagreement_bits(),
    };
    let prior = (model.matching / (1.0 - model.matching)).log2();
    prior + model.variables.iter().zip(pattern).map(of).sum::<f64>()
}

/// How much of a pair is of one seller and how much of two. Each is worked out by itself: as one less the other
/// the smaller would vanish.
fn shares(model: &Model, pattern: &[Compared]) -> [f64; 2] {
    let bits = bits(model, pattern);
    [1.0 / (1.0 + (-bits).exp2()), 1.0 / (1.0 + bits.exp2())]
}

fn distance(a: &Model, b: &Model) -> f64 {
    let variables = a.variables.iter().zip(&b.variables);
    let moved = variables.flat_map(|(one, other)| [(one.m - other.m).abs(), (one.u - other.u).abs()]);
    moved.fold((a.matching - b.matching).abs(), f64::max)
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::*;

    const KNOWN: [Variable; 4] = [
        Variable { m: 0.9, u: 0.001 },
        Variable { m: 0.7, u: 0.01 },
        Variable { m: 0.8, u: 0.05 },
        Variable { m: 0.6, u: 0.002 },
    ];

    /// Pairs as the model has them, each variable told in three pairs of four.
    fn pairs(count: usize, matching: f64) -> Patterns {
        let mut rng = Rng::with_seed(7);
        let mut patterns = Patterns::new();
        for _ in 0..count {
            let is_match = rng.f64() < matching;
            let compared = KNOWN.iter().map(|variable| {
                let agrees = rng.f64() < if is_match { variable.m } else { variable.u };
                match (rng.f64() < 0.75, agrees) {
                    (false, _) => Compared::Untold,
                    (true, true) => Compared::Agree,
                    (true, false) => Compared::Differ,
                }
            });
            *patterns.entry(compared.collect()).or_default() += 1;
        }
        patterns
    }

    fn start(u: impl Fn(usize) -> f64) -> Model {
        let variables = (0..KNOWN.len()).map(|at| Variable { m: 0.9, u: u(at) });
        Model { matching: 0.1, variables: variables.collect() }
    }

    #[track_caller]
    fn assert_known(estimate: &Estimate) {
        for (found, known) in estimate.model.variables.iter().zip(KNOWN) {
            assert!((found.m - known.m).abs() < 0.02, "{found:?} for {known:?}");
            let bits = (found.agreement_bits() - known.agreement_bits()).abs();
            assert!(bits < 0.3, "{found:?} for {known:?}: {bits} bits");
            assert!((found.disagreement_bits() - known.disagreement_bits()).abs() < 0.1, "{found:?}");
        }
    }

    #[test]
    fn the_weights_that_made_the_pairs_are_found_again() {
        let patterns = pairs(200_000, 0.05);
        let found = estimate(&patterns, &start(|_| 0.1), Free::Everything);
        assert!(found.rounds < ROUNDS_MAX, "{} rounds", found.rounds);
        assert!((found.model.matching - 0.05).abs() < 0.002, "{}", found.model.matching);
        assert_known(&found);
        // Three of four pairs tell, and one of twenty is of one seller.
        for [of_one, of_two] in found.support {
            assert!((of_one / 7_500.0 - 1.0).abs() < 0.05 && (of_two / 142_500.0 - 1.0).abs() < 0.05);
        }
    }

    #[test]
    fn what_is_known_of_strangers_is_kept_and_the_rest_is_found() {
        let patterns = pairs(50_000, 0.6);
        let found = estimate(&patterns, &start(|at| KNOWN[at].u), Free::NotU);
        assert_known(&found);
        assert!(found.model.variables.iter().zip(KNOWN).all(|(found, known)| found.u == known.u));
    }

    #[test]
    fn no_evidence_is_so_strong_that_a_stronger_one_looks_the_same() {
        let variables = vec![Variable { m: 0.999, u: 1e-9 }; 4];
        let model = Model { matching: 0.5, variables };
        let all = bits(&model, &[Compared::Agree; 4]);
        let but_one = bits(&model, &[Compared::Agree, Compared::Agree, Compared::Agree, Compared::Differ]);
        assert!(all > but_one + 30.0 && all > 100.0, "{all} {but_one}");
        assert!(shares(&model, &[Compared::Agree; 4])[1] > 0.0);
    }
}
