//! The identifiers of profiles, found by the keys that links name.

use std::collections::{BTreeSet, HashMap};

use crate::domain::lens::seller::{IdentifierView, Projection};
use crate::domain::resolution::facts::{Fact, Pair};
use crate::domain::resolution::grounds::Taken;
use crate::domain::resolution::keys::{Key, KeyHasher};
use crate::domain::resolution::likeness::{Compared, Likeness};
use crate::domain::resolution::sentences::Named;

/// The identifiers that a viewer sees in full.
pub(super) struct Shown {
    views: Vec<(IdentifierView, Vec<Fact>)>,
    by_key: HashMap<Key, Vec<usize>>,
    pairs: HashMap<Key, [Key; 2]>,
}

impl Shown {
    pub fn of(projections: &[&Projection], hasher: &KeyHasher) -> Self {
        let mut seen = BTreeSet::new();
        let mut views = Vec::new();
        let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
        for (view, key) in projections.iter().flat_map(|one| one.identifiers()) {
            // What is for fewer than all readers is no evidence for resolution.
            if view.masked || view.audience.is_some() || !seen.insert(view) {
                continue;
            }
            let facts = Fact::shown(view.kind, &view.value, view.platform.as_deref(), key, hasher);
            for fact in &facts {
                by_key.entry(fact.key).or_default().push(views.len());
            }
            views.push((view.clone(), facts));
        }
        let facts: BTreeSet<Fact> = views.iter().flat_map(|(_, facts)| facts).copied().collect();
        let facts: Vec<Fact> = facts.into_iter().filter(|fact| fact.class.rule().kind.is_some()).collect();
        let mut pairs = HashMap::new();
        for (at, one) in facts.iter().enumerate() {
            for other in &facts[at + 1..] {
                pairs.insert(Pair::new(*one, *other).fact.key, [one.key, other.key]);
            }
        }
        Self { views, by_key, pairs }
    }

    /// The keys of single values that a key stands for.
    fn keys(&self, key: Key) -> Vec<Key> {
        self.pairs.get(&key).map_or_else(|| vec![key], |both| both.to_vec())
    }

    fn indices(&self, key: Key) -> impl Iterator<Item = usize> {
        self.keys(key).into_iter().flat_map(|key| self.by_key.get(&key).into_iter().flatten().copied())
    }

    /// The facts that identifiers in full stand for.
    pub fn facts(&self) -> BTreeSet<Fact> {
        self.views.iter().flat_map(|(_, facts)| facts).copied().collect()
    }

    /// The identifiers behind a key, of a pair those of both, in every spelling.
    pub fn identifiers(&self, key: Key) -> Vec<IdentifierView> {
        self.indices(key).map(|at| self.views[at].0.clone()).collect()
    }

    /// The same, as a sentence names them: each of a pair once.
    pub fn named(&self, key: Key) -> Vec<Named<'_>> {
        let first = |key: &Key| self.by_key.get(key).and_then(|all| all.first()).copied();
        let views = self.keys(key).iter().filter_map(first).collect::<Vec<_>>().into_iter();
        views
            .map(|at| &self.views[at].0)
            .map(|view| Named { kind: view.kind, value: &view.value, platform: view.platform.as_deref() })
            .collect()
    }

    /// The names and addresses that are compared of these reports.
    pub fn compared(&self, of: &[&Likeness]) -> Vec<IdentifierView> {
        let is_of = |view: &IdentifierView| {
            Compared::of(view.kind, &view.value).is_some_and(|one| of.iter().any(|known| known.has(&one)))
        };
        self.views.iter().map(|(view, _)| view).filter(|view| is_of(view)).cloned().collect()
    }

    /// What is gone when the identifiers behind a key are: everything that resolution reads in them.
    pub fn taken(&self, key: Key) -> Taken {
        let mut taken = Taken::default();
        taken.keys.extend(self.keys(key));
        for at in self.indices(key) {
            let (view, facts) = &self.views[at];
            taken.keys.extend(facts.iter().map(|fact| fact.key));
            taken.compared.extend(Compared::of(view.kind, &view.value));
        }
        taken
    }
}
