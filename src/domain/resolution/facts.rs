//! What the resolver keeps of a report: its keys, its exclusive numbers, and a tie-break.

use serde::{Deserialize, Serialize};

use super::super::identifier::{Identifier, Strength};
use super::super::report::Report;
use super::rules::KeyClass;

/// A 64-bit match key: equal keys are equal values of one identifier type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub i64);

/// Makes keys. The secret keeps an outsider from constructing two values that collide, which would
/// accuse a stranger, and makes a stolen key table useless for guessing values.
#[derive(Clone)]
pub struct KeyHasher([u8; 32]);

impl KeyHasher {
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// The key of an identifier's value.
    pub fn key(&self, identifier: &Identifier) -> Key {
        Key(self.hash(&[identifier.kind.as_str().as_bytes(), identifier.key.as_bytes()]))
    }

    /// The key of a word that profiles can be found by, such as a platform or a country.
    pub fn word(&self, space: &str, word: &str) -> Key {
        Key(self.hash(&[b"word", space.as_bytes(), word.as_bytes()]))
    }

    /// A number that orders reports by content: the same whatever order they arrive in.
    pub fn tie(&self, member_slug: &str, external_id: &str) -> i64 {
        self.hash(&[b"tie", member_slug.as_bytes(), external_id.as_bytes()])
    }

    /// 16 bytes bound to `parts`, for ids that must follow from what they name.
    pub fn derive(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.digest(parts).fill(&mut bytes);
        bytes
    }

    fn hash(&self, parts: &[&[u8]]) -> i64 {
        let mut bytes = [0; 8];
        self.digest(parts).fill(&mut bytes);
        i64::from_le_bytes(bytes)
    }

    fn digest(&self, parts: &[&[u8]]) -> blake3::OutputReader {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in parts {
            // The length makes ("ab", "c") and ("a", "bc") differ.
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        hasher.finalize_xof()
    }
}

/// One key of one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fact {
    pub key: Key,
    pub class: KeyClass,
}

/// All that resolution needs of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Sorted, each key once.
    pub keys: Vec<Fact>,
    /// `register/number` of company registrations, sorted: two different numbers of one register
    /// contradict each other.
    pub exclusive: Vec<String>,
    /// Orders reports by content.
    pub tie: i64,
}

impl Facts {
    /// The facts of a report of the member named `member_slug`.
    pub fn of(report: &Report, member_slug: &str, hasher: &KeyHasher) -> Self {
        let mut keys: Vec<Fact> = report
            .identifiers()
            .filter_map(|identifier| {
                KeyClass::of(identifier).map(|class| Fact { key: hasher.key(identifier), class })
            })
            .collect();
        keys.sort();
        keys.dedup_by_key(|fact| fact.key);
        let mut exclusive: Vec<String> = report
            .identifiers()
            .filter(|identifier| identifier.kind.strength() == Strength::Exclusive)
            .map(|identifier| identifier.key.clone())
            .collect();
        exclusive.sort();
        exclusive.dedup();
        Self { keys, exclusive, tie: hasher.tie(member_slug, &report.external_id) }
    }
}
