//! How nearly two lists of words are the same: of a name, or of an address.
//!
//! Words are aligned greedily, the most alike first, each with one. What an agreement is worth is fixed, by the
//! length of the word and whether it is one of trade, of a place, or an ordinal: were it to follow how often the
//! pool has the word, one report could change what a thousand others amount to. How rare the words of two
//! reports are *together* in the pool decides before, by the keys that bring them together
//! ([`likeness`](super::likeness)).

use super::address_words::{is_number, is_ordinal};
use super::people::{full_form, is_given};
use super::spelling::{are_similar, mistakes};
use super::words::{ORDINALS, ORGANISATION_WORDS, PLACES, TRADE_WORDS};

/// What comes of comparing two names or two addresses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Evidence for one seller in bits; negative against.
    pub bits: f64,
    /// Whether nothing in one contradicts the other.
    pub full: bool,
    /// Of two names, bits of the words that do agree, whatever else differs.
    pub shared_bits: f64,
}

impl Agreement {
    /// The better of two.
    pub fn better(self, other: Self) -> Self {
        if (other.full, other.bits) > (self.full, self.bits) { other } else { self }
    }
}

/// Bits that agreement of two names on a word is worth.
fn name_bits(word: &str) -> f64 {
    if TRADE_WORDS.contains(&word) || PLACES.contains(&word) {
        return 1.5;
    }
    match word.len() {
        0 | 1 => 1.0,
        2 => 3.0,
        3 => 5.0,
        4 | 5 => 7.0,
        _ => 8.0,
    }
}

/// Bits that agreement of two addresses on a name of a street or place is worth.
fn place_bits(word: &str) -> f64 {
    match word.len() {
        0..=2 => 1.0,
        _ if PLACES.contains(&word) => 1.0,
        3 => 3.0,
        _ => 5.0,
    }
}

/// Bits that agreement of two addresses on a number is worth.
fn number_bits(word: &str) -> f64 {
    match word.len() {
        _ if is_ordinal(word) => 5.0,
        0 | 1 => 3.0,
        2 => 5.0,
        3 => 7.0,
        _ => 8.0,
    }
}

/// Two names. They agree in full when one has no word that the other lacks, spelling mistakes and the place of
/// spaces aside; numbers, ordinals and Roman numerals must be the same.
pub fn of_names(a: &[String], b: &[String]) -> Agreement {
    let Alignment { pairs, left_a, left_b } = align(a, b).with_short_forms();
    let shared_bits: f64 =
        pairs.iter().map(|pair| pair.likeness * name_bits(pair.a).min(name_bits(pair.b))).sum();
    if left_a.is_empty() && left_b.is_empty() {
        return Agreement { bits: shared_bits, full: true, shared_bits };
    }
    let disagree = |bits| Agreement { bits, full: false, shared_bits };
    if left_a.iter().chain(&left_b).any(|word| is_distinctive(word)) {
        return disagree(-2.0);
    }
    if !left_a.is_empty() && !left_b.is_empty() {
        // Spaces may stand elsewhere, before and after what is aligned.
        let rest = [left_a.concat(), left_b.concat()];
        let whole = [a.concat(), b.concat()];
        let bits = if are_near(&rest[0], &rest[1]) {
            shared_bits + 5.0
        } else if are_near(&whole[0], &whole[1]) && !are_two_given(&left_a, &left_b) {
            shared_bits.max(9.0)
        } else {
            return disagree(if shared_bits < 4.0 { -4.0 } else { -1.0 });
        };
        return Agreement { bits, full: true, shared_bits };
    }
    let left = left_a.len() + left_b.len();
    let full = pairs.len() >= 2
        || pairs.first().is_some_and(|pair| left == 1 || (left <= WITHOUT_MAX && names_one(pair)));
    Agreement { bits: if full { shared_bits - left as f64 } else { -4.0 }, full, shared_bits }
}

/// Words that one spelling of a name may have more where the other is one telling word: `Fenix` is also called
/// `Fenix at the Argyle`.
const WITHOUT_MAX: usize = 3;

/// Whether the word that two names have in common is a name by itself: no given name, and nothing that many are called
/// by.
fn names_one(pair: &Aligned<'_>) -> bool {
    let is_name = |word| name_bits(word) >= 7.0 && !is_given(word) && !ORGANISATION_WORDS.contains(&word);
    is_name(pair.a) && is_name(pair.b)
}

/// Two addresses. They agree in full when they have a number and a name in common, and one has no number that
/// the other lacks, but for one digit mistyped.
pub fn of_addresses(a: &[String], b: &[String]) -> Agreement {
    let [numbers_a, numbers_b] = [a, b].map(numbers);
    let common: Vec<&str> = numbers_a.iter().copied().filter(|number| numbers_b.contains(number)).collect();
    let only = |mine: &[&'_ str], theirs: &[&str]| -> Vec<String> {
        mine.iter().filter(|number| !theirs.contains(number)).map(|number| (*number).to_owned()).collect()
    };
    let (only_a, only_b) = (only(&numbers_a, &numbers_b), only(&numbers_b, &numbers_a));
    let disagree = |bits| Agreement { bits, full: false, shared_bits: 0.0 };
    let mistyped = match (&only_a[..], &only_b[..]) {
        ([], _) | (_, []) => false,
        ([one], [other]) if !common.is_empty() && one.len() >= 3 && mistakes(one, other, 1).is_some() => true,
        _ => return disagree(-1.5),
    };
    if common.is_empty() {
        return disagree(0.0);
    }
    let [places_a, places_b] =
        [a, b].map(|words| words.iter().filter(|word| !is_number(word)).cloned().collect::<Vec<String>>());
    let Alignment { pairs, left_a, left_b } = align(&places_a, &places_b);
    let on_numbered_street = || {
        let (streets, others): (Vec<&str>, Vec<&str>) = common.iter().partition(|number| is_ordinal(number));
        !streets.is_empty() && !others.is_empty()
    };
    let is_named =
        pairs.iter().any(|pair| pair.likeness >= 0.5 && place_bits(pair.a) >= 5.0) || on_numbered_street();
    if !is_named {
        return disagree(0.0);
    }
    let of_places: f64 =
        pairs.iter().map(|pair| pair.likeness * place_bits(pair.a).min(place_bits(pair.b))).sum();
    let of_numbers: f64 = common.iter().map(|number| number_bits(number)).sum();
    let unlike = left_a.len().min(left_b.len()) as f64;
    let slip = if mistyped { 2.0 } else { 0.0 };
    let bits = (of_places + of_numbers).min(ADDRESS_BITS_MAX) - 0.5 * unlike - slip;
    Agreement { bits, full: true, shared_bits: 0.0 }
}

/// Whether two addresses are in one street: a number in common, such as the postal code, and two names.
pub fn are_in_one_street(a: &[String], b: &[String]) -> bool {
    let [numbers_a, numbers_b] = [a, b].map(numbers);
    let [places_a, places_b] =
        [a, b].map(|words| words.iter().filter(|word| !is_number(word)).cloned().collect::<Vec<String>>());
    let names = align(&places_a, &places_b).pairs;
    let telling = names.iter().filter(|pair| pair.likeness >= 0.5 && place_bits(pair.a) >= 5.0).count();
    telling >= 2
        && numbers_a.iter().any(|number| number.len() >= POSTAL_DIGITS_MIN && numbers_b.contains(number))
}

/// Digits from which a number of an address is likely a postal code.
const POSTAL_DIGITS_MIN: usize = 4;

/// More words of an address say nothing more: they follow from each other.
const ADDRESS_BITS_MAX: f64 = 16.0;

fn numbers(words: &[String]) -> Vec<&str> {
    let mut numbers: Vec<&str> = words.iter().map(String::as_str).filter(|word| is_number(word)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Whether two names are those of branches: the same but for a word that tells which, such as a number, a direction
/// or a quarter.
pub fn are_branches(a: &[String], b: &[String]) -> bool {
    let Alignment { pairs, left_a, left_b } = align(a, b);
    let in_common: f64 = pairs.iter().map(|pair| pair.likeness * name_bits(pair.a)).sum();
    let tells = |word: &&str| {
        let says_little =
            TRADE_WORDS.contains(word) || PLACES.contains(word) || ORGANISATION_WORDS.contains(word);
        is_distinctive(word) || (word.len() >= 3 && !says_little)
    };
    pairs.len() >= 2 && in_common >= BRANCH_BITS_MIN && left_a.iter().chain(&left_b).any(tells)
}

/// Bits of the words that branches of one organisation have in common.
const BRANCH_BITS_MIN: f64 = 9.0;

/// Whether a word tells namesakes apart, so that one without it is another.
pub fn is_distinctive(word: &str) -> bool {
    is_number(word) || ORDINALS.contains(&word) || is_roman(word)
}

fn is_roman(word: &str) -> bool {
    word.len() <= 6 && !word.is_empty() && word.bytes().all(|b| b"ivxlc".contains(&b)) && word != "li"
}

/// Whether two words written together are one but for one mistake, or two if they are long.
pub fn are_near(a: &str, b: &str) -> bool {
    let shorter = a.len().min(b.len());
    let most = if shorter >= 10 { 2 } else { 1 };
    shorter >= 8 && !is_number(a) && !is_number(b) && mistakes(a, b, most).is_some()
}

/// Whether what is left of two names is a given name each: Mary is no slip for Mark.
fn are_two_given(a: &[&str], b: &[&str]) -> bool {
    matches!((a, b), ([a], [b]) if is_given(a) && is_given(b) && full_form(a) != full_form(b))
}

/// How alike two words are, from 0 to 1.
fn likeness(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    if is_distinctive(a) || is_distinctive(b) {
        return 0.0;
    }
    let (shorter, same_start) = (a.len().min(b.len()), a.as_bytes().first() == b.as_bytes().first());
    if shorter <= 1 {
        return if same_start { 0.3 } else { 0.0 };
    }
    if a.len().abs_diff(b.len()) > 3 {
        return 0.0;
    }
    // Words that share neither beginning nor end, and few do, are not worth counting mistakes in.
    let same_end = a.as_bytes().last() == b.as_bytes().last();
    if shorter < 4 || !(same_start || same_end) {
        return 0.0;
    }
    let alike = match mistakes(a, b, if shorter >= 9 { 2 } else { 1 }) {
        Some(1) if shorter >= 5 || are_anagrams(a, b) => 0.75,
        Some(2) => 0.6,
        _ if shorter >= 5 && same_start && are_similar(a, b, 0.88) => 0.5,
        _ => return 0.0,
    };
    if are_two_given(&[a], &[b]) { 0.0 } else { alike }
}

/// How alike a given name and its short form are: a few others are called so too.
const SHORT_FORM: f64 = 0.75;

fn are_anagrams(a: &str, b: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(a) == sorted(b)
}

struct Aligned<'w> {
    a: &'w str,
    b: &'w str,
    likeness: f64,
}

struct Alignment<'w> {
    pairs: Vec<Aligned<'w>>,
    left_a: Vec<&'w str>,
    left_b: Vec<&'w str>,
}

impl Alignment<'_> {
    /// Aligns what is left of two names where it is one given name in full and short.
    fn with_short_forms(mut self) -> Self {
        self.left_a.retain(|one| {
            let Some(at) = self.left_b.iter().position(|other| full_form(one) == full_form(other)) else {
                return true;
            };
            self.pairs.push(Aligned { a: one, b: self.left_b.remove(at), likeness: SHORT_FORM });
            false
        });
        self
    }
}

fn align<'w>(a: &'w [String], b: &'w [String]) -> Alignment<'w> {
    let distinct = |words: &'w [String]| {
        let mut seen: Vec<&str> = Vec::with_capacity(words.len());
        for word in words.iter().take(WORDS_MAX) {
            if !seen.contains(&word.as_str()) {
                seen.push(word);
            }
        }
        seen
    };
    let (mut left_a, mut left_b) = (distinct(a), distinct(b));
    let mut alike: Vec<(f64, &str, &str)> = Vec::new();
    for one in &left_a {
        alike.extend(
            left_b.iter().map(|other| (likeness(one, other), *one, *other)).filter(|(by, ..)| *by > 0.0),
        );
    }
    // By the words themselves where they are equally alike, so that it does not matter which list is which.
    alike.sort_by(|x, y| {
        y.0.total_cmp(&x.0).then_with(|| (x.1.min(x.2), x.1.max(x.2)).cmp(&(y.1.min(y.2), y.1.max(y.2))))
    });
    let mut pairs = Vec::new();
    for (likeness, one, other) in alike {
        if left_a.contains(&one) && left_b.contains(&other) {
            left_a.retain(|word| *word != one);
            left_b.retain(|word| *word != other);
            pairs.push(Aligned { a: one, b: other, likeness });
        }
    }
    Alignment { pairs, left_a, left_b }
}

/// Words that are looked at; a name of more is an essay.
const WORDS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::super::address_words;
    use super::super::names;
    use super::*;

    fn named(a: &str, b: &str) -> Agreement {
        let words = |value| names::read(value).map(|reading| reading.name.words).unwrap_or_default();
        let (one, other) = (of_names(&words(a), &words(b)), of_names(&words(b), &words(a)));
        assert_eq!(one, other, "{a} and {b} compare differently the other way round");
        one
    }

    fn places(a: &str, b: &str) -> Agreement {
        let (a, b) = (address_words::words(a), address_words::words(b));
        let (one, other) = (of_addresses(&a, &b), of_addresses(&b, &a));
        assert_eq!(one, other, "{a:?} and {b:?} compare differently the other way round");
        one
    }

    #[test]
    fn a_name_with_a_spelling_mistake_is_the_same() {
        for (a, b) in [
            ("Katherine Wilkinson", "Katherine Wilkinsen"),
            ("Katie Wilkinson", "Wilkinson, Katherine"),
            ("Luis Garski", "Louis Garsky"),
            ("Wilkinson, Katherine", "Kathreine Wilkinson"),
            ("Shenzhen Xingyuan Leather Co., Ltd.", "Shenzhen Xingyaun Leather Ltd"),
            ("深圳市鑫达贸易有限公司", "Shenzhen Xinda Trading"),
            ("sophie nicolle", "soph ie nicolle"),
            ("Golden Dragon Bags", "GoldenDragon Bags"),
            ("Fenix", "Fenix at the Argyle"),
            ("Golden Dragon Intl Trdg", "Golden Dragon International Trading"),
        ] {
            assert!(named(a, b).full, "{a} and {b}: {:?}", named(a, b));
        }
    }

    #[test]
    fn a_name_with_another_word_is_another() {
        for (a, b) in [
            ("Mary Kusha", "Mark Kusha"),
            ("Patrick Smith", "Patricia Smith"),
            ("Logistics Park VII", "Logistics Park VIII"),
            ("Battersea Phase 2", "Battersea Phase 3"),
            ("Denford Pastures East", "Denford Pastures West"),
            ("Shenzhen Youtaijia Trading", "Shenzhen Jiafenghui Trading"),
            ("James Brown", "James Brown Jr"),
            ("James", "James Anthony Brown"),
            ("Leather", "Leather Palace New Delhi"),
        ] {
            assert!(!named(a, b).full, "{a} and {b}: {:?}", named(a, b));
        }
    }

    #[test]
    fn a_branch_is_told_by_one_more_word() {
        let branches = |a: &str, b: &str| {
            let words = |value| names::read(value).map(|reading| reading.name.words).unwrap_or_default();
            are_branches(&words(a), &words(b))
        };
        assert!(branches("Hope Academy School", "Hope Academy School - Lawndale"));
        assert!(branches("Hope Academy Site 2", "Hope Academy Site 3"));
        assert!(!branches("Shenzhen Xinda Trading", "Xinda Trading Co., Ltd."));
        assert!(!branches("Hope Academy School", "Grace Nursery"));
    }

    #[test]
    fn an_address_agrees_when_its_numbers_and_its_street_do() {
        assert!(places("Room 501, No.12 Renmin Road, Shenzhen", "12 Renmin Rd, 501, Shenzhen City").full);
        assert!(places("7, wallaby place, cleveland, 2119", "7 walaby pl, cleveland, 2119, sa").full);
        assert!(places("7 wallaby place, 2119", "7 wallaby place, 2118").full);
        assert!(places("42 E 20th St, New York", "42 East 20th Street, New York City").full);
        assert!(!places("42 E 20th St, New York", "42 E 21st St, New York").full);
        assert!(!places("9600 Butt St., Sialkot 51885", "3079 Butt St., Sialkot 51885").full);
        assert!(!places("Room 501, 12 Renmin Road", "Room 502, 14 Renmin Road").full);
        assert!(!places("12 Renmin Road, 501", "12 Zhongshan Road, 501").full);
    }
}
