//! How many mistakes lie between two words.
//!
//! Of the words that are compared most are far apart. Which letters they have tells so in a moment, whatever order those
//! stand in, and only the others are aligned.

use strsim::{jaro_winkler, osa_distance};

/// The mistakes that lie between two words: a letter too many, one too few, another one, or two neighbours that changed
/// places. `None` if there are more than `most`.
pub(super) fn mistakes(a: &str, b: &str, most: usize) -> Option<usize> {
    if Letters::of(a, b).is_some_and(|letters| letters.mistakes_min() > most) {
        return None;
    }
    Some(osa_distance(a, b)).filter(|mistakes| *mistakes <= most)
}

/// Whether two words are as similar as this, by Jaro and Winkler, from 0 to 1.
pub(super) fn are_similar(a: &str, b: &str, least: f64) -> bool {
    Letters::of(a, b).is_none_or(|letters| letters.similarity_max() >= least) && jaro_winkler(a, b) >= least
}

/// How many letters two words have, and have in common.
struct Letters {
    lengths: [usize; 2],
    common: usize,
}

impl Letters {
    /// `None` of what is not all ASCII, and of nothing.
    fn of(a: &str, b: &str) -> Option<Self> {
        if a.is_empty() || b.is_empty() || !a.is_ascii() || !b.is_ascii() {
            return None;
        }
        let mut left = [0_u16; 128];
        for byte in a.bytes() {
            left[usize::from(byte)] += 1;
        }
        let mut common = 0;
        for byte in b.bytes() {
            let left = &mut left[usize::from(byte)];
            common += usize::from(*left > 0);
            *left = left.saturating_sub(1);
        }
        Some(Self { lengths: [a.len(), b.len()], common })
    }

    /// Each mistake adds, takes or changes one letter at most.
    fn mistakes_min(&self) -> usize {
        self.lengths[0].max(self.lengths[1]) - self.common
    }

    /// What it would be if all common letters stood in one order, at the beginning.
    fn similarity_max(&self) -> f64 {
        const PREFIX_BONUS_MAX: f64 = 0.4;
        let parts = self.lengths.map(|length| self.common as f64 / length as f64);
        let jaro = (parts[0] + parts[1] + 1.0) / 3.0;
        jaro + PREFIX_BONUS_MAX * (1.0 - jaro)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two words of which one is often the other with a few letters gone or changed.
    fn two_words() -> impl Strategy<Value = (String, String)> {
        let near = ("[a-d]{0,9}", "[a-d]{0,3}", "[a-d]{0,3}").prop_map(|(a, start, end)| {
            let middle = a.get(1..a.len().saturating_sub(1)).unwrap_or_default();
            (a.clone(), format!("{start}{middle}{end}"))
        });
        let far = ("[a-hé李]{0,12}", "[a-hé李]{0,12}");
        prop_oneof![near, far]
    }

    proptest! {
        #[test]
        fn looking_at_the_letters_first_changes_nothing((a, b) in two_words(), most in 0usize..4, least in 0.0..1.0) {
            let all = osa_distance(&a, &b);
            prop_assert_eq!(mistakes(&a, &b, most), (all <= most).then_some(all));
            prop_assert_eq!(are_similar(&a, &b, least), jaro_winkler(&a, &b) >= least);
            let exactly = jaro_winkler(&a, &b);
            prop_assert!(are_similar(&a, &b, exactly));
        }
    }
}
