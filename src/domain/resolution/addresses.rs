//! Addresses in a form in which spellings of one address are equal: the numbers in it and the name of
//! the street, in Latin letters. City, district and country are left out or abbreviated at will and mostly
//! follow from the rest.

use std::borrow::Cow;

use super::super::identifier::text;
use super::address_words::{NOISE, STREETS, attached, is_number, is_ordinal, says, spelt};

/// Numbers that an address must have to be one place: a house number alone is on every street.
const NUMBERS_MIN: usize = 2;

/// The forms by which an address meets its other spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forms {
    /// All that it says, and the same without what is left out most, such as the building in an estate or the
    /// postal code. None of what is too vague to be one place.
    pub whole: Vec<String>,
    /// House, street and postal code, where it names no unit. A building has many tenants.
    pub building: Option<String>,
    /// House and street, where it names no unit. Many towns have such a house, so it says something only together
    /// with something else.
    pub street: Option<String>,
}

impl Forms {
    pub fn of(value: &str) -> Self {
        let value = &first_of_ranges(value);
        let spelt = spelt(value);
        let words: Vec<&str> = spelt.iter().map(String::as_str).collect();
        let numbers: Vec<&str> =
            words.iter().filter(|word| !is_name(word)).map(|word| word.trim_start_matches('0')).collect();
        let (house, unit) = house_and_unit(&text::fold(value));
        let street = if unit.is_none() { street(house.as_deref(), &numbers, &words) } else { None };
        let said = comparable(&numbers, &words);
        let says_unit = unit.is_some() || names_unit(house.as_deref(), &numbers);
        let (whole, building) = if says_unit { (said, None) } else { (None, said) };
        let parts = house.zip(unit).zip(whole.as_deref());
        let premises = parts.and_then(|((house, unit), whole)| premises(&house, &unit, whole));
        let premises = premises.filter(|premises| whole.as_ref() != Some(premises));
        Self { whole: whole.into_iter().chain(premises).collect(), building, street }
    }

    /// The form that says most.
    pub fn fullest(self) -> Option<String> {
        self.whole.into_iter().next().or(self.building).or(self.street)
    }
}

/// An address with the first house of each range of them: `71-75 Shelton Street` is one building, and some write it `71`. In
/// Chinese such numbers are building and unit.
fn first_of_ranges(value: &str) -> Cow<'_, str> {
    const HOUSES_MAX: u32 = 20;
    let is_dash = |c: char| matches!(c, '-' | '\u{2013}');
    if !value.contains(is_dash) || value.chars().any(text::is_unspaced) {
        return Cow::Borrowed(value);
    }
    let is_part = |c: char| c.is_alphanumeric() || is_dash(c);
    let word = |word: &str| -> Option<String> {
        let (first, last) = word.split_once(is_dash)?;
        let numbers: [u32; 2] = [first.parse().ok()?, last.parse().ok()?];
        let is_range =
            !first.starts_with('0') && (1..=HOUSES_MAX).contains(&numbers[1].checked_sub(numbers[0])?);
        is_range.then(|| first.to_owned())
    };
    let words = value.split_inclusive(|c: char| !is_part(c)).map(|said| {
        let bare = said.trim_end_matches(|c: char| !is_part(c));
        word(bare).map_or_else(|| said.to_owned(), |first| first + &said[bare.len()..])
    });
    Cow::Owned(words.collect())
}

/// All numbers with the name of the street, or with all names if none is plainly a street's.
fn comparable(numbers: &[&str], words: &[&str]) -> Option<String> {
    if numbers.len() < NUMBERS_MIN {
        return None;
    }
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    let mut names = streets(words);
    if names.is_empty() {
        names = words.iter().copied().filter(|word| word.len() > 1 && is_name(word) && says(word)).collect();
    }
    place(&numbers, names)
}

/// Whether the numbers name more than a house and a postal code.
fn names_unit(house: Option<&str>, numbers: &[&str]) -> bool {
    let next = numbers.iter().skip(1).copied().map(Some).chain([None]);
    let others = numbers
        .iter()
        .zip(next)
        .filter(|(number, next)| Some(**number) != house && !is_postal_code(number, *next))
        .count();
    others > usize::from(house.is_none())
}

/// Whether a number looks like a postal code, or like half of a British or Canadian one before this other number.
fn is_postal_code(word: &str, next: Option<&str>) -> bool {
    // `6AN`, and the `3X5` of Canada.
    let is_second_half =
        |word: &str| matches!(word.as_bytes(), [b'0'..=b'9', b'a'..=b'z', b'a'..=b'z' | b'0'..=b'9']);
    if word.bytes().all(|b| b.is_ascii_digit()) {
        word.len() >= POSTAL_DIGITS_MIN
    } else if word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        word.len() >= 3 || next.is_some_and(is_second_half)
    } else {
        is_second_half(word)
    }
}

/// The house and its street, where it is plain which number is the house's.
fn street(house: Option<&str>, numbers: &[&str], words: &[&str]) -> Option<String> {
    let only = |digits_max: usize| {
        let mut found = numbers.iter().copied().filter(|number| number.len() <= digits_max);
        found.next().filter(|_| found.next().is_none())
    };
    let house = house.or_else(|| only(HOUSE_DIGITS_MAX)).or_else(|| only(POSTAL_DIGITS_MIN - 1))?;
    // A zero is no house's number, and was left out of the numbers.
    if house.is_empty() {
        return None;
    }
    let mut names = streets(words);
    if names.is_empty() {
        let tells = |word: &&str| word.len() > 1 && is_name(word) && says(word) && !DIRECTIONS.contains(word);
        names = words.iter().copied().filter(tells).collect();
    }
    place(&[house], names)
}

/// Digits of a number that nothing says what it is, up to which it is taken for a house's; one of more is likely a postal
/// code.
const HOUSE_DIGITS_MAX: usize = 4;

/// Digits from which a number behind a house's is taken for a postal code.
const POSTAL_DIGITS_MIN: usize = 4;

/// Numbers and names as one form; `None` without a name.
fn place(numbers: &[&str], mut names: Vec<&str>) -> Option<String> {
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| format!("{}/{}", numbers.join(" "), names.join(" ")))
}

/// The names that stand before the kind of a street, or in one word with it.
fn streets<'w>(words: &[&'w str]) -> Vec<&'w str> {
    words
        .windows(2)
        .filter(|pair| STREETS.contains(&pair[1]) && is_name(pair[0]) && !NOISE.contains(&pair[0]))
        .map(|pair| pair[0])
        .chain(words.iter().filter_map(|word| attached(word)))
        .collect()
}

/// Whether a word is, or may be, a name: a numbered street has one in digits.
fn is_name(word: &str) -> bool {
    !is_number(word) || is_ordinal(word)
}

/// Which part of a street is meant; many leave it out.
const DIRECTIONS: &[&str] = &["north", "south", "east", "west", "ne", "nw", "se", "sw"];

/// House and unit with the name of the street, in the form that an address which says no more has.
fn premises(house: &str, unit: &str, whole: &str) -> Option<String> {
    if house.len() + unit.len() < PREMISES_DIGITS_MIN {
        return None;
    }
    let (_, names) = whole.split_once('/')?;
    let mut numbers = [house, unit];
    numbers.sort_unstable();
    Some(format!("{}/{names}", numbers.join(" ")))
}

/// Digits that house and unit must have together: with fewer the two are found on many streets of one name.
const PREMISES_DIGITS_MIN: usize = 5;

/// The numbers of house and unit, as far as an address says which is which.
fn house_and_unit(folded: &str) -> (Option<String>, Option<String>) {
    let (mut house, mut unit) = (None, None);
    let mut rest = folded;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (said, number) = rest.split_at(start);
        let end = number.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(number.len());
        let (number, after) = number.split_at(end);
        let digits = number.trim_start_matches('0').to_owned();
        match part_of(said, after) {
            Some(Part::House) => house = house.or(Some(digits)),
            Some(Part::Unit) => unit = unit.or(Some(digits)),
            None => {}
        }
        rest = after;
    }
    (house, unit)
}

enum Part {
    House,
    Unit,
}

/// What a number is, by what stands around it.
fn part_of(before: &str, after: &str) -> Option<Part> {
    let next = after.trim_start();
    let follows = |signs: &str| next.chars().next().is_some_and(|c| signs.contains(c));
    if follows("号號") {
        return Some(Part::House);
    }
    if follows("室房") {
        return Some(Part::Unit);
    }
    let sign = before.trim_end();
    let last = sign.rsplit(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
    let word = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let starts_a_name = next.chars().next().is_some_and(char::is_alphabetic) || is_ordinal(word);
    if UNIT_WORDS.contains(&last) {
        Some(Part::Unit)
    } else if HOUSE_WORDS.contains(&last) || (sign.ends_with('#') && starts_a_name) {
        Some(Part::House)
    } else if sign.ends_with('#') {
        Some(Part::Unit)
    } else {
        // What stands first, before a name, is a house's number in most Latin scripts.
        (sign.is_empty() && starts_a_name).then_some(Part::House)
    }
}

const UNIT_WORDS: &[&str] = &["room", "rm", "unit", "apt", "apartment", "suite", "ste", "flat"];

const HOUSE_WORDS: &[&str] = &["no", "number"];

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(address: &str) -> Option<String> {
        Forms::of(address).whole.into_iter().next()
    }

    fn street(address: &str) -> Option<String> {
        Forms::of(address).street
    }

    #[track_caller]
    fn assert_meet(addresses: &[&str]) {
        let forms: Vec<Option<String>> = addresses.iter().map(|address| whole(address)).collect();
        assert!(
            forms[0].is_some() && forms.iter().all(|form| *form == forms[0]),
            "{addresses:?} are {forms:?}"
        );
    }

    #[test]
    fn a_range_of_houses_is_one_building_and_not_a_house_with_a_unit() {
        for address in [
            "71-75 Shelton Street, London WC2H 9JQ",
            "20\u{2013}22 Wenlock Road, London N1 7GU",
            "Kaiserstr. 12-14",
        ] {
            assert_eq!(whole(address), None, "{address}");
        }
        assert_eq!(street("71-75 Shelton Street"), street("71 Shelton St"));
        assert_ne!(whole("Flat 3, 71-75 Shelton Street, London WC2H 9JQ"), None);
        // A house in Queens, and a building and a unit in Beijing.
        assert_eq!(first_of_ranges("37-12 Prince St"), "37-12 Prince St");
        assert_eq!(first_of_ranges("建国路3-12号"), "建国路3-12号");
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
        assert_meet(&["Musterstraße 12 Unit 3, 10115 Berlin", "Musterstr. 12, #3, 10115 Berlin"]);
    }

    #[test]
    fn a_house_with_its_postal_code_is_a_building_and_no_ones_own_address() {
        for address in [
            "3400 Las Vegas Blvd S, Las Vegas, NV 89109",
            "14412 Detroit Ave, Lakewood, 44107",
            "Musterstraße 12, 10115 Berlin",
            "12 Renmin Road, Shenzhen 518000",
            "7, wallaby place, cleveland, 2119",
            "27 Old Gloucester Street, London WC1N 3AX",
            "9 Brick Lane, London E1 6AN",
            "1552 Avenue Road, North York, ON M5M 3X5",
            "102 5th Avenue, New York, 10011",
        ] {
            let forms = Forms::of(address);
            assert!(forms.whole.is_empty() && forms.building.is_some(), "{address} is {forms:?}");
            assert!(forms.street.is_some(), "{address} is {forms:?}");
        }
        for address in [
            "3400 Las Vegas Blvd S, Ste G1, Las Vegas, NV 89109",
            "12 Renmin Road, 501, Shenzhen 518000",
            "102 5th Avenue #3, New York, 10011",
            "2nd Floor, 30 New Street, St Helier JE2 3RA",
        ] {
            let forms = Forms::of(address);
            assert!(!forms.whole.is_empty() && forms.building.is_none(), "{address} is {forms:?}");
        }
    }

    #[test]
    fn a_numbered_street_is_the_same_in_words_and_digits_and_wherever_it_crosses_others() {
        for (one, other) in [
            ("102 Fifth Ave, New York City", "102 5th Ave. between 15th and 16th Sts., New York"),
            ("1110 Third Avenue, New York", "1110 3rd Ave. at 65th St., New York"),
            ("42 E. 20th St., New York City", "42 E 20th St (between Park Ave S and Broadway), New York"),
            ("570 Fourth St, San Francisco", "570 4th St, San Francisco"),
        ] {
            assert!(street(one).is_some() && street(one) == street(other), "{one} and {other}");
        }
        assert_ne!(street("102 5th Ave, New York"), street("102 6th Ave, New York"));
    }

    #[test]
    fn an_address_without_its_building_or_postal_code_meets_the_one_with_it() {
        for (whole, short) in [
            ("广东省深圳市福田区人民路12号3栋501室", "深圳市人民路12号501室"),
            ("Room 2922, Building 3, No.489 Zhanxi Road, Zhengzhou", "Rm 2922, #489 Zhanxi Rd, Zhengzhou"),
            ("9390 Gross St., Unit 198, Berlin, 10265", "9390 Gross St., #198, Berlin"),
        ] {
            let (whole, short) = (Forms::of(whole).whole, Forms::of(short).whole);
            assert!(whole.iter().any(|form| short.contains(form)), "{whole:?} and {short:?}");
        }
        for other in ["Room 2923, #489 Zhanxi Rd", "Room 2922, #488 Zhanxi Rd"] {
            let one = Forms::of("Room 2922, Building 3, No.489 Zhanxi Road");
            let other = Forms::of(other);
            assert!(one.whole.iter().all(|form| !other.whole.contains(form)), "{other:?}");
            assert_eq!((one.street, other.street), (None, None));
        }
    }

    #[test]
    fn other_numbers_and_other_streets_are_other_addresses() {
        let address = whole("Room 501, No.12 Renmin Road, Shenzhen");
        for other in ["Room 502, No.12 Renmin Road, Shenzhen", "Room 501, No.12 Zhongshan Road, Shenzhen"] {
            assert_ne!(whole(other), address);
        }
    }

    #[test]
    fn what_is_too_vague_has_no_form() {
        for value in ["Shenzhen, China", "12 High Street, London", "Renmin Road", "12 34"] {
            assert_eq!(whole(value), None, "{value:?}");
        }
    }

    #[test]
    fn an_address_without_a_unit_meets_one_of_the_same_house_and_street() {
        for (one, other) in [
            ("329 Leatherwood Street, Las Vegas, 89117", "329 Leatherwood St, Las Vegas, NV"),
            ("Musterstraße 12, 10115 Berlin", "Musterstr. 12, Berlin"),
            ("1223 W 87th Street", "1223 West 87th St., Chicago IL 60620"),
            ("2714 North Fulton", "2714 Fulton"),
            ("人民路12号", "No. 12 Renmin Road, Shenzhen"),
        ] {
            let [one, other] = [one, other].map(|address| Forms::of(address).street);
            assert!(one.is_some() && one == other, "{one:?} and {other:?}");
        }
        for (one, other) in [
            ("329 Leatherwood Street", "331 Leatherwood Street"),
            ("1223 W 87th Street", "1223 W 79th Street"),
            ("12 High Street", "12 Hill Street"),
        ] {
            assert_ne!(Forms::of(one).street, Forms::of(other).street);
        }
    }

    #[test]
    fn an_address_that_names_no_house_has_no_street_form() {
        for value in
            ["Renmin Road", "Shenzhen 518000", "Flat 5, 12 High Street", "5, 12, Main", "0 Main Street"]
        {
            assert_eq!(Forms::of(value).street, None, "{value:?}");
        }
    }
}
