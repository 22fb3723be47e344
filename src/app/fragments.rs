//! What was rendered of profiles once, for whoever asks next: bounded, and found only by group, lens class and the
//! moment at which a view came to stand, so that nobody gets what was made for another class.

use std::sync::Arc;

use super::generations::Generations;
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

/// Rendered profiles.
pub struct Fragments(Generations<(GroupId, Arc<str>, Timestamp), Rendered>);

impl Default for Fragments {
    fn default() -> Self {
        Self(Generations::new(BYTES_MAX))
    }
}

impl Fragments {
    /// What is known of these moments, in the same order.
    pub fn known(&self, group: GroupId, class: &str, moments: &[Timestamp]) -> Vec<Option<Rendered>> {
        let class: Arc<str> = class.into();
        self.0.find(moments.iter().map(|moment| (group, class.clone(), *moment)))
    }

    /// Remembers what was rendered.
    pub fn keep(&self, group: GroupId, class: &str, rendered: Vec<(Timestamp, Rendered)>) {
        let class: Arc<str> = class.into();
        self.0.keep(rendered.into_iter().map(|(moment, rendered)| {
            let bytes = rendered.iter().map(|one| one.text.len() + OVERHEAD).sum();
            ((group, class.clone(), moment), rendered, bytes)
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_rendered_for_one_class_is_not_known_for_another() {
        let rendered: Rendered =
            Arc::new([Fragment { id: "x".to_owned(), version: Timestamp(1), text: String::new() }]);
        let fragments = Fragments::default();
        fragments.keep(GroupId([1; 16]), "peer", vec![(Timestamp(5), rendered)]);
        let known = |group: u8, class: &str, moment| {
            fragments.known(GroupId([group; 16]), class, &[Timestamp(moment)])[0].is_some()
        };
        assert!(known(1, "peer", 5));
        assert!(!known(1, "platform:x", 5) && !known(2, "peer", 5) && !known(1, "peer", 6));
    }
}
