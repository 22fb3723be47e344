//! Match keys: what values are compared by, as hashes under a secret.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use serde::{Deserialize, Serialize};

use super::super::identifier::Identifier;

/// A 64-bit match key: equal keys are equal values of one identifier type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub i64);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_i64(self.0);
    }
}

/// Tables by key. Keys are hashes under a secret already: no caller can choose ones that collide.
pub type KeyMap<T> = HashMap<Key, T, BuildHasherDefault<Unhashed>>;

/// What is a hash already.
#[derive(Default)]
pub struct Unhashed(u64);

impl Hasher for Unhashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_i64(&mut self, hash: i64) {
        self.0 = hash.cast_unsigned();
    }
}

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
