//! Numbers of company registers that cannot be one company's.

use std::collections::BTreeSet;

use super::spelling::mistakes;

/// Whether two `register/number` are of one register and differ in one character, or in two that changed places:
/// one of them mistyped, where the evidence is such that neighbours in the register do not share it.
pub fn is_slip(a: &str, b: &str) -> bool {
    const CHARS_MIN: usize = 6;
    match (a.split_once('/'), b.split_once('/')) {
        (Some((mine, x)), Some((theirs, y))) => {
            mine == theirs && x != y && x.len() >= CHARS_MIN && mistakes(x, y, 1).is_some()
        }
        _ => false,
    }
}

/// Two sets of `register/number` contradict each other when, in some register, they are disjoint. Numbers
/// that differ in one character are different all the same: registers count upwards, and neighbours share
/// an agent's address; unless slips are excused. What is said of one register excuses nothing in another. Returns the
/// pair to show.
pub fn contradiction(
    a: &BTreeSet<String>,
    b: &BTreeSet<String>,
    slips_are_excused: bool,
) -> Option<[String; 2]> {
    let register = |full: &String| full.split_once('/').map(|(register, _)| register.to_owned());
    let registers: BTreeSet<String> = a.iter().filter_map(register).collect();
    registers.into_iter().find_map(|name| {
        let of = |set: &BTreeSet<String>| -> BTreeSet<String> {
            set.iter().filter(|full| register(full).as_ref() == Some(&name)).cloned().collect()
        };
        let (ours, theirs) = (of(a), of(b));
        let excused = slips_are_excused && ours.iter().any(|x| theirs.iter().any(|y| is_slip(x, y)));
        match (ours.first(), theirs.first()) {
            (Some(x), Some(y)) if ours.is_disjoint(&theirs) && !excused => Some([x.clone(), y.clone()]),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(numbers: &[&str]) -> BTreeSet<String> {
        numbers.iter().map(|number| (*number).to_owned()).collect()
    }

    #[test]
    fn two_numbers_of_one_register_contradict() {
        assert_eq!(
            contradiction(&set(&["CN/A1"]), &set(&["CN/B2"]), false),
            Some(["CN/A1".to_owned(), "CN/B2".to_owned()])
        );
        assert_eq!(contradiction(&set(&["CN/A1"]), &set(&["GB/B2"]), false), None);
        assert!(contradiction(&set(&["GB/OE000001"]), &set(&["GB/OE000002"]), false).is_some());
        assert_eq!(contradiction(&set(&["CN/A1", "CN/X9"]), &set(&["CN/B2", "CN/X9"]), false), None);
        assert_eq!(contradiction(&set(&[]), &set(&["CN/B2"]), false), None);
    }

    #[test]
    fn a_slip_is_excused_in_its_own_register_only() {
        let (ours, theirs) = (set(&["CN/A12345"]), set(&["CN/A12354"]));
        assert!(contradiction(&ours, &theirs, false).is_some());
        assert_eq!(contradiction(&ours, &theirs, true), None);
        let (ours, theirs) = (set(&["CN/A12345", "GB/111111"]), set(&["CN/A12354", "GB/222222"]));
        assert!(contradiction(&ours, &theirs, true).is_some());
    }
}
