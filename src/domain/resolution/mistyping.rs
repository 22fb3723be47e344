//! What becomes of a number that is typed with one mistake.
//!
//! Many write down a forwarder's phone, so the same mistakes in it are made several times; a number that few
//! carry and that is one mistake away from one that many carry is most likely that one, and joins nobody either.

use std::collections::BTreeMap;

use super::keys::{Key, KeyHasher};
use super::spelling::mistakes;

/// The digits that a phone number is dialled by at home, as a key.
pub fn phone_key(digits: &str, hasher: &KeyHasher) -> Key {
    hasher.word("phone", digits)
}

/// Phones that more components carry than may link, with their digits.
pub type WidePhones = BTreeMap<Key, String>;

/// Whether a number is more likely one of those that many carry, mistyped.
pub fn is_mistyped(digits: &str, wide: &WidePhones) -> bool {
    wide.values().any(|known| are_near(digits, known))
}

/// Whether two numbers are one mistake apart.
pub fn are_near(a: &str, b: &str) -> bool {
    // One mistake leaves the first half as it is, or the last; most numbers share neither.
    let half = a.len().min(b.len()) / 2;
    let starts = a.get(..half) == b.get(..half);
    let ends = a.get(a.len() - half..) == b.get(b.len() - half..);
    a != b && (starts || ends) && mistakes(a, b, 1).is_some()
}

/// The keys of all numbers that are one mistake away: another digit, one too many, one too few, or two that
/// changed places.
pub fn near_phones(digits: &str, hasher: &KeyHasher) -> Vec<Key> {
    let mut near: Vec<String> = Vec::with_capacity(digits.len() * 21 + 10);
    let all = || (b'0'..=b'9').map(char::from);
    for at in 0..=digits.len() {
        let Some((before, after)) = digits.split_at_checked(at) else { continue };
        near.extend(all().map(|digit| format!("{before}{digit}{after}")));
        let mut rest = after.chars();
        let Some(here) = rest.next() else { continue };
        let rest = rest.as_str();
        near.push(format!("{before}{rest}"));
        near.extend(all().map(|digit| format!("{before}{digit}{rest}")));
        if let Some(next) = rest.chars().next() {
            near.push(format!("{before}{next}{here}{}", &rest[next.len_utf8()..]));
        }
    }
    near.retain(|other| other != digits);
    near.sort_unstable();
    near.dedup();
    near.iter().map(|other| phone_key(other, hasher)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_one_mistake_is_near_and_nearness_goes_both_ways() {
        let hasher = KeyHasher::new([3; 32]);
        let near = |a: &str, b: &str| near_phones(a, &hasher).contains(&phone_key(b, &hasher));
        for (a, b) in [
            ("19913338952", "19913338955"),
            ("19913338952", "9913338952"),
            ("19913338952", "199133389522"),
            ("19913338952", "91913338952"),
        ] {
            assert!(near(a, b) && near(b, a), "{a} {b}");
            assert!(are_near(a, b) && are_near(b, a), "{a} {b}");
        }
        for (a, b) in [("19913338952", "19913338952"), ("19913338952", "19913338599"), ("1234", "4321")] {
            assert!(!near(a, b) && !are_near(a, b), "{a} {b}");
        }
    }
}
