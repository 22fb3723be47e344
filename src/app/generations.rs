//! A cache of bounded size in which what is asked for stays.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Two generations: what is asked for moves to the young one, and when that is full the old one is forgotten.
pub struct Generations<K, V> {
    /// Bytes of both together, about.
    bytes_max: usize,
    state: Mutex<Both<K, V>>,
}

struct Both<K, V> {
    young: Generation<K, V>,
    old: Generation<K, V>,
}

/// Each value with the bytes that it takes.
struct Generation<K, V> {
    values: HashMap<K, (V, usize)>,
    bytes: usize,
}

impl<K, V> Default for Generation<K, V> {
    fn default() -> Self {
        Self { values: HashMap::new(), bytes: 0 }
    }
}

impl<K: Eq + Hash, V: Clone> Generations<K, V> {
    pub fn new(bytes_max: usize) -> Self {
        let state = Mutex::new(Both { young: Generation::default(), old: Generation::default() });
        Self { bytes_max, state }
    }

    /// What is known under these keys, in the same order.
    pub fn find(&self, keys: impl IntoIterator<Item = K>) -> Vec<Option<V>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let found = keys.into_iter().map(|key| {
            if let Some((value, _)) = state.young.values.get(&key) {
                return Some(value.clone());
            }
            let (value, bytes) = state.old.values.remove(&key)?;
            state.old.bytes -= bytes;
            state.put(self.bytes_max, key, value.clone(), bytes);
            Some(value)
        });
        found.collect()
    }

    /// Remembers values, each with the bytes that it takes.
    pub fn keep(&self, values: impl IntoIterator<Item = (K, V, usize)>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, value, bytes) in values {
            state.put(self.bytes_max, key, value, bytes);
        }
    }
}

impl<K: Eq + Hash, V> Both<K, V> {
    fn put(&mut self, bytes_max: usize, key: K, value: V, bytes: usize) {
        self.young.bytes += bytes;
        if let Some((_, before)) = self.young.values.insert(key, (value, bytes)) {
            self.young.bytes -= before;
        }
        if self.young.bytes > bytes_max / 2 {
            self.old = std::mem::take(&mut self.young);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_asks_for_is_forgotten_and_the_rest_is_not() {
        let kept = Generations::new(100);
        for key in 0..200 {
            kept.keep([(key, key, 5)]);
            assert_eq!(kept.find([0, key]), [Some(0), Some(key)]);
        }
        assert_eq!(kept.find([1]), [None], "the cache has no bound");
    }

    #[test]
    fn what_is_kept_again_takes_its_room_once() {
        let kept = Generations::new(100);
        kept.keep([(1, 'a', 5)]);
        for _ in 0..100 {
            kept.keep([(2, 'b', 5)]);
        }
        assert_eq!(kept.find([1, 2]), [Some('a'), Some('b')]);
    }
}
