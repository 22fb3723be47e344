//! Addresses in a form in which spellings of one address are equal: the numbers in it and the name of
//! the street, in Latin letters. City, district and country are left out or abbreviated at will and mostly
//! follow from the rest.

use super::names::romanised;
use super::words::{ADDRESS_NOISE, ADDRESS_PARTS, STREET_ENDS, STREETS};

/// Numbers that an address must have: a house number alone is on every street.
const NUMBERS_MIN: usize = 2;

/// The comparable form; `None` for what is too vague to be one address.
pub fn comparable(value: &str) -> Option<String> {
    // Part by part: what stands between Chinese parts is lost on the way to Latin letters.
    let parts: Vec<String> = parted(value).split_whitespace().map(romanised).collect();
    let words: Vec<&str> = parts.iter().flat_map(|part| part.split_ascii_whitespace()).collect();
    let is_number = |word: &str| word.bytes().any(|b| b.is_ascii_digit());
    let mut numbers: Vec<&str> =
        words.iter().filter(|word| is_number(word)).map(|word| word.trim_start_matches('0')).collect();
    if numbers.len() < NUMBERS_MIN {
        return None;
    }
    numbers.sort_unstable();
    let mut names: Vec<&str> = words
        .windows(2)
        .filter(|pair| STREETS.contains(&pair[1]) && !is_number(pair[0]) && !ADDRESS_NOISE.contains(&pair[0]))
        .map(|pair| pair[0])
        .chain(words.iter().filter_map(|word| attached(word)))
        .collect();
    if names.is_empty() {
        let says = |word: &str| !is_number(word) && word.len() > 1;
        names = words
            .iter()
            .copied()
            .filter(|word| says(word) && !ADDRESS_NOISE.contains(word) && !STREETS.contains(word))
            .collect();
    }
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| format!("{}/{}", numbers.join(" "), names.join(" ")))
}

/// Chinese addresses part no words; the characters that end a part do.
fn parted(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for c in value.chars() {
        if STREET_ENDS.contains(c) {
            out.push_str(" lu ");
        } else if ADDRESS_PARTS.contains(c) {
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    out
}

/// The name in a word that has the kind of street at its end, as in German.
fn attached(word: &str) -> Option<&str> {
    ["strasse", "straat", "gasse", "str"]
        .iter()
        .find_map(|end| word.strip_suffix(end))
        .filter(|name| name.len() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_meet(addresses: &[&str]) {
        let forms: Vec<Option<String>> = addresses.iter().map(|address| comparable(address)).collect();
        assert!(
            forms[0].is_some() && forms.iter().all(|form| *form == forms[0]),
            "{addresses:?} are {forms:?}"
        );
    }

    #[test]
    fn spellings_of_one_address_meet() {
        assert_meet(&[
            "广东省深圳市福田区人民路12号3栋501室",
            "廣東省深圳市福田區人民路12號3棟501室",
            "深圳市人民路１２号3栋501室",
            "Room 501, Bldg. 3, No.12 Renmin Road, Futian District, Shenzhen, Guangdong, China",
            "RM 501, Building 3, #12 Renmin Rd, Shenzhen City",
        ]);
        assert_meet(&["12 High Street, Apt. 5, London", "12 High St, Unit 5, LONDON"]);
        assert_meet(&["Musterstraße 12, 10115 Berlin", "Musterstr. 12, 10115 Berlin"]);
    }

    #[test]
    fn other_numbers_and_other_streets_are_other_addresses() {
        let address = comparable("Room 501, No.12 Renmin Road, Shenzhen");
        for other in ["Room 502, No.12 Renmin Road, Shenzhen", "Room 501, No.12 Zhongshan Road, Shenzhen"] {
            assert_ne!(comparable(other), address);
        }
    }

    #[test]
    fn what_is_too_vague_has_no_form() {
        for value in ["Shenzhen, China", "12 High Street, London", "Renmin Road", "12 34"] {
            assert_eq!(comparable(value), None, "{value:?}");
        }
    }
}
