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

/// Whether two numbers of one country are of one register, by their form: as long as each other, or behind the same
/// letters. A country has several: a company's own number says nothing about its tax number, or that of a place of
/// business.
fn are_of_one_form(a: &str, b: &str) -> bool {
    let number = |full: &str| full.split_once('/').map_or_else(String::new, |(_, number)| number.to_owned());
    let letters = |number: &str| number.chars().take_while(char::is_ascii_alphabetic).collect::<String>();
    let (a, b) = (number(a), number(b));
    let (ours, theirs) = (letters(&a), letters(&b));
    a.len() == b.len() || (ours == theirs && !ours.is_empty())
}

/// Two sets of `register/number` contradict each other when, in some register, they are disjoint and have numbers of one
/// form. Numbers that differ in one character are different all the same: registers count upwards, and neighbours share
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
        let both = || ours.iter().flat_map(|x| theirs.iter().map(move |y| (x, y)));
        let (x, y) = both().find(|(x, y)| are_of_one_form(x, y))?;
        let is_slip = || both().any(|(x, y)| is_slip(x, y));
        let is_one = !ours.is_disjoint(&theirs) || (slips_are_excused && is_slip());
        (!is_one).then(|| [x.clone(), y.clone()])
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
    fn numbers_of_two_kinds_in_one_country_do_not_contradict() {
        for (ours, theirs) in [
            ("DE/HRB54321", "DE/DE136695976"),
            ("FR/552100554", "FR/55210055400013"),
            ("AU/004085616", "AU/49004085616"),
            ("GB/4739152", "GB/04739152"),
        ] {
            assert_eq!(contradiction(&set(&[ours]), &set(&[theirs]), false), None, "{ours} {theirs}");
        }
        assert!(contradiction(&set(&["DE/HRB54321"]), &set(&["DE/HRB123456"]), false).is_some());
        assert!(contradiction(&set(&["GB/SC123456"]), &set(&["GB/04739152"]), false).is_some());
        let (ours, theirs) = (set(&["DE/HRB54321", "DE/136695976"]), set(&["DE/812345679"]));
        assert!(contradiction(&ours, &theirs, false).is_some());
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
