//! Who is plainly a person by the name given, and whether two such names can be one person's.
//!
//! Two people at one address or behind one phone are a household, an office or a forwarder's customers more often
//! than one seller: over such a value alone, names that cannot be one person's keep apart.
//!
//! A name is plainly a person's when it has a common given name in it, or when it is two or three syllables of
//! Hanyu Pinyin with a common Chinese surname at either end, and no word of a trade, an organisation or a place.
//! Any other name says nothing here, and shops are mostly called something else than their owners.

use serde::{Deserialize, Serialize};

use super::given_names::{GIVEN_NAMES, SHORT_FORMS, SURNAMES};
use super::names::Reading;
use super::spelling::mistakes;
use super::syllables::is_syllable;
use super::words::{ORGANISATION_WORDS, PLACES, TRADE_WORDS};

/// A person by name, in a form in which short and full given names are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Sorted.
    words: Vec<String>,
    /// Whether the words are syllables of a Chinese name.
    #[serde(default)]
    chinese: bool,
}

/// Most words of a person's name.
const WORDS_MAX: usize = 4;

impl Person {
    /// `None` if the name is not plainly a person's.
    pub fn of(reading: &Reading) -> Option<Self> {
        let name = &reading.name;
        if name.incorporated {
            return None;
        }
        let of_nobody = |word: &String| {
            let word = word.as_str();
            TRADE_WORDS.contains(&word) || ORGANISATION_WORDS.contains(&word) || PLACES.contains(&word)
        };
        if name.words.iter().any(of_nobody) {
            return None;
        }
        Self::chinese(&reading.comparable).or_else(|| Self::western(&name.words))
    }

    fn chinese(comparable: &str) -> Option<Self> {
        let mut words: Vec<String> = comparable.split(' ').map(str::to_owned).collect();
        let is_name = (2..=3).contains(&words.len())
            && words.iter().all(|word| is_syllable(word))
            && words.iter().any(|word| SURNAMES.contains(&word.as_str()));
        words.sort();
        is_name.then_some(Self { words, chinese: true })
    }

    fn western(words: &[String]) -> Option<Self> {
        let is_word = |word: &String| word.bytes().all(|b| b.is_ascii_lowercase());
        let is_name = (2..=WORDS_MAX).contains(&words.len())
            && words.iter().all(is_word)
            && words.iter().any(|word| is_given(word));
        let mut words: Vec<String> = words.iter().map(|word| full_form(word).to_owned()).collect();
        words.sort();
        is_name.then_some(Self { words, chinese: false })
    }

    /// Whether both can be names of one person.
    pub fn may_be(&self, other: &Self) -> bool {
        if self.chinese && other.chinese {
            return mistakes(&self.words.concat(), &other.words.concat(), 1).is_some();
        }
        let mut left: Vec<&String> = other.words.iter().collect();
        let mut agreeing = 0;
        for word in &self.words {
            if let Some(at) = left.iter().position(|candidate| may_be_one_word(word, candidate)) {
                left.swap_remove(at);
                agreeing += 1;
            }
        }
        // Someone called Chen Wei at home is Kevin Chen to foreign customers.
        let enough = if self.chinese || other.chinese { 1 } else { 2 };
        agreeing >= enough
    }
}

/// Comparisons beyond which people are not compared: two sides that name so many are no two people.
const COMPARISONS_MAX: usize = 4_096;

/// Whether the people named on two sides can all be others.
pub fn are_others<'p>(
    ours: impl IntoIterator<Item = &'p Person> + Clone,
    theirs: impl IntoIterator<Item = &'p Person> + Clone,
) -> Option<[String; 2]> {
    let shown = |person: &Person| person.words.join(" ");
    let first = ours.clone().into_iter().next()?;
    let second = theirs.clone().into_iter().next()?;
    if ours.clone().into_iter().count() * theirs.clone().into_iter().count() > COMPARISONS_MAX {
        return None;
    }
    let mut all = ours.into_iter().flat_map(|one| theirs.clone().into_iter().map(move |other| (one, other)));
    (!all.any(|(one, other)| one.may_be(other))).then(|| [shown(first), shown(second)])
}

/// Whether two words can be one but for a slip, or one the initial of the other.
fn may_be_one_word(a: &str, b: &str) -> bool {
    let is_initial = |short: &str, long: &str| short.len() == 1 && long.starts_with(short);
    a == b
        || is_initial(a, b)
        || is_initial(b, a)
        || (a.len().min(b.len()) >= 4 && !(is_given(a) && is_given(b)) && mistakes(a, b, 1).is_some())
        || (a.len().min(b.len()) >= 7 && mistakes(a, b, 2).is_some())
}

/// Whether a word is a common given name, or short for one.
pub fn is_given(word: &str) -> bool {
    GIVEN_NAMES.binary_search(&word).is_ok() || short_form(word).is_some()
}

/// The given name that a short form stands for.
pub fn full_form(word: &str) -> &str {
    short_form(word).unwrap_or(word)
}

fn short_form(word: &str) -> Option<&'static str> {
    let at = SHORT_FORMS.binary_search_by_key(&word, |(short, _)| short).ok()?;
    Some(SHORT_FORMS[at].1)
}

#[cfg(test)]
mod tests {
    use super::super::names::read;
    use super::*;

    fn person(name: &str) -> Option<Person> {
        Person::of(&read(name)?)
    }

    fn may_be(a: &str, b: &str) -> bool {
        let person = |name| person(name).unwrap_or_else(|| panic!("{name} is a person"));
        let (one, other) = (person(a).may_be(&person(b)), person(b).may_be(&person(a)));
        assert_eq!(one, other, "{a} and {b} compare differently the other way round");
        one
    }

    #[test]
    fn names_of_one_person_are_not_two_people() {
        for (a, b) in [
            ("Robert Smith", "Bob J Smith"),
            ("Robert Smith", "Smith, Robert E"),
            ("Eddie Kusha", "Edward Kusha"),
            ("Mary Kusha", "Mary Kushaa"),
            ("Katherine Wilkinson", "Katherine Wilkinsen"),
            ("张伟明", "Zhang Weiming"),
            ("Zhang Weiming", "Zhang Weimin"),
            ("Kevin Chen", "陈伟"),
        ] {
            assert!(may_be(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn two_people_of_one_household_are_two() {
        for (a, b) in [
            ("Mary Kusha", "Mark Kusha"),
            ("Jim Muir", "Jane Muir"),
            ("Anna Anderson", "Annabelle Anderson"),
            ("Leslie Leonard", "Julia Jackson"),
            ("张伟", "李娜"),
        ] {
            assert!(!may_be(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn what_is_not_plainly_a_person_says_nothing() {
        for name in
            ["Best Bags Ltd", "LuckyBags88", "Mary Crane School", "Golden Dragon", "深圳市鑫达贸易有限公司"]
        {
            assert_eq!(person(name), None, "{name}");
        }
    }
}
