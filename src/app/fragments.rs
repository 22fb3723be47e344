//! What was rendered of profiles once, for whoever asks next: bounded, and found only by group, lens class and the
//! moment at which a view came to stand, so that nobody gets what was made for another class.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::id::GroupId;
use crate::domain::time::Timestamp;

/// An object as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    pub id: String,
    pub version: Timestamp,
    pub text: String,
}

/// The objects of one profile.
pub type Rendered = Arc<[Fragment]>;

/// Bytes kept at most, about.
const BYTES_MAX: usize = 64 << 20;

/// Bytes that an entry takes besides its text.
const OVERHEAD: usize = 200;

/// Two generations: what is asked for moves to the young one, and when that is full the old one is forgotten.
#[derive(Default)]
pub struct Fragments(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: Generation,
    old: Generation,
}

#[derive(Default)]
struct Generation {
    collections: HashMap<(GroupId, String), HashMap<Timestamp, Rendered>>,
    bytes: usize,
}

impl Fragments {
    /// What is known of these moments, in the same order.
    pub fn known(&self, group: GroupId, class: &str, moments: &[Timestamp]) -> Vec<Option<Rendered>> {
        let of = (group, class.to_owned());
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *state;
        let mut kept = Vec::new();
        let found = moments.iter().map(|moment| {
            let young = state.young.collections.get(&of).and_then(|all| all.get(moment));
            young.cloned().or_else(|| {
                let old = state.old.collections.get(&of).and_then(|all| all.get(moment)).cloned();
                kept.extend(old.clone().map(|rendered| (*moment, rendered)));
                old
            })
        });
        let found = found.collect();
        state.keep(&of, kept);
        found
    }

    /// Remembers what was rendered.
    pub fn keep(&self, group: GroupId, class: &str, rendered: Vec<(Timestamp, Rendered)>) {
        let of = (group, class.to_owned());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(&of, rendered);
    }
}

impl Generations {
    fn keep(&mut self, of: &(GroupId, String), rendered: Vec<(Timestamp, Rendered)>) {
        if rendered.is_empty() {
            return;
        }
        for (moment, rendered) in rendered {
            self.young.bytes += rendered.iter().map(|one| one.text.len() + OVERHEAD).sum::<usize>();
            self.young.collections.entry(of.clone()).or_default().insert(moment, rendered);
        }
        if self.young.bytes > BYTES_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(bytes: usize) -> Rendered {
        Arc::new([Fragment { id: "x".to_owned(), version: Timestamp(1), text: "x".repeat(bytes) }])
    }

    #[test]
    fn what_was_rendered_for_one_class_is_not_known_for_another() {
        let fragments = Fragments::default();
        fragments.keep(GroupId([1; 16]), "peer", vec![(Timestamp(5), rendered(3))]);
        let known = |group: u8, class: &str, moment| {
            fragments.known(GroupId([group; 16]), class, &[Timestamp(moment)])[0].is_some()
        };
        assert!(known(1, "peer", 5));
        assert!(!known(1, "platform:x", 5) && !known(2, "peer", 5) && !known(1, "peer", 6));
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten_and_the_rest_is_not() {
        let (fragments, group) = (Fragments::default(), GroupId([1; 16]));
        let known = |moment| fragments.known(group, "peer", &[Timestamp(moment)])[0].is_some();
        for moment in 0..200 {
            fragments.keep(group, "peer", vec![(Timestamp(moment), rendered(1 << 20))]);
            assert!(known(0) && known(moment));
        }
        assert!(!known(1), "the cache has no bound");
    }
}
