//! The syllables of Hanyu Pinyin, and words cut into them.

use std::collections::HashSet;
use std::sync::LazyLock;

use pinyin::ToPinyin;

/// Every syllable of Hanyu Pinyin of two letters and more.
static SYLLABLES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    ('\u{4e00}'..='\u{9fff}')
        .filter_map(|c| Some(c.to_pinyin()?.plain().replace('ü', "v")))
        .filter(|syllable| syllable.len() >= 2 && syllable.contains(['a', 'e', 'i', 'o', 'u', 'v']))
        .collect()
});

/// Whether a word is a syllable of Hanyu Pinyin.
pub fn is_syllable(word: &str) -> bool {
    SYLLABLES.contains(word)
}

const SYLLABLE_LETTERS_MAX: usize = 6;

/// Letters of the longest word that is cut into syllables.
const CUT_LETTERS_MAX: usize = 60;

/// A word as its pinyin syllables, the longest first; a word that is not made of them, as it is.
pub fn syllables(word: &str) -> Vec<&str> {
    /// `dead` are the places from which the rest of the word was found not to be made of syllables: without them the
    /// ways to cut a word are exponentially many.
    fn split<'w>(
        word: &'w str,
        from: usize,
        dead: &mut [bool; CUT_LETTERS_MAX],
        found: &mut Vec<&'w str>,
    ) -> bool {
        if from == word.len() {
            return true;
        }
        if dead[from] {
            return false;
        }
        for length in (2..=SYLLABLE_LETTERS_MAX.min(word.len() - from)).rev() {
            let syllable = &word[from..from + length];
            if SYLLABLES.contains(syllable) {
                found.push(syllable);
                if split(word, from + length, dead, found) {
                    return true;
                }
                found.pop();
            }
        }
        dead[from] = true;
        false
    }
    let mut found = Vec::new();
    let sensible = word.len() <= CUT_LETTERS_MAX && word.bytes().all(|b| b.is_ascii_lowercase());
    if sensible && split(word, 0, &mut [false; CUT_LETTERS_MAX], &mut found) { found } else { vec![word] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_could_be_cut_in_very_many_ways_is_left_as_it_is() {
        let word = format!("{}q", "ang".repeat(19));
        assert_eq!(syllables(&word), [word.as_str()]);
        assert_eq!(syllables("zhangweiming"), ["zhang", "wei", "ming"]);
    }
}
